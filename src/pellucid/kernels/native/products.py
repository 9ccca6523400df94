"""Products of matrices by the native engine."""

import math

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, plain

__all__ = ["linear", "linear_backward", "matmul"]


def _laid_out(a: Array) -> tuple[Array, bool] | None:
    """Return a matrix as it lies in memory, and whether that is its transpose; None where it is neither."""
    if a.dtype is not F32 or a.ndim != 2:
        return None
    if a.flags.c_contiguous:
        return a, False
    return (a.T, True) if a.flags.f_contiguous else None


def matmul(x: Array, y: Array) -> Array:
    """Return the matrix product over the last two axes; transposes of these two are read without a copy."""
    if x.ndim > 2 or y.ndim > 2:
        return _matmul_of_batches(x, y)
    left, right = _laid_out(x), _laid_out(y)
    if left is None or right is None or x.shape[1] != y.shape[0]:
        return reference.matmul(x, y)
    out = np.empty((x.shape[0], y.shape[1]), dtype=F32)
    _native.gemm(left[0], right[0], out, left[1], right[1], None)
    return out


def _matmul_of_batches(x: Array, y: Array) -> Array:
    if x.dtype is not F32 or y.dtype is not F32 or y.ndim < 2 or x.ndim < y.ndim or x.shape[-1] != y.shape[-2]:
        return reference.matmul(x, y)
    out = np.empty((*x.shape[:-1], y.shape[-1]), dtype=F32)
    if y.ndim == 2:  # one matrix for all rows
        matrix, ty = _laid_out(y) or (np.ascontiguousarray(y), False)
        _native.gemm(_rows(np.ascontiguousarray(x)), matrix, _rows(out), False, ty, None)
        return out
    if x.shape[:-2] != y.shape[:-2]:  # broadcast
        return reference.matmul(x, y)
    (left, tx), (right, ty) = _batch_laid_out(x), _batch_laid_out(y)
    _native.gemms(left, right, _batch(out), tx, ty)
    return out


def _batch_laid_out(a: Array) -> tuple[Array, bool]:
    """Return matrices as they lie in memory, and whether these are the transposes; a copy where they are neither."""
    turned = a.swapaxes(-1, -2)
    if turned.flags.c_contiguous and not a.flags.c_contiguous:
        return _batch(turned), True
    return _batch(np.ascontiguousarray(a)), False


def _batch(a: Array) -> Array:
    """Return a contiguous array (..., m, n) as (batch, m, n), without a copy."""
    return a.reshape(math.prod(a.shape[:-2]), *a.shape[-2:])


def linear(x: Array, W: Array, b: Array | None) -> Array:
    """Return x W^T + b for x (..., in), W (out, in), b (out,)."""
    if W.ndim != 2 or x.ndim == 0 or x.shape[-1] != W.shape[1] or not plain(x, W) or (b is not None and not plain(b)):
        return reference.linear(x, W, b)
    if x.ndim == 2:
        out = np.empty((x.shape[0], W.shape[0]), dtype=F32)
        _native.gemm(x, W, out, False, True, b)
        return out
    out = np.empty((*x.shape[:-1], W.shape[0]), dtype=F32)
    _native.gemm(_rows(x), W, _rows(out), False, True, b)
    return out


def linear_backward(
    x: Array, W: Array, dy: Array, need_x: bool, need_W: bool, need_b: bool
) -> tuple[Array | None, Array | None, Array | None]:
    """Return dx = dy W, dW = dy^T x summed over the batch and db = the sum of dy, and None for what is not needed."""
    if not plain(x, W, dy):
        return reference.linear_backward(x, W, dy, need_x, need_W, need_b)
    dx = np.empty(x.shape, dtype=F32) if need_x else None
    dW = np.empty(W.shape, dtype=F32) if need_W else None
    db = np.empty(W.shape[0], dtype=F32) if need_b else None
    if x.ndim == 2:
        _native.linear_backward(x, W, dy, dx, dW, db)
    else:
        _native.linear_backward(_rows(x), W, _rows(dy), dx if dx is None else _rows(dx), dW, db)
    return dx, dW, db


def _rows(a: Array) -> Array:
    """Return an array (..., n) as a matrix (rows, n), without a copy."""
    return a.reshape(math.prod(a.shape[:-1]), a.shape[-1])
