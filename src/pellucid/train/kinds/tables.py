"""Tables: rows of numbers, categories and dates, one column of which is predicted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.data import DataError, Split, TablePreprocessor, Target, fold_rows, separate_target, split_rows
from pellucid.data.columns import pick
from pellucid.models import Model, suggest_architecture
from pellucid.nn import Module
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import accuracy, baseline
from pellucid.train.kinds import answers
from pellucid.train.kinds.base import ColumnFacts, Prepared, Run, with_columns
from pellucid.train.kinds.table_source import read_source, source_of, take_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreparedTable", "TableRun", "column_facts", "prepare_table", "repeated"]


@dataclass(frozen=True, kw_only=True)
class PreparedTable(Prepared):
    """A table made ready for training.

    Attributes:
        dropped: rows left out because their target is missing.
        features: the inputs as a table, without target and split column.
        labels: the target as read, row by row of `features`.
        key: what puts the rows in time order or into groups, where the split goes by one of these.
        split: which rows are for training, validation and test.
        preprocessor: fitted on the training rows only.
        target: the same.
        X: (rows - dropped, features) float32.
        y: (rows - dropped,) class indices, or (rows - dropped, 1) standardised numbers.
    """

    kind: ClassVar[str] = "table"
    dropped: int
    features: "pd.DataFrame"
    labels: "pd.Series[Any]"
    key: Array | None
    split: Split
    preprocessor: TablePreprocessor
    target: Target
    X: Array
    y: Array

    def sizes(self) -> dict[str, int]:
        return self.split.sizes()

    def part(self, name: str) -> tuple[Array, Array]:
        rows = getattr(self.split, name)
        return self.X[rows], self.y[rows]

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        n, n_inputs = len(self.split.train), self.X.shape[1]
        hidden = config.hidden
        if hidden is None:
            hidden = suggest_architecture(n_inputs, self.target.n_outputs, self.target.task, n_rows=n)[1:-1]
        if config.batch_norm and n % config.batch_size == 1:
            raise ConfigError(
                f"batch_norm needs at least two rows a batch, and {n} training rows in batches of "
                f"{config.batch_size} leave one over; choose another batch_size"
            )
        return {
            "kind": "MLP",
            "sizes": [n_inputs, *hidden, self.target.n_outputs],
            "activation": config.activation,
            "dropout": config.dropout,
            "batch_norm": config.batch_norm,
        }

    def loss(self, config: RunConfig) -> Module:
        return answers.loss_of(self.target, config, self.part("train")[1])

    def metrics(self) -> dict[str, Any]:
        return {"accuracy": accuracy} if self.target.is_classification else {}

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        X, y = self.part(part)
        outputs = answers.outputs_of(model, X, self.target)
        return answers.scores(y, outputs, self.target), outputs

    def baseline(self) -> dict[str, float]:
        y_train, y_test = (answers.truth(self.part(part)[1], self.target) for part in ("train", "test"))
        return baseline(y_train, y_test, classification=self.target.is_classification)

    def guess(self) -> str:
        return "the training rows' " + ("most frequent class" if self.target.is_classification else "average")

    def save(self, folder: Path) -> None:
        self.preprocessor.save(folder)

    def target_json(self) -> dict[str, Any]:
        return self.target.to_json()

    def example(self) -> Tensor:
        return Tensor(self.X[:1])

    def facts(self) -> dict[str, str]:
        dropped = f", {self.dropped:,} left out because their target is missing" if self.dropped else ""
        sizes = ", ".join(f"{n:,} {part}" for part, n in self.sizes().items())
        return {"data": self.name, "target": answers.told(self.target, self.labels), "rows": sizes + dropped}

    def columns(self) -> list[ColumnFacts]:
        return column_facts(self.features, self.preprocessor)

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        left_out = {"the target is missing": self.dropped} if self.dropped else None
        return answers.report_of(self.target, self.part("test")[1], outputs) | {"rows_left_out": left_out}

    def folds(self, config: RunConfig, count: int) -> list[Prepared]:
        known = np.sort(np.concatenate([self.split.train, self.split.validation]))
        features, labels = self.features.iloc[known], self.labels.iloc[known]
        key = None if self.key is None else self.key[known]
        by = {"time": "order", "group": "groups"}.get(config.split)
        strata = self.y[known] if self.target.is_classification and config.stratify else None
        pairs = fold_rows(len(known), count, labels=strata, seed=config.seed, **({by: key} if by else {}))
        folds: list[Prepared] = []
        for train, validation in pairs:
            split = Split(train, validation, np.empty(0, np.int64))
            fitted = _fitted(config, features, labels, split, self.target)
            folds.append(replace(self, features=features, labels=labels, key=key, **fitted))
        return folds

    def findings(self, config: RunConfig) -> list[str]:
        found = []
        if self.dropped:
            found.append(f"{self.dropped} rows were left out because their target is missing.")
        copies = repeated(self.X, self.split) if config.split == "shuffle" else 0
        if copies:
            found.append(
                f"{copies} of {len(self.split.test)} test rows have the same inputs as a training row: the test "
                "may look better than new data will; drop duplicates, or split by group."
            )
        for part in ("validation", "test"):
            rows = getattr(self.split, part)
            for column, values in self.preprocessor.unseen_values(self.features.iloc[rows]).items():
                found.append(
                    f"Column {column!r} has values in the {part} that training never saw: {', '.join(values[:3])}."
                )
        return found + answers.rare_classes(self.target, self.part("train")[1], config)


def column_facts(features: "pd.DataFrame", preprocessor: TablePreprocessor) -> list[ColumnFacts]:
    """Return every column as a preprocessing uses it, its missing values counted over all rows."""
    return [
        ColumnFacts(c.name, c.kind, int(pick(features, c.name).isna().sum()), "" if c.used else c.note or "as asked")
        for c in preprocessor.columns
    ]


def repeated(X: Array, split: Split) -> int:
    """Return how many test rows equal a training row in every input."""
    train = {row.tobytes() for row in X[split.train]}
    return sum(row.tobytes() in train for row in X[split.test])


def prepare_table(config: RunConfig) -> PreparedTable:
    """Read, split and transform a table; everything fitted is fitted on the training rows.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
    """
    frame, digest, embedded = source_of(config.data)
    name = config.target or (embedded.target if embedded else None)
    if name is None:
        raise ConfigError(
            f"target is missing: which column of {config.data} is to be predicted? Its columns are "
            f"{', '.join(map(str, frame.columns))}"
        )
    features, labels, dropped = separate_target(frame, name)
    task = embedded.task if embedded is not None and config.task == "auto" and config.target is None else config.task
    whole = Target.infer(labels, task)
    features, key = take_columns(features, config)
    ordering = {"time": "order", "group": "groups"}.get(config.split)
    split = split_rows(
        len(labels),
        labels=whole.transform(labels) if whole.is_classification else None,
        class_names=whole.classes or None,
        test_size=config.test_size,
        validation_size=config.validation_size,
        method=config.split,  # type: ignore[arg-type] # checked by RunConfig
        stratify=config.stratify,
        seed=config.seed,
        **({ordering: key} if ordering else {}),
    )
    return PreparedTable(
        name=embedded.name if embedded else Path(config.data).name,
        sha256=digest,
        rows=len(frame),
        dropped=dropped,
        features=features,
        labels=labels,
        key=key,
        **_fitted(config, features, labels, split, whole),
    )


def _fitted(
    config: RunConfig, features: "pd.DataFrame", labels: "pd.Series[Any]", split: Split, target: Target
) -> dict[str, Any]:
    """Fit target and preprocessing on the training rows of a split, and transform all rows."""
    target = target.refit(labels.iloc[split.train])
    preprocessor = TablePreprocessor(scaling=config.scaling, kinds=config.kinds)  # type: ignore[arg-type]
    preprocessor.fit(features.iloc[split.train])
    if not preprocessor.feature_names_out:
        raise DataError(f"{config.data} has no column to learn from: all were left out ({preprocessor.left_out})")
    return {
        "split": split,
        "target": target,
        "preprocessor": preprocessor,
        "X": preprocessor.transform(features),
        "y": target.transform(labels),
    }


@dataclass(frozen=True, kw_only=True)
class TableRun(Run):
    """A network that reads tables.

    Attributes:
        preprocessor: as fitted on the training rows.
        target: the same.
    """

    preprocessor: TablePreprocessor
    target: Target

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        return cls(
            folder=folder,
            config=config,
            model=model,
            preprocessor=TablePreprocessor.load(folder),
            target=Target.from_json(described["target"]),
        )

    def read(self, data: str) -> "tuple[pd.DataFrame, str]":
        return read_source(data)

    def outputs(self, frame: "pd.DataFrame") -> Array:
        """Return probabilities (n, C), or predictions (n,) in the target's unit, for the rows of a table."""
        return answers.outputs_of(self.model, self.preprocessor.transform(frame), self.target)

    def predict(self, data: "pd.DataFrame") -> "pd.DataFrame":
        """Return the table with the columns `prediction` and, for classes, `probability_NAME` added.

        Raises:
            DataError: when a column is missing, holds what the network cannot read, or has one of these names.
        """
        return with_columns(data, answers.class_columns(self.outputs(data), self.target))

    def evaluate(self, data: "pd.DataFrame") -> dict[str, float]:
        """Return the metrics of the predictions for a table that has the target column too."""
        features, labels, dropped = separate_target(data, self.target.name)
        found = answers.scores(self.target.transform(labels), self.outputs(features), self.target)
        return {"rows": len(labels), "dropped": dropped} | found

    def notes(self, data: "pd.DataFrame") -> list[str]:
        found = []
        for column, values in self.preprocessor.unseen_values(data).items():
            more = f" and {len(values) - 5} more" if len(values) > 5 else ""
            found.append(
                f"column {column!r} holds values that training never saw: {', '.join(values[:5])}{more}; "
                "they count as none of the known ones"
            )
        return found
