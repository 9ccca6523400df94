"""Means of losses between numbers, each with its gradient: what a training step needs of them, in two kernels.

x (or the logits z) and t have one shape and are not empty. dl is the loss's gradient by each element's own loss,
that is the gradient by the mean divided by the number of elements.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference.maps import log, log1p, sigmoid

__all__ = ["bce", "bce_backward", "bce_with_logits", "bce_with_logits_backward", "mse", "mse_backward"]

_quiet = np.errstate(all="ignore")


@_quiet
def mse(x: Array, t: Array) -> Array:
    """Return the mean of (x - t)^2."""
    e = x - t
    return np.mean(e * e)


@_quiet
def mse_backward(x: Array, t: Array, dl: float) -> Array:
    """Return dx = 2 (x - t) dl."""
    return (x - t) * (2 * dl)


@_quiet
def bce(x: Array, t: Array) -> Array | None:
    """Return the mean of -t log x - (1 - t) log(1 - x), the logarithms at least -100.

    None where x or t lies outside [0, 1].
    """
    if _outside_unit(x) or _outside_unit(t):
        return None
    return np.mean(-(t * np.maximum(log(x), -100) + (1 - t) * np.maximum(log1p(-x), -100)))


@_quiet
def bce_backward(x: Array, t: Array, dl: float) -> Array:
    """Return dx = (x - t) / (x (1 - x)) dl, the divisor at least 1e-12."""
    return dl * (x - t) / np.maximum(x * (1 - x), 1e-12)


@_quiet
def bce_with_logits(z: Array, t: Array) -> Array | None:
    """Return the mean of log(1 + e^z) - z t; None for t outside [0, 1].

    It is computed as log(1 + e^-|z|) + (z (1 - t) where z > 0, else -z t), where nothing overflows or cancels.
    """
    if _outside_unit(t):
        return None
    return np.mean(np.where(z > 0, z * (1 - t), -z * t) + np.log1p(np.exp(-np.abs(z))))


@_quiet
def bce_with_logits_backward(z: Array, t: Array, dl: float) -> Array:
    """Return dz = (sigmoid(z) - t) dl."""
    return (sigmoid(z) - t) * dl


def _outside_unit(p: Array) -> bool:
    return bool(((p < 0) | (p > 1)).any())
