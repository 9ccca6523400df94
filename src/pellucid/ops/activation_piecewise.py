"""Activation functions with corners: y = f(x), each with its derivative on the next line.

At a corner the derivative is PyTorch's choice, written in each docstring. With `inplace` the result takes the
place of x, see `overwrite`. Cases are told apart by products with masks: `where` takes ten times as long on numbers
whose signs are random.
"""

import math

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import Operand, float_array
from pellucid.ops.inplace import overwrite
from pellucid.ops.shape import reshape

__all__ = [
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "heaviside",
    "leaky_relu",
    "prelu",
    "relu",
    "relu6",
    "softshrink",
    "threshold",
]


def relu(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = max(x, 0); the derivative at 0 is 0."""
    if inplace:
        return overwrite(x, relu)
    a = x.array
    return record(K.relu(a), (x, lambda dy: K.relu_backward(a, dy)))


def leaky_relu(x: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Y = x where x > 0, else negative_slope x; the derivative at 0 is negative_slope."""
    if inplace:
        return overwrite(x, lambda before: leaky_relu(before, negative_slope))
    a = float_array(x)
    y = K.leaky_relu(a, negative_slope)
    return record(y, (x, lambda dy: K.leaky_relu_backward(a, dy, negative_slope)))


def prelu(x: Tensor, weight: Tensor) -> Tensor:
    """Y = x where x > 0, else w x; dw = dy x where x <= 0, summed over the places that share w.

    Args:
        x: (N, C, ...), or any shape with a single w.
        weight: (1,) for one slope, or (C,) for a slope of each channel.

    Raises:
        ValueError: when there are neither one nor C slopes.
    """
    a = float_array(x)
    n, channels = weight.array.size, a.shape[1] if a.ndim > 1 else 1
    if n not in (1, channels):
        raise ValueError(
            f"prelu got {n} slopes for an input of shape {a.shape}; it needs 1, or {channels}, one for each channel "
            "(axis 1)"
        )
    shared = reshape(weight, (1, n, *(1,) * (a.ndim - 2)) if n > 1 else (1,) * a.ndim)
    w, positive = shared.array, a > 0
    return record(
        np.where(positive, a, w * a),
        (x, lambda dy: np.where(positive, dy, w * dy)),
        (shared, lambda dy: np.where(positive, 0, a * dy)),
    )


def hardtanh(x: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Y = x held between min_val and max_val; the derivative is 1 strictly between them, 0 at the corners.

    Raises:
        ValueError: when min_val is above max_val.
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh needs min_val <= max_val, got {min_val} and {max_val}")
    if inplace:
        return overwrite(x, lambda before: hardtanh(before, min_val, max_val))
    a = _holding(x, min_val, max_val)
    return record(
        np.clip(a, a.dtype.type(min_val), a.dtype.type(max_val)),
        (x, lambda dy: dy * ((a > min_val) & (a < max_val))),
    )


def relu6(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = min(max(x, 0), 6); the derivative at 0 and 6 is 0."""
    return hardtanh(x, 0, 6, inplace)


def hardsigmoid(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = min(max(x + 3, 0), 6) / 6; the derivative at -3 and 3 is 0."""
    if inplace:
        return overwrite(x, hardsigmoid)
    a = float_array(x)
    y = np.clip(a + 3, 0, 6) / 6
    return record(y, (x, lambda dy: dy / 6 * ((a > -3) & (a < 3))))


def hardswish(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = x min(max(x + 3, 0), 6) / 6; the derivative is 0 up to -3 and 1 from 3 on."""
    if inplace:
        return overwrite(x, hardswish)
    a = float_array(x)
    y = a * (np.clip(a + 3, 0, 6) / 6)
    return record(y, (x, lambda dy: dy * ((a >= 3) + (np.abs(a) < 3) * (a / 3 + 0.5))))


def threshold(x: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Y = x where x > threshold, else value; the derivative at the threshold is 0."""
    if inplace:
        return overwrite(x, lambda before: _threshold(before, threshold, value))
    return _threshold(x, threshold, value)


def _threshold(x: Tensor, t: float, value: float) -> Tensor:
    a = _holding(x, value)
    return record(np.where(a <= t, a.dtype.type(value), a), (x, lambda dy: np.where(a <= t, 0, dy)))


def _holding(x: Tensor, *numbers: float) -> Array:
    """Return the array of x, in a floating type unless it holds integers that the numbers fit among.

    PyTorch cuts the numbers' fractions off where x holds integers.
    """
    a = x.array
    return a if a.dtype.kind == "i" and all(float(n).is_integer() for n in numbers) else float_array(x)


def softshrink(x: Tensor, lambd: float = 0.5) -> Tensor:
    """Y = x - λ sign(x) where |x| > λ, else 0; the derivative at -λ and λ is 0.

    Raises:
        ValueError: when λ is negative.
    """
    if not lambd >= 0:
        raise ValueError(f"softshrink needs lambd >= 0, got {lambd}")
    a = float_array(x)
    y = np.where(np.abs(a) <= lambd, 0, a - np.copysign(a.dtype.type(lambd), a))
    return record(y, (x, lambda dy: np.where(np.abs(a) <= lambd, 0, dy)))


def hardshrink(x: Tensor, lambd: float = 0.5) -> Tensor:
    """Y = x where |x| > λ, else 0; the derivative at -λ and λ is 0.

    Raises:
        ValueError: when λ is negative or NaN, for which PyTorch returns x unchanged.
    """
    if not lambd >= 0:
        raise ValueError(f"hardshrink needs lambd >= 0, got {lambd}")
    a = float_array(x)
    small = np.abs(a) <= lambd
    return record(np.where(small, 0, a), (x, lambda dy: np.where(small, 0, dy)))


def heaviside(x: Tensor, values: Operand = 1.0) -> Tensor:
    """Y = 0 where x < 0, `values` where x = 0, 1 where x > 0; the derivative is 0.

    As `torch.heaviside`, where `values` has no default. A step cannot be learned through by gradients: they are
    zero wherever they exist; the perceptron has a rule of its own.

    Raises:
        ValueError: when `values` is NaN.
    """
    a = float_array(x)
    v = np.asarray(values.array if isinstance(values, Tensor) else values, dtype=a.dtype)
    if v.ndim == 0 and math.isnan(v.item()):
        raise ValueError("heaviside needs a number for its value at 0, got NaN")

    def dx(dy: Array) -> Array:
        return np.zeros_like(dy)

    return record(np.heaviside(a, v), (x, dx))
