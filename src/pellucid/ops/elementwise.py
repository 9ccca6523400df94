"""Functions of one real number, element by element.

Each names its derivative in the letters of its equation: y is the value, dy the gradient by it.
"""

import math

import numpy as np

from pellucid import kernels as K
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import Operand, combine, float_array, operands

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


def exp(x: Tensor) -> Tensor:
    """Y = e^x."""
    y = K.exp(float_array(x))
    return record(y, (x, lambda dy: dy * y))


def expm1(x: Tensor) -> Tensor:
    """Y = e^x - 1, accurate for small x."""
    y = QUIET.run(np.expm1, float_array(x))
    return record(y, (x, lambda dy: dy * (y + 1)))


def log(x: Tensor) -> Tensor:
    """Y = ln x; -inf at 0, NaN below."""
    a = float_array(x)
    return record(K.log(a), (x, lambda dy: dy / a))


def log2(x: Tensor) -> Tensor:
    """Y = log x to base 2."""
    a = float_array(x)
    return record(QUIET.run(np.log2, a), (x, lambda dy: dy / (a * _LN2)))


def log10(x: Tensor) -> Tensor:
    """Y = log x to base 10."""
    a = float_array(x)
    return record(QUIET.run(np.log10, a), (x, lambda dy: dy / (a * _LN10)))


def log1p(x: Tensor) -> Tensor:
    """Y = ln(1 + x), accurate for small x."""
    a = float_array(x)
    return record(K.log1p(a), (x, lambda dy: dy / (1 + a)))


def sqrt(x: Tensor) -> Tensor:
    """Y = the square root of x; the gradient at 0 is infinite."""
    y = QUIET.run(np.sqrt, float_array(x))
    return record(y, (x, lambda dy: dy / (2 * y)))


def rsqrt(x: Tensor) -> Tensor:
    """Y = 1 / sqrt(x)."""
    y = QUIET.run(np.divide, 1, QUIET.run(np.sqrt, float_array(x)))
    return record(y, (x, lambda dy: dy * (-0.5) * y * y * y))


def reciprocal(x: Tensor) -> Tensor:
    """Y = 1 / x."""
    y = QUIET.run(np.divide, 1, float_array(x))
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
    return record(QUIET.run(np.round, x.array, decimals), (x, np.zeros_like))


def sin(x: Tensor) -> Tensor:
    """Y = sin x, x in radians."""
    a = float_array(x)
    return record(QUIET.run(np.sin, a), (x, lambda dy: dy * np.cos(a)))


def cos(x: Tensor) -> Tensor:
    """Y = cos x, x in radians."""
    a = float_array(x)
    return record(QUIET.run(np.cos, a), (x, lambda dy: -dy * np.sin(a)))


def tan(x: Tensor) -> Tensor:
    """Y = tan x, x in radians."""
    y = QUIET.run(np.tan, float_array(x))
    return record(y, (x, lambda dy: dy * (1 + y * y)))


def asin(x: Tensor) -> Tensor:
    """Y = arcsin x in radians; NaN outside [-1, 1]."""
    a = float_array(x)
    return record(QUIET.run(np.arcsin, a), (x, lambda dy: dy / np.sqrt(1 - a * a)))


def acos(x: Tensor) -> Tensor:
    """Y = arccos x in radians; NaN outside [-1, 1]."""
    a = float_array(x)
    return record(QUIET.run(np.arccos, a), (x, lambda dy: -dy / np.sqrt(1 - a * a)))


def atan(x: Tensor) -> Tensor:
    """Y = arctan x in radians."""
    a = float_array(x)
    return record(np.arctan(a), (x, lambda dy: dy / (1 + a * a)))


def atan2(x: Operand, w: Operand) -> Tensor:
    """Y = the angle of the point (w, x) in radians, in (-pi, pi].

    Example:
        >>> import pellucid
        >>> atan2(pellucid.tensor(1.0), pellucid.tensor(-1.0))  # 3/4 of pi
        tensor(2.3562)
    """
    a, b = operands(x, w, real=True)
    y = combine(np.arctan2, a, b)
    return record(y, (x, lambda dy: dy * b / (a * a + b * b)), (w, lambda dy: -dy * a / (a * a + b * b)))


def sinh(x: Tensor) -> Tensor:
    """Y = (e^x - e^-x) / 2."""
    a = float_array(x)
    return record(QUIET.run(np.sinh, a), (x, lambda dy: dy * np.cosh(a)))


def cosh(x: Tensor) -> Tensor:
    """Y = (e^x + e^-x) / 2."""
    a = float_array(x)
    return record(QUIET.run(np.cosh, a), (x, lambda dy: dy * np.sinh(a)))


def tanh(x: Tensor) -> Tensor:
    """Y = tanh x."""
    y = K.tanh(float_array(x))
    return record(y, (x, lambda dy: K.tanh_backward(y, dy)))


def sigmoid(x: Tensor) -> Tensor:
    """Y = 1 / (1 + e^-x), stable for any finite x.

    Example:
        >>> import pellucid
        >>> sigmoid(pellucid.tensor([-1000.0, 0.0]))
        tensor([0.0000, 0.5000])
    """
    y = K.sigmoid(float_array(x))
    return record(y, (x, lambda dy: K.sigmoid_backward(y, dy)))


def erf(x: Tensor) -> Tensor:
    """Y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x."""
    a = float_array(x)
    return record(K.erf(a), (x, lambda dy: dy * _TWO_OVER_SQRT_PI * np.exp(-a * a)))


def clamp(x: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Y = x held between min and max; the gradient passes where x lies within, ends included.

    Raises:
        RuntimeError: when neither bound is given, or a bound is a tensor that requires gradients.

    Example:
        >>> import pellucid
        >>> clamp(pellucid.tensor([-2.0, 0.5, 9.0]), 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
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
            inside = inside & combine(keeps, x.array, limit)
            a = combine(choose, a, limit)
    return record(a, (x, lambda dy: dy * inside))


def nan_to_num(x: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Y = x with NaN and the infinities replaced; the gradient passes where x is finite."""
    a = x.array
    return record(np.nan_to_num(a, nan=nan, posinf=posinf, neginf=neginf), (x, lambda dy: dy * np.isfinite(a)))
