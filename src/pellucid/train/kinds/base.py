"""What a run asks of its data: the one seam between training and tables, pictures, text, series."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pellucid._extras import require
from pellucid._tensor import Array, Tensor
from pellucid.data import DataError
from pellucid.models import Model
from pellucid.nn import Module
from pellucid.train.config import ConfigError, RunConfig

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PARTS", "ColumnFacts", "Prepared", "Run", "with_columns"]

PARTS = ("train", "validation", "test")

Metric = Any  # (outputs, targets) -> float


class ColumnFacts(NamedTuple):
    """A column of a table as it was used: kind, missing values, and why it was left out (empty: it was used)."""

    name: str
    kind: str
    missing: int = 0
    left_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Prepared(ABC):
    """Data made ready for training; everything fitted was fitted on the training part.

    Attributes:
        kind: the name of the kind of data.
        noun: what one sample is called, in the plural.
        name: the data set's or file's name.
        sha256: digest of the data as read; a resumed run refuses other data.
        rows: samples as read.
    """

    kind: ClassVar[str]
    noun: ClassVar[str] = "rows"
    name: str
    sha256: str
    rows: int

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Return how many samples "train", "validation" and "test" have."""

    @abstractmethod
    def part(self, name: str) -> Any:
        """Return a part as `Trainer` takes it."""

    @abstractmethod
    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        """Return the config of the model that goes with the data and the settings.

        Raises:
            ConfigError: when they do not go together.
        """

    @abstractmethod
    def loss(self, config: RunConfig) -> Module:
        """Return the loss."""

    def metrics(self) -> dict[str, Metric]:
        """Return what is measured after every epoch besides the loss."""
        return {}

    def settle(self, model: Model, folder: Path) -> None:  # noqa: B027 - most kinds have nothing to settle
        """Find out, and write into the run's folder, what can only be known of a trained model."""

    @abstractmethod
    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        """Return the metrics of a trained model on a part, whose loss is known, and its outputs there."""

    @abstractmethod
    def baseline(self) -> dict[str, float]:
        """Return some of the test part's metrics for the simplest guess."""

    def guess(self) -> str:
        """Say what the simplest guess is."""
        return "the training rows' average"

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write what was fitted into a run's folder, without pickle."""

    def target_json(self) -> dict[str, Any] | None:
        """Return the target as config.json holds it."""
        return None

    @abstractmethod
    def example(self) -> Tensor:
        """Return the inputs of one sample, for a summary of the model."""

    @abstractmethod
    def facts(self) -> dict[str, str]:
        """Return what a person is told of the data before training begins."""

    def columns(self) -> list[ColumnFacts]:
        """Return the columns of a table as they were used."""
        return []

    @abstractmethod
    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        """Return what the report shows of the test part, whose metrics are `test`, as the fields of `ReportData`."""

    def folds(self, config: RunConfig, count: int) -> "list[Prepared]":
        """Return the training and validation samples divided anew, `count` times; test samples are in none.

        Each is fitted on its own training samples only.

        Raises:
            ConfigError: for a kind of data that is not divided so.
            DataError: for data too few.
        """
        raise ConfigError(f"cv must be 1 for {self.kind}, got {count}: only tables are cross-validated")

    def findings(self, config: RunConfig) -> list[str]:
        """Return a sentence for each thing in the data that weakens the result."""
        return []


@dataclass(frozen=True, kw_only=True)
class Run(ABC):
    """A trained network with its preprocessing, read from a run folder.

    Attributes:
        folder: where it was read from.
        config: its settings.
        model: in evaluation mode.
    """

    folder: Path
    config: RunConfig
    model: Model

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> "Run":
        """Read what `Prepared.save` wrote.

        Raises:
            DataError: when a file is missing or damaged.
        """

    @abstractmethod
    def read(self, data: str) -> tuple[Any, str]:
        """Return what DATA means, for `predict` and `evaluate`, and the digest of what was read.

        Raises:
            DataError: when it cannot be read.
        """

    @abstractmethod
    def predict(self, data: Any) -> "pd.DataFrame":
        """Return the network's answers as a table."""

    @abstractmethod
    def evaluate(self, data: Any) -> dict[str, float]:
        """Return the metrics of the answers for data that have the truth too."""

    def notes(self, data: Any) -> list[str]:
        """Return what a person should know of new data: what the network cannot read as it did in training."""
        return []


def with_columns(frame: "pd.DataFrame", added: Mapping[str, Any]) -> "pd.DataFrame":
    """Return a table with columns added.

    Raises:
        DataError: when it has one of these already.
    """
    pd = require("pandas", "tabular")
    taken = [name for name in added if name in frame.columns]
    if taken:
        raise DataError(f"the table already has a column {taken[0]!r}; rename it, so that nothing is overwritten")
    return pd.concat([frame, pd.DataFrame(dict(added), index=frame.index)], axis=1)
