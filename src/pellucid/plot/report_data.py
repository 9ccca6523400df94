"""What a report is made of, in plain types, checked when it is put together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from pellucid.plot._labels import percent

__all__ = ["ColumnRow", "LayerRow", "ReportData"]


class ColumnRow(NamedTuple):
    """One column of the table: name, kind, missing values, and why it was left out (empty: it was used)."""

    name: str
    kind: str
    missing: int = 0
    left_out: str = ""


class LayerRow(NamedTuple):
    """One layer of the model: its path, class, shape of output (without the batch axis) and parameters."""

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """All that a report tells, for `write_report`.

    Labels, predictions and scores are those of the test rows. Everything is checked here, so that a report
    is never drawn from things that do not belong together: the test metrics "accuracy" and "mae" must be those
    of `y_true` and `y_pred`, every row counting the same.

    Args:
        name: what people call the data, such as "digits" or "customers.csv".
        task: "binary", "multiclass" or "regression"; "other" where neither a class nor a number is predicted.
        target: the column that is predicted.
        rows: rows of the table as it was read, before any were left out.
        columns: every input column, the ones left out too.
        split: rows in each part, such as `{"train": 1077, "validation": 360, "test": 360}`.
        layers: the model from input to output; containers left out, so that `parameters` add up.
        history: one list a quantity, one number an epoch: "loss", "validation_loss", "accuracy", "lr" ...
        metrics: one flat mapping a part of the split, such as `{"test": {"accuracy": 0.98, "loss": 0.1}}`;
            "test" must be among them.
        baseline: the test rows' metrics of the simplest guess: always the most frequent class, or the
            average; "accuracy" (classification) and "mae" (regression) enter the headline when they are
            there.
        y_true: n class indices (0 is `classes[0]`), or n numbers in the target's unit; empty for "other".
        y_pred: the model's n answers, of the same kind.
        scores: (n, C) probabilities; for two classes (n, 2) or the n probabilities of `classes[1]`. None for
            regression.
        classes: the names of the classes in the order of their indices; empty for regression.
        sizes: units of each layer of a plain network, such as `(64, 32, 10)`, for its diagram; empty: none
            is drawn.
        training: facts shown as they are, such as `{"optimizer": "Adam", "learning rate": 0.001, "seed": 0}`.
        seconds: time that training took.
        stopped: why training ended, as a sentence.
        best_epoch: the epoch (from 1) whose weights were kept; None finds the lowest validation loss.
        rows_left_out: reason and number of rows, such as `{"the target is missing": 3}`.
        warnings: sentences about what a reader should beware of.
        command: what to type to repeat the run.
        environment: names and versions, such as `{"Python": "3.12.1"}`.
        unit: of the target (regression), such as "mg/dl"; empty: none.
        noun: what one sample is called, in the plural.
        guess: what the simplest guess always says, where it is neither the most frequent class nor the average.
        headline_text: the result in a sentence, for "other".

    Raises:
        ValueError: when parts do not fit together, saying which and how.

    Example:
        >>> data = ReportData(
        ...     name="coins", task="binary", target="side", rows=4, split={"train": 2, "test": 2},
        ...     columns=[ColumnRow("weight", "number")], layers=[LayerRow("0", "Linear", (1,), 2)],
        ...     history={"loss": [0.7, 0.6]}, metrics={"test": {"accuracy": 0.5}}, baseline={"accuracy": 0.5},
        ...     y_true=[0, 1], y_pred=[1, 1], scores=[0.6, 0.7], classes=["head", "tail"],
        ...     training={"seed": 0}, seconds=0.1, stopped="All 2 epochs were run.",
        ...     command="pellucid train coins")
        >>> data.classification
        True
    """

    name: str
    task: Literal["binary", "multiclass", "regression", "other"]
    target: str
    rows: int
    columns: Sequence[ColumnRow]
    split: Mapping[str, int]
    layers: Sequence[LayerRow]
    history: Mapping[str, Sequence[float]]
    metrics: Mapping[str, Mapping[str, float]]
    baseline: Mapping[str, float]
    y_true: npt.ArrayLike = ()
    y_pred: npt.ArrayLike = ()
    scores: npt.ArrayLike | None = None
    classes: Sequence[str] = ()
    sizes: Sequence[int] = ()
    training: Mapping[str, Any]
    seconds: float
    stopped: str
    best_epoch: int | None = None
    rows_left_out: Mapping[str, int] | None = None
    warnings: Sequence[str] = ()
    command: str
    environment: Mapping[str, str] | None = None
    unit: str = ""
    noun: str = "rows"
    guess: str = ""
    headline_text: str = ""

    def __post_init__(self) -> None:
        if self.task not in ("binary", "multiclass", "regression", "other"):
            raise ValueError(f"task must be 'binary', 'multiclass', 'regression' or 'other', got {self.task!r}")
        if self.task == "other":
            if not self.headline_text:
                raise ValueError("a report on another task needs headline_text, which tells the result")
            return
        needed = "accuracy" if self.classification else "mae"
        if needed not in self.metrics.get("test", {}):
            raise ValueError(f"metrics['test'] must hold {needed!r}, which the headline tells; got {self.metrics}")
        epochs = {key: len(values) for key, values in self.history.items()}
        if len(set(epochs.values())) > 1:
            raise ValueError(f"history needs one value an epoch for every quantity, got lengths {epochs}")
        n, answers = np.shape(self.y_true), np.shape(self.y_pred)
        if len(n) != 1 or n != answers or n == (0,):
            raise ValueError(f"y_true and y_pred must both be (n,) with n at least 1, got {n} and {answers}")
        if self.split.get("test", n[0]) != n[0]:
            raise ValueError(f"split says {self.split['test']} test rows, y_true holds {n[0]}")
        used, left_out = sum(self.split.values()), sum((self.rows_left_out or {}).values())
        if used + left_out != self.rows:
            raise ValueError(f"split has {used} rows and {left_out} were left out, but the table has {self.rows}")
        if self.classification:
            self._check_classes(n[0])
        elif self.scores is not None or self.classes:
            raise ValueError("a regression has no scores and no classes; leave them out")
        elif not (np.isfinite(np.asarray(self.y_true)).all() and np.isfinite(np.asarray(self.y_pred)).all()):
            raise ValueError("y_true and y_pred must be finite numbers; NaN or infinity is among them")

        self._check_headline(needed)

    def _check_headline(self, key: str) -> None:
        """Raise unless the metric that the headline tells is that of the rows that the pictures show."""
        y, p = np.asarray(self.y_true), np.asarray(self.y_pred)
        measured = float((y == p).mean()) if key == "accuracy" else float(np.abs(y - p).mean())
        # Labels are counted exactly; numbers may have gone through float32.
        if not math.isclose(self.metrics["test"][key], measured, rel_tol=1e-3 if key == "mae" else 1e-6):
            told = self.metrics["test"][key]
            raise ValueError(f"metrics['test'][{key!r}] is {told}, but y_true and y_pred give {measured}")

    def _check_classes(self, n: int) -> None:
        C = len(self.classes)
        if C < 2 or (self.task == "binary" and C != 2):
            raise ValueError(
                f"a {self.task} task needs {'2' if self.task == 'binary' else '2 or more'} classes, got {C}"
            )
        for name, values in (("y_true", self.y_true), ("y_pred", self.y_pred)):
            indices = np.asarray(values)
            if indices.dtype.kind not in "iub" or indices.min() < 0 or indices.max() >= C:
                raise ValueError(f"{name} must hold class indices from 0 to {C - 1}, got {np.unique(indices)[:5]}...")
        if self.scores is not None:
            shape = np.shape(self.scores)
            if shape != (n, C) and not (C == 2 and shape == (n,)):
                raise ValueError(f"scores must have the shape ({n}, {C}), got {shape}")
            scores = np.asarray(self.scores)
            if not ((scores >= 0) & (scores <= 1)).all():  # NaN is neither
                raise ValueError(f"scores must be probabilities from 0 to 1, got {scores.min()} to {scores.max()}")

    @property
    def classification(self) -> bool:
        """Whether classes are predicted, rather than a number."""
        return self.task in ("binary", "multiclass")

    @property
    def parameters(self) -> int:
        """The number of parameters of the whole model."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def headline(self) -> str:
        """The result in one or two sentences that need no knowledge of statistics."""
        if self.task == "other":
            return self.headline_text
        test, n = self.metrics["test"], np.shape(self.y_true)[0]
        key = "accuracy" if self.classification else "mae"
        rows = f"On {n:,} row{'s' * (n != 1)} it had never seen, the network"
        if self.classification:
            text = f"{rows} was right {percent(test[key])} of the time"
            if key in self.baseline:
                guess = percent(self.baseline[key])
                text += f"; always guessing the most frequent class would be right {guess}"
            return text + "."
        unit = f" {self.unit}" if self.unit else ""
        text = f"{rows} was off by {test[key]:,.4g}{unit} on average"
        if key in self.baseline:
            guess = self.guess or "the average"
            text += f"; always predicting {guess} would be off by {self.baseline[key]:,.4g}{unit}"
        text += "."
        if "r2" in test and math.isfinite(test["r2"]):
            r2 = test["r2"]
            text += f" It explains {max(r2, 0.0):.0%} of the variation of {self.target} (R² = {r2:.2f})."
        return text
