"""Elementwise maps that must be stable for any finite input."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["exp", "log", "log1p", "sigmoid", "softplus", "tanh"]

# Overflow to infinity and log(0) = -inf are values here, as in PyTorch, not warnings.
_quiet = np.errstate(all="ignore")


@_quiet
def exp(x: Array) -> Array:
    """Return e^x."""
    return np.exp(x)


@_quiet
def log(x: Array) -> Array:
    """Return the natural logarithm; -inf at 0, NaN below."""
    return np.log(x)


@_quiet
def log1p(x: Array) -> Array:
    """Return log(1 + x), accurate for small x."""
    return np.log1p(x)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


@_quiet
def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x).

    With t = e^-|x|, which cannot overflow: 1 / (1 + t) for x >= 0 and t / (1 + t) below.
    """
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)


@_quiet
def softplus(x: Array) -> Array:
    """Return log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
