"""Softmax, its logarithm and their gradients along an axis."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["log_softmax", "log_softmax_backward", "logsumexp", "softmax", "softmax_backward"]

_quiet = np.errstate(all="ignore")


@_quiet
def softmax(x: Array, axis: int) -> Array:
    """Return e^(x - m) / sum e^(x - m), with the largest element m taken out so that nothing overflows."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    e /= np.sum(e, axis=axis, keepdims=True)
    return e


@_quiet
def softmax_backward(y: Array, dy: Array, axis: int) -> Array:
    """Return dx = y (dy - sum dy y) for y = softmax(x)."""
    return y * (dy - np.sum(dy * y, axis=axis, keepdims=True))


@_quiet
def log_softmax(x: Array, axis: int) -> Array:
    """Return (x - m) - log sum e^(x - m), which keeps its digits where the softmax underflows."""
    z = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    z -= np.log(np.sum(np.exp(z), axis=axis, keepdims=True))
    return z


@_quiet
def log_softmax_backward(y: Array, dy: Array, axis: int) -> Array:
    """Return dx = dy - e^y sum dy for y = log_softmax(x)."""
    return dy - np.exp(y) * np.sum(dy, axis=axis, keepdims=True)


@_quiet
def logsumexp(x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    """Return log sum e^x along `axis`; rows of -inf give -inf, rows with +inf give +inf."""
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0).astype(x.dtype)
    y = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m
    return y if keepdims else np.squeeze(y, axis=axis)
