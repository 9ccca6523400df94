"""Losses that are worth a kernel: softmax, logarithm and the choice of the right class in one pass."""

from typing import Any

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["cross_entropy", "cross_entropy_backward", "mean_cross_entropy"]

_quiet = np.errstate(all="ignore")


@_quiet
def cross_entropy(z: Array, t: Array, axis: int) -> tuple[Array, Array]:
    """Return -log softmax(z) at class t, and what the gradient needs of each sample.

    z holds the logits with the classes along `axis`; t holds class indices in z's shape without that axis,
    all of them in range. The second result (2, *t.shape) holds the largest logit m and log sum e^(z - m): from
    these and z the gradient computes the softmax anew, so that nothing of z's size is kept for it.
    """
    shift = np.empty((2, *t.shape), dtype=z.dtype)
    np.max(z, axis=axis, initial=-np.inf, out=shift[0, ...])
    np.sum(np.exp(z - np.expand_dims(shift[0], axis)), axis=axis, out=shift[1, ...])
    np.log(shift[1], out=shift[1, ...])
    return shift[1] - (z[_places(t, axis)] - shift[0]), shift


@_quiet
def cross_entropy_backward(z: Array, t: Array, shift: Array, dy: Array | float, axis: int) -> Array:
    """Return dz = (softmax(z) - onehot(t)) dy, with dy of t's shape or one number for all."""
    dz = z - np.expand_dims(shift[0], axis)
    dz -= np.expand_dims(shift[1], axis)
    np.exp(dz, out=dz)
    dz[_places(t, axis)] -= 1  # dz is this kernel's own array
    dz *= dy if isinstance(dy, float) else np.expand_dims(dy, axis)
    return dz


@_quiet
def mean_cross_entropy(z: Array, t: Array) -> tuple[Array, Array] | None:
    """Return the mean of `cross_entropy` for z (N, C), and what the gradient needs; None for a class out of range."""
    if t.size and (t.min() < 0 or t.max() >= z.shape[1]):
        return None
    losses, shift = cross_entropy(z, t, 1)
    return np.sum(losses) / t.size, shift


def _places(t: Array, axis: int) -> tuple[Any, ...]:
    """Return the index that names, for each element of t, the class t on `axis`."""
    if t.ndim == 1 and axis == 1:  # the everyday case, without the cost of the general one
        return np.arange(t.shape[0]), t
    places: list[Any] = list(np.indices(t.shape, sparse=True))
    places.insert(axis, t)
    return tuple(places)
