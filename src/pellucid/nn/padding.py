"""Layers that continue a signal, an image or a volume on its borders by itself."""

from collections.abc import Sequence

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "Pad",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
]


class Pad(Module):
    """Pads the last `axes` axes: (before, after) of the last one first, or one size for all borders."""

    axes: int

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        sizes = (padding,) * (2 * self.axes) if isinstance(padding, int) else tuple(padding)
        if len(sizes) != 2 * self.axes:
            raise ValueError(f"{type(self).__name__} needs one size or {2 * self.axes} of them, got {sizes}")
        self.padding = sizes

    def extra_repr(self) -> str:
        """Show the sizes."""
        return f"{self.padding}"


class _Repeating(Pad):
    mode: str

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its borders."""
        if x.ndim not in (self.axes + 1, self.axes + 2):
            wanted = ("L", "H, W", "D, H, W")[self.axes - 1]
            raise ValueError(
                f"{type(self).__name__} needs an input of shape (C, {wanted}) or (N, C, {wanted}), got {x.array.shape}"
            )
        return F.pad(x, self.padding, self.mode)


class ReflectionPad1d(_Repeating):
    """Continues a signal by its mirror, which does not double the outermost elements: 3 2 | 1 2 3 | 2 1.

    Shapes: x (N, C, L) or (C, L), y the same with longer last axes. A border is shorter than x along its axis. A
    negative size cuts off.

    Args:
        padding: (left, right), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReflectionPad1d((2, 1))(pellucid.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]
    """

    axes = 1
    mode = "reflect"


class ReflectionPad2d(_Repeating):
    """Continues an image by its mirror, which does not double the outermost elements: 3 2 | 1 2 3 | 2 1.

    Shapes: x (N, C, H, W) or (C, H, W), y the same with longer last axes. A border is shorter than x along its axis.
    A negative size cuts off.

    Args:
        padding: (left, right, top, bottom), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReflectionPad2d((1, 2, 0, 3))(pellucid.zeros(1, 1, 4, 5)).shape
        Size([1, 1, 7, 8])
    """

    axes = 2
    mode = "reflect"


class ReflectionPad3d(_Repeating):
    """Continues a volume by its mirror, which does not double the outermost elements: 3 2 | 1 2 3 | 2 1.

    Shapes: x (N, C, D, H, W) or (C, D, H, W), y the same with longer last axes. A border is shorter than x along its
    axis. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom, front, back), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReflectionPad3d((1, 2, 0, 3, 2, 0))(pellucid.zeros(1, 1, 3, 4, 5)).shape
        Size([1, 1, 5, 7, 8])
    """

    axes = 3
    mode = "reflect"


class ReplicationPad1d(_Repeating):
    """Continues a signal by its outermost elements: 1 1 | 1 2 3 | 3 3.

    Shapes: x (N, C, L) or (C, L), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReplicationPad1d((2, 1))(pellucid.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[1.0, 1.0, 1.0, 2.0, 3.0, 3.0]]
    """

    axes = 1
    mode = "replicate"


class ReplicationPad2d(_Repeating):
    """Continues an image by its outermost elements: 1 1 | 1 2 3 | 3 3.

    Shapes: x (N, C, H, W) or (C, H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReplicationPad2d((1, 2, 0, 3))(pellucid.zeros(1, 1, 4, 5)).shape
        Size([1, 1, 7, 8])
    """

    axes = 2
    mode = "replicate"


class ReplicationPad3d(_Repeating):
    """Continues a volume by its outermost elements: 1 1 | 1 2 3 | 3 3.

    Shapes: x (N, C, D, H, W) or (C, D, H, W), y the same with longer last axes. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom, front, back), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> ReplicationPad3d((1, 2, 0, 3, 2, 0))(pellucid.zeros(1, 1, 3, 4, 5)).shape
        Size([1, 1, 5, 7, 8])
    """

    axes = 3
    mode = "replicate"


class CircularPad1d(_Repeating):
    """Continues a signal by what stands at its other end: 2 3 | 1 2 3 | 1 2.

    Shapes: x (N, C, L) or (C, L), y the same with longer last axes. A border is not longer than x along its axis. A
    negative size cuts off.

    Args:
        padding: (left, right), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> CircularPad1d((2, 1))(pellucid.tensor([[1.0, 2.0, 3.0]])).tolist()
        [[2.0, 3.0, 1.0, 2.0, 3.0, 1.0]]
    """

    axes = 1
    mode = "circular"


class CircularPad2d(_Repeating):
    """Continues an image by what stands at its other end: 2 3 | 1 2 3 | 1 2.

    Shapes: x (N, C, H, W) or (C, H, W), y the same with longer last axes. A border is not longer than x along its
    axis. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> CircularPad2d((1, 2, 0, 3))(pellucid.zeros(1, 1, 4, 5)).shape
        Size([1, 1, 7, 8])
    """

    axes = 2
    mode = "circular"


class CircularPad3d(_Repeating):
    """Continues a volume by what stands at its other end: 2 3 | 1 2 3 | 1 2.

    Shapes: x (N, C, D, H, W) or (C, D, H, W), y the same with longer last axes. A border is not longer than x along
    its axis. A negative size cuts off.

    Args:
        padding: (left, right, top, bottom, front, back), or one size for all.

    Raises:
        ValueError: when there is another number of sizes; in forward, when x has another number of axes, or a border
            is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> CircularPad3d((1, 2, 0, 3, 2, 0))(pellucid.zeros(1, 1, 3, 4, 5)).shape
        Size([1, 1, 5, 7, 8])
    """

    axes = 3
    mode = "circular"
