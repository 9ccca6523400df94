"""Normalisation to mean 0 and variance 1, or to a mean square of 1, scaled and shifted."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["normalize", "normalize_backward", "rms_normalize", "rms_normalize_backward", "scale_channels"]

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


@_quiet
def rms_normalize(x: Array, axis: tuple[int, ...], eps: float, w: Array | None) -> tuple[Array, Array]:
    """Return x r w and r = 1 / sqrt(mean(x^2) + eps) along `axis`, which r keeps with length 1."""
    r = 1 / np.sqrt(np.mean(x * x, axis=axis, keepdims=True) + eps)
    y = x * r
    return (y if w is None else y * w), r


@_quiet
def rms_normalize_backward(
    x: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return dx and dw; the latter may still have the shape of x, to be summed to that of w.

    With x_hat = x r and dx_hat = dy w: dx = r (dx_hat - x_hat mean(dx_hat x_hat)), dw = dy x_hat.
    """
    x_hat = x * r
    dx_hat = dy if w is None else dy * w
    return r * (dx_hat - x_hat * np.mean(dx_hat * x_hat, axis=axis, keepdims=True)), dy * x_hat


@_quiet
def scale_channels(x: Array, mean: Array, factor: Array, shift: Array) -> Array:
    """Return (x - mean) factor + shift for x (N, C, ...) and numbers of each channel, (C,)."""
    spread = (-1, *(1,) * (x.ndim - 2))
    return (x - mean.reshape(spread)) * factor.reshape(spread) + shift.reshape(spread)
