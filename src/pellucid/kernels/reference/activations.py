"""Activation functions and the gradients of all of them: dx = f'(x) dy.

A gradient takes what its forward kept first: x, or for tanh and sigmoid the value y.
"""

import math

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array
from pellucid.kernels.reference.error_function import erf
from pellucid.kernels.reference.maps import sigmoid, softplus, tanh

__all__ = [
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "mish",
    "mish_backward",
    "relu",
    "relu_backward",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "tanh_backward",
]

_SQRT_2 = math.sqrt(2)
_SQRT_2_PI = math.sqrt(2 * math.pi)
_SQRT_2_OVER_PI = math.sqrt(2 / math.pi)

_quiet = np.errstate(all="ignore")


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0)


def relu_backward(x: Array, dy: Array) -> Array:
    """Return dy where x > 0, else 0; a product, because `where` is slow on numbers whose signs are random."""
    return QUIET.run(np.multiply, dy, x > 0)


def leaky_relu(x: Array, slope: float) -> Array:
    """Return x where x > 0, else slope x."""
    s = x.dtype.type(slope)
    return QUIET.run(np.multiply, s, np.minimum(x, 0)) + np.maximum(x, 0)


def leaky_relu_backward(x: Array, dy: Array, slope: float) -> Array:
    """Return dy where x > 0, else slope dy."""
    return QUIET.run(np.multiply, dy, (x > 0) + x.dtype.type(slope) * (x <= 0))


@_quiet
def tanh_backward(y: Array, dy: Array) -> Array:
    """Return dy (1 - y²)."""
    return dy * (1 - y * y)


@_quiet
def sigmoid_backward(y: Array, dy: Array) -> Array:
    """Return dy y (1 - y)."""
    return dy * y * (1 - y)


@_quiet
def gelu(x: Array) -> Array:
    """Return x Φ(x) with the normal distribution's Φ(x) = (1 + erf(x / √2)) / 2."""
    return x * _cdf(x)


@_quiet
def gelu_backward(x: Array, dy: Array) -> Array:
    """Return dy (Φ(x) + x φ(x)) with the normal density φ."""
    return dy * (_cdf(x) + x * np.exp(-0.5 * x * x) / _SQRT_2_PI)


def _cdf(x: Array) -> Array:
    return 0.5 * (1 + erf(x / _SQRT_2))


@_quiet
def gelu_tanh(x: Array) -> Array:
    """Return x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2."""
    return 0.5 * x * (1 + _gelu_tanh(_clipped(x)))


@_quiet
def gelu_tanh_backward(x: Array, dy: Array) -> Array:
    """Return dy (1 + t + x (1 - t²) √(2/π) (1 + 3 · 0.044715 x²)) / 2 with t = tanh(√(2/π) (x + 0.044715 x³))."""
    c = _clipped(x)
    t = _gelu_tanh(c)
    slope = (1 - t * t) * _SQRT_2_OVER_PI * (1 + 3 * 0.044715 * c * c)
    return dy * 0.5 * (1 + t + x * slope)


def _gelu_tanh(c: Array) -> Array:
    return tanh(_SQRT_2_OVER_PI * (c + 0.044715 * c * c * c))


def _clipped(x: Array) -> Array:
    """Return x within -50 and 50: beyond, the tanh is ±1 to the last digit; within, x³ cannot overflow."""
    return np.clip(x, -50, 50)


@_quiet
def silu(x: Array) -> Array:
    """Return x σ(x)."""
    return x * sigmoid(x)


@_quiet
def silu_backward(x: Array, dy: Array) -> Array:
    """Return dy σ(x) (1 + x (1 - σ(x)))."""
    s = sigmoid(x)
    return dy * s * (1 + x * (1 - s))


@_quiet
def mish(x: Array) -> Array:
    """Return x tanh(log(1 + e^x))."""
    return x * tanh(softplus(x))


@_quiet
def mish_backward(x: Array, dy: Array) -> Array:
    """Return dy (t + x (1 - t²) σ(x)) with t = tanh(log(1 + e^x))."""
    t = tanh(softplus(x))
    return dy * (t + x * (1 - t * t) * sigmoid(x))
