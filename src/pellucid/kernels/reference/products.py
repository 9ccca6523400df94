"""Products of matrices."""

import math

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array

__all__ = ["linear", "linear_backward", "matmul"]


def matmul(x: Array, y: Array) -> Array:
    """Return the matrix product over the last two axes, the earlier ones broadcast."""
    return QUIET.run(np.matmul, x, y)


def linear(x: Array, W: Array, b: Array | None) -> Array:
    """Return x W^T + b for x (..., in), W (out, in), b (out,)."""
    y = QUIET.run(np.matmul, x, W.T)
    if b is not None:
        QUIET.run(np.add, y, b, y)  # in place: y is this kernel's own array
    return y


def linear_backward(
    x: Array, W: Array, dy: Array, need_x: bool, need_W: bool, need_b: bool
) -> tuple[Array | None, Array | None, Array | None]:
    """Return dx = dy W, dW = dy^T x summed over the batch and db = the sum of dy, and None for what is not needed."""
    rows = dy.reshape(math.prod(dy.shape[:-1]), dy.shape[-1])
    dx = QUIET.run(np.matmul, dy, W) if need_x else None
    dW = QUIET.run(np.matmul, rows.T, x.reshape(len(rows), x.shape[-1])) if need_W else None
    db = QUIET.run(np.add.reduce, rows, 0) if need_b else None
    return dx, dW, db
