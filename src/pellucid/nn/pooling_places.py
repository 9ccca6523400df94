"""Layers that pool over windows at random places, and that undo max pooling."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.module import Module
from pellucid.ops.pooling_places import fractional_max_pool, max_unpool

__all__ = [
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
]


Sizes = int | tuple[int, ...]


class _FractionalMaxPool(Module):
    axes: int

    def __init__(
        self,
        kernel_size: Sizes,
        output_size: Sizes | None = None,
        output_ratio: float | tuple[float, ...] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.output_size, self.return_indices = kernel_size, output_size, return_indices
        self.output_ratio = output_ratio
        self.register_buffer("_random_samples", _random_samples)
        if (output_size is None) == (output_ratio is None):
            raise ValueError(
                f"{type(self).__name__} needs either output_size or output_ratio, got {output_size} and {output_ratio}"
            )
        ratios = output_ratio if isinstance(output_ratio, tuple) else (output_ratio,)
        if not all(ratio is None or 0 < ratio < 1 for ratio in ratios):
            raise ValueError(f"{type(self).__name__} needs ratios between 0 and 1, got {output_ratio}")

    def forward(self, x: Tensor) -> Any:
        """Return the largest elements, and with return_indices where they stand."""
        wanted = (self.output_size, self.output_ratio)
        return fractional_max_pool(self.axes, x, self.kernel_size, *wanted, self.return_indices, self._random_samples)


class _MaxUnpool(Module):
    axes: int

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = (
            v if isinstance(v, tuple) else (v,) * self.axes
            for v in (kernel_size, kernel_size if stride is None else stride, padding)
        )

    def forward(self, x: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return x at the indices of a larger tensor of zeros."""
        return max_unpool(self.axes, x, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class FractionalMaxPool2d(_FractionalMaxPool):
    """y = the largest element of each of O windows of an image, which begin at random distances (Graham, 2014).

    Along each axis of length L, with a = (L - kernel_size) / (O - 1) and a random u in [0, 1), window i begins at
    ⌊(i + u) a⌋ - ⌊u a⌋, the last one at L - kernel_size. So sizes shrink by less than a half, and each pass of the data
    sees other windows, in evaluation too.
    Shapes: x (N, C, H, W) or (C, H, W); y the same with the wanted lengths.

    Args:
        kernel_size: how many elements a window has along each axis.
        output_size: O along each axis.
        output_ratio: O as a share of L, rounded down, instead of output_size.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool2d`.
        _random_samples: the u of each sample, channel and axis, (N, C, 2); drawn when None.

    Raises:
        ValueError: when not exactly one of output_size and output_ratio is given, or a ratio is not between 0 and 1;
            in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> FractionalMaxPool2d(2, output_ratio=0.7)(pellucid.ones(1, 8, 7, 9)).shape
        Size([1, 8, 4, 6])
    """

    axes = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """y = the largest element of each of O windows of a volume, which begin at random distances (Graham, 2014).

    Along each axis of length L, with a = (L - kernel_size) / (O - 1) and a random u in [0, 1), window i begins at
    ⌊(i + u) a⌋ - ⌊u a⌋, the last one at L - kernel_size. So sizes shrink by less than a half, and each pass of the data
    sees other windows, in evaluation too.
    Shapes: x (N, C, D, H, W) or (C, D, H, W); y the same with the wanted lengths.

    Args:
        kernel_size: how many elements a window has along each axis.
        output_size: O along each axis.
        output_ratio: O as a share of L, rounded down, instead of output_size.
        return_indices: return also where in x, counted row by row, each largest element stands, for `MaxUnpool3d`.
        _random_samples: the u of each sample, channel and axis, (N, C, 3); drawn when None.

    Raises:
        ValueError: when not exactly one of output_size and output_ratio is given, or a ratio is not between 0 and 1;
            in forward, when sizes do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> FractionalMaxPool3d(2, output_ratio=0.7)(pellucid.ones(1, 8, 7, 9, 4)).shape
        Size([1, 8, 4, 6, 2])
    """

    axes = 3


class MaxUnpool1d(_MaxUnpool):
    """Undoes `MaxPool1d`: the largest elements at their places in a signal of zeros.

    Shapes: x and indices (N, C, L) or (C, L); y the same with (L - 1) stride - 2 padding + kernel_size in place
    of a length L, or with output_size, which tells lengths apart that pooling makes equal.

    Args:
        kernel_size: that of `MaxPool1d`.
        stride: that of `MaxPool1d`; kernel_size when None.
        padding: that of `MaxPool1d`.

    Raises:
        ValueError: in forward, when sizes or indices do not fit.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[1.0, 3.0, 2.0, 6.0]])
        >>> y, places = pellucid.nn.MaxPool1d(2, return_indices=True)(x)
        >>> MaxUnpool1d(2)(y, places).tolist()
        [[0.0, 3.0, 0.0, 6.0]]
    """

    axes = 1


class MaxUnpool2d(_MaxUnpool):
    """Undoes `MaxPool2d`: the largest elements at their places in an image of zeros.

    Shapes: x and indices (N, C, H, W) or (C, H, W); y the same with (L - 1) stride - 2 padding + kernel_size in place
    of a length L, or with output_size, which tells lengths apart that pooling makes equal.

    Args:
        kernel_size: that of `MaxPool2d`.
        stride: that of `MaxPool2d`; kernel_size when None.
        padding: that of `MaxPool2d`.

    Raises:
        ValueError: in forward, when sizes or indices do not fit.

    Example:
        >>> import pellucid
        >>> x = pellucid.arange(16.0).reshape(1, 1, 4, 4)
        >>> y, places = pellucid.nn.MaxPool2d(2, return_indices=True)(x)
        >>> MaxUnpool2d(2)(y, places).shape
        Size([1, 1, 4, 4])
    """

    axes = 2


class MaxUnpool3d(_MaxUnpool):
    """Undoes `MaxPool3d`: the largest elements at their places in a volume of zeros.

    Shapes: x and indices (N, C, D, H, W) or (C, D, H, W); y the same with (L - 1) stride - 2 padding + kernel_size in
    place
    of a length L, or with output_size, which tells lengths apart that pooling makes equal.

    Args:
        kernel_size: that of `MaxPool3d`.
        stride: that of `MaxPool3d`; kernel_size when None.
        padding: that of `MaxPool3d`.

    Raises:
        ValueError: in forward, when sizes or indices do not fit.

    Example:
        >>> import pellucid
        >>> x = pellucid.arange(64.0).reshape(1, 1, 4, 4, 4)
        >>> y, places = pellucid.nn.MaxPool3d(2, return_indices=True)(x)
        >>> MaxUnpool3d(2)(y, places).shape
        Size([1, 1, 4, 4, 4])
    """

    axes = 3
