"""The target: what is predicted, its kind, and the way to numbers and back."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args

import numpy as np
from numpy.typing import NDArray

from pellucid.data.columns import MOSTLY, as_numbers, checked_numbers, column_names, pick
from pellucid.data.errors import DataError, cell, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Target", "Task", "separate_target"]

Task = Literal["binary", "multiclass", "regression"]
Label = bool | int | float | str

_MOST_NUMERIC_CLASSES = 20
_LEAST_ROWS_PER_CLASS = 3


def separate_target(frame: "pd.DataFrame", name: str) -> tuple["pd.DataFrame", "pd.Series[Any]", int]:
    """Take the target out of a table, and the rows that lack it.

    Returns:
        The other columns, the target, and how many rows were dropped because they have no target: tell
        people.

    Raises:
        DataError: when the table has no such column, or no row has a target.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"x": [1, 2, 3], "y": ["a", None, "b"]})
        >>> features, y, dropped = separate_target(table, "y")
        >>> list(features.columns), y.tolist(), dropped
        (['x'], ['a', 'b'], 1)
    """
    names = column_names(frame)
    if name not in names:
        raise DataError(f"there is no column {name!r}{nearest(name, names)}; the columns are {', '.join(names)}")
    series = pick(frame, name)
    known = series.notna().to_numpy()
    if not known.any():
        raise DataError(f"the target {name!r} is missing in all {len(series)} rows; there is nothing to learn")
    features = frame.loc[:, [column != name for column in names]]
    series.attrs = dict(frame.attrs)
    return features.loc[known], series.loc[known], int((~known).sum())


@dataclass(frozen=True)
class Target:
    """What is predicted, with the way from its labels or numbers to what a network outputs, and back.

    Classes are sorted; of two, the second is the positive one. A regression's target is standardised,
    z = (y - mean) / scale.

    Attributes:
        name: the column's name.
        task: "binary", "multiclass" or "regression".
        classes: the labels, as Python's own str, int, bool or float; empty for regression.
        mean: of the rows that it was fitted on; 0 for classification.
        scale: their standard deviation (1 where that is 0); 1 for classification.

    Example:
        >>> import pandas as pd
        >>> target = Target.infer(pd.Series(["cat", "dog", "cat"], name="animal"))
        >>> target.task, target.transform(pd.Series(["dog"])), target.inverse(np.array([0, 1]))
        ('binary', array([1]), array(['cat', 'dog'], dtype=object))
    """

    name: str
    task: Task
    classes: tuple[Label, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @classmethod
    def infer(cls, series: "pd.Series[Any]", task: str | None = None) -> Self:
        """Find out the task, the classes, and the mean and scale.

        Text, yes/no and two whole numbers are classes; so are at most 20 whole numbers that come three times
        each on average; other numbers are a regression.

        Args:
            series: the target, without missing values (`separate_target` sees to that).
            task: "binary", "multiclass", "classification" or "regression" to override; None or "auto" to
                infer.

        Raises:
            DataError: when a value is missing, there is one class only, "binary" meets more than two classes,
                or "regression" meets text.
            ValueError: when `task` is none of these.
        """
        allowed = ("auto", "classification", *get_args(Task))
        if task is not None and task not in allowed:
            raise ValueError(f"task must be one of {allowed}, got {task!r}{nearest(task, allowed)}")
        name = str(series.name)
        _refuse_missing(series)
        if task in (None, "auto"):
            task = "classification" if _looks_like_classes(series) else "regression"
        if task == "regression":
            if not as_numbers(series).notna().any():
                raise DataError(
                    f"the target {name!r} holds text such as {series.iloc[0]!r}, and a regression needs numbers; "
                    "use task 'classification'"
                )
            return cls(name, "regression").refit(series)
        classes = _sorted_labels(series)
        if len(classes) < 2:
            raise DataError(f"the target {name!r} has one class only, {classes[0]!r}; two or more are needed")
        if task == "binary" and len(classes) > 2:
            raise DataError(
                f"the target {name!r} has {len(classes)} classes, which is not binary; use task 'multiclass'"
            )
        if task == "classification":
            task = "binary" if len(classes) == 2 else "multiclass"
        return cls(name, cast("Task", task), classes)

    def refit(self, series: "pd.Series[Any]") -> Self:
        """Return the same target with mean and scale of these rows: the training rows, and no others."""
        _refuse_missing(series)
        if self.is_classification:
            self.transform(series)
            return self
        values = checked_numbers(series).to_numpy()
        spread = float(values.std())
        return replace(self, mean=float(values.mean()), scale=spread if spread > 0 else 1.0)

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self.task != "regression"

    @property
    def n_classes(self) -> int:
        """The number of classes; 0 for regression."""
        return len(self.classes)

    @property
    def n_outputs(self) -> int:
        """The number of a network's outputs: one logit for each class, or one number."""
        return len(self.classes) or 1

    def transform(self, series: "pd.Series[Any]") -> NDArray[Any]:
        """Return class indices, int64 (n,), or the standardised numbers, float32 (n, 1).

        Raises:
            DataError: when a value is missing, is no number, or is a class that was not there before.
        """
        _refuse_missing(series)
        if not self.is_classification:
            values = (checked_numbers(series).to_numpy() - self.mean) / self.scale
            return values.astype(np.float32)[:, None]
        texts = all(isinstance(label, str) for label in self.classes)
        index = {label: i for i, label in enumerate(self.classes)}
        indices = np.empty(len(series), np.int64)
        for i, value in enumerate(series):
            # Classes such as "1", "2", "a" come back as numbers from a file that happens to have no "a".
            label = str(_label(value)) if texts else _label(value)
            if label not in index:
                known = ", ".join(map(repr, self.classes[:10]))
                raise DataError(
                    f"{cell(series, i)}: the target is {label!r}, a class that training never saw; known are {known}"
                )
            indices[i] = index[label]
        return indices

    def inverse(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the labels of class indices (n,), or standardised numbers, (n,) or (n, 1), in y's own units.

        Raises:
            ValueError: when the shape or an index is not one that `transform` gives.
        """
        values = np.asarray(values)
        if not self.is_classification:
            if values.ndim == 2 and values.shape[1] == 1:
                values = values[:, 0]
            if values.ndim != 1:
                raise ValueError(f"expected numbers of shape (n,) or (n, 1), got {values.shape}")
            return values.astype(np.float64) * self.scale + self.mean
        if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
            raise ValueError(
                f"expected class indices, integers of shape (n,), got {values.dtype} {values.shape}; "
                "take the argmax of the scores first"
            )
        if len(values) and not (values.min() >= 0 and values.max() < self.n_classes):
            raise ValueError(f"class indices must lie in 0..{self.n_classes - 1}, got {values.min()}..{values.max()}")
        labels = np.empty(self.n_classes, object)
        labels[:] = self.classes
        named: NDArray[Any] = labels[values]
        return named

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return {**vars(self), "classes": list(self.classes)}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Return the target that `to_json` described.

        Raises:
            DataError: when a field is missing, unknown or of the wrong kind.
        """
        try:
            target = cls(**{**state, "classes": tuple(state["classes"])})
            good = target.task in get_args(Task) and bool(target.classes) == target.is_classification
            good = good and bool(np.isfinite([target.mean, target.scale]).all()) and target.scale > 0
        except (KeyError, TypeError) as error:
            raise DataError(f"the saved target is damaged: {error}") from None
        if not good:
            raise DataError(f"the saved target is damaged: {state}")
        return target


def _refuse_missing(series: "pd.Series[Any]") -> None:
    missing = np.flatnonzero(series.isna().to_numpy())
    if not len(series):
        raise DataError(f"the target {series.name!r} has no rows")
    if len(missing):
        raise DataError(
            f"{cell(series, int(missing[0]))}: the target is missing in {len(missing)} of {len(series)} rows; "
            "drop them with pellucid.data.separate_target"
        )


def _looks_like_classes(series: "pd.Series[Any]") -> bool:
    numbers = as_numbers(series)
    if numbers.notna().mean() >= MOSTLY:
        # Numbers with a little text are numbers with mistakes: the first of them is named.
        numbers = checked_numbers(series)
    if series.dtype == bool or numbers.isna().any():
        return True
    if not np.isfinite(numbers).all() or not (numbers % 1 == 0).all():
        return False
    unique = numbers.nunique()
    return unique <= 2 or unique <= min(_MOST_NUMERIC_CLASSES, len(numbers) / _LEAST_ROWS_PER_CLASS)


def _label(value: Any) -> Label:
    """Return the value as Python's own bool, int, float or str; 1.0 is 1."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return int(value) if float(value).is_integer() else float(value)
    return str(value)


def _sorted_labels(series: "pd.Series[Any]") -> tuple[Label, ...]:
    labels = {_label(value) for value in series.unique()}
    if any(isinstance(label, str) for label in labels):
        return tuple(sorted({str(label) for label in labels}))
    return tuple(sorted(labels))
