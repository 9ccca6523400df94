"""Layers that pool to a given number of windows, whatever the size of the input."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.module import Module
from pellucid.ops.pooling_adaptive import adaptive_avg_pool, adaptive_max_pool

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
]


Wanted = int | Sequence[int | None] | None


class _AdaptiveAvgPool(Module):
    axes: int

    def __init__(self, output_size: Wanted) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """Return the means."""
        return adaptive_avg_pool(self.axes, x, self.output_size)

    def extra_repr(self) -> str:
        """Show the wanted sizes."""
        return f"output_size={self.output_size}"


class _AdaptiveMaxPool(Module):
    axes: int

    def __init__(self, output_size: Wanted, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, x: Tensor) -> Any:
        """Return the largest elements, and with return_indices where they stand."""
        return adaptive_max_pool(self.axes, x, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """Show the wanted sizes."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """y_o = the mean of bin o of a signal, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, L) or (C, L); y the same with the wanted lengths.

    Args:
        output_size: O; None keeps an axis as it is.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveAvgPool1d(3)(pellucid.ones(1, 8, 7)).shape
        Size([1, 8, 3])
    """

    axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """y_o = the mean of bin o of an image, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, H, W) or (C, H, W); y the same with the wanted lengths.

    Args:
        output_size: O or (O_H, O_W); None keeps an axis as it is.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveAvgPool2d((2, 3))(pellucid.ones(1, 8, 7, 9)).shape
        Size([1, 8, 2, 3])
    """

    axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """y_o = the mean of bin o of a volume, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with the wanted lengths.

    Args:
        output_size: O or (O_D, O_H, O_W); None keeps an axis as it is.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveAvgPool3d((1, 2, 3))(pellucid.ones(1, 8, 7, 9, 4)).shape
        Size([1, 8, 1, 2, 3])
    """

    axes = 3


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """y_o = the largest element of bin o of a signal, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, L) or (C, L); y the same with the wanted lengths.

    Args:
        output_size: O; None keeps an axis as it is.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool1d`.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveMaxPool1d(3)(pellucid.ones(1, 8, 7)).shape
        Size([1, 8, 3])
    """

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """y_o = the largest element of bin o of an image, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, H, W) or (C, H, W); y the same with the wanted lengths.

    Args:
        output_size: O or (O_H, O_W); None keeps an axis as it is.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool2d`.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveMaxPool2d((2, 3))(pellucid.ones(1, 8, 7, 9)).shape
        Size([1, 8, 2, 3])
    """

    axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """y_o = the largest element of bin o of a volume, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis of length L.

    Bins may overlap by an element where O does not divide L.
    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with the wanted lengths.

    Args:
        output_size: O or (O_D, O_H, O_W); None keeps an axis as it is.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool3d`.

    Raises:
        ValueError: in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> AdaptiveMaxPool3d((1, 2, 3))(pellucid.ones(1, 8, 7, 9, 4)).shape
        Size([1, 8, 1, 2, 3])
    """

    axes = 3
