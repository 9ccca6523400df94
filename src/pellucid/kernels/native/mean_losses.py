"""Means of losses between numbers, and their gradients, by the native engine."""

from collections.abc import Callable
from functools import wraps

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, plain

__all__ = ["bce", "bce_backward", "bce_with_logits", "bce_with_logits_backward", "mse", "mse_backward"]


def _mean(name: str) -> Callable[[Array, Array], Array | None]:
    """Return the kernel of this name, the mean of a loss; its result is None where a probability does not fit."""
    kernel, fallback = getattr(_native, name), getattr(reference, name)

    @wraps(fallback)
    def run(x: Array, t: Array) -> Array | None:
        if x.shape != t.shape or not plain(x, t):
            return fallback(x, t)
        mean = np.empty((), F32)
        try:
            kernel(x, t, mean)
        except ValueError:
            return None
        return mean

    return run


def _gradient(name: str) -> Callable[[Array, Array, float], Array]:
    """Return the kernel of this name, the gradient of a loss."""
    kernel, fallback = getattr(_native, name), getattr(reference, name)

    @wraps(fallback)
    def run(x: Array, t: Array, dl: float) -> Array:
        if x.shape != t.shape or not plain(x, t):
            return fallback(x, t, dl)
        dx = np.empty(x.shape, F32)
        kernel(x, t, dl, dx)
        return dx

    return run


mse, mse_backward = _mean("mse"), _gradient("mse_backward")
bce, bce_backward = _mean("bce"), _gradient("bce_backward")
bce_with_logits, bce_with_logits_backward = _mean("bce_with_logits"), _gradient("bce_with_logits_backward")
