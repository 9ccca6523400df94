"""Products of matrices, and the scatter that undoes a gather."""

from typing import Any

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array

__all__ = ["add_at", "linear", "matmul"]


def matmul(x: Array, y: Array) -> Array:
    """Return the matrix product over the last two axes, the earlier ones broadcast."""
    return QUIET.run(np.matmul, x, y)


def linear(x: Array, W: Array, b: Array | None) -> Array:
    """Return x W^T + b for x (..., in), W (out, in), b (out,)."""
    y = QUIET.run(np.matmul, x, W.T)
    if b is not None:
        QUIET.run(np.add, y, b, y)  # in place: y is this kernel's own array
    return y


def add_at(shape: tuple[int, ...], index: Any, values: Array) -> Array:
    """Return zeros of `shape` with `values` added at `index`; places named more than once add up."""
    out = np.zeros(shape, dtype=values.dtype)
    np.add.at(out, index, values)
    return out
