"""Softmax and its kin along the last axis, and the cross-entropy, by the native engine."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, I64, plain

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "log_softmax",
    "log_softmax_backward",
    "logsumexp",
    "mean_cross_entropy",
    "softmax",
    "softmax_backward",
]


def _in_rows(x: Array, axis: int) -> bool:
    """Say whether `axis` is the last of a plain array, so that what belongs together lies in a row."""
    return x.ndim > 0 and axis in (-1, x.ndim - 1) and plain(x)


def _matrix(x: Array) -> Array:
    """Return a contiguous array as a matrix of its rows, the same memory."""
    if x.ndim == 2:
        return x
    columns = x.shape[-1]
    return x.reshape(x.size // columns if columns else 0, columns)


def softmax(x: Array, axis: int) -> Array:
    """Return e^(x - m) / sum e^(x - m), with the largest element m taken out so that nothing overflows."""
    if not _in_rows(x, axis):
        return reference.softmax(x, axis)
    y = np.empty(x.shape, F32)
    _native.softmax(_matrix(x), _matrix(y))
    return y


def softmax_backward(y: Array, dy: Array, axis: int) -> Array:
    """Return dx = y (dy - sum dy y) for y = softmax(x)."""
    if not _in_rows(y, axis) or not plain(dy):
        return reference.softmax_backward(y, dy, axis)
    dx = np.empty(y.shape, F32)
    _native.softmax_backward(_matrix(y), _matrix(dy), _matrix(dx))
    return dx


def log_softmax(x: Array, axis: int) -> Array:
    """Return (x - m) - log sum e^(x - m), which keeps its digits where the softmax underflows."""
    if not _in_rows(x, axis):
        return reference.log_softmax(x, axis)
    y = np.empty(x.shape, F32)
    _native.log_softmax(_matrix(x), _matrix(y))
    return y


def log_softmax_backward(y: Array, dy: Array, axis: int) -> Array:
    """Return dx = dy - e^y sum dy for y = log_softmax(x)."""
    if not _in_rows(y, axis) or not plain(dy):
        return reference.log_softmax_backward(y, dy, axis)
    dx = np.empty(y.shape, F32)
    _native.log_softmax_backward(_matrix(y), _matrix(dy), _matrix(dx))
    return dx


def logsumexp(x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    """Return log sum e^x along `axis`; rows of -inf give -inf, rows with +inf give +inf."""
    if len(axis) != 1 or not _in_rows(x, axis[0]) or x.shape[-1] == 0:
        return reference.logsumexp(x, axis, keepdims)
    y = np.empty((*x.shape[:-1], 1) if keepdims else x.shape[:-1], F32)
    _native.logsumexp(_matrix(x), y.reshape(-1))
    return y


def _fits(z: Array, t: Array) -> bool:
    """Say whether these are plain logits (N, C) and classes in int64."""
    return z.ndim == 2 and t.dtype is I64 and t.flags.c_contiguous and plain(z)


def cross_entropy(z: Array, t: Array, axis: int) -> tuple[Array, Array]:
    """Return -log softmax(z) at class t, and what the gradient needs of each sample; see the reference."""
    if axis != 1 or not _fits(z, t):
        return reference.cross_entropy(z, t, axis)
    losses, shift = np.empty(len(z), F32), np.empty((2, len(z)), F32)
    _native.cross_entropy(z, t, losses, shift)
    return losses, shift


def mean_cross_entropy(z: Array, t: Array) -> tuple[Array, Array] | None:
    """Return the mean of `cross_entropy` for z (N, C), and what the gradient needs; None for a class out of range."""
    if not _fits(z, t):
        return reference.mean_cross_entropy(z, t)
    mean, shift = np.empty((), F32), np.empty((2, len(z)), F32)
    try:
        _native.mean_cross_entropy(z, t, mean, shift)
    except IndexError:
        return None
    return mean, shift


def cross_entropy_backward(z: Array, t: Array, shift: Array, dy: Array | float, axis: int) -> Array:
    """Return dz = (softmax(z) - onehot(t)) dy, with dy of t's shape or one number for all."""
    each, of_all = (None, dy) if isinstance(dy, float) else (dy, 0.0)
    if axis != 1 or not _fits(z, t) or not plain(shift) or (each is not None and not plain(each)):
        return reference.cross_entropy_backward(z, t, shift, dy, axis)
    dz = np.empty(z.shape, F32)
    _native.cross_entropy_backward(z, t, shift, each, of_all, dz)
    return dz
