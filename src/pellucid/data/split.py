"""Training, validation and test rows: shuffled and stratified, in time order, or by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid._extras import require
from pellucid.data.errors import DataError, nearest

__all__ = ["Split", "SplitMethod", "split_rows"]

SplitMethod = Literal["shuffle", "time", "group"]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """The rows of the three parts, as index arrays; every row is in exactly one of them.

    Example:
        >>> split_rows(10, seed=0).sizes()
        {'train': 6, 'validation': 2, 'test': 2}
    """

    train: Indices
    validation: Indices
    test: Indices

    def sizes(self) -> dict[str, int]:
        """Return the number of rows of each part."""
        return {"train": len(self.train), "validation": len(self.validation), "test": len(self.test)}


def split_rows(
    n: int,
    *,
    labels: ArrayLike | None = None,
    test_size: float = 0.2,
    validation_size: float = 0.2,
    method: SplitMethod = "shuffle",
    groups: ArrayLike | None = None,
    order: ArrayLike | None = None,
    stratify: bool = True,
    seed: int = 0,
    class_names: Sequence[Any] | None = None,
) -> Split:
    """Divide rows 0..n-1 into training, validation and test rows.

    "shuffle" draws at random, with the same share of each class in every part where `labels` are given. "time"
    trains on the earliest rows and tests on the latest. "group" keeps the rows of one group together, so that
    no person, place or machine is in two parts; sizes then count groups. Built on scikit-learn's splitters.

    Args:
        n: the number of rows.
        labels: class indices (n,) to stratify by; for "shuffle" only.
        test_size: a share of all rows, in [0, 1), or a whole number of rows; 0 for none.
        validation_size: the same, of all rows too.
        method: "shuffle", "time" or "group".
        groups: (n,) the group of each row; for "group".
        order: (n,) what sorts the rows in time; for "time".
        stratify: False to shuffle without regard to `labels`.
        seed: the same seed gives the same parts.
        class_names: the names of classes 0, 1, ..., for messages.

    Raises:
        DataError: when there are too few rows, groups, or rows of a class.
        ValueError: when an argument is missing, superfluous or of the wrong shape.

    Example:
        >>> split_rows(5, method="time", order=[3, 1, 2, 5, 4], test_size=1, validation_size=1)
        Split(train=array([1, 2, 0]), validation=array([4]), test=array([3]))
    """
    methods = get_args(SplitMethod)
    if method not in methods:
        raise ValueError(f"method must be one of {methods}, got {method!r}{nearest(method, methods)}")
    for given, name, wanted_by in ((groups, "groups", "group"), (order, "order", "time")):
        if (given is not None) != (method == wanted_by):
            raise ValueError(f"{name}= goes with method={wanted_by!r} and with no other; got method={method!r}")
    if method == "group":
        return _by_group(n, _checked(groups, n, "groups"), test_size, validation_size, seed)
    n_test, n_validation = _counts(n, test_size, validation_size, "rows")
    if method == "time":
        return _by_time(_checked(order, n, "order"), n_test, n_validation)
    strata = None if labels is None or not stratify else _checked(labels, n, "labels")
    if strata is not None:
        _refuse_rare_classes(strata, 1 + (n_test > 0) + (n_validation > 0), class_names)
    rest, test = _draw(np.arange(n), strata, n_test, seed)
    # A seed of its own, or the second draw would repeat the first one's choices.
    train, validation = _draw(rest, strata, n_validation, seed + 1)
    return Split(np.sort(train), np.sort(validation), np.sort(test))


def _checked(values: ArrayLike | None, n: int, name: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.shape != (n,):
        raise ValueError(f"{name} must have the shape ({n},), one for each row; got {array.shape}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise DataError(f"{name} lacks a value in row {int(np.flatnonzero(np.isnan(array))[0])}")
    if array.dtype.kind == "M" and np.isnat(array).any():
        raise DataError(f"{name} lacks a value in row {int(np.flatnonzero(np.isnat(array))[0])}")
    return array


def _counts(n: int, test_size: float, validation_size: float, what: str) -> tuple[int, int]:
    """Return how many of n things go to test and to validation."""
    counts = []
    wanted: tuple[tuple[str, Any], ...] = (("test_size", test_size), ("validation_size", validation_size))
    for name, size in wanted:
        if isinstance(size, (int, np.integer)) and not isinstance(size, bool) and size >= 0:
            counts.append(int(size))
        elif isinstance(size, float) and 0 <= size < 1:
            # The smallest part that was asked for still holds something.
            counts.append(max(1, round(n * size)) if size else 0)
        else:
            raise ValueError(f"{name} must be a share in [0, 1) or a whole number of rows, got {size!r}")
    if sum(counts) >= n:
        raise DataError(
            f"{n} {what} are too few: {counts[0]} for test and {counts[1]} for validation leave none to "
            "train on; give more data or smaller sizes"
        )
    return counts[0], counts[1]


def _refuse_rare_classes(labels: NDArray[Any], parts: int, class_names: Sequence[Any] | None) -> None:
    values, counts = np.unique(labels, return_counts=True)
    rarest = int(counts.argmin())
    if counts[rarest] < parts:
        name = class_names[int(values[rarest])] if class_names is not None else values[rarest].item()
        rows = "a single row" if counts[rarest] == 1 else f"{counts[rarest]} rows"
        raise DataError(
            f"the class {name!r} has {rows}, too few for {parts} parts with every class in each; "
            "give it more rows, leave it out, or do not stratify"
        )


def _draw(rows: Indices, labels: NDArray[Any] | None, count: int, seed: int) -> tuple[Indices, Indices]:
    """Split `rows` into those that stay and `count` drawn ones."""
    if count == 0:
        return rows, np.empty(0, np.int64)
    selection = require("sklearn.model_selection", "tabular")
    kind = selection.ShuffleSplit if labels is None else selection.StratifiedShuffleSplit
    splitter = kind(n_splits=1, test_size=count, random_state=seed % 2**32)
    try:
        stay, drawn = next(splitter.split(rows, None if labels is None else labels[rows]))
    except ValueError as error:
        raise DataError(
            f"{len(rows)} rows cannot be stratified into {count} and the rest ({error}); "
            "give more data or other sizes, or do not stratify"
        ) from None
    return rows[stay], rows[drawn]


def _by_time(order: NDArray[Any], n_test: int, n_validation: int) -> Split:
    if order.dtype.kind not in "iufM":
        raise ValueError(
            f"order must be numbers or dates, got {order.dtype}; see pellucid.data.time_order for a table's column"
        )
    rows = np.argsort(order, kind="stable").astype(np.int64)
    n_train = len(rows) - n_test - n_validation
    return Split(rows[:n_train], rows[n_train : n_train + n_validation], rows[n_train + n_validation :])


def _by_group(n: int, groups: NDArray[Any], test_size: float, validation_size: float, seed: int) -> Split:
    n_groups = len(np.unique(groups))
    n_test, n_validation = _counts(n_groups, test_size, validation_size, "groups")
    rest, test = _draw_groups(np.arange(n), groups, n_test, seed)
    train, validation = _draw_groups(rest, groups, n_validation, seed + 1)
    return Split(np.sort(train), np.sort(validation), np.sort(test))


def _draw_groups(rows: Indices, groups: NDArray[Any], count: int, seed: int) -> tuple[Indices, Indices]:
    if count == 0:
        return rows, np.empty(0, np.int64)
    selection = require("sklearn.model_selection", "tabular")
    splitter = selection.GroupShuffleSplit(n_splits=1, test_size=count, random_state=seed % 2**32)
    stay, drawn = next(splitter.split(rows, groups=groups[rows]))
    return rows[stay], rows[drawn]
