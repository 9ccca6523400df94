"""A convolution, the larger of it and 0, and the largest of every window, as one task of the native engine.

The convolution itself is never written to memory. Gradients go by way of the places that windows have chosen alone:
a place that was not chosen takes no part, where the reference multiplies by 0 what there is, be it infinite.
"""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, channels_first, channels_last
from pellucid.kernels.native._space import Sizes, spatial, three, weights

__all__ = ["convolve_relu_pool", "convolve_relu_pool_backward"]


def convolve_relu_pool(
    x: Array, W: Array, b: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, window: Sizes
) -> tuple[Array, Array]:
    """Return y = the largest of each window of max(convolution, 0), and which of its elements it is, or -1."""
    if not _taken(x, W, dilation, window) or (b is not None and (b.dtype is not F32 or not b.flags.carray)):
        return reference.convolve_relu_pool(x, W, b, stride, padding, dilation, window)
    pooled = tuple(
        ((n + 2 * p - d * (k - 1) - 1) // s + 1) // w
        for n, p, d, k, s, w in zip(x.shape[2:], padding, dilation, W.shape[2:], stride, window, strict=True)
    )
    y = np.empty((x.shape[0], *pooled, W.shape[0]), F32)
    which = np.empty(y.shape, np.int32)
    numbers = (three(stride, 1), three(padding, 0), three(dilation, 1), three(window, 1))
    _native.convolve_relu_pool(spatial(channels_last(x)), weights(W), b, spatial(y), spatial(which), *numbers)
    return channels_first(y), channels_first(which)


def convolve_relu_pool_backward(
    dy: Array,
    x: Array,
    W: Array,
    which: Array,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    window: Sizes,
    wanted: tuple[bool, bool, bool],
) -> tuple[Array | None, Array | None, Array | None]:
    """Return dx, dW and db, those that are wanted: dy goes to the place that each window chose, and back from there."""
    if not _taken(x, W, dilation, window) or dy.dtype is not F32 or which.dtype != np.int32:
        return reference.convolve_relu_pool_backward(dy, x, W, which, stride, padding, dilation, window, wanted)
    dx = np.empty((x.shape[0], *x.shape[2:], x.shape[1]), F32) if wanted[0] else None
    dW = np.empty(W.shape, F32) if wanted[1] else None
    db = np.empty(W.shape[0], F32) if wanted[2] else None
    _native.convolve_relu_pool_backward(
        spatial(channels_last(x)),
        weights(W),
        spatial(channels_last(dy)),
        spatial(channels_last(which)),
        None if dx is None else spatial(dx),
        None if dW is None else weights(dW),
        db,
        *(three(stride, 1), three(padding, 0), three(dilation, 1), three(window, 1)),
    )
    return None if dx is None else channels_first(dx), dW, db


def _taken(x: Array, W: Array, dilation: Sizes, window: Sizes) -> bool:
    floats = x.dtype is F32 and W.dtype is F32 and x.size > 0
    return floats and x.ndim in (3, 4) and W.size > 0 and three(window, 1)[0] == 1 and dilation[-1] == 1
