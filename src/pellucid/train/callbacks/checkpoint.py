"""ModelCheckpoint: everything on disk, so that nothing is lost."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid._serialization import save
from pellucid.train.callbacks.callback import Callback, monitored

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(Callback):
    """Writes `last.safetensors`, from which training can be resumed, and `best.safetensors`, the best weights.

    Each file is written whole or not at all. `last` holds weights, optimizer, schedule, seed and position.
    Put it last among the callbacks, so that it saves what the others know.

    Args:
        folder: where to; made if it is not there.
        every_epochs: write `last` after so many epochs.
        every_steps: write `last` also after so many steps; None for epochs only.
        monitor: the number whose best epoch `best` keeps; None keeps none.
        mode: "min" or "max": which way is better.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        every_epochs: int = 1,
        every_steps: int | None = None,
        monitor: str | None = "validation_loss",
        mode: str = "min",
    ) -> None:
        if every_epochs < 1 or (every_steps is not None and every_steps < 1) or mode not in ("min", "max"):
            raise ValueError(
                "ModelCheckpoint needs every_epochs >= 1, every_steps >= 1 or None, and mode 'min' or 'max', "
                f"got {every_epochs}, {every_steps}, {mode!r}"
            )
        self.folder = Path(folder)
        self.every_epochs, self.every_steps = every_epochs, every_steps
        self.monitor, self.mode = monitor, mode
        self.best: float | None = None

    @property
    def last(self) -> Path:
        """The file from which training can be resumed."""
        return self.folder / "last.safetensors"

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def on_step_end(self, trainer: "Trainer") -> None:
        """Write the state every so many steps."""
        if self.every_steps is not None and trainer.step % self.every_steps == 0:
            trainer.save_checkpoint(self.last)

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Write the best weights where they are, and the state every so many epochs."""
        if self.monitor is not None:
            value = monitored(trainer, self.monitor, "ModelCheckpoint")
            better = self.best is None or (value < self.best if self.mode == "min" else value > self.best)
            if better:
                self.best = value
                save(dict(trainer.model.state_dict()), self.folder / "best.safetensors")
        if trainer.epoch % self.every_epochs == 0:
            trainer.save_checkpoint(self.last)

    def on_interrupt(self, trainer: "Trainer") -> None:
        """Write the state at the step where Ctrl-C came."""
        trainer.save_checkpoint(self.last)

    def state_dict(self) -> dict[str, Any]:
        """Return the best number so far."""
        return {"best": self.best}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the best number so far."""
        self.best = state["best"]
