"""A convolution, the larger of it and 0, and the largest of every window of that: three kernels as one.

Windows lie side by side and are not padded. Arrays are as in `convolution` and `pooling`; there is one group.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference.activations import relu
from pellucid.kernels.reference.convolution import convolve, convolve_dW, convolve_dx, sum_channels
from pellucid.kernels.reference.pooling import max_pool, max_pool_backward

__all__ = ["convolve_relu_pool", "convolve_relu_pool_backward"]

Sizes = tuple[int, ...]


def convolve_relu_pool(
    x: Array, W: Array, b: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, window: Sizes
) -> tuple[Array, Array]:
    """Return y = the largest of each window of max(convolution, 0), and which of its elements it is, or -1.

    Elements are counted row by row; -1 stands where none is above 0: no gradient goes through such a window.
    """
    z = relu(convolve(x, W, b, stride, padding, dilation, 1))
    places = tuple(n // k for n, k in zip(z.shape[2:], window, strict=True))
    y, which = max_pool(z, places, window, window, (0,) * len(window), (1,) * len(window))
    return y, np.where(y > 0, which, np.int32(-1))


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
    size, kernel = x.shape[2:], W.shape[2:]
    places = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(size, padding, dilation, kernel, stride, strict=True)
    )
    dims = len(window)
    dz = max_pool_backward(dy, which, (*dy.shape[:2], *places), window, window, (0,) * dims, (1,) * dims)
    return (
        convolve_dx(dz, W, size, stride, padding, dilation, 1) if wanted[0] else None,
        convolve_dW(x, dz, kernel, stride, padding, dilation, 1) if wanted[1] else None,
        sum_channels(dz) if wanted[2] else None,
    )
