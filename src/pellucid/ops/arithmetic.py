"""Addition to powers, elementwise, with broadcasting.

In every operation dy is the loss's gradient by the output; gradients come in the broadcast shape, and the
backward walk sums them back to the input's.
"""

import numpy as np

from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import Operand, combine, operands

__all__ = [
    "add",
    "div",
    "floor_divide",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "pow",
    "remainder",
    "rsub",
    "square",
    "sub",
]


def add(x: Operand, w: Operand, *, alpha: float = 1) -> Tensor:
    """Y = x + alpha w.

    Example:
        >>> import pellucid
        >>> (pellucid.tensor([1.0, 2.0]) + pellucid.tensor([[10.0], [20.0]])).tolist()
        [[11.0, 12.0], [21.0, 22.0]]
    """
    if alpha != 1:
        w = mul(w, alpha)
    a, b = operands(x, w)
    return record(combine(np.add, a, b), (x, lambda dy: dy), (w, lambda dy: dy))


def sub(x: Operand, w: Operand, *, alpha: float = 1) -> Tensor:
    """Y = x - alpha w."""
    if alpha != 1:
        w = mul(w, alpha)
    a, b = operands(x, w)
    if isinstance(a, np.ndarray) and a.dtype == np.bool_:
        raise RuntimeError("subtraction of booleans is not defined; use ~ or logical_xor")
    return record(combine(np.subtract, a, b), (x, lambda dy: dy), (w, lambda dy: -dy))


def rsub(x: Operand, w: Operand) -> Tensor:
    """Y = w - x."""
    return sub(w, x)


def mul(x: Operand, w: Operand) -> Tensor:
    """Y = x w, element by element."""
    a, b = operands(x, w)
    return record(combine(np.multiply, a, b), (x, lambda dy: dy * b), (w, lambda dy: dy * a))


def div(x: Operand, w: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """Y = x / w; integers give floats.

    Args:
        x: the dividend.
        w: the divisor; by zero gives infinity or NaN.
        rounding_mode: None, "floor" or "trunc"; a rounded quotient has gradient zero.

    Example:
        >>> import pellucid
        >>> pellucid.tensor([7, -7]) / 2
        tensor([ 3.5000, -3.5000])
        >>> div(pellucid.tensor([7, -7]), 2, rounding_mode="floor")
        tensor([ 3, -4])
    """
    if rounding_mode == "floor":
        return floor_divide(x, w)
    if rounding_mode not in (None, "trunc"):
        raise ValueError(f"rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    a, b = operands(x, w, real=True)
    y = combine(np.divide, a, b)
    if rounding_mode == "trunc":
        return _rounded(np.trunc(y).astype(np.result_type(*operands(x, w))), x, w)
    return record(y, (x, lambda dy: dy / b), (w, lambda dy: -dy * y / b))


def floor_divide(x: Operand, w: Operand) -> Tensor:
    """Y = floor(x / w); its gradient is zero."""
    a, b = operands(x, w)
    _refuse_integer_zero(a, b)
    return _rounded(combine(np.floor_divide, a, b), x, w)


def _rounded(y: Array, x: Operand, w: Operand) -> Tensor:
    return record(y, (x, np.zeros_like), (w, np.zeros_like)) if y.dtype.kind == "f" else Tensor(y)


def remainder(x: Operand, w: Operand) -> Tensor:
    """Y = x - floor(x / w) w, with the sign of w, as Python's %.

    Example:
        >>> import pellucid
        >>> pellucid.tensor([7, -7]) % 3
        tensor([1, 2])
    """
    a, b = operands(x, w)
    _refuse_integer_zero(a, b)
    y = combine(np.remainder, a, b)
    return record(y, (x, lambda dy: dy), (w, lambda dy: -dy * np.floor(a / b)))


def _refuse_integer_zero(a: Array, b: Array) -> None:
    if np.asarray(b).dtype.kind in "iub" and np.asarray(a).dtype.kind in "iub" and not np.all(b):
        raise ZeroDivisionError("an integer tensor is divided by zero")


def neg(x: Tensor) -> Tensor:
    """Y = -x."""
    if x.array.dtype == np.bool_:
        raise RuntimeError("negation of booleans is not defined; use ~x")
    return record(-x.array, (x, lambda dy: -dy))


def square(x: Tensor) -> Tensor:
    """Y = x^2."""
    a = x.array if x.array.dtype != np.bool_ else x.array.astype(np.int64)
    return record(QUIET.run(np.multiply, a, a), (x, lambda dy: 2 * dy * a))


def pow(x: Operand, w: Operand) -> Tensor:
    """Y = x^w.

    dx = dy w x^(w-1), zero where w is 0; dw = dy x^w log x, zero where x is 0 and w >= 0.
    """
    a, b = operands(x, w)
    if np.asarray(a).dtype.kind in "iu" and np.any(np.asarray(b) < 0):
        raise RuntimeError("integers to negative integer powers are not integers; convert with .float() first")
    y = combine(np.power, a, b)

    def dx(dy: Array) -> Array:
        return dy * np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1)).astype(dy.dtype)

    def dw(dy: Array) -> Array:
        return dy * np.where((a == 0) & (np.asarray(b) >= 0), 0, y * np.log(a)).astype(dy.dtype)

    return record(y, (x, dx), (w, dw))


def maximum(x: Operand, w: Operand) -> Tensor:
    """Y = max(x, w), element by element; equal elements share the gradient by halves; NaN wins.

    Example:
        >>> import pellucid
        >>> maximum(pellucid.tensor([1.0, 5.0]), pellucid.tensor([3.0, 2.0]))
        tensor([3., 5.])
    """
    a, b = operands(x, w)
    return record(
        combine(np.maximum, a, b),
        (x, lambda dy: dy * _share(a < b, a == b)),
        (w, lambda dy: dy * _share(b < a, a == b)),
    )


def minimum(x: Operand, w: Operand) -> Tensor:
    """Y = min(x, w), element by element; equal elements share the gradient by halves; NaN wins."""
    a, b = operands(x, w)
    return record(
        combine(np.minimum, a, b),
        (x, lambda dy: dy * _share(a > b, a == b)),
        (w, lambda dy: dy * _share(b > a, a == b)),
    )


def _share(loses: Array, ties: Array) -> Array:
    """Return 0 where the other operand was chosen, 1/2 where both were equal, 1 elsewhere (beside NaN too)."""
    return 1 - loses.astype(np.float32) - np.float32(0.5) * ties
