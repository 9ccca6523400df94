"""Functions written in terms of others: no gradient of their own."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor, as_tensor
from pellucid.ops import arithmetic, comparison, elementwise, indexing, reduction, shape
from pellucid.ops._operands import Operand, normalize_dim

__all__ = ["diff", "dist", "hstack", "is_tensor", "lerp", "logaddexp", "std_mean", "trace", "var_mean", "vstack"]


def is_tensor(x: object) -> bool:
    """Say whether x is a tensor."""
    return isinstance(x, Tensor)


def lerp(x: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """Y = x + weight (end - x): x at weight 0, end at weight 1."""
    return arithmetic.add(x, arithmetic.mul(arithmetic.sub(end, x), weight))


def logaddexp(x: Tensor, w: Tensor) -> Tensor:
    """Y = log(e^x + e^w), with the larger one taken out so that nothing overflows."""
    m = arithmetic.maximum(x, w)
    d = elementwise.abs(indexing.where(comparison.eq(x, w), 0.0, arithmetic.sub(x, w)))  # equal infinities too
    return arithmetic.add(m, elementwise.log1p(elementwise.exp(arithmetic.neg(d))))


def dist(x: Tensor, w: Tensor, p: float = 2) -> Tensor:
    """Y = the p-norm of x - w."""
    return reduction.norm(arithmetic.sub(x, w), p)


def diff(x: Tensor, n: int = 1, dim: int = -1) -> Tensor:
    """y_i = x_(i+1) - x_i along `dim`, n times over."""
    axis = normalize_dim(dim, x.ndim)
    lead = (slice(None),) * axis
    for _ in range(n):
        x = arithmetic.sub(x[(*lead, slice(1, None))], x[(*lead, slice(None, -1))])
    return x


def trace(x: Tensor) -> Tensor:
    """Y = the sum of a matrix's diagonal.

    Raises:
        RuntimeError: when x is not a matrix.
    """
    if x.ndim != 2:
        raise RuntimeError(f"trace is for matrices, this tensor has {x.ndim} axes")
    return reduction.sum(shape.diag(x))


def var_mean(x: Tensor, dim: Any = None, keepdim: bool = False, *, correction: int = 1) -> tuple[Tensor, Tensor]:
    """Return (var, mean) along `dim`; see `var`."""
    return reduction.var(x, dim, keepdim, correction=correction), reduction.mean(x, dim, keepdim)


def std_mean(x: Tensor, dim: Any = None, keepdim: bool = False, *, correction: int = 1) -> tuple[Tensor, Tensor]:
    """Return (std, mean) along `dim`; see `std`."""
    return reduction.std(x, dim, keepdim, correction=correction), reduction.mean(x, dim, keepdim)


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join side by side: vectors along their axis, others along the second."""
    parts = [as_tensor(x) for x in tensors]
    parts = [shape.reshape(x, 1) if x.ndim == 0 else x for x in parts]
    return shape.cat(parts, 0 if not parts or parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join one below the other: vectors as rows, others along the first axis."""
    parts = [as_tensor(x) for x in tensors]
    return shape.cat([shape.reshape(x, 1, -1) if x.ndim < 2 else x for x in parts], 0)
