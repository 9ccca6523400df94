"""Layers that put zeros, or another value, around a signal, an image or a volume."""

from collections.abc import Sequence

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.padding import Pad

__all__ = [
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]


class _Constant(Pad):
    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its borders."""
        return F.pad(x, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Show the sizes and the value."""
        return f"padding={self.padding}, value={self.value}"


class _Zero(Pad):
    def forward(self, x: Tensor) -> Tensor:
        """Return x with its borders."""
        return F.pad(x, self.padding)


class ConstantPad1d(_Constant):
    """Puts one value around a signal.

    Shapes: x (..., L), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right), or one size for all.
        value: what the borders hold.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ConstantPad1d((2, 1), 7.0)(pellucid.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[7.0, 7.0, 1.0, 2.0, 3.0, 7.0]]
    """

    axes = 1


class ConstantPad2d(_Constant):
    """Puts one value around an image.

    Shapes: x (..., H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom), or one size for all.
        value: what the borders hold.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ConstantPad2d((1, 2, 0, 3), 7.0)(pellucid.zeros(1, 1, 4, 5)).shape
        Size([1, 1, 7, 8])
    """

    axes = 2


class ConstantPad3d(_Constant):
    """Puts one value around a volume.

    Shapes: x (..., D, H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom, front, back), or one size for all.
        value: what the borders hold.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ConstantPad3d((1, 2, 0, 3, 2, 0), 7.0)(pellucid.zeros(1, 1, 3, 4, 5)).shape
        Size([1, 1, 5, 7, 8])
    """

    axes = 3


class ZeroPad1d(_Zero):
    """Puts zeros around a signal.

    Shapes: x (..., L), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ZeroPad1d((2, 1))(pellucid.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[0.0, 0.0, 1.0, 2.0, 3.0, 0.0]]
    """

    axes = 1


class ZeroPad2d(_Zero):
    """Puts zeros around an image.

    Shapes: x (..., H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ZeroPad2d((1, 2, 0, 3))(pellucid.zeros(1, 1, 4, 5)).shape
        Size([1, 1, 7, 8])
    """

    axes = 2


class ZeroPad3d(_Zero):
    """Puts zeros around a volume.

    Shapes: x (..., D, H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom, front, back), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when more is cut off than there is.

    Example:
        >>> import pellucid
        >>> ZeroPad3d((1, 2, 0, 3, 2, 0))(pellucid.zeros(1, 1, 3, 4, 5)).shape
        Size([1, 1, 5, 7, 8])
    """

    axes = 3
