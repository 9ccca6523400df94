"""Transposed convolutions: what the gradient of a convolution by its input computes, as an operation of its own."""

from collections.abc import Sequence

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops._space import check_dtypes, per_axis
from pellucid.ops.shape import squeeze, unsqueeze

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]

Sizes = int | Sequence[int]


def conv_transpose1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and i stride + k dilation - padding = j.

    As `conv_transpose2d`, with x (N, C, L) or (C, L) and W (C, O/groups, k).

    Example:
        >>> import pellucid
        >>> conv_transpose1d(pellucid.tensor([[[1.0, 2.0]]]), pellucid.ones(1, 1, 2), stride=2).tolist()
        [[[1.0, 1.0, 2.0, 2.0]]]
    """
    return _convolve("conv_transpose1d", 1, x, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and i stride + k dilation - padding = j.

    Every number of x is spread over a neighbourhood of y, as the gradient of `conv2d` spreads dy over dx (Zeiler et
    al., 2010); with a stride of 2 the image doubles. It is not an inverse. The gradients are a convolution again:
    dx[n, c, i] = sum of W[c, o, k] dy[n, o, i stride + k dilation - padding] over o, k,
    dW[c, o, k] = sum of x[n, c, i] dy[n, o, i stride + k dilation - padding] over n, i, and db[o] = sum of dy[n, o, j].

    Along each axis y has (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1 places.

    Args:
        x: (N, C, H, W) or one sample (C, H, W).
        weight: W, (C, O/groups, kernel height, kernel width).
        bias: b, (O,), or None.
        stride: how far apart neighbours of x come to lie; one number, or one for each axis, as for the next ones.
        padding: how many places are cut off either side of y.
        output_padding: how many places y has at its end beyond those that x reaches, as several sizes of y convolve
            to one size of x; less than the stride or the dilation.
        groups: into how many parts the channels are cut.
        dilation: how far apart the kernel's elements lie.

    Raises:
        RuntimeError: when shapes or dtypes do not fit, or nothing is left of y.
        ValueError: for a stride or dilation below 1, a negative padding, or an output_padding that is too large.

    Example:
        >>> import pellucid
        >>> conv_transpose2d(pellucid.ones(1, 3, 5, 5), pellucid.ones(3, 2, 4, 4), stride=2, padding=1).shape
        Size([1, 2, 10, 10])
    """
    return _convolve("conv_transpose2d", 2, x, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and i stride + k dilation - padding = j.

    As `conv_transpose2d`, with x (N, C, D, H, W) or (C, D, H, W) and W (C, O/groups, kD, kH, kW).

    Example:
        >>> import pellucid
        >>> conv_transpose3d(pellucid.ones(1, 3, 2, 2, 2), pellucid.ones(3, 1, 2, 2, 2), stride=2).shape
        Size([1, 1, 4, 4, 4])
    """
    return _convolve("conv_transpose3d", 3, x, weight, bias, stride, padding, output_padding, groups, dilation)


def _convolve(
    name: str,
    dims: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    groups: int,
    dilation: Sizes,
) -> Tensor:
    x, W, b = as_tensor(x), weight, bias
    _check(name, dims, x.array, W.array, None if b is None else b.array, groups)
    check_dtypes(name, x, W, b)
    strides = per_axis(name, "stride", stride, dims, 1)
    paddings = per_axis(name, "padding", padding, dims, 0)
    extra = per_axis(name, "output_padding", output_padding, dims, 0)
    dilations = per_axis(name, "dilation", dilation, dims, 1)
    if any(e >= max(s, d) for e, s, d in zip(extra, strides, dilations, strict=True)):
        raise ValueError(
            f"{name}: output_padding must be smaller than the stride or the dilation, got {extra} with stride "
            f"{strides} and dilation {dilations}"
        )
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(
            x.array.shape[-dims:], strides, paddings, dilations, W.array.shape[2:], extra, strict=True
        )
    )
    if min(size) < 1 or min(x.array.shape[-dims:]) < 1:
        raise RuntimeError(f"{name} of an input of shape {x.array.shape} would give {size} places")
    if x.array.ndim == dims + 1:
        return squeeze(_of_batch(unsqueeze(x, 0), W, b, size, strides, paddings, dilations, groups), 0)
    return _of_batch(x, W, b, size, strides, paddings, dilations, groups)


def _of_batch(
    x: Tensor,
    W: Tensor,
    b: Tensor | None,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Tensor:
    a, w = x.array, W.array
    y = K.convolve_dx(a, w, size, stride, padding, dilation, groups)
    if b is not None:
        y = y + b.array.reshape(-1, *(1,) * len(size))

    def dx(dy: Array) -> Array:
        # An output_padding of a stride or more makes room for places that x does not have.
        spread = K.convolve(dy, w, None, stride, padding, dilation, groups)
        return spread[(slice(None), slice(None), *(slice(n) for n in a.shape[2:]))]

    def dW(dy: Array) -> Array:
        return K.convolve_dW(dy, a, w.shape[2:], stride, padding, dilation, groups)

    return record(y, (x, dx), (W, dW), (b, K.sum_channels))


def _check(name: str, dims: int, a: Array, w: Array, b: Array | None, groups: int) -> None:
    if w.ndim != dims + 2:
        raise RuntimeError(f"{name} needs weights of {dims + 2} axes, (in, out/groups, *kernel), got shape {w.shape}")
    if a.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name} needs an input of {dims + 2} axes (or {dims + 1} without a batch), got {a.shape}")
    if a.shape[-dims - 1] != w.shape[0]:
        raise RuntimeError(
            f"{name} with weights {w.shape} needs {w.shape[0]} input channels, got an input of shape {a.shape}"
        )
    if groups < 1 or w.shape[0] % groups or w.shape[0] == 0:
        raise RuntimeError(f"{name}: {w.shape[0]} input channels cannot be cut into groups={groups}")
    if b is not None and b.shape != (w.shape[1] * groups,):
        raise RuntimeError(f"{name} with weights {w.shape} needs a bias of {(w.shape[1] * groups,)}, got {b.shape}")
