"""Where an element stands in its sequence, told to layers that would not know, such as attention."""

import numpy as np

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module
from pellucid.ops.arithmetic import add
from pellucid.ops.positions import angles, sinusoids

__all__ = ["RotaryPositions", "SinusoidalPositions"]


class SinusoidalPositions(Module):
    """y_t = x_t + P_t with P[t, 2i] = sin(t / base^(2i / E)) and P[t, 2i + 1] = cos(t / base^(2i / E)).

    Nothing is learned, and no sequence is too long (Vaswani et al., 2017). PyTorch has no such layer.

    Shapes: x and y (T, N, E), (N, T, E) with batch_first, or (T, E).

    Args:
        embedding_dim: E.
        base: the longest wave is 2π base places long.
        batch_first: whether the first axis is N; False as in the transformer's layers.

    Raises:
        ValueError: when a size is below 1; in forward, when x has other axes.

    Example:
        >>> import pellucid
        >>> SinusoidalPositions(2)(pellucid.zeros(2, 2))
        tensor([[0.0000, 1.0000],
                [0.8415, 0.5403]])
    """

    def __init__(self, embedding_dim: int, base: float = 10000.0, batch_first: bool = False) -> None:
        super().__init__()
        if embedding_dim < 1 or base <= 0:
            raise ValueError(f"SinusoidalPositions needs positive numbers, got {embedding_dim} and base {base}")
        self.embedding_dim, self.base, self.batch_first = embedding_dim, base, batch_first

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Return x plus the codes of its places, of which the first is number `start`."""
        shape = x.array.shape
        if len(shape) not in (2, 3) or shape[-1] != self.embedding_dim:
            axes = "(N, T, E)" if self.batch_first else "(T, N, E)"
            raise ValueError(
                f"SinusoidalPositions needs the axes {axes} or (T, E) with E = {self.embedding_dim}, got {shape}"
            )
        first = len(shape) == 2 or not self.batch_first
        length = shape[0] if first else shape[1]
        codes = sinusoids(start + length, self.embedding_dim, self.base)[start:].astype(x.dtype)
        return add(x, Tensor(codes[:, None] if first and len(shape) == 3 else codes))

    def extra_repr(self) -> str:
        """Show the size and options."""
        return f"{self.embedding_dim}, base={self.base}, batch_first={self.batch_first}"


class RotaryPositions(Module):
    """y_t = R_t x_t, where R_t rotates the pair of features 2i and 2i + 1 by t / base^(2i / E) (Su et al., 2021).

    Queries and keys rotated so have products (R_s q)ᵀ (R_t k) that depend on t - s alone: use it on both, head by
    head, and not on the values. Nothing is learned. PyTorch has no such layer. Pairs are neighbours, as in the paper;
    some published models pair feature i with i + E / 2 instead.

    Shapes: x and y (..., T, E).

    Args:
        head_dim: E, an even number.
        base: the slowest rotation takes about 2π base places.

    Raises:
        ValueError: when E is odd or below 2; in forward, when x has other features.

    Example:
        >>> import pellucid
        >>> rotate = RotaryPositions(2)
        >>> x = pellucid.tensor([[1.0, 0.0], [1.0, 0.0]])
        >>> rotate(x)
        tensor([[1.0000, 0.0000],
                [0.5403, 0.8415]])
    """

    def __init__(self, head_dim: int, base: float = 10000.0) -> None:
        super().__init__()
        if head_dim < 2 or head_dim % 2 or base <= 0:
            raise ValueError(f"RotaryPositions needs an even head_dim and a positive base, got {head_dim} and {base}")
        self.head_dim, self.base = head_dim, base

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Return x rotated; its first place is number `start`."""
        if x.ndim < 2 or x.array.shape[-1] != self.head_dim:
            raise ValueError(f"RotaryPositions needs the shape (..., T, {self.head_dim}), got {x.array.shape}")
        a = angles(start + x.array.shape[-2], self.head_dim, self.base)[start:]
        return F.apply_rotary(x, np.cos(a), np.sin(a))

    def extra_repr(self) -> str:
        """Show the size and base."""
        return f"{self.head_dim}, base={self.base}"
