"""Losses that are worth a kernel: softmax, logarithm and the choice of the right class in one pass."""

from typing import Any

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference.rows import log_softmax

__all__ = ["cross_entropy", "cross_entropy_backward"]


def cross_entropy(z: Array, t: Array, axis: int) -> tuple[Array, Array]:
    """Return -log softmax(z) at class t, and log softmax(z), which the gradient needs.

    z holds the logits with the classes along `axis`; t holds class indices in z's shape without that axis,
    all of them in range.
    """
    log_p = log_softmax(z, axis=axis)
    return -log_p[_places(t, axis)], log_p


def cross_entropy_backward(log_p: Array, t: Array, dy: Array, axis: int) -> Array:
    """Return dz = (softmax(z) - onehot(t)) dy, with dy of t's shape."""
    dz = np.exp(log_p)
    dz[_places(t, axis)] -= 1  # dz is this kernel's own array
    dz *= np.expand_dims(dy, axis)
    return dz


def _places(t: Array, axis: int) -> tuple[Any, ...]:
    """Return the index that names, for each element of t, the class t on `axis`."""
    if t.ndim == 1 and axis == 1:  # the everyday case, without the cost of the general one
        return np.arange(t.shape[0]), t
    places: list[Any] = list(np.indices(t.shape, sparse=True))
    places.insert(axis, t)
    return tuple(places)
