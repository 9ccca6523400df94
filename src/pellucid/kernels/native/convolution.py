"""Convolutions by the native engine, which lays channels last.

Results are (N, C, *size) as everywhere, and views of arrays (N, *size, C); what lies like this is read without a copy.
"""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, channels_first, channels_last
from pellucid.kernels.native._space import Sizes, spatial, three, weights

__all__ = ["convolve", "convolve_dW", "convolve_dx", "sum_channels"]


def convolve(x: Array, W: Array, b: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """Return y[n, o, i] = b[o] + the sum of W[o, c, k] x[n, c, i stride + k dilation - padding] over c and k."""
    if not _taken(x, W) or (b is not None and (b.dtype is not F32 or not b.flags.carray)):
        return reference.convolve(x, W, b, stride, padding, dilation, groups)
    places = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(x.shape[2:], padding, dilation, W.shape[2:], stride, strict=True)
    )
    y = np.empty((x.shape[0], *places, W.shape[0]), F32)
    _native.convolve(spatial(channels_last(x)), weights(W), b, spatial(y), *_numbers(stride, padding, dilation), groups)
    return channels_first(y)


def convolve_dx(dy: Array, W: Array, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """Return dx[n, c, j] = the sum of W[o, c, k] dy[n, o, i] over o and the k and i that x[n, c, j] took part in."""
    if not _taken(dy, W):
        return reference.convolve_dx(dy, W, size, stride, padding, dilation, groups)
    dx = np.empty((dy.shape[0], *size, W.shape[1] * groups), F32)
    _native.convolve_dx(
        spatial(channels_last(dy)), weights(W), spatial(dx), *_numbers(stride, padding, dilation), groups
    )
    return channels_first(dx)


def convolve_dW(
    x: Array, dy: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """Return dW[o, c, k] = the sum of x[n, c, i stride + k dilation - padding] dy[n, o, i] over n and i."""
    if not _taken(x, dy):
        return reference.convolve_dW(x, dy, kernel, stride, padding, dilation, groups)
    dW = np.empty((dy.shape[1], x.shape[1] // groups, *kernel), F32)
    _native.convolve_dW(
        spatial(channels_last(x)),
        spatial(channels_last(dy)),
        weights(dW),
        *_numbers(stride, padding, dilation),
        groups,
    )
    return dW


def sum_channels(dy: Array) -> Array:
    """Return the sum of each channel of dy (N, C, *size) over all samples and places."""
    if not _taken(dy):
        return reference.sum_channels(dy)
    out = np.empty(dy.shape[1], F32)
    _native.sum_rows(channels_last(dy).reshape(-1, dy.shape[1]), out)
    return out


def _taken(*arrays: Array) -> bool:
    return all(a.dtype is F32 and 3 <= a.ndim <= 5 and a.size > 0 for a in arrays)


def _numbers(stride: Sizes, padding: Sizes, dilation: Sizes) -> tuple[Sizes, Sizes, Sizes]:
    return three(stride, 1), three(padding, 0), three(dilation, 1)
