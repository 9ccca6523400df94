"""Sums, means, products, norms and extremes along axes."""

import math
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, record
from pellucid.dtypes import to_dtype
from pellucid.ops._numpy_names import numpy_names
from pellucid.ops._operands import float_array, normalize_axis, normalize_dim

__all__ = [
    "amax",
    "amin",
    "bincount",
    "count_nonzero",
    "cumsum",
    "logsumexp",
    "mean",
    "norm",
    "prod",
    "std",
    "sum",
    "var",
]

Dim = int | tuple[int, ...] | list[int] | None


def _expand(dy: Array, axes: tuple[int, ...], keepdim: bool) -> Array:
    """Give a reduced gradient its axes back, of length 1."""
    return dy if keepdim else np.expand_dims(dy, axes)


def _total(a: Array, axes: tuple[int, ...], keepdim: bool, kind: Any = None) -> Array:
    reduce: Any = np.add.reduce  # what np.sum calls in the end, without the microsecond on the way
    return QUIET.run(reduce, a, axes, kind, None, keepdim)


@numpy_names
def sum(x: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Y = the sum of the elements, of all or along `dim`; booleans and integers sum to int64.

    Example:
        >>> import pellucid
        >>> sum(pellucid.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
        tensor([3., 7.])
    """
    a = x.array
    axes, shape = normalize_axis(dim, a.ndim), a.shape
    kind = to_dtype(dtype) if dtype is not None else (a.dtype if a.dtype.kind == "f" else np.dtype("i8"))
    y = _total(a, axes, keepdim, kind)
    return record(y, (x, lambda dy: np.broadcast_to(_expand(dy, axes, keepdim), shape)))


@numpy_names
def mean(x: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Y = the mean of the elements, of all or along `dim`; NaN when there are none.

    Raises:
        RuntimeError: for integers and booleans, whose mean is no integer.

    Example:
        >>> import pellucid
        >>> mean(pellucid.tensor([[1.0, 2.0], [3.0, 4.0]]), 0, keepdim=True)
        tensor([[2., 3.]])
    """
    a = x.array
    kind = a.dtype if dtype is None else to_dtype(dtype)
    if kind.kind != "f":
        raise RuntimeError(f"mean() needs a floating-point tensor, got {x.dtype}; convert it with .float()")
    axes, shape = normalize_axis(dim, a.ndim), a.shape
    n = a.size if dim is None else math.prod([shape[i] for i in axes])
    y = QUIET.run(np.divide, _total(a, axes, keepdim, kind), n)
    return record(y, (x, lambda dy: np.broadcast_to(_expand(dy / n, axes, keepdim), shape)))


@numpy_names
def var(
    x: Tensor, dim: Dim = None, keepdim: bool = False, *, correction: int = 1, unbiased: bool | None = None
) -> Tensor:
    """Y = sum (x - mean)^2 / (n - correction); NaN when n <= correction.

    Args:
        x: the tensor.
        dim: the axes, all when None.
        keepdim: keep the reduced axes with length 1.
        correction: 1 for the unbiased estimate of a sample (the default, as in PyTorch; NumPy's is 0).
        unbiased: PyTorch's older name: True is correction=1, False is correction=0.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([1.0, 3.0])
        >>> var(x), var(x, correction=0)
        (tensor(2.), tensor(1.))
    """
    if isinstance(dim, bool):  # var(x, False) of older code
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = int(unbiased)
    axes = normalize_axis(dim, x.ndim)
    a = x.array
    n = math.prod([a.shape[i] for i in axes])
    scale = 1 / (n - correction) if n > correction else math.nan
    with np.errstate(all="ignore"):
        centred = a - np.mean(a, axis=axes, keepdims=True) if n else a
        y = np.sum(centred * centred, axis=axes, keepdims=keepdim) * scale
    return record(y, (x, lambda dy: _expand(dy, axes, keepdim) * (2 * scale) * centred))


@numpy_names
def std(
    x: Tensor, dim: Dim = None, keepdim: bool = False, *, correction: int = 1, unbiased: bool | None = None
) -> Tensor:
    """Y = sqrt(var); see `var`."""
    return var(x, dim, keepdim, correction=correction, unbiased=unbiased).sqrt()


@numpy_names
def prod(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Y = the product of the elements, of all or along one axis; exact gradients with zeros too."""
    axes = normalize_axis(dim, x.ndim)
    a = x.array if x.dtype.kind == "f" else x.array.astype(np.int64)
    y = np.prod(a, axis=axes, keepdims=keepdim)

    def dx(dy: Array) -> Array:
        # The product of the others: of those before times those after, so that zeros divide nothing.
        flat = (
            a.reshape(1, -1)
            if dim is None
            else np.moveaxis(a, axes[0] if axes else 0, -1)
            if a.ndim
            else a.reshape(1, 1)
        )
        ones = np.ones_like(flat[..., :1])
        before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
        after = np.cumprod(np.concatenate([ones, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
        others = before * after
        others = others.reshape(a.shape) if dim is None or not a.ndim else np.moveaxis(others, -1, axes[0])
        return _expand(dy, axes, keepdim) * others

    return record(y, (x, dx))


@numpy_names
def cumsum(x: Tensor, dim: int) -> Tensor:
    """y_i = x_1 + ... + x_i along `dim`.

    Example:
        >>> import pellucid
        >>> cumsum(pellucid.tensor([1, 2, 3]), 0)
        tensor([1, 3, 6])
    """
    dim = normalize_dim(dim, x.ndim)
    if x.ndim == 0:
        return sum(x, dim)
    y = QUIET.run(np.cumsum, x.array, dim, None if x.dtype.kind == "f" else np.int64)
    return record(y, (x, lambda dy: np.flip(np.cumsum(np.flip(dy, dim), axis=dim), dim)))


@numpy_names
def logsumexp(x: Tensor, dim: Dim, keepdim: bool = False) -> Tensor:
    """Y = log sum e^x along `dim`, with the largest element taken out so that nothing overflows.

    Example:
        >>> import pellucid
        >>> logsumexp(pellucid.tensor([1000.0, 1000.0]), 0)  # 1000 + log 2
        tensor(1000.6932)
    """
    a, axes = float_array(x), normalize_axis(dim, x.ndim)
    y = K.logsumexp(a, axis=axes, keepdims=True)
    value = y if keepdim else np.squeeze(y, axis=axes)
    return record(value, (x, lambda dy: _expand(dy, axes, keepdim) * np.exp(a - np.where(np.isfinite(y), y, 0))))


def norm(x: Tensor, p: float | str | None = 2, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Y = (sum |x|^p)^(1/p); the largest |x| for p = inf, the smallest for -inf, how many nonzero for 0.

    The gradient at the zero vector is 0 for p >= 1.

    Args:
        x: the tensor.
        p: the order; "fro" and None mean 2.
        dim: the axes, all when None.
        keepdim: keep the reduced axes with length 1.

    Example:
        >>> import pellucid
        >>> norm(pellucid.tensor([3.0, 4.0])), norm(pellucid.tensor([3.0, -4.0]), 1)
        (tensor(5.), tensor(7.))
    """
    if p in ("fro", None):
        p = 2.0
    if not isinstance(p, (int, float)):
        raise NotImplementedError(f"norm of order {p!r} is not supported; use a number or 'fro'")
    axes = normalize_axis(dim, x.ndim)
    a = float_array(x)
    size = np.abs(a)
    if p == 0:
        return record(np.sum(a != 0, axis=axes, keepdims=keepdim).astype(a.dtype), (x, lambda _: np.zeros_like(a)))
    if math.isinf(p):
        return (amax if p > 0 else amin)(x.abs(), axes, keepdim)
    with np.errstate(all="ignore"):
        y = np.sum(size**p, axis=axes, keepdims=True) ** (1 / p)

    def dx(dy: Array) -> Array:
        ratio = np.where(y == 0, 0, size / np.where(y == 0, 1, y)) ** (p - 1)
        return _expand(dy, axes, keepdim) * np.sign(a) * np.where(a == 0, 0, ratio).astype(a.dtype)

    return record(y if keepdim else np.squeeze(y, axis=axes), (x, dx))


def _extreme(x: Tensor, dim: Dim, keepdim: bool, choose: Any) -> Tensor:
    axes = normalize_axis(dim, x.ndim)
    a = x.array
    _refuse_empty(a, axes)
    y = choose(a, axis=axes, keepdims=True)

    def dx(dy: Array) -> Array:
        hits = (a == y) | (np.isnan(a) & np.isnan(y))
        return _expand(dy, axes, keepdim) * hits / np.sum(hits, axis=axes, keepdims=True).astype(a.dtype)

    return record(y if keepdim else np.squeeze(y, axis=axes), (x, dx))


def _refuse_empty(a: Array, axes: tuple[int, ...]) -> None:
    if any(a.shape[i] == 0 for i in axes):
        raise RuntimeError(f"there is no extreme element along an empty axis (shape {a.shape})")


@numpy_names
def amax(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Y = the largest element along `dim`; equal ones share the gradient."""
    return _extreme(x, dim, keepdim, np.max)


@numpy_names
def amin(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Y = the smallest element along `dim`; equal ones share the gradient."""
    return _extreme(x, dim, keepdim, np.min)


def bincount(x: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Return how often each of 0, 1, 2 ... occurs in a vector of integers, or the sum of their weights."""
    if x.array.ndim != 1 or x.array.dtype.kind not in "iu" or (x.array.size and x.array.min() < 0):
        raise RuntimeError(
            f"bincount needs a vector of integers that are not negative, got {x.dtype} of shape {x.array.shape}"
        )
    y = np.bincount(x.array, None if weights is None else weights.array, minlength)
    return Tensor(y if weights is None else y.astype(float_array(weights).dtype))


@numpy_names
def count_nonzero(x: Tensor, dim: Dim = None) -> Tensor:
    """Return the number of elements that are not zero."""
    return Tensor(np.asarray(np.count_nonzero(x.array, axis=normalize_axis(dim, x.ndim)), dtype=np.int64))
