"""Cross-validation as the textbooks have it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pellucid import random

__all__ = ["k_folds"]


def k_folds(n: int, folds: int = 5, *, seed: int = 0) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Divide rows 0..n-1 at random into training and validation rows, `folds` times.

    Every row is for validation exactly once; where n is no multiple of `folds`, the first folds have one row more.
    `pellucid.data.fold_rows` keeps classes' shares, groups or the order of time as well.

    Args:
        n: the number of rows.
        folds: how many times, from 2 to n.
        seed: the same seed gives the same folds.

    Returns:
        pairs of training and validation rows, each sorted.

    Raises:
        ValueError: when n or folds is out of its range.

    Example:
        >>> folds = k_folds(7, 3)
        >>> [len(validation) for _, validation in folds]
        [3, 2, 2]
        >>> sorted(int(row) for _, validation in folds for row in validation)
        [0, 1, 2, 3, 4, 5, 6]
    """
    for name, value, low in (("n", n, 2), ("folds", folds, 2)):
        number: Any = value
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < low:
            raise ValueError(f"{name} must be a whole number of at least {low}, got {value!r}")
    if folds > n:
        raise ValueError(f"{folds} folds need as many rows at least, got {n}")
    order = random.generator_for(seed, "tune.folds").permutation(n)
    parts = [np.sort(part) for part in np.array_split(order, folds)]
    return [(np.setdiff1d(np.arange(n), part), part) for part in parts]
