"""Callbacks that show how far training is: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from pellucid._extras import found, require
from pellucid.train.callbacks.callback import Callback

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["PlainProgress", "RichProgress", "progress"]


def progress(stream: TextIO | None = None) -> Callback:
    """Return the progress display that suits a stream: a bar where people watch, lines where programs read."""
    stream = stream or sys.stderr
    return RichProgress(stream) if stream.isatty() and found("cli") else PlainProgress(stream)


def _numbers(trainer: "Trainer", *, most_telling: bool = False) -> str:
    """Return the last epoch's numbers, short; the most telling are those of the validation rows, if there are any."""
    row = trainer.history.last()
    shown = [name for name in row if name not in ("lr", "seconds")]
    if most_telling:
        shown = [name for name in shown if name.startswith("validation_")] or shown
    return "  ".join(f"{name.replace('validation_', 'val ')} {row[name]:.4f}" for name in shown)


def _by_error(trainer: "Trainer") -> bool:
    """Say whether an error ended training: whoever catches it tells."""
    return trainer.history.stopped.startswith("Ended by an error")


class PlainProgress(Callback):
    """Writes a line for an epoch: the first, the last, and at most one in `seconds` seconds between.

    Args:
        stream: where to; standard error by default.
        seconds: how long to be silent between lines.
    """

    only_shows = True

    def __init__(self, stream: TextIO | None = None, seconds: float = 2.0) -> None:
        self.stream, self.seconds = stream or sys.stderr, seconds
        self._written = 0.0
        self._written_epoch = 0

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Write the epoch's line if it is time."""
        if trainer.epoch in (1, trainer.epochs) or time.monotonic() - self._written >= self.seconds:
            self._write(trainer)

    def _write(self, trainer: "Trainer") -> None:
        self._written, self._written_epoch = time.monotonic(), trainer.epoch
        print(f"epoch {trainer.epoch}/{trainer.epochs}  {_numbers(trainer)}", file=self.stream, flush=True)

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Write the last epoch's line, and why training ended."""
        if self._written_epoch != trainer.epoch and trainer.history.epochs:
            self._write(trainer)
        if not _by_error(trainer):
            print(trainer.history.stopped, file=self.stream, flush=True)


class RichProgress(Callback):
    """Shows a bar with the epoch, its numbers and the time left; needs the extra "cli".

    Args:
        stream: where to; standard error by default.
    """

    only_shows = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._rich: Any = require("rich.progress", "cli")
        self._console = require("rich.console", "cli").Console(file=stream or sys.stderr)
        self._bar: Any = None
        self._task: Any = None

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Open the bar."""
        r = self._rich
        self._bar = r.Progress(
            r.TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            r.BarColumn(bar_width=16),  # with all else, a line of 80 characters
            r.TextColumn("{task.fields[numbers]}"),
            r.TimeRemainingColumn(),
            console=self._console,
        )
        steps = trainer.epochs * trainer.batches
        self._task = self._bar.add_task(
            "", total=steps, completed=trainer.step, epoch=trainer.epoch, epochs=trainer.epochs, numbers=""
        )
        self._bar.start()

    def on_step_end(self, trainer: "Trainer") -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=trainer.epoch * trainer.batches + trainer.batch)

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Show the epoch's numbers."""
        self._bar.update(self._task, epoch=trainer.epoch, numbers=_numbers(trainer, most_telling=True))

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Close the bar and say why training ended."""
        self._bar.stop()
        if not _by_error(trainer):
            self._console.print(trainer.history.stopped, highlight=False)
