"""Functions written in terms of others: no gradient of their own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Tensor, as_array, as_tensor
from pellucid.ops import arithmetic, comparison, elementwise, indexing, linalg, ordering, reduction, shape
from pellucid.ops._operands import Operand, normalize_dim

__all__ = [
    "addcdiv",
    "addcmul",
    "aminmax",
    "broadcast_tensors",
    "cdist",
    "clamp_max",
    "clamp_min",
    "diff",
    "dist",
    "hstack",
    "inner",
    "is_tensor",
    "isin",
    "lerp",
    "logaddexp",
    "logit",
    "narrow",
    "quantile",
    "std_mean",
    "trace",
    "var_mean",
    "vstack",
]


def is_tensor(x: object) -> bool:
    """Say whether x is a tensor."""
    return isinstance(x, Tensor)


def addcmul(x: Tensor, a: Tensor, b: Tensor, *, value: float = 1) -> Tensor:
    """Y = x + value a b."""
    return arithmetic.add(x, arithmetic.mul(a, b), alpha=value)


def addcdiv(x: Tensor, a: Tensor, b: Tensor, *, value: float = 1) -> Tensor:
    """Y = x + value a / b."""
    return arithmetic.add(x, arithmetic.div(a, b), alpha=value)


def lerp(x: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """Y = x + weight (end - x): x at weight 0, end at weight 1."""
    return arithmetic.add(x, arithmetic.mul(arithmetic.sub(end, x), weight))


def logaddexp(x: Tensor, w: Tensor) -> Tensor:
    """Y = log(e^x + e^w), with the larger one taken out so that nothing overflows."""
    m = arithmetic.maximum(x, w)
    d = elementwise.abs(indexing.where(comparison.eq(x, w), 0.0, arithmetic.sub(x, w)))  # equal infinities too
    return arithmetic.add(m, elementwise.log1p(elementwise.exp(arithmetic.neg(d))))


def logit(x: Tensor, eps: float | None = None) -> Tensor:
    """Y = log(x / (1 - x)), the inverse of the sigmoid; x is first held between eps and 1 - eps if given."""
    x = x if eps is None else elementwise.clamp(x, eps, 1 - eps)
    return arithmetic.sub(elementwise.log(x), elementwise.log1p(arithmetic.neg(x)))


def inner(x: Tensor, w: Tensor) -> Tensor:
    """Y = the sums of products over the last axes of both."""
    if x.ndim == 0 or w.ndim == 0:
        return arithmetic.mul(x, w)
    rows = linalg.matmul(shape.reshape(x, -1, x.array.shape[-1]), shape.t(shape.reshape(w, -1, w.array.shape[-1])))
    return shape.reshape(rows, x.array.shape[:-1] + w.array.shape[:-1])


def dist(x: Tensor, w: Tensor, p: float = 2) -> Tensor:
    """Y = the p-norm of x - w."""
    return reduction.norm(arithmetic.sub(x, w), p)


def cdist(x: Tensor, w: Tensor, p: float = 2.0) -> Tensor:
    """y_ij = the p-norm of x_i - w_j, for every row of x and every row of w.

    Args:
        x: shape (..., n, d).
        w: shape (..., m, d).
        p: the order of the norm.

    Returns:
        the distances, of shape (..., n, m).

    Raises:
        RuntimeError: when one of them is a vector, or their rows differ in length.
    """
    if x.ndim < 2 or w.ndim < 2 or x.array.shape[-1] != w.array.shape[-1]:
        raise RuntimeError(f"cdist needs rows of one length, got the shapes {x.array.shape} and {w.array.shape}")
    return reduction.norm(arithmetic.sub(shape.unsqueeze(x, -2), shape.unsqueeze(w, -3)), p, -1)


def clamp_min(x: Tensor, min: Operand) -> Tensor:
    """Y = max(x, min)."""
    return elementwise.clamp(x, min=min)


def clamp_max(x: Tensor, max: Operand) -> Tensor:
    """Y = min(x, max)."""
    return elementwise.clamp(x, max=max)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return the tensors expanded to the one shape that they broadcast to.

    Raises:
        RuntimeError: when they do not broadcast.
    """
    shapes = [x.array.shape for x in tensors]
    try:
        common = np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(f"the shapes {', '.join(map(str, shapes))} do not broadcast") from None
    return tuple(shape.broadcast_to(x, common) for x in tensors)


def isin(x: Tensor, values: Tensor, *, invert: bool = False) -> Tensor:
    """Return whether each element of x is among `values`; with `invert`, whether it is not."""
    return Tensor(np.isin(as_array(x), as_array(values), invert=invert))


def diff(x: Tensor, n: int = 1, dim: int = -1) -> Tensor:
    """y_i = x_(i+1) - x_i along `dim`, n times over."""
    axis = normalize_dim(dim, x.ndim)
    lead = (slice(None),) * axis
    for _ in range(n):
        x = arithmetic.sub(x[(*lead, slice(1, None))], x[(*lead, slice(None, -1))])
    return x


def narrow(x: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Return `length` slices along `dim`, beginning at `start`.

    Raises:
        RuntimeError: when the axis is shorter.
    """
    axis = normalize_dim(dim, x.ndim)
    n = x.array.shape[axis]
    start = start + n if start < 0 else start
    if not 0 <= start <= start + length <= n:
        raise RuntimeError(f"narrow: {length} slices from {start} do not lie within an axis of {n}")
    return x[(*(slice(None),) * axis, slice(start, start + length))]


def aminmax(x: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Return (amin, amax) along `dim`."""
    return reduction.amin(x, dim, keepdim), reduction.amax(x, dim, keepdim)


def quantile(x: Tensor, q: float | Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the value below which the part q of the elements lies, linear between the two nearest ones.

    With n elements in order, q falls at the place q (n - 1); NaN wins. For a vector q, one result each along
    a new first axis.

    Raises:
        RuntimeError: when q lies outside [0, 1], or there are no elements.

    Example:
        >>> import pellucid
        >>> quantile(pellucid.tensor([1.0, 2.0, 4.0]), 0.75)
        tensor(3.)
    """
    if isinstance(q, Tensor) and q.ndim == 1:
        return shape.stack([quantile(x, one, dim, keepdim) for one in q.tolist()])
    part = float(q)
    if not 0 <= part <= 1:
        raise RuntimeError(f"quantile needs q between 0 and 1, got {part}")
    flat = x if dim is not None else shape.reshape(x, -1)
    axis = normalize_dim(-1 if dim is None else dim, flat.ndim)
    n = flat.array.shape[axis]
    if n == 0:
        raise RuntimeError("there is no quantile of no elements")
    ordered = ordering.sort(flat, axis).values
    place = part * (n - 1)
    low, high = (narrow(ordered, axis, i, 1) for i in (int(place), min(int(place) + 1, n - 1)))
    y = lerp(low, high, place - int(place))
    y = arithmetic.add(y, arithmetic.mul(narrow(ordered, axis, n - 1, 1), 0))  # a NaN, sorted to the end, wins
    if dim is None:
        return shape.reshape(y, (1,) * x.ndim if keepdim else ())
    return y if keepdim else shape.squeeze(y, axis)


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
