"""Normalisation to mean 0 and variance 1, scaled and shifted."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["normalize", "normalize_backward"]

_quiet = np.errstate(all="ignore")


@_quiet
def normalize(
    x: Array, axis: tuple[int, ...], eps: float, w: Array | None = None, b: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    """Return (x - mean) / sqrt(var + eps) w + b, and mean, var (biased) and r = 1 / sqrt(var + eps) along `axis`.

    w and b broadcast against x; the statistics keep the reduced axes with length 1.
    """
    mean = np.mean(x, axis=axis, keepdims=True)
    y = x - mean
    var = np.mean(y * y, axis=axis, keepdims=True)
    r = 1 / np.sqrt(var + eps)
    y *= r
    if w is not None:
        y = y * w
    if b is not None:
        y = y + b
    return y, mean, var, r


@_quiet
def normalize_backward(
    x: Array, mean: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array, Array]:
    """Return dx, dw and db; the latter two may still have the shape of x, to be summed to that of w and b.

    With x_hat = (x - mean) r and dx_hat = dy w: dx = r (dx_hat - mean(dx_hat) - x_hat mean(dx_hat x_hat)),
    dw = dy x_hat, db = dy.
    """
    x_hat = (x - mean) * r
    dx_hat = dy if w is None else dy * w
    centre = np.mean(dx_hat, axis=axis, keepdims=True)
    along = np.mean(dx_hat * x_hat, axis=axis, keepdims=True)
    return r * (dx_hat - centre - x_hat * along), dy * x_hat, dy
