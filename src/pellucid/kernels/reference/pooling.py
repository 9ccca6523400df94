"""The largest element, or the sum, of every window of a signal, an image or a volume.

x is (N, C, *L) and y (N, C, *O), with as many axes in L as the sizes have. Window o begins, along each axis, at
o stride - padding, and its element k stands dilation k behind that; elements outside x are not there. Each function
goes once over all windows for each element of a window.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["avg_pool", "avg_pool_backward", "max_pool", "max_pool_backward"]

Sizes = tuple[int, ...]
_NOWHERE = -1
_quiet = np.errstate(all="ignore")


@_quiet
def max_pool(
    x: Array, out: Sizes, window: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> tuple[Array, Array]:
    """Return the largest element of each window, and which of the window's elements it is, counted row by row.

    The first of equal ones counts, and of NaNs the last. A window without elements gives -inf.
    """
    y = np.full((*x.shape[:2], *out), -np.inf, dtype=x.dtype)
    place = np.full(y.shape, _NOWHERE, dtype=np.int32)
    for k, (there, here) in enumerate(_elements(x.shape[2:], out, window, stride, padding, dilation)):
        v, best = x[here], y[there]
        better = (v > best) | (place[there] == _NOWHERE) | np.isnan(v)
        y[there] = np.where(better, v, best)
        place[there] = np.where(better, k, place[there])
    return y, place


@_quiet
def max_pool_backward(
    dy: Array, place: Array, shape: Sizes, window: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """Return dx of `shape`: every dy goes to the element that was the largest; what meets there adds up."""
    dx = np.zeros(shape, dtype=dy.dtype)
    for k, (there, here) in enumerate(_elements(shape[2:], dy.shape[2:], window, stride, padding, dilation)):
        dx[here] += np.where(place[there] == k, dy[there], 0)
    return dx


@_quiet
def avg_pool(x: Array, count: Array, window: Sizes, stride: Sizes, padding: Sizes) -> Array:
    """Return the sum of each window divided by `count`, which is of shape O."""
    y = np.zeros((*x.shape[:2], *count.shape), dtype=x.dtype)
    for there, here in _elements(x.shape[2:], count.shape, window, stride, padding, (1,) * len(window)):
        y[there] += x[here]
    return y / count


@_quiet
def avg_pool_backward(dy: Array, count: Array, shape: Sizes, window: Sizes, stride: Sizes, padding: Sizes) -> Array:
    """Return dx of `shape`: every element of a window gets dy / count; what meets there adds up."""
    dx, share = np.zeros(shape, dtype=dy.dtype), dy / count
    for there, here in _elements(shape[2:], count.shape, window, stride, padding, (1,) * len(window)):
        dx[here] += share[there]
    return dx


def _elements(
    lengths: Sizes, out: Sizes, window: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Iterator[tuple[Any, Any]]:
    """Yield for each element of a window where the windows that have it stand in y, and where it stands in x."""
    for element in itertools.product(*map(range, window)):
        there, here = [slice(None), slice(None)], [slice(None), slice(None)]
        for k, n, o, s, p, d in zip(element, lengths, out, stride, padding, dilation, strict=True):
            shift = k * d - p  # window i has its element k at i s + shift
            first = max(0, -(shift // s))
            end = max(first, min(o, (n - 1 - shift) // s + 1))
            there.append(slice(first, end))
            here.append(slice(first * s + shift, first * s + shift + (end - first) * s, s))
        yield tuple(there), tuple(here)
