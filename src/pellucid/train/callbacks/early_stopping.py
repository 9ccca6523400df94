"""EarlyStopping: end when nothing improves, and keep the best weights."""

import math
from typing import TYPE_CHECKING, Any

from pellucid.train.callbacks.callback import Callback, StopTraining, monitored

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["EarlyStopping"]


class EarlyStopping(Callback):
    """Ends training when `monitor` has not improved for `patience` epochs, and restores the best weights.

    Args:
        monitor: the number to watch, such as "validation_loss" or "validation_accuracy".
        patience: how many epochs without improvement are borne.
        min_delta: by how much a number must be better to count as improved.
        mode: "min" or "max": which way is better.
        restore_best: at the end, by whatever cause, give the model its best epoch's weights.

    Raises:
        ValueError: for a negative patience or min_delta, or another mode.

    Source: Prechelt, "Early stopping, but when?", 1998.
    """

    def __init__(
        self,
        monitor: str = "validation_loss",
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
    ) -> None:
        if patience < 0 or min_delta < 0 or mode not in ("min", "max"):
            raise ValueError(
                f"EarlyStopping needs patience >= 0, min_delta >= 0 and mode 'min' or 'max', "
                f"got {patience}, {min_delta}, {mode!r}"
            )
        self.monitor, self.patience, self.min_delta, self.mode = monitor, patience, min_delta, mode
        self.restore_best = restore_best
        self.best: float | None = None
        self.best_epoch: int | None = None
        self._weights: dict[str, Any] | None = None

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Compare the epoch with the best one before."""
        value = monitored(trainer, self.monitor, "EarlyStopping")
        if self._improves(value):
            self.best, self.best_epoch = value, trainer.epoch
            if self.restore_best:
                self._weights = {k: v.clone() for k, v in trainer.model.state_dict().items()}
        waited = trainer.epoch - (self.best_epoch or 0)
        if waited >= self.patience and waited > 0:
            raise StopTraining(f"{self.monitor} had not improved for {waited} epochs.")

    def _improves(self, value: float) -> bool:
        if math.isnan(value):
            return False
        if self.best is None:
            return True
        gain = self.best - value if self.mode == "min" else value - self.best
        return gain > self.min_delta

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Restore the best weights."""
        if self._weights is not None:
            trainer.model.load_state_dict(self._weights)
            trainer.history.best_epoch = self.best_epoch
            trainer.history.stopped += f" The weights of epoch {self.best_epoch}, the best one, were kept."

    def state_dict(self) -> dict[str, Any]:
        """Return the best epoch so far and its weights."""
        return {"best": self.best, "best_epoch": self.best_epoch, "weights": self._weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the best epoch so far."""
        self.best, self.best_epoch, self._weights = state["best"], state["best_epoch"], state["weights"]
