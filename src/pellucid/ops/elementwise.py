"""Functions of one real number, element by element.

Each names its derivative in the letters of its equation: y is the value, dy the gradient by it.
"""

import math

import numpy as np

from pellucid import kernels as K
from pellucid.ops._operands import Operand, float_array, operands
from pellucid._tensor import Array, Tensor, record

__all__ = [
    "abs",
    "acos",
    "asin",
    "atan",
    "atan2",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "erf",
    "exp",
    "expm1",
    "floor",
    "log",
    "log1p",
    "log2",
    "log10",
    "nan_to_num",
    "reciprocal",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
]

_LN2, _LN10 = math.log(2), math.log(10)
_TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)
_quiet = np.errstate(all="ignore")


def exp(x: Tensor) -> Tensor:
    """Y = e^x."""
    y = K.exp(float_array(x))
    return record(y, (x, lambda dy: dy * y))


@_quiet
def expm1(x: Tensor) -> Tensor:
    """Y = e^x - 1, accurate for small x."""
    y = np.expm1(float_array(x))
    return record(y, (x, lambda dy: dy * (y + 1)))


def log(x: Tensor) -> Tensor:
    """Y = ln x; -inf at 0, NaN below."""
    a = float_array(x)
    return record(K.log(a), (x, lambda dy: dy / a))


@_quiet
def log2(x: Tensor) -> Tensor:
    """Y = log x to base 2."""
    a = float_array(x)
    return record(np.log2(a), (x, lambda dy: dy / (a * _LN2)))


@_quiet
def log10(x: Tensor) -> Tensor:
    """Y = log x to base 10."""
    a = float_array(x)
    return record(np.log10(a), (x, lambda dy: dy / (a * _LN10)))


def log1p(x: Tensor) -> Tensor:
    """Y = ln(1 + x), accurate for small x."""
    a = float_array(x)
    return record(K.log1p(a), (x, lambda dy: dy / (1 + a)))


@_quiet
def sqrt(x: Tensor) -> Tensor:
    """Y = sqrt(x); the gradient at 0 is infinite."""
    y = np.sqrt(float_array(x))
    return record(y, (x, lambda dy: dy / (2 * y)))


@_quiet
def rsqrt(x: Tensor) -> Tensor:
    """Y = 1 / sqrt(x)."""
    y = 1 / np.sqrt(float_array(x))
    return record(y, (x, lambda dy: dy * (-0.5) * y * y * y))


@_quiet
def reciprocal(x: Tensor) -> Tensor:
    """Y = 1 / x."""
    y = 1 / float_array(x)
    return record(y, (x, lambda dy: -dy * y * y))


def abs(x: Tensor) -> Tensor:
    """Y = |x|; the gradient at 0 is 0."""
    a = x.array
    return record(np.abs(a), (x, lambda dy: dy * np.sign(a)))


def sign(x: Tensor) -> Tensor:
    """Y = -1, 0 or 1; its gradient is zero."""
    return record(np.sign(x.array), (x, np.zeros_like))


def floor(x: Tensor) -> Tensor:
    """Y = the largest integer that is at most x; its gradient is zero."""
    return record(np.floor(x.array), (x, np.zeros_like))


def ceil(x: Tensor) -> Tensor:
    """Y = the smallest integer that is at least x; its gradient is zero."""
    return record(np.ceil(x.array), (x, np.zeros_like))


def trunc(x: Tensor) -> Tensor:
    """Y = x without its fraction; its gradient is zero."""
    return record(np.trunc(x.array), (x, np.zeros_like))


def round(x: Tensor, *, decimals: int = 0) -> Tensor:
    """Y = x rounded to `decimals`, halves to even; its gradient is zero."""
    return record(np.round(x.array, decimals), (x, np.zeros_like))


def sin(x: Tensor) -> Tensor:
    """Y = sin x, x in radians."""
    a = float_array(x)
    return record(np.sin(a), (x, lambda dy: dy * np.cos(a)))


def cos(x: Tensor) -> Tensor:
    """Y = cos x, x in radians."""
    a = float_array(x)
    return record(np.cos(a), (x, lambda dy: -dy * np.sin(a)))


def tan(x: Tensor) -> Tensor:
    """Y = tan x, x in radians."""
    y = np.tan(float_array(x))
    return record(y, (x, lambda dy: dy * (1 + y * y)))


@_quiet
def asin(x: Tensor) -> Tensor:
    """Y = arcsin x in radians; NaN outside [-1, 1]."""
    a = float_array(x)
    return record(np.arcsin(a), (x, lambda dy: dy / np.sqrt(1 - a * a)))


@_quiet
def acos(x: Tensor) -> Tensor:
    """Y = arccos x in radians; NaN outside [-1, 1]."""
    a = float_array(x)
    return record(np.arccos(a), (x, lambda dy: -dy / np.sqrt(1 - a * a)))


def atan(x: Tensor) -> Tensor:
    """Y = arctan x in radians."""
    a = float_array(x)
    return record(np.arctan(a), (x, lambda dy: dy / (1 + a * a)))


def atan2(x: Operand, w: Operand) -> Tensor:
    """Y = the angle of the point (w, x) in radians, in (-pi, pi]."""
    a, b = operands(x, w, real=True)
    r2 = a * a + b * b
    return record(np.arctan2(a, b), (x, lambda dy: dy * b / r2), (w, lambda dy: -dy * a / r2))


@_quiet
def sinh(x: Tensor) -> Tensor:
    """Y = (e^x - e^-x) / 2."""
    a = float_array(x)
    return record(np.sinh(a), (x, lambda dy: dy * np.cosh(a)))


@_quiet
def cosh(x: Tensor) -> Tensor:
    """Y = (e^x + e^-x) / 2."""
    a = float_array(x)
    return record(np.cosh(a), (x, lambda dy: dy * np.sinh(a)))


def tanh(x: Tensor) -> Tensor:
    """Y = tanh x."""
    y = K.tanh(float_array(x))
    return record(y, (x, lambda dy: dy * (1 - y * y)))


def sigmoid(x: Tensor) -> Tensor:
    """Y = 1 / (1 + e^-x), stable for any finite x."""
    y = K.sigmoid(float_array(x))
    return record(y, (x, lambda dy: dy * y * (1 - y)))


def erf(x: Tensor) -> Tensor:
    """Y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x."""
    a = float_array(x)
    return record(K.erf(a), (x, lambda dy: dy * _TWO_OVER_SQRT_PI * np.exp(-a * a)))


def clamp(x: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Y = x held between min and max; the gradient passes where x lies within, ends included.

    Raises:
        RuntimeError: when neither bound is given, or a bound is a tensor that requires gradients.
    """
    if min is None and max is None:
        raise RuntimeError("clamp needs min, max or both")
    a = x.array
    inside: Array = np.ones(a.shape, dtype=np.bool_)
    for bound, choose, keeps in ((min, np.maximum, np.greater_equal), (max, np.minimum, np.less_equal)):
        if bound is not None:
            if isinstance(bound, Tensor) and bound.requires_grad:
                raise RuntimeError("clamp has no gradient by its bounds; use maximum and minimum")
            a, limit = operands(Tensor(a), bound)
            inside = inside & keeps(x.array, limit)
            a = choose(a, limit)
    return record(a, (x, lambda dy: dy * inside))


def nan_to_num(x: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Y = x with NaN and the infinities replaced; the gradient passes where x is finite."""
    a = x.array
    return record(np.nan_to_num(a, nan=nan, posinf=posinf, neginf=neginf), (x, lambda dy: dy * np.isfinite(a)))
