"""Callback: what happens beside training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["Callback", "StopTraining", "TrainingDivergedError", "monitored"]


class StopTraining(Exception):  # noqa: N818 - no error: training ends as asked
    """Raised by a callback to end training; its text says why."""


class TrainingDivergedError(RuntimeError):
    """The loss is no longer a finite number."""


class Callback:
    """Base of callbacks: a subclass writes the moments it cares about.

    A step: on_loss, on_gradients, on_step_end. An epoch: on_epoch_end, when `trainer.history` already has its
    row. A fit: on_fit_start, on_interrupt after Ctrl-C, on_fit_end. `state_dict` and `load_state_dict` carry
    what a resumed run must know.

    Attributes:
        only_shows: whether it changes nothing in a training, so that a resumed run may have another one or none.
        shapes_steps: whether it is a part of every step, as clipping is, so that `Trainer.find_lr` takes it along.
    """

    only_shows: ClassVar[bool] = False
    shapes_steps: ClassVar[bool] = False

    by_losses = False
    """Whether `on_epoch_end` looks at nothing but the training loss, so that it may as well be told the losses of many
    epochs at once, by `epochs_borne` and `on_losses`."""

    def epochs_borne(self, losses: Sequence[float]) -> int:
        """Return after how many epochs with these losses it wants to look itself, because it will change something."""
        return len(losses)

    def on_losses(self, trainer: "Trainer", losses: Sequence[float]) -> None:
        """Do what is to be done after epochs with these losses, which have been borne."""

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Do something before the first step."""

    def on_loss(self, trainer: "Trainer", inputs: Any, targets: Any, loss: Any) -> None:
        """Do something when a batch's loss is known, before its gradients."""

    def on_gradients(self, trainer: "Trainer") -> None:
        """Do something when the gradients are known, before the update."""

    def on_step_end(self, trainer: "Trainer") -> None:
        """Do something after an update."""

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Do something after an epoch was trained and judged."""

    def on_interrupt(self, trainer: "Trainer") -> None:
        """Do something after Ctrl-C, with the weights of the last step."""

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Do something when training has ended, however it ended."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run must know."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what `state_dict` gave."""


def monitored(trainer: "Trainer", name: str, who: str) -> float:
    """Return the last epoch's number of a name.

    Raises:
        ValueError: when there is no such number.
    """
    row = trainer.history.last()
    if name not in row:
        hint = "; give fit(..., validation=...)" if name.startswith("validation_") else ""
        raise ValueError(f"{who} watches {name!r}, but an epoch has only {', '.join(row)}{hint}")
    return row[name]
