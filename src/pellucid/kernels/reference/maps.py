"""Elementwise maps that must be stable for any finite input."""

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array

__all__ = ["exp", "log", "log1p", "sigmoid", "softplus", "tanh"]


def exp(x: Array) -> Array:
    """Return e^x."""
    return QUIET.run(np.exp, x)


def log(x: Array) -> Array:
    """Return the natural logarithm; -inf at 0, NaN below."""
    return QUIET.run(np.log, x)


def log1p(x: Array) -> Array:
    """Return log(1 + x), accurate for small x."""
    return QUIET.run(np.log1p, x)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x); where e^-x overflows to infinity, the result is the 0 that it should be."""
    return 1 / (1 + QUIET.run(np.exp, -x))


def softplus(x: Array) -> Array:
    """Return log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
