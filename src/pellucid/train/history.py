"""History: what happened in training, epoch by epoch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pellucid._extras import require

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["History"]


class History(Mapping[str, list[float]]):
    """The numbers of every epoch, by name: `history["loss"][-1]` is the last epoch's training loss.

    Attributes:
        stopped: why training ended, a sentence; empty while it goes on.
        best_epoch: the epoch, counted from 1, whose weights were kept; None when the last ones were.

    Example:
        >>> history = History()
        >>> history.append({"loss": 0.5, "validation_loss": 0.6})
        >>> history["loss"], len(history), history.epochs
        ([0.5], 2, 1)
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[float]] = {}
        self.stopped = ""
        self.best_epoch: int | None = None

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return len(next(iter(self._columns.values()), []))

    def append(self, row: Mapping[str, float]) -> None:
        """Add one epoch's numbers.

        Raises:
            ValueError: when the names differ from those of the epochs before.
        """
        self.extend({name: [value] for name, value in row.items()})

    def extend(self, columns: Mapping[str, Sequence[float]]) -> None:
        """Add the numbers of several epochs, by name.

        Raises:
            ValueError: when the names differ from those of the epochs before.
        """
        if self._columns and set(columns) != set(self._columns):
            raise ValueError(f"an epoch's numbers are {sorted(columns)}, those before were {sorted(self._columns)}")
        for name, values in columns.items():
            self._columns.setdefault(name, []).extend(map(float, values))

    def last(self) -> dict[str, float]:
        """Return the numbers of the last epoch."""
        return {name: values[-1] for name, values in self._columns.items()}

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._columns:
            raise KeyError(f"{name!r}; the history has {', '.join(self._columns) or 'no epoch yet'}")
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        if not self._columns:
            return "History(no epochs)"
        numbers = ", ".join(f"{name}={value:.4g}" for name, value in self.last().items())
        return f"History({self.epochs} epochs; last: {numbers})"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(float_format="{:.4g}".format)

    def to_frame(self) -> "pd.DataFrame":
        """Return the history as a table with a row an epoch, counted from 1."""
        pd = require("pandas", "tabular")
        frame: Any = pd.DataFrame(dict(self._columns))
        frame.index = pd.RangeIndex(1, self.epochs + 1, name="epoch")
        return frame

    def plot(self, quantity: str = "loss", **options: Any) -> Any:
        """Draw the curve of a quantity over the epochs, with its validation curve; returns the Axes."""
        from pellucid.plot import learning_curves

        return learning_curves(self._columns, quantity, best_epoch=self.best_epoch, **options)

    def state_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        columns = {name: list(values) for name, values in self._columns.items()}
        return {"columns": columns, "stopped": self.stopped, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the place of what `state_dict` described."""
        self._columns = {name: list(values) for name, values in state["columns"].items()}
        self.stopped, self.best_epoch = state["stopped"], state["best_epoch"]
