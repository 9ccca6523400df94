"""A recorded step of a training, with the memory that it works on."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.train.callbacks.callback import Callback

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["LossNoter", "Recorded", "count_steps", "lasting_arrays"]

_ROOM = 1 << 16  # rows of the order that a plan has room for, at least an epoch's


class Recorded:
    """A plan with the memory that it works on.

    Args:
        trainer: whose step it is.
        loader: its training data.
        plan: the plan that will record.
    """

    def __init__(self, trainer: "Trainer", loader: Any, plan: Any) -> None:
        self.trainer, self.plan, self.checked = trainer, plan, False
        self.settings: Any = None
        self.source = [part.array for part in loader.dataset.tensors]
        self.batch = [np.empty((loader.batch_size, *part.shape[1:]), part.dtype) for part in self.source]
        self.order = np.zeros(max(_ROOM, len(loader.dataset)), np.int64)
        self.outputs: tuple[tuple[int, ...], np.dtype[Any]] = ((), np.dtype(np.float32))
        self.gradients: list[tuple[Tensor, Tensor | None]] = []
        self.steps_before = trainer.optimizer.steps_taken
        for source, buffer in zip(self.source, self.batch, strict=True):
            plan.gather(source, self.order, buffer)
        self._ordered: Array | None = None

    def keep(self, outputs: Array) -> None:
        """Keep the outputs of every step, which lie here."""
        self.outputs = outputs.shape, outputs.dtype
        self.plan.outputs(outputs)

    def run(self, order: Array, first: int, count: int, *, want_outputs: bool) -> tuple[Array, Array | None, int]:
        """Replay up to `count` steps from place `first` of an order of rows on.

        Returns:
            their losses, outputs, and how many were ended.
        """
        trainer = self.trainer
        if self._ordered is not order:
            self.order[: order.size], self._ordered = order, order
        losses, (shape, dtype) = np.empty(count), self.outputs
        outputs = np.empty((count, *shape), dtype) if want_outputs else None
        size = len(self.batch[0])
        elapsed = trainer.optimizer.steps_taken - self.steps_before
        rates = [group["lr"] for group in trainer.optimizer.param_groups]
        draws = self.plan.draws
        keys = K.draw_keys(f"{trainer.seed}/dropout/", trainer.step, count, draws) if draws else None
        done = self.plan.replay(first, size, elapsed, rates, losses, outputs, keys)
        if done:
            for p, gradient in self.gradients:
                p._grad = gradient  # the last step's, as after any other step
        return losses, outputs, done


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
