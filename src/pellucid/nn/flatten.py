"""Layers that rearrange axes, or do nothing."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.module import Module

__all__ = ["Flatten", "Identity", "Unflatten"]


class Identity(Module):
    """y = x: a place in a model where nothing happens.

    Args:
        *args: not read, so that another layer can be replaced as it is written.
        **kwargs: likewise.

    Example:
        >>> import pellucid
        >>> Identity(54, bias=False)(pellucid.tensor([1.0])).tolist()
        [1.0]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        del args, kwargs

    def forward(self, x: Tensor) -> Tensor:
        """Return x itself."""
        return x


class Flatten(Module):
    """Joins the axes from start_dim to end_dim into one; by default all but the first, which counts the samples.

    Args:
        start_dim: the first axis to join.
        end_dim: the last one.

    Raises:
        RuntimeError: in forward, when start_dim comes after end_dim.
        IndexError: in forward, when x has no such axis.

    Example:
        >>> import pellucid
        >>> Flatten()(pellucid.zeros(32, 1, 5, 5)).shape
        Size([32, 25])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Tensor) -> Tensor:
        """Return x with the axes joined."""
        return x.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Show the axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Splits the axis `dim` into axes of the given sizes.

    Args:
        dim: the axis to split; PyTorch's named axes are not supported.
        unflattened_size: the sizes, one of which may be -1.

    Raises:
        TypeError: when dim or a size is no integer.
        RuntimeError: in forward, when the sizes do not multiply to the axis's.

    Example:
        >>> import pellucid
        >>> Unflatten(1, (2, 5))(pellucid.zeros(32, 10)).shape
        Size([32, 2, 5])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(f"Unflatten needs the axis as an integer, got {type(dim).__name__}")
        if isinstance(unflattened_size, int) or not all(isinstance(n, int) for n in unflattened_size):
            raise TypeError(f"Unflatten needs a tuple of sizes, got {unflattened_size!r}")
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with the axis split."""
        return x.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Show the axis and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
