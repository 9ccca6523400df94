"""A recorded step of a training, with the memory that it works on."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.train.callbacks.callback import Callback

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["LossNoter", "Recorded", "count_steps", "lasting_arrays"]


class Recorded:
    """A plan with the memory that it works on.

    Args:
        trainer: whose step it is.
        source: the data's arrays.
        order: where the order of the rows will lie.
        rows: of a batch.
    """

    def __init__(self, trainer: "Trainer", source: list[Array], order: Array, rows: int) -> None:
        self.trainer, self.plan, self.checked = trainer, K.new_plan(), False
        self.settings: Any = None
        self.batch = [np.empty((rows, *part.shape[1:]), part.dtype) for part in source]
        self.outputs: tuple[tuple[int, ...], np.dtype[Any]] = ((), np.dtype(np.float32))
        self.gradients: list[tuple[Tensor, Tensor | None]] = []
        self.steps_before = trainer.optimizer.steps_taken
        for part, buffer in zip(source, self.batch, strict=True):
            self.plan.gather(part, order, buffer)

    def keep(self, outputs: Array) -> None:
        """Keep the outputs of every step, which lie here."""
        self.outputs = outputs.shape, outputs.dtype
        self.plan.outputs(outputs)

    def run(self, first: int, count: int, *, want_outputs: bool) -> tuple[Array, Array | None, int]:
        """Replay up to `count` steps from place `first` of the order on.

        Returns:
            their losses, outputs, and how many were ended.
        """
        losses, (shape, dtype) = np.empty(count), self.outputs
        outputs = np.empty((count, *shape), dtype) if want_outputs else None
        rows, keys = len(self.batch[0]), self._keys(count)
        done = self.plan.replay(first, rows, self._elapsed(), self._rates(), losses, outputs, keys)
        if done:
            for p, gradient in self.gradients:
                p._grad = gradient  # the last step's, as after any other step
        return losses, outputs, done

    def run_epochs(self, last: "Recorded | None", epochs: int, batches: int, rows: int) -> tuple[Array, int]:
        """Replay up to `epochs` epochs of `batches` steps and `rows` rows, from the beginning of the order on.

        Gradients are left to the step after them.

        Args:
            last: takes the last step of each epoch, where its batch is shorter.
            epochs: how many, at most.
            batches: steps of an epoch, the last one included.
            rows: of an epoch.

        Returns:
            the losses (epochs, batches), and how many steps were ended.
        """
        losses, plan, size = np.empty((epochs, batches)), self.plan, len(self.batch[0])
        shorter, since = (None, 0) if last is None else (last.plan, last._elapsed())
        keys = self._keys(epochs * batches)
        return losses, plan.replay_epochs(shorter, rows, size, self._elapsed(), since, self._rates(), losses, keys)

    def _elapsed(self) -> int:
        return self.trainer.optimizer.steps_taken - self.steps_before

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.trainer.optimizer.param_groups]

    def _keys(self, steps: int) -> Array | None:
        draws, trainer = self.plan.draws, self.trainer
        return K.draw_keys(f"{trainer.seed}/dropout/", trainer.step, steps, draws) if draws else None


class LossNoter(Callback):
    """Tells the plan where the loss is, at the moment when it is known."""

    only_shows = True

    def __init__(self, recorded: Recorded) -> None:
        self.recorded, self.noted = recorded, False

    def on_loss(self, trainer: "Trainer", inputs: Any, targets: Any, loss: Any) -> None:  # noqa: ARG002
        """Note it."""
        if loss.array.size == 1 and loss.array.dtype == np.float32:
            self.recorded.plan.loss(loss.array)
            self.noted = True


def lasting_arrays(trainer: "Trainer") -> list[Array]:
    """Return the arrays that a step changes for good: parameters, and what the optimizer remembers."""
    optimizer = trainer.optimizer
    states = (value for p in optimizer.state for value in optimizer.state[p].values())
    return [
        *(p.array for p in trainer.model.parameters()),
        *(buffer.array for buffer in trainer.model.buffers()),
        *(value for value in states if isinstance(value, np.ndarray)),
    ]


def count_steps(trainer: "Trainer", steps: int) -> None:
    """Count steps where the optimizer counts them."""
    optimizer = trainer.optimizer
    optimizer.steps_taken += steps
    for p, state in optimizer.state.items():
        if "step" in state:
            state["step"] += steps
        p._version[0] += steps
