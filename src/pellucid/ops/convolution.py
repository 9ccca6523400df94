"""Convolutions: weighted sums of neighbourhoods, the same weights at every place."""

from collections.abc import Sequence

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops._space import check_dtypes, per_axis, window_places
from pellucid.ops.padding import pad
from pellucid.ops.shape import squeeze, unsqueeze

__all__ = ["conv1d", "conv2d", "conv3d", "same_padding"]

Sizes = int | Sequence[int]


def conv1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """y[n, o, i] = b[o] + sum over c, k of W[o, c, k] x[n, c, i stride + k dilation - padding], over one axis of space.

    As `conv2d`, with x (N, C, L) or (C, L) and W (O, C/groups, k).

    Example:
        >>> import pellucid
        >>> edge = pellucid.tensor([[[-1.0, 1.0]]])
        >>> conv1d(pellucid.tensor([[[0.0, 0.0, 3.0, 3.0]]]), edge).tolist()
        [[[0.0, 3.0, 0.0]]]
    """
    return _convolve("conv1d", 1, x, weight, bias, stride, padding, dilation, groups)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """y[n, o, i] = b[o] + sum over c, k of W[o, c, k] x[n, c, i stride + k dilation - padding] (LeCun et al., 1989).

    i and k run over places of an image and of the kernel; x counts as 0 outside of the image. (Mathematics calls this
    a correlation: the kernel is not turned around.) The gradients spread dy back over the same neighbourhoods:
    dx[n, c, j] = sum of W[o, c, k] dy[n, o, i] over o and i stride + k dilation - padding = j,
    dW[o, c, k] = sum of x[n, c, i stride + k dilation - padding] dy[n, o, i] over n, i, and db[o] = sum of dy[n, o, i].

    Along each axis y has floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 places.

    Args:
        x: (N, C, H, W) or one sample (C, H, W).
        weight: W, (O, C/groups, kernel height, kernel width).
        bias: b, (O,), or None.
        stride: how far the kernel moves; one number, or one for each axis, as for the next two.
        padding: how many zeros are put around x at either side, "valid" for none, or "same" for as many as keep the
            size (one more at the end where their number is odd; the stride must be 1).
        dilation: how far apart the kernel's elements lie.
        groups: into how many parts the channels are cut; each part of the outputs sees its part of x.

    Raises:
        RuntimeError: when shapes or dtypes do not fit, or the kernel is larger than the padded x.
        ValueError: for a stride or dilation below 1, a negative padding, or another word for it.

    Example:
        >>> import pellucid
        >>> conv2d(pellucid.ones(1, 1, 3, 3), pellucid.ones(1, 1, 3, 3), padding=1).tolist()
        [[[[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]]]
    """
    return _convolve("conv2d", 2, x, weight, bias, stride, padding, dilation, groups)


def conv3d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """y[n, o, i] = b[o] + sum over c, k of W[o, c, k] x[n, c, i stride + k dilation - padding], over a volume or video.

    As `conv2d`, with x (N, C, D, H, W) or (C, D, H, W) and W (O, C/groups, kD, kH, kW).

    Example:
        >>> import pellucid
        >>> conv3d(pellucid.ones(1, 2, 4, 4, 4), pellucid.ones(3, 2, 2, 2, 2), stride=2).shape
        Size([1, 3, 2, 2, 2])
    """
    return _convolve("conv3d", 3, x, weight, bias, stride, padding, dilation, groups)


def same_padding(kernel: Sequence[int], dilation: Sequence[int]) -> list[tuple[int, int]]:
    """Return how many places to add before and behind each axis, so that a kernel of stride 1 keeps the size."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _convolve(
    name: str,
    dims: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    x, W, b = as_tensor(x), weight, bias
    _check(name, dims, x.array, W.array, None if b is None else b.array, groups)
    check_dtypes(name, x, W, b)
    strides = per_axis(name, "stride", stride, dims, 1)
    dilations = per_axis(name, "dilation", dilation, dims, 1)
    if isinstance(padding, str):
        x, paddings = _pad_by_name(name, x, W.array.shape[2:], padding, strides, dilations)
    else:
        paddings = per_axis(name, "padding", padding, dims, 0)
    if x.array.ndim == dims + 1:
        batched = _of_batch(name, unsqueeze(x, 0), W, b, strides, paddings, dilations, groups)
        return squeeze(batched, 0)
    return _of_batch(name, x, W, b, strides, paddings, dilations, groups)


def _of_batch(
    name: str,
    x: Tensor,
    W: Tensor,
    b: Tensor | None,
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Tensor:
    a, w = x.array, W.array
    size, kernel = a.shape[2:], w.shape[2:]
    window_places(name, size, kernel, stride, padding, dilation)
    y = K.convolve(a, w, None if b is None else b.array, stride, padding, dilation, groups)

    def dx(dy: Array) -> Array:
        return K.convolve_dx(dy, w, size, stride, padding, dilation, groups)

    def dW(dy: Array) -> Array:
        return K.convolve_dW(a, dy, kernel, stride, padding, dilation, groups)

    return record(y, (x, dx), (W, dW), (b, K.sum_channels))


def _pad_by_name(
    name: str, x: Tensor, kernel: Sequence[int], padding: str, stride: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[Tensor, tuple[int, ...]]:
    """Return x, one place longer where "same" asks for an uneven padding, and the padding that is still to be done."""
    if padding not in ("valid", "same"):
        raise ValueError(f"{name} knows the paddings 'valid' and 'same', got {padding!r}")
    if padding == "valid":
        return x, (0,) * len(kernel)
    if any(s != 1 for s in stride):
        raise RuntimeError(f"{name}: padding='same' keeps the size, which a stride of {stride} cannot; use numbers")
    pairs = same_padding(kernel, dilation)
    if any(before != behind for before, behind in pairs):
        x = pad(x, [n for before, behind in reversed(pairs) for n in (0, behind - before)])
    return x, tuple(before for before, _ in pairs)


def _check(name: str, dims: int, a: Array, w: Array, b: Array | None, groups: int) -> None:
    if w.ndim != dims + 2:
        raise RuntimeError(f"{name} needs weights of {dims + 2} axes, (out, in/groups, *kernel), got shape {w.shape}")
    if a.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name} needs an input of {dims + 2} axes (or {dims + 1} without a batch), got {a.shape}")
    if groups < 1 or w.shape[0] % groups or w.shape[0] == 0:
        raise RuntimeError(f"{name}: {w.shape[0]} output channels cannot be cut into groups={groups}")
    channels = a.shape[-dims - 1]
    if channels != w.shape[1] * groups:
        raise RuntimeError(
            f"{name} with weights {w.shape} and groups={groups} needs {w.shape[1] * groups} input channels, got an "
            f"input of shape {a.shape} with {channels}"
        )
    if b is not None and b.shape != w.shape[:1]:
        raise RuntimeError(f"{name} with weights {w.shape} needs a bias of {w.shape[:1]}, got {b.shape}")
