"""Activation functions of whole rows: softmax and its kin, and the gated linear unit."""

from pellucid import kernels as K
from pellucid._tensor import Tensor, record
from pellucid.dtypes import to_dtype
from pellucid.ops._numpy_names import numpy_names
from pellucid.ops._operands import float_array, normalize_axis
from pellucid.ops.arithmetic import mul, neg
from pellucid.ops.conversion import to
from pellucid.ops.elementwise import sigmoid
from pellucid.ops.shape import split

__all__ = ["glu", "log_softmax", "softmax", "softmin"]


@numpy_names
def softmax(x: Tensor, dim: int | None = None, dtype: object = None) -> Tensor:
    """y_i = e^(x_i) / sum_j e^(x_j) along `dim`; dx = y (dy - sum_j dy_j y_j).

    Raises:
        ValueError: when `dim` is left out; PyTorch guesses it and warns.
    """
    axis = _axis("softmax", x, dim)
    x = x if dtype is None else to(x, to_dtype(dtype))
    y = K.softmax(float_array(x), axis=axis)
    return record(y, (x, lambda dy: K.softmax_backward(y, dy, axis)))


@numpy_names
def log_softmax(x: Tensor, dim: int | None = None, dtype: object = None) -> Tensor:
    """y_i = x_i - log sum_j e^(x_j) along `dim`; dx = dy - e^y sum_j dy_j.

    Raises:
        ValueError: when `dim` is left out; PyTorch guesses it and warns.
    """
    axis = _axis("log_softmax", x, dim)
    x = x if dtype is None else to(x, to_dtype(dtype))
    y = K.log_softmax(float_array(x), axis=axis)
    return record(y, (x, lambda dy: K.log_softmax_backward(y, dy, axis)))


def softmin(x: Tensor, dim: int | None = None, dtype: object = None) -> Tensor:
    """y_i = e^(-x_i) / sum_j e^(-x_j) along `dim`: the softmax of -x.

    Raises:
        ValueError: when `dim` is left out; PyTorch guesses it and warns.
    """
    _axis("softmin", x, dim)
    return softmax(neg(x), dim, dtype)


def _axis(name: str, x: Tensor, dim: int | None) -> int:
    if dim is None:
        raise ValueError(
            f"{name} needs the axis whose elements sum to 1, got dim=None; write dim=-1 for the last, where classes "
            "usually are"
        )
    axes = normalize_axis(dim, x.ndim)
    return axes[0] if axes else -1


def glu(x: Tensor, dim: int = -1) -> Tensor:
    """Y = a σ(b), where a and b are the halves of x along `dim`.

    Raises:
        ValueError: when x has no axes, or the axis has an odd length.
    """
    if x.ndim == 0:
        raise ValueError("glu halves an axis, and a tensor without axes has none")
    (axis,) = normalize_axis(dim, x.ndim)
    n = x.array.shape[axis]
    if n % 2:
        raise ValueError(f"glu halves the axis {dim}, whose length {n} is odd (shape {x.array.shape})")
    a, b = split(x, [n // 2, n // 2], axis)
    return mul(a, sigmoid(b))
