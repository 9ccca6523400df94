"""Layers that take one number from every window of a signal, an image or a volume."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.module import Module
from pellucid.ops.pooling import avg_pool, lp_pool, max_pool

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]


Sizes = int | tuple[int, ...]


class _MaxPool(Module):
    axes: int

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, x: Tensor) -> Any:
        """Return the largest elements, and with return_indices where they stand."""
        geometry = (self.kernel_size, self.stride, self.padding, self.dilation)
        return max_pool(self.axes, x, *geometry, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class _AvgPool(Module):
    axes: int

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, x: Tensor) -> Tensor:
        """Return the means."""
        geometry = (self.kernel_size, self.stride, self.padding)
        return avg_pool(self.axes, x, *geometry, self.ceil_mode, self.count_include_pad, self.divisor_override)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _LPPool(Module):
    axes: int

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, x: Tensor) -> Tensor:
        """Return the p-norms."""
        return lp_pool(self.axes, x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        """Show the norm and the sizes."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """y = the largest element of each window of a signal.

    The first of equal elements counts as the largest; NaN is larger than any number. Padding is never chosen.
    Shapes: x (N, C, L) or (C, L); y the same with, in place of a length L,
    floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: how far windows may begin before x, and end behind it; at most half of the window.
        dilation: the distance between the elements of a window.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool1d`.
        ceil_mode: take a last window too that goes over the end.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> MaxPool1d(2)(pellucid.tensor([[1.0, 3.0, 2.0, 6.0]])).tolist()
        [[3.0, 6.0]]
    """

    axes = 1


class MaxPool2d(_MaxPool):
    """y = the largest element of each window of an image.

    The first of equal elements counts as the largest; NaN is larger than any number. Padding is never chosen.
    Shapes: x (N, C, H, W) or (C, H, W); y the same with, in place of a length L,
    floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: how far windows may begin before x, and end behind it; at most half of the window.
        dilation: the distance between the elements of a window.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool2d`.
        ceil_mode: take a last window too that goes over the end.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> MaxPool2d(2)(pellucid.arange(16.0).reshape(1, 1, 4, 4)).tolist()
        [[[[5.0, 7.0], [13.0, 15.0]]]]
    """

    axes = 2


class MaxPool3d(_MaxPool):
    """y = the largest element of each window of a volume.

    The first of equal elements counts as the largest; NaN is larger than any number. Padding is never chosen.
    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with, in place of a length L,
    floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: how far windows may begin before x, and end behind it; at most half of the window.
        dilation: the distance between the elements of a window.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool3d`.
        ceil_mode: take a last window too that goes over the end.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> MaxPool3d(2)(pellucid.arange(64.0).reshape(1, 1, 4, 4, 4)).shape
        Size([1, 1, 2, 2, 2])
    """

    axes = 3


class AvgPool1d(_AvgPool):
    """y = the mean of each window of a signal.

    Shapes: x (N, C, L) or (C, L); y the same with floor((L + 2 padding - kernel_size) / stride) + 1 in place
    of a length L.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: zeros around x; at most half of the window.
        ceil_mode: take a last window too that goes over the end.
        count_include_pad: count the padding among a window's elements.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AvgPool1d(2)(pellucid.tensor([[1.0, 3.0, 2.0, 6.0]])).tolist()
        [[2.0, 4.0]]
    """

    axes = 1

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        sizes = [v if v is None or isinstance(v, tuple) else (v,) for v in (kernel_size, stride, padding)]
        super().__init__(sizes[0], sizes[1], sizes[2], ceil_mode, count_include_pad)  # type: ignore[arg-type]


class AvgPool2d(_AvgPool):
    """y = the mean of each window of an image.

    Shapes: x (N, C, H, W) or (C, H, W); y the same with floor((L + 2 padding - kernel_size) / stride) + 1 in place
    of a length L.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: zeros around x; at most half of the window.
        ceil_mode: take a last window too that goes over the end.
        count_include_pad: count the padding among a window's elements.
        divisor_override: divide by this number instead.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AvgPool2d(2)(pellucid.arange(16.0).reshape(1, 1, 4, 4)).tolist()
        [[[[2.5, 4.5], [10.5, 12.5]]]]
    """

    axes = 2


class AvgPool3d(_AvgPool):
    """y = the mean of each window of a volume.

    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with floor((L + 2 padding - kernel_size) / stride) + 1 in
    place
    of a length L.

    Args:
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        padding: zeros around x; at most half of the window.
        ceil_mode: take a last window too that goes over the end.
        count_include_pad: count the padding among a window's elements.
        divisor_override: divide by this number instead.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AvgPool3d(2)(pellucid.arange(64.0).reshape(1, 1, 4, 4, 4)).shape
        Size([1, 1, 2, 2, 2])
    """

    axes = 3


class LPPool1d(_LPPool):
    """y = (the sum of x_i^p over each window of a signal)^(1/p): p = 2 gives lengths, p = ∞ the largest magnitude.

    No magnitudes are taken otherwise, as in PyTorch: with an odd p a sum may be negative, and its root NaN. Where the
    sum is 0 the gradient is 0.
    Shapes: x (N, C, L) or (C, L); y the same with floor((L - kernel_size) / stride) + 1 in place of a length L.

    Args:
        norm_type: p.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        ceil_mode: take a last window too that goes over the end; its missing elements count as the mean of the others.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> LPPool1d(1, 2)(pellucid.tensor([[1.0, 3.0, 2.0, 6.0]])).tolist()
        [[4.0, 8.0]]
    """

    axes = 1


class LPPool2d(_LPPool):
    """y = (the sum of x_i^p over each window of an image)^(1/p): p = 2 gives lengths, p = ∞ the largest magnitude.

    No magnitudes are taken otherwise, as in PyTorch: with an odd p a sum may be negative, and its root NaN. Where the
    sum is 0 the gradient is 0.
    Shapes: x (N, C, H, W) or (C, H, W); y the same with floor((L - kernel_size) / stride) + 1 in place of a length L.

    Args:
        norm_type: p.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        ceil_mode: take a last window too that goes over the end; its missing elements count as the mean of the others.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> LPPool2d(1, 2)(pellucid.arange(16.0).reshape(1, 1, 4, 4)).tolist()
        [[[[10.0, 18.0], [42.0, 50.0]]]]
    """

    axes = 2


class LPPool3d(_LPPool):
    """y = (the sum of x_i^p over each window of a volume)^(1/p): p = 2 gives lengths, p = ∞ the largest magnitude.

    No magnitudes are taken otherwise, as in PyTorch: with an odd p a sum may be negative, and its root NaN. Where the
    sum is 0 the gradient is 0.
    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with floor((L - kernel_size) / stride) + 1 in place of a
    length L.

    Args:
        norm_type: p.
        kernel_size: how many elements a window has along each axis.
        stride: the distance between windows; kernel_size when None.
        ceil_mode: take a last window too that goes over the end; its missing elements count as the mean of the others.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> LPPool3d(1, 2)(pellucid.arange(64.0).reshape(1, 1, 4, 4, 4)).shape
        Size([1, 1, 2, 2, 2])
    """

    axes = 3
