"""Comparisons, logic and tests: results are booleans, without gradients."""

from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.ops._numpy_names import numpy_names
from pellucid.ops._operands import Operand, combine, normalize_axis, operands

__all__ = [
    "all",
    "allclose",
    "any",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
]


def eq(x: Operand, w: Operand) -> Tensor:
    """Y = (x == w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.equal, a, b))


def ne(x: Operand, w: Operand) -> Tensor:
    """Y = (x != w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.not_equal, a, b))


def lt(x: Operand, w: Operand) -> Tensor:
    """Y = (x < w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.less, a, b))


def le(x: Operand, w: Operand) -> Tensor:
    """Y = (x <= w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.less_equal, a, b))


def gt(x: Operand, w: Operand) -> Tensor:
    """Y = (x > w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.greater, a, b))


def ge(x: Operand, w: Operand) -> Tensor:
    """Y = (x >= w)."""
    a, b = operands(x, w)
    return Tensor(combine(np.greater_equal, a, b))


def logical_not(x: Tensor) -> Tensor:
    """Y = not x; for integers, nonzero counts as true."""
    return Tensor(np.logical_not(x.array))


def logical_and(x: Tensor, w: Tensor) -> Tensor:
    """Y = x and w."""
    return Tensor(combine(np.logical_and, x.array, w.array))


def logical_or(x: Tensor, w: Tensor) -> Tensor:
    """Y = x or w."""
    return Tensor(combine(np.logical_or, x.array, w.array))


def logical_xor(x: Tensor, w: Tensor) -> Tensor:
    """Y = either x or w, not both."""
    return Tensor(combine(np.logical_xor, x.array, w.array))


def bitwise_and(x: Operand, w: Operand) -> Tensor:
    """Y = x & w, for booleans and integers."""
    a, b = _whole(x, w)
    return Tensor(combine(np.bitwise_and, a, b))


def bitwise_or(x: Operand, w: Operand) -> Tensor:
    """Y = x | w, for booleans and integers."""
    a, b = _whole(x, w)
    return Tensor(combine(np.bitwise_or, a, b))


def bitwise_xor(x: Operand, w: Operand) -> Tensor:
    """Y = x ^ w, for booleans and integers."""
    a, b = _whole(x, w)
    return Tensor(combine(np.bitwise_xor, a, b))


def _whole(x: Any, w: Any) -> tuple[Array, Array]:
    a, b = (np.asarray(v) for v in operands(x, w))
    if "f" in (a.dtype.kind, b.dtype.kind):
        raise RuntimeError(
            f"the operators & | ^ ~ are for booleans and integers, got {a.dtype} and {b.dtype}; compare first, as in "
            "(x > 0) & (y > 0)"
        )
    return a, b


def bitwise_not(x: Tensor) -> Tensor:
    """Y = ~x, for booleans and integers."""
    return Tensor(np.invert(_whole(x, x)[0]))


def isnan(x: Tensor) -> Tensor:
    """Y = whether x is not a number."""
    return Tensor(np.isnan(x.array))


def isinf(x: Tensor) -> Tensor:
    """Y = whether x is infinite."""
    return Tensor(np.isinf(x.array))


def isfinite(x: Tensor) -> Tensor:
    """Y = whether x is neither infinite nor NaN."""
    return Tensor(np.isfinite(x.array))


@numpy_names
def any(x: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False) -> Tensor:
    """Y = whether any element is true, of all or along `dim`."""
    return Tensor(np.asarray(np.any(x.array, axis=normalize_axis(dim, x.ndim), keepdims=keepdim)))


@numpy_names
def all(x: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False) -> Tensor:
    """Y = whether every element is true, of all or along `dim`."""
    return Tensor(np.asarray(np.all(x.array, axis=normalize_axis(dim, x.ndim), keepdims=keepdim)))


def isclose(x: Tensor, w: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Y = whether |x - w| <= atol + rtol |w|.

    Example:
        >>> import pellucid
        >>> isclose(pellucid.tensor([1.0, 2.0]), pellucid.tensor([1.000001, 2.1]))
        tensor([ True, False])
    """
    return Tensor(np.isclose(x.array, w.array, rtol, atol, equal_nan))


def allclose(x: Tensor, w: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Say whether every element of x is close to that of w."""
    return bool(isclose(x, w, rtol, atol, equal_nan).array.all())


def equal(x: Tensor, w: Tensor) -> bool:
    """Say whether x and w have the same shape and elements."""
    return bool(np.array_equal(x.array, w.array))
