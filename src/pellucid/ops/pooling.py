"""Pooling: one number for every window of a signal, an image or a volume."""

import math
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._windows import batched, check_float, sizes_of, unbatched, windows
from pellucid.ops.arithmetic import mul, pow
from pellucid.ops.elementwise import abs

__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]

Sizes = int | tuple[int, ...]


def max_pool(
    n: int,
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Y_o = the largest x_i of window o; dx_i = the sum of dy_o over the windows whose largest element it is.

    The first of equal elements counts as the largest; NaN is larger than any number. Padding is never chosen.

    Args:
        n: over how many axes a window reaches.
        x: (N, C, *L) or (C, *L), with n axes in L.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: how far windows may begin before x, and end behind it; at most half of the window.
        dilation: the distance between the elements of a window.
        ceil_mode: take a last window too that goes over the end.
        return_indices: return also where in x, counted row by row over L, each largest element stands.

    Raises:
        ValueError: when sizes do not fit.
        RuntimeError: when x holds integers.
    """
    name = f"max_pool{n}d"
    check_float(name, x)
    k = sizes_of(name, "kernel_size", kernel_size, n)
    s = k if stride is None or stride == () else sizes_of(name, "stride", stride, n)
    p, d = sizes_of(name, "padding", padding, n, least=0), sizes_of(name, "dilation", dilation, n)
    x4 = batched(name, x, n)
    shape = x4.array.shape
    out = windows(name, shape[2:], k, s, p, d, ceil_mode)
    y, place = K.max_pool(x4.array, out, k, s, p, d)
    pooled = record(y, (x4, lambda dy: K.max_pool_backward(dy, place, shape, k, s, p, d)))
    if not return_indices:
        return unbatched(pooled, x)
    return unbatched(pooled, x), unbatched(Tensor(_indices(place, shape[2:], k, s, p, d)), x)


def _indices(
    place: Array,
    lengths: tuple[int, ...],
    k: tuple[int, ...],
    s: tuple[int, ...],
    p: tuple[int, ...],
    d: tuple[int, ...],
) -> Array:
    """Return where in x, row by row, element `place` of each window stands."""
    index = np.zeros(place.shape, dtype=np.int64)
    parts = np.unravel_index(place, k)
    for axis, n in enumerate(lengths):
        o = np.arange(place.shape[2 + axis]).reshape(-1, *(1,) * (len(lengths) - axis - 1))
        index = index * n + (o * s[axis] - p[axis] + parts[axis] * d[axis])
    return index


def avg_pool(
    n: int,
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Y_o = the sum of window o divided by its number of elements; dx_i = the sum of dy_o / number over its windows.

    Args:
        n: over how many axes a window reaches.
        x: (N, C, *L) or (C, *L), with n axes in L.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: zeros around x; at most half of the window.
        ceil_mode: take a last window too that goes over the end.
        count_include_pad: count the padding among a window's elements.
        divisor_override: divide by this number instead.

    Raises:
        ValueError: when sizes do not fit, or the divisor is 0.
        RuntimeError: when x holds integers.
    """
    name = f"avg_pool{n}d"
    check_float(name, x)
    k = sizes_of(name, "kernel_size", kernel_size, n)
    s = k if stride is None or stride == () else sizes_of(name, "stride", stride, n)
    p = sizes_of(name, "padding", padding, n, least=0)
    if divisor_override == 0:
        raise ValueError(f"{name}: divisor_override must not be 0")
    x4 = batched(name, x, n)
    shape = x4.array.shape
    out = windows(name, shape[2:], k, s, p, (1,) * n, ceil_mode)
    count = np.ones((), dtype=x.dtype)
    for i in range(n):
        begin = np.arange(out[i]) * s[i] - p[i]
        end = np.minimum(begin + k[i], shape[2 + i] + p[i])
        if not count_include_pad:
            begin, end = np.maximum(begin, 0), np.minimum(end, shape[2 + i])
        count = count[..., None] * (end - begin).astype(x.dtype)
    if divisor_override is not None:
        count = np.full(out, divisor_override, dtype=x.dtype)
    y = K.avg_pool(x4.array, count, k, s, p)
    return unbatched(record(y, (x4, lambda dy: K.avg_pool_backward(dy, count, shape, k, s, p))), x)


def lp_pool(
    n: int,
    x: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Y_o = S_o^(1/p) with S_o = sum of x_i^p over window o; dx_i = sum of dy_o S_o^(1/p - 1) x_i^(p - 1).

    p = 2 gives lengths, p = ∞ the largest magnitude. Otherwise no magnitudes are taken, as in PyTorch: an odd p may
    give S < 0, whose root is NaN. Where S = 0 the gradient is 0. A window that goes over the end counts its missing
    elements as the mean of the others.

    Args:
        n: over how many axes a window reaches.
        x: (N, C, *L) or (C, *L), with n axes in L.
        norm_type: p.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        ceil_mode: take a last window too that goes over the end.

    Raises:
        ValueError: when sizes do not fit, or norm_type is 0.
        RuntimeError: when x holds integers.
    """
    if norm_type == 0:
        raise ValueError(f"lp_pool{n}d: norm_type must not be 0")
    if math.isinf(norm_type):
        largest = max_pool(n, mul(abs(x), math.copysign(1, norm_type)), kernel_size, stride, 0, 1, ceil_mode)
        return mul(largest, math.copysign(1, norm_type))
    number = math.prod(sizes_of(f"lp_pool{n}d", "kernel_size", kernel_size, n))
    total = mul(avg_pool(n, pow(x, norm_type), kernel_size, stride, 0, ceil_mode), number)
    return _root(total, norm_type)


def _root(total: Tensor, p: float) -> Tensor:
    S = total.array
    return record(QUIET.run(np.power, S, 1 / p), (total, lambda dy: np.where(S == 0, 0, dy * S ** (1 / p - 1) / p)))


def max_pool1d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window of a signal; see `max_pool`."""
    return max_pool(1, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window of an image; see `max_pool`."""
    return max_pool(2, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window of a volume; see `max_pool`."""
    return max_pool(3, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool1d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Return the mean of each window of a signal; see `avg_pool`."""
    return avg_pool(1, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window of an image; see `avg_pool`."""
    return avg_pool(2, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window of a volume; see `avg_pool`."""
    return avg_pool(3, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def lp_pool1d(
    x: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """Return the p-norm of each window of a signal; see `lp_pool`."""
    return lp_pool(1, x, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    x: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """Return the p-norm of each window of an image; see `lp_pool`."""
    return lp_pool(2, x, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    x: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """Return the p-norm of each window of a volume; see `lp_pool`."""
    return lp_pool(3, x, norm_type, kernel_size, stride, ceil_mode)
