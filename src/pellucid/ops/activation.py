"""Activation functions: y = f(x), each with its derivative on the next line."""

import numpy as np

from pellucid import kernels as K
from pellucid.dtypes import to_dtype
from pellucid.ops._operands import float_array
from pellucid._tensor import Array, Tensor, record

__all__ = ["log_softmax", "relu", "softmax"]


def relu(x: Tensor) -> Tensor:
    """Y = max(x, 0); the derivative at 0 is 0."""
    a = x.array
    return record(np.maximum(a, 0), (x, lambda dy: dy * (a > 0)))


def softmax(x: Tensor, dim: int, dtype: object = None) -> Tensor:
    """y_i = e^(x_i) / sum_j e^(x_j) along `dim`; dx = y (dy - sum_j dy_j y_j)."""
    x = x if dtype is None else x.to(to_dtype(dtype))
    y = K.softmax(float_array(x), axis=dim)

    def dx(dy: Array) -> Array:
        return y * (dy - np.sum(dy * y, axis=dim, keepdims=True))

    return record(y, (x, dx))


def log_softmax(x: Tensor, dim: int, dtype: object = None) -> Tensor:
    """y_i = x_i - log sum_j e^(x_j) along `dim`; dx = dy - e^y sum_j dy_j."""
    x = x if dtype is None else x.to(to_dtype(dtype))
    y = K.log_softmax(float_array(x), axis=dim)
    return record(y, (x, lambda dy: dy - np.exp(y) * np.sum(dy, axis=dim, keepdims=True)))
