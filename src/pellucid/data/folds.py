"""Folds: every row is for validation once, shuffled and stratified, or by group; in time, the later rows are."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid._extras import require
from pellucid.data.errors import DataError

__all__ = ["fold_rows"]

Indices = NDArray[np.int64]


def fold_rows(
    n: int,
    folds: int,
    *,
    labels: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    order: ArrayLike | None = None,
    seed: int = 0,
) -> list[tuple[Indices, Indices]]:
    """Divide rows 0..n-1 into training and validation rows, `folds` times.

    At random, every row is for validation exactly once; with the same share of each class in every fold where
    `labels` are given. With `groups`, the rows of one group stay together, and the classes' shares are kept as far as
    that allows; without labels the folds are balanced by rows, whatever the seed. With `order`, fold i validates on the
    i-th of folds + 1 stretches of time, counted from 0, and trains on all before it: the first stretch is never
    for validation, and no row is judged by a network that saw its future. Built on scikit-learn's splitters.

    Args:
        n: the number of rows.
        folds: how many times, at least 2.
        labels: (n,) class indices to stratify by; in time order they have no say.
        groups: (n,) the group of each row.
        order: (n,) numbers or dates that sort the rows in time.
        seed: the same seed gives the same folds; rows in time order need none.

    Returns:
        pairs of training and validation rows, each sorted.

    Raises:
        DataError: when there are too few rows, groups, or rows of a class.
        ValueError: when an argument is of the wrong shape, or groups are given and order too.

    Example:
        >>> [validation.tolist() for _, validation in fold_rows(4, 2, order=[4, 1, 3, 2])]
        [[2], [0]]
        >>> sorted(int(row) for _, validation in fold_rows(5, 2) for row in validation)
        [0, 1, 2, 3, 4]
    """
    if isinstance(folds, bool) or not isinstance(folds, (int, np.integer)) or folds < 2:
        raise ValueError(f"folds must be a whole number of at least 2, got {folds!r}")
    if groups is not None and order is not None:
        raise ValueError("rows are divided by groups= or in order=, not both")
    selection = require("sklearn.model_selection", "tabular")
    rows = np.arange(n)
    strata = None if labels is None or order is not None else _checked(labels, n, "labels")
    if strata is not None:
        _enough(int(np.unique(strata, return_counts=True)[1].min()), folds, "rows of the rarest class")
    shuffled = {"n_splits": folds, "shuffle": True, "random_state": seed % 2**32}
    if order is not None:
        rows = np.argsort(_checked(order, n, "order"), kind="stable").astype(np.int64)
        _enough(n, folds + 1, "rows")
        splitter = selection.TimeSeriesSplit(n_splits=folds)
    elif groups is not None:
        groups = _checked(groups, n, "groups")
        _enough(len(np.unique(groups)), folds, "groups")
        splitter = (
            selection.GroupKFold(n_splits=folds) if strata is None else selection.StratifiedGroupKFold(**shuffled)
        )
    else:
        _enough(n, folds, "rows")
        splitter = selection.KFold(**shuffled) if strata is None else selection.StratifiedKFold(**shuffled)
    pairs = splitter.split(rows, strata, groups)
    return [(np.sort(rows[train]), np.sort(rows[validation])) for train, validation in pairs]


def _checked(values: ArrayLike, n: int, name: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.shape != (n,):
        raise ValueError(f"{name} must have the shape ({n},), one for each row; got {array.shape}")
    return array


def _enough(count: int, least: int, what: str) -> None:
    if count < least:
        raise DataError(f"{count} {what} are too few: at least {least} are needed; use fewer folds")
