"""Sliding windows laid out as columns, and their sum put back."""

import math
from collections.abc import Sequence

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops._space import per_axis, window_places

__all__ = ["fold", "unfold"]

Sizes = int | Sequence[int]


def unfold(x: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """y[n, (c, k), i] = x[n, c, i stride + k dilation - padding]: every window of the image as a column of y.

    A convolution is a product of matrices, W (O, C k) times y (the "im2col" of Chellapilla et al., 2006); dx adds up
    the columns of dy where they came from, which is `fold`.

    Args:
        x: (N, C, H, W) or (C, H, W).
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        dilation: how far apart the window's elements lie.
        padding: how many zeros are put around x at either side.
        stride: how far the window moves.

    Returns:
        (N, C * window, places), or (C * window, places).

    Raises:
        RuntimeError: when x has another number of axes, or the window is larger than the padded x.
        ValueError: for a size, stride or dilation below 1, or a negative padding.

    Example:
        >>> import pellucid
        >>> unfold(pellucid.arange(9.0).reshape(1, 1, 3, 3), 2)[0, :, 0].tolist()
        [0.0, 1.0, 3.0, 4.0]
    """
    x = as_tensor(x)
    a = x.array
    if a.ndim not in (3, 4):
        raise RuntimeError(f"unfold needs images (N, C, H, W) or (C, H, W), got shape {a.shape}")
    kernel = per_axis("unfold", "kernel_size", kernel_size, 2, 1)
    strides = per_axis("unfold", "stride", stride, 2, 1)
    paddings = per_axis("unfold", "padding", padding, 2, 0)
    dilations = per_axis("unfold", "dilation", dilation, 2, 1)
    batch = a if a.ndim == 4 else a[None]
    size = batch.shape[2:]
    places = window_places("unfold", size, kernel, strides, paddings, dilations)
    windows = K.unfold(batch, kernel, strides, paddings, dilations)  # (N, C, *kernel, *places)
    shape = (*a.shape[:-3], a.shape[-3] * math.prod(kernel), math.prod(places))

    def dx(dy: Array) -> Array:
        return K.fold(dy.reshape(windows.shape), size, strides, paddings, dilations).reshape(a.shape)

    return record(windows.reshape(shape), (x, dx))


def fold(
    x: Tensor, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """y[n, c, j] = sum of x[n, (c, k), i] over the k and i with i stride + k dilation - padding = j.

    Columns are added up in an image where `unfold` would have taken them from; where windows overlap, values add, so
    it is the gradient of `unfold` and not its inverse. dx = unfold(dy).

    Args:
        x: (N, C * window, places) or (C * window, places).
        output_size: the size of the image y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        dilation: how far apart the window's elements lie.
        padding: how many places are cut off either side of y.
        stride: how far the window moves.

    Returns:
        (N, C, *output_size), or (C, *output_size).

    Raises:
        RuntimeError: when the shape of x does not fit the sizes.
        ValueError: for a size, stride or dilation below 1, or a negative padding.

    Example:
        >>> import pellucid
        >>> fold(pellucid.ones(1, 4, 4), 3, 2).tolist()
        [[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]]
    """
    x = as_tensor(x)
    a = x.array
    size = per_axis("fold", "output_size", output_size, 2, 1)
    kernel = per_axis("fold", "kernel_size", kernel_size, 2, 1)
    strides = per_axis("fold", "stride", stride, 2, 1)
    paddings = per_axis("fold", "padding", padding, 2, 0)
    dilations = per_axis("fold", "dilation", dilation, 2, 1)
    places = window_places("fold", size, kernel, strides, paddings, dilations)
    window = math.prod(kernel)
    if a.ndim not in (2, 3) or a.shape[-2] % window or a.shape[-1] != math.prod(places):
        raise RuntimeError(
            f"fold into {size} with windows of {kernel} needs columns (N, channels * {window}, {math.prod(places)}), "
            f"got shape {a.shape}"
        )
    samples, channels = a.shape[0] if a.ndim == 3 else 1, a.shape[-2] // window
    y = K.fold(a.reshape(samples, channels, *kernel, *places), size, strides, paddings, dilations)

    def dx(dy: Array) -> Array:
        return K.unfold(dy.reshape(y.shape), kernel, strides, paddings, dilations).reshape(a.shape)

    return record(y if a.ndim == 3 else y[0], (x, dx))
