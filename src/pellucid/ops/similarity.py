"""Lengths, angles and distances of vectors, composed of other operations."""

import numpy as np

from pellucid._tensor import Tensor
from pellucid.ops.arithmetic import add, div, mul, sub
from pellucid.ops.elementwise import clamp
from pellucid.ops.reduction import norm
from pellucid.ops.reduction import sum as sum_
from pellucid.ops.shape import broadcast_to

__all__ = ["cosine_similarity", "normalize", "pairwise_distance"]


def normalize(x: Tensor, p: float = 2.0, dim: int | tuple[int, ...] = 1, eps: float = 1e-12) -> Tensor:
    """Y = x / max(‖x‖_p, ε), the norm along `dim`.

    Example:
        >>> import pellucid
        >>> normalize(pellucid.tensor([[3.0, 4.0]])).tolist()
        [[0.6000000238418579, 0.800000011920929]]
    """
    return div(x, clamp(norm(x, p, dim, keepdim=True), min=eps))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Y = x1·x2 / (max(‖x1‖, ε) max(‖x2‖, ε)) along `dim`: the cosine of the angle, 0 for a zero vector.

    Example:
        >>> import pellucid
        >>> cosine_similarity(pellucid.tensor([[3.0, 0.0]]), pellucid.tensor([[2.0, 0.0]])).tolist()
        [1.0]
    """
    shape = np.broadcast_shapes(x1.array.shape, x2.array.shape)
    x1, x2 = broadcast_to(x1, shape), broadcast_to(x2, shape)
    length1 = clamp(norm(x1, 2, dim, keepdim=True), min=eps)
    length2 = clamp(norm(x2, 2, dim, keepdim=True), min=eps)
    return sum_(mul(div(x1, length1), div(x2, length2)), dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """Y = ‖x1 - x2 + ε‖_p along the last axis; ε keeps the gradient finite where x1 = x2.

    Example:
        >>> import pellucid
        >>> pairwise_distance(pellucid.zeros(1, 2), pellucid.tensor([[3.0, 4.0]])).round(decimals=3).tolist()
        [5.0]
    """
    return norm(add(sub(x1, x2), eps), p, -1, keepdim)
