"""Layers that lay windows of an image out as columns, and put them back."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn._convolution import Sizes
from pellucid.nn.module import Module

__all__ = ["Fold", "Unfold"]


class Unfold(Module):
    """y[n, (c, k), i] = x[n, c, i stride + k dilation - padding]: every window of an image as a column.

    Shapes: x (N, C, H, W) or (C, H, W), y (N, C * window, places) or (C * window, places).

    Args:
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        dilation: how far apart the window's elements lie.
        padding: how many zeros are put around x at either side.
        stride: how far the window moves.

    Raises:
        ValueError: in forward, for a size, stride or dilation below 1, or a negative padding.
        RuntimeError: in forward, when x has another number of axes, or the window does not fit into it.

    Example:
        >>> import pellucid
        >>> Unfold((2, 3))(pellucid.ones(2, 5, 3, 4)).shape
        Size([2, 30, 4])
    """

    def __init__(self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, x: Tensor) -> Tensor:
        """Return the windows of x as columns."""
        return F.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """y[n, c, j] = sum of x[n, (c, k), i] over the k and i with i stride + k dilation - padding = j.

    Columns are added up in an image where `Unfold` would have taken them from.

    Shapes: x (N, C * window, places) or (C * window, places), y (N, C, *output_size) or (C, *output_size).

    Args:
        output_size: the size of y; one number, or one for each axis, as for the next ones.
        kernel_size: the size of the window.
        dilation: how far apart the window's elements lie.
        padding: how many places are cut off either side of y.
        stride: how far the window moves.

    Raises:
        ValueError: in forward, for a size, stride or dilation below 1, or a negative padding.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> Fold((4, 5), (2, 2))(pellucid.ones(1, 12, 12)).shape
        Size([1, 3, 4, 5])
    """

    def __init__(
        self, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.output_size, self.kernel_size = output_size, kernel_size
        self.dilation, self.padding, self.stride = dilation, padding, stride

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of the columns of x."""
        return F.fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )
