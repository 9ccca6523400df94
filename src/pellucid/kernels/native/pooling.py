"""Pooling by the native engine, which lays channels last as `convolution` does."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, channels_first, channels_last
from pellucid.kernels.native._space import Sizes, spatial, three

__all__ = ["avg_pool", "avg_pool_backward", "max_pool", "max_pool_backward"]


def max_pool(
    x: Array, out: Sizes, window: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> tuple[Array, Array]:
    """Return the largest element of each window, and which of the window's elements it is, counted row by row."""
    if not _taken(x, out):
        return reference.max_pool(x, out, window, stride, padding, dilation)
    y = np.empty((x.shape[0], *out, x.shape[1]), F32)
    which = np.empty(y.shape, np.int32)
    numbers = (three(window, 1), three(stride, 1), three(padding, 0), three(dilation, 1))
    _native.max_pool(spatial(channels_last(x)), spatial(y), spatial(which), *numbers)
    return channels_first(y), channels_first(which)


def max_pool_backward(
    dy: Array, place: Array, shape: Sizes, window: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Return dx of `shape`: every dy goes to the element that was the largest; what meets there adds up."""
    if not _taken(dy, shape) or place.dtype != np.int32:
        return reference.max_pool_backward(dy, place, shape, window, stride, padding, dilation)
    dx = np.empty((shape[0], *shape[2:], shape[1]), F32)
    numbers = (three(window, 1), three(stride, 1), three(padding, 0), three(dilation, 1))
    _native.max_pool_backward(spatial(channels_last(dy)), spatial(channels_last(place)), spatial(dx), *numbers)
    return channels_first(dx)


def avg_pool(x: Array, count: Array, window: Sizes, stride: Sizes, padding: Sizes) -> Array:
    """Return the sum of each window divided by `count`, which is of shape O."""
    if not _taken(x, count.shape) or count.dtype is not F32:
        return reference.avg_pool(x, count, window, stride, padding)
    y = np.empty((x.shape[0], *count.shape, x.shape[1]), F32)
    numbers = (three(window, 1), three(stride, 1), three(padding, 0))
    _native.avg_pool(spatial(channels_last(x)), _counts(count), spatial(y), *numbers)
    return channels_first(y)


def avg_pool_backward(dy: Array, count: Array, shape: Sizes, window: Sizes, stride: Sizes, padding: Sizes) -> Array:
    """Return dx of `shape`: every element of a window gets dy / count; what meets there adds up."""
    if not _taken(dy, shape) or count.dtype is not F32:
        return reference.avg_pool_backward(dy, count, shape, window, stride, padding)
    dx = np.empty((shape[0], *shape[2:], shape[1]), F32)
    numbers = (three(window, 1), three(stride, 1), three(padding, 0))
    _native.avg_pool_backward(spatial(channels_last(dy)), _counts(count), spatial(dx), *numbers)
    return channels_first(dx)


def _taken(a: Array, sizes: Sizes) -> bool:
    return a.dtype is F32 and 3 <= a.ndim <= 5 and a.size > 0 and min(sizes) > 0


def _counts(count: Array) -> Array:
    return np.ascontiguousarray(count).reshape(three(count.shape, 1))
