"""Convolution over any number of axes, and what it consists of: unfolding an array into columns, and the way back.

Arrays are (N, C, *size), weights W (O, C/groups, *kernel), columns (N, C, *kernel, *places). stride, padding and
dilation have one number for each axis of space; padding means zeros before and behind.
"""

import math

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array
from pellucid.kernels.reference.products import matmul

__all__ = ["convolve", "convolve_dW", "convolve_dx", "fold", "sum_channels", "unfold"]

Sizes = tuple[int, ...]


def unfold(x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """Return columns[n, c, k, i] = x[n, c, i stride + k dilation - padding], where x is 0 outside."""
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)]) if any(padding) else x
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    space = tuple(range(2, x.ndim))
    windows = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=space)  # (N, C, *places, *spans)
    steps = tuple(slice(None, None, step) for step in (*stride, *dilation))
    within = tuple(range(x.ndim, x.ndim + len(kernel)))
    return windows[(slice(None), slice(None), *steps)].transpose(0, 1, *within, *space)


def fold(columns: Array, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """Return x[n, c, j] = the sum of columns[n, c, k, i] over the k and i with i stride + k dilation - padding = j."""
    dims = len(size)
    kernel, places = columns.shape[2 : 2 + dims], columns.shape[2 + dims :]
    padded = np.zeros((*columns.shape[:2], *(n + 2 * p for n, p in zip(size, padding, strict=True))), columns.dtype)
    for k in np.ndindex(*kernel):
        reached = tuple(
            slice(j * d, j * d + s * (m - 1) + 1, s) for j, d, s, m in zip(k, dilation, stride, places, strict=True)
        )
        here = padded[(slice(None), slice(None), *reached)]
        QUIET.run(np.add, here, columns[(slice(None), slice(None), *k)], here)  # in place: this kernel's own array
    return padded[(slice(None), slice(None), *(slice(p, p + n) for n, p in zip(size, padding, strict=True)))]


def convolve(x: Array, W: Array, b: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """Return y[n, o, i] = b[o] + the sum of W[o, c, k] x[n, c, i stride + k dilation - padding] over c and k.

    With groups, the outputs of the g-th part of the o see the g-th part of the channels.
    """
    columns = unfold(x, W.shape[2:], stride, padding, dilation)
    y = matmul(_by_group(W, groups), _by_place(columns, groups))  # (N, groups, O/groups, places)
    y = y.reshape(x.shape[0], W.shape[0], *columns.shape[W.ndim :])
    return y if b is None else QUIET.run(np.add, y, b.reshape(-1, *(1,) * (x.ndim - 2)), y)


def convolve_dx(dy: Array, W: Array, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """Return dx[n, c, j] = the sum of W[o, c, k] dy[n, o, i] over o and the k and i that x[n, c, j] took part in.

    `size` is that of x in space. This is also the transposed convolution of dy.
    """
    flat = dy.reshape(dy.shape[0], groups, W.shape[0] // groups, math.prod(dy.shape[2:]))
    columns = matmul(_by_group(W, groups).swapaxes(-1, -2), flat)  # (N, groups, C/groups * kernel, places)
    shape = (dy.shape[0], groups * W.shape[1], *W.shape[2:], *dy.shape[2:])
    return fold(columns.reshape(shape), size, stride, padding, dilation)


def convolve_dW(
    x: Array, dy: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """Return dW[o, c, k] = the sum of x[n, c, i stride + k dilation - padding] dy[n, o, i] over n and i.

    dy may have fewer places than x has room for.
    """
    every = (slice(None),) * (2 + len(kernel))
    reached = tuple(slice(m) for m in dy.shape[2:])
    columns = _by_place(unfold(x, kernel, stride, padding, dilation)[(*every, *reached)], groups)
    flat = dy.reshape(dy.shape[0], groups, dy.shape[1] // groups, math.prod(dy.shape[2:]))
    parts = [QUIET.run(np.tensordot, flat[:, g], columns[:, g], ([0, 2], [0, 2])) for g in range(groups)]
    return np.stack(parts).reshape(dy.shape[1], x.shape[1] // groups, *kernel)


def sum_channels(dy: Array) -> Array:
    """Return the sum of each channel of dy (N, C, *size) over all samples and places: the gradient of a bias."""
    return QUIET.run(np.add.reduce, dy, (0, *range(2, dy.ndim)))


def _by_group(W: Array, groups: int) -> Array:
    """Return weights as one matrix for each group: (groups, O/groups, C/groups * kernel)."""
    return W.reshape(groups, W.shape[0] // groups, math.prod(W.shape[1:]))


def _by_place(columns: Array, groups: int) -> Array:
    """Return columns as one matrix for each sample and group: (N, groups, C/groups * kernel, places)."""
    dims = (columns.ndim - 2) // 2
    rows, places = math.prod(columns.shape[1 : 2 + dims]) // groups, math.prod(columns.shape[2 + dims :])
    return columns.reshape(columns.shape[0], groups, rows, places)
