"""Anomalies in a table: an autoencoder learns the normal rows, and what it gives back badly is strange."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from pellucid._extras import require
from pellucid._files import read_json, write_json
from pellucid._tensor import Array, Tensor
from pellucid.data import DataError, Split, TablePreprocessor, Target, separate_target, split_rows
from pellucid.models import Model, reconstruction_errors
from pellucid.nn import Module, MSELoss
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds.base import ColumnFacts, Prepared, Run, with_columns
from pellucid.train.kinds.table_source import read_source, source_of, take_columns
from pellucid.train.kinds.tables import column_facts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AnomalyRun", "PreparedAnomalies", "prepare_anomalies"]


@dataclass(frozen=True, kw_only=True)
class PreparedAnomalies(Prepared):
    """A table made ready for an autoencoder.

    Attributes:
        features: the inputs as a table.
        split: training and validation rows are normal ones only; the test has the strange ones too.
        preprocessor: fitted on the training rows only.
        target: two classes, the second being the strange one; None where all rows count as normal.
        strange: (rows,) whether a row is.
        X: (rows, features) float32.
        threshold: one number in a list: the errors' quantile on validation rows, once it is known.
        quantile: which one.
    """

    kind: ClassVar[str] = "anomalies"
    features: "pd.DataFrame"
    split: Split
    preprocessor: TablePreprocessor
    target: Target | None
    strange: Array
    X: Array
    threshold: list[float]
    quantile: float

    def sizes(self) -> dict[str, int]:
        return self.split.sizes()

    def part(self, name: str) -> tuple[Array, Array]:
        X = self.X[getattr(self.split, name)]
        return X, X

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        n = self.X.shape[1]
        hidden = config.hidden or (max(2, n // 2), max(1, n // 4))
        if min(hidden) >= n:
            raise ConfigError(
                f"hidden must narrow somewhere below the {n} inputs, got {','.join(map(str, hidden))}: an autoencoder "
                "that can copy learns nothing"
            )
        return {"kind": "Autoencoder", "sizes": [n, *hidden], "activation": config.activation}

    def loss(self, config: RunConfig) -> Module:
        return MSELoss()

    def settle(self, model: Model, folder: Path) -> None:
        errors = reconstruction_errors(model, self.part("validation")[0])
        self.threshold[:] = [float(np.quantile(errors, self.quantile))]
        write_json(folder / "threshold.json", {"format": 1, "threshold": self.threshold[0]})

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        errors = reconstruction_errors(model, self.part(part)[0])
        rows = getattr(self.split, part)
        truth = self.strange[rows] if self.target is not None and part == "test" else None
        return _measured(errors, self.threshold[0], truth), errors

    def baseline(self) -> dict[str, float]:
        return {} if self.target is None else {"roc_auc": 0.5}

    def guess(self) -> str:
        return "the same score for every row"

    def save(self, folder: Path) -> None:
        self.preprocessor.save(folder)

    def target_json(self) -> dict[str, Any] | None:
        return None if self.target is None else self.target.to_json()

    def example(self) -> Tensor:
        return Tensor(self.X[:1])

    def facts(self) -> dict[str, str]:
        sizes = ", ".join(f"{n:,} {part}" for part, n in self.sizes().items())
        what = "none: all rows count as normal"
        if self.target is not None:
            normal, strange = self.target.classes
            what = f"{self.target.name}: {normal} is normal, {strange} is not and is only in the test"
        return {"data": self.name, "target": what, "rows": sizes}

    def columns(self) -> list[ColumnFacts]:
        return column_facts(self.features, self.preprocessor)

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        if self.target is None:
            share = float((outputs > self.threshold[0]).mean())
            headline = (
                f"Of {len(outputs):,} rows that the network had never seen, {share:.1%} lie above the threshold of "
                f"{self.threshold[0]:.4g}, which {1 - self.quantile:.1%} of the validation rows exceed."
            )
            return {"task": "other", "target": "anomalies", "headline_text": headline}
        strange = outputs > self.threshold[0]
        # Where the threshold lies, a row is as likely the one as the other.
        p = outputs / (outputs + self.threshold[0])
        return {
            "task": "binary",
            "target": self.target.name,
            "y_true": self.strange[self.split.test].astype(np.int64),
            "y_pred": strange.astype(np.int64),
            "scores": np.stack([1 - p, p], axis=1),
            "classes": [str(c) for c in self.target.classes],
        }


def _measured(errors: Array, threshold: float, strange: Array | None) -> dict[str, float]:
    found = {"threshold": threshold, "share_above": float((errors > threshold).mean())}
    if strange is not None:
        metrics = require("sklearn.metrics", "tabular")
        found["accuracy"] = float(((errors > threshold) == strange).mean())
        if 0 < strange.sum() < len(strange):
            found["roc_auc"] = float(metrics.roc_auc_score(strange, errors))
            found["recall"] = float((errors > threshold)[strange].mean())
            found["false_alarms"] = float((errors > threshold)[~strange].mean())
    return found


def prepare_anomalies(config: RunConfig) -> PreparedAnomalies:
    """Read a table, keep the strange rows for the test, and fit on normal training rows only.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
    """
    frame, digest, embedded = source_of(config.data)
    name = config.target or (embedded.target if embedded else None)
    target, features, dropped = None, frame, 0
    strange = np.zeros(len(frame), bool)
    if name is not None:
        features, labels, dropped = separate_target(frame, name)
        target = _normal_first(Target.infer(labels, "classification"), labels, config)
        strange = target.transform(labels) == 1
    elif config.normal is not None:
        raise ConfigError("normal is a class of the target; say which column that is with target")
    features, _ = take_columns(features, config)
    usual = np.flatnonzero(~strange)
    parts = split_rows(len(usual), test_size=config.test_size, validation_size=config.validation_size, seed=config.seed)
    split = Split(
        usual[parts.train],
        usual[parts.validation],
        np.sort(np.concatenate([usual[parts.test], np.flatnonzero(strange)])),
    )
    preprocessor = TablePreprocessor(scaling=config.scaling, kinds=config.kinds)  # type: ignore[arg-type]
    preprocessor.fit(features.iloc[split.train])
    return PreparedAnomalies(
        name=embedded.name if embedded else Path(config.data).name,
        sha256=digest,
        rows=len(frame) - dropped,
        features=features,
        split=split,
        preprocessor=preprocessor,
        target=target,
        strange=strange,
        X=preprocessor.transform(features),
        threshold=[],
        quantile=config.quantile,
    )


def _normal_first(target: Target, labels: "pd.Series[Any]", config: RunConfig) -> Target:
    """Return the target with two classes: the normal one, and all others as one."""
    classes = [str(c) for c in target.classes]
    normal = config.normal or classes[int(np.bincount(target.transform(labels)).argmax())]
    if normal not in classes:
        raise ConfigError(f"normal must be one of the classes {', '.join(classes[:10])}, got {normal!r}")
    if len(classes) > 2:
        raise DataError(
            f"the target {target.name!r} has {len(classes)} classes; make it two, normal and not, for an autoencoder"
        )
    other = next(c for c in classes if c != normal)
    return replace(target, classes=(normal, other), task="binary")


@dataclass(frozen=True, kw_only=True)
class AnomalyRun(Run):
    """An autoencoder that knows what is normal.

    Attributes:
        preprocessor: as fitted on the training rows.
        target: see `PreparedAnomalies`.
        threshold: of the reconstruction error.
    """

    preprocessor: TablePreprocessor
    target: Target | None
    threshold: float

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        path = folder / "threshold.json"
        try:
            threshold = float(read_json(path)["threshold"])
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"{path} is damaged ({error}); train again") from None
        stored = described["target"]
        return cls(
            folder=folder,
            config=config,
            model=model,
            preprocessor=TablePreprocessor.load(folder),
            target=None if stored is None else Target.from_json(stored),
            threshold=threshold,
        )

    def read(self, data: str) -> "tuple[pd.DataFrame, str]":
        return read_source(data)

    def errors(self, frame: "pd.DataFrame") -> Array:
        """Return the reconstruction error of each row: the mean squared difference of the prepared columns."""
        return reconstruction_errors(self.model, self.preprocessor.transform(frame))

    def predict(self, data: "pd.DataFrame") -> "pd.DataFrame":
        """Return the table with `anomaly_score` (1 is the threshold) and `is_anomaly` added."""
        errors = self.errors(data)
        return with_columns(data, {"anomaly_score": errors / self.threshold, "is_anomaly": errors > self.threshold})

    def evaluate(self, data: "pd.DataFrame") -> dict[str, float]:
        """Return the share above the threshold and, where the table has the target, how well they are told apart."""
        if self.target is None:
            return {"rows": len(data)} | _measured(self.errors(data), self.threshold, None)
        features, labels, dropped = separate_target(data, self.target.name)
        strange = self.target.transform(labels) == 1
        found = _measured(self.errors(features), self.threshold, strange)
        return {"rows": len(labels), "dropped": dropped} | found
