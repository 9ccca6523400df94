"""Callbacks that write numbers down: as CSV, for TensorBoard, the learning rate by step."""

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid._extras import require
from pellucid._files import atomic_write
from pellucid.train.callbacks.callback import Callback

if TYPE_CHECKING:
    from pellucid.train.history import History
    from pellucid.train.trainer import Trainer

__all__ = ["CSVLogger", "LRLogger", "TensorBoardLogger"]


class CSVLogger(Callback):
    """Writes the history as a CSV file after every epoch, whole or not at all.

    Args:
        path: the file; its folder is made if it is not there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Make the folder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Write all epochs so far."""
        with atomic_write(self.path) as file:
            file.write(_as_csv(trainer.history))


def _as_csv(history: "History") -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*history.values(), strict=True), start=1))
    return text.getvalue()


class TensorBoardLogger(Callback):
    """Writes every epoch's numbers as TensorBoard events; needs the extra "tensorboard".

    Training and validation numbers of one name share a picture.

    Args:
        folder: where TensorBoard will be pointed to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._writer_class = require("tensorboardX", "tensorboard").SummaryWriter
        self.folder = Path(folder)
        self._writer: Any = None

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Open the event file; a resumed run's later epochs take the place of those lost."""
        self._writer = self._writer_class(str(self.folder), purge_step=trainer.epoch + 1, write_to_disk=True)

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Write the epoch's numbers."""
        for name, value in trainer.history.last().items():
            kind = "validation" if name.startswith("validation_") else "train"
            self._writer.add_scalar(f"{name.removeprefix('validation_')}/{kind}", value, trainer.epoch)

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Close the event file."""
        self._writer.close()


class LRLogger(Callback):
    """Keeps the learning rate of every step, one list a parameter group, in `rates`."""

    def __init__(self) -> None:
        self.rates: list[list[float]] = []

    def on_gradients(self, trainer: "Trainer") -> None:
        """Note the rates with which this step is made."""
        groups = trainer.optimizer.param_groups
        self.rates = self.rates or [[] for _ in groups]
        for rates, group in zip(self.rates, groups, strict=True):
            rates.append(float(group["lr"]))

    def state_dict(self) -> dict[str, Any]:
        """Return the rates so far."""
        return {"rates": self.rates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the rates so far."""
        self.rates = [list(rates) for rates in state["rates"]]
