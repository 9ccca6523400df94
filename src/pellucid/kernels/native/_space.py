"""One, two or three axes of space as three, which is what the kernels of windows know."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["Sizes", "spatial", "three", "weights"]

Sizes = tuple[int, ...]


def spatial(a: Array) -> Array:
    """Return (N, *size, C) with three axes of space, without a copy."""
    return a.reshape(a.shape[0], *(1,) * (5 - a.ndim), *a.shape[1:])


def three(numbers: Sizes, first: int) -> Sizes:
    """Return one number for each of three axes, `first` for those that are not there."""
    return (first,) * (3 - len(numbers)) + tuple(numbers)


def weights(W: Array) -> Array:
    """Return weights (O, C, *kernel) with three axes of space."""
    W = W if W.flags.carray else np.array(W, order="C")
    return W.reshape(*W.shape[:2], *(1,) * (5 - W.ndim), *W.shape[2:])
