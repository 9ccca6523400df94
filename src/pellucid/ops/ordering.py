"""Which element is the largest, and orders along axes."""

from typing import Any, NamedTuple

import numpy as np

from pellucid._tensor import Tensor
from pellucid.ops import indexing
from pellucid.ops._numpy_names import numpy_names
from pellucid.ops._operands import normalize_axis, normalize_dim
from pellucid.ops.arithmetic import maximum, minimum
from pellucid.ops.reduction import _refuse_empty, amax, amin

__all__ = [
    "ValuesIndices",
    "argmax",
    "argmin",
    "argsort",
    "max",
    "median",
    "min",
    "sort",
    "topk",
    "unique",
]


class ValuesIndices(NamedTuple):
    """What reductions that choose elements return."""

    values: Tensor
    indices: Tensor


@numpy_names
def max(x: Tensor, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """Return the largest element of all; with `dim`, (values, indices) along it; with a tensor, `maximum`.

    Of equal elements along `dim` the first is chosen and gets the whole gradient.

    Example:
        >>> import pellucid
        >>> values, indices = max(pellucid.tensor([[1.0, 5.0], [7.0, 2.0]]), 1)
        >>> values, indices
        (tensor([5., 7.]), tensor([1, 0]))
    """
    if isinstance(dim, Tensor):
        return maximum(x, dim)
    if dim is None:
        return amax(x)
    return _chosen(x, argmax(x, dim, keepdim=True), dim, keepdim)


@numpy_names
def min(x: Tensor, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """Return the smallest element of all; with `dim`, (values, indices) along it; with a tensor, `minimum`."""
    if isinstance(dim, Tensor):
        return minimum(x, dim)
    if dim is None:
        return amin(x)
    return _chosen(x, argmin(x, dim, keepdim=True), dim, keepdim)


@numpy_names
def median(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the middle element, the lower one of two; with `dim`, (values, indices) along it; NaN wins."""
    flat = x.reshape(-1) if dim is None or x.ndim == 0 else x
    axis = -1 if dim is None else dim
    _refuse_empty(flat.array, normalize_axis(axis, flat.ndim))
    order, n = argsort(flat, axis, stable=True).array, flat.array.shape[axis]
    numbers = np.sum(~np.isnan(flat.array), axis=axis, keepdims=True)  # NaN are sorted to the end
    places = np.where(numbers < n, numbers, (n - 1) // 2)
    chosen = _chosen(flat, Tensor(np.take_along_axis(order, places, axis=axis)), axis, keepdim)
    if x.ndim == 0:
        chosen = ValuesIndices(chosen.values.reshape(()), chosen.indices.reshape(()))
    return chosen.values if dim is None else chosen


def _chosen(x: Tensor, indices: Tensor, dim: int, keepdim: bool) -> ValuesIndices:
    if x.ndim == 0:
        return ValuesIndices(x.clone(), Tensor(np.zeros((), dtype=np.int64)))
    values = indexing.gather(x, dim, indices)
    return ValuesIndices(values, indices) if keepdim else ValuesIndices(values.squeeze(dim), indices.squeeze(dim))


@numpy_names
def argmax(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the largest element is, the first of equals: in the flattened tensor, or along `dim`.

    Example:
        >>> import pellucid
        >>> argmax(pellucid.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
        tensor([1, 0])
    """
    _refuse_empty(x.array, normalize_axis(dim, x.ndim))
    return Tensor(np.asarray(np.argmax(x.array, axis=dim, keepdims=keepdim), dtype=np.int64))


@numpy_names
def argmin(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the smallest element is, the first of equals: in the flattened tensor, or along `dim`."""
    _refuse_empty(x.array, normalize_axis(dim, x.ndim))
    return Tensor(np.asarray(np.argmin(x.array, axis=dim, keepdims=keepdim), dtype=np.int64))


@numpy_names
def argsort(x: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the indices that sort x along `dim`; always stable (`stable=False` allows, not demands, less)."""
    del stable  # equal elements keep their order either way
    dim = normalize_dim(dim, x.ndim)
    if x.ndim == 0:
        return Tensor(np.zeros((), dtype=np.int64))
    if not descending:
        return Tensor(np.argsort(x.array, axis=dim, kind="stable"))
    # Sorting the mirrored axis upwards and mirroring back keeps equal elements in their order.
    n = x.array.shape[dim]
    order = np.argsort(np.flip(x.array, dim), axis=dim, kind="stable")
    return Tensor(np.ascontiguousarray(np.flip(n - 1 - order, dim)))


@numpy_names
def sort(x: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> ValuesIndices:
    """Return (values, indices) sorted along `dim`; equal elements keep their order.

    Example:
        >>> import pellucid
        >>> sort(pellucid.tensor([3.0, 9.0, 5.0]), descending=True).values
        tensor([9., 5., 3.])
    """
    order = argsort(x, dim, descending, stable)
    return _chosen(x, order, dim, keepdim=True)


@numpy_names
def topk(x: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesIndices:
    """Return (values, indices) of the k largest or smallest elements along `dim`, in order.

    Raises:
        RuntimeError: when there are fewer than k.

    Example:
        >>> import pellucid
        >>> topk(pellucid.tensor([3.0, 9.0, 5.0]), 2).indices
        tensor([1, 2])
    """
    del sorted  # they come in order either way
    n = x.array.shape[normalize_dim(dim, x.ndim)] if x.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"topk of {k} elements along an axis of {n}")
    order = argsort(x, dim, descending=largest)
    first = order if x.ndim == 0 else Tensor(np.take(order.array, np.arange(k), axis=dim))
    return _chosen(x, first, dim, keepdim=True)


def unique(x: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False) -> Any:
    """Return the distinct elements in ascending order, with where each went and how often if asked.

    Example:
        >>> import pellucid
        >>> unique(pellucid.tensor([2, 1, 2]), return_counts=True)
        (tensor([1, 2]), tensor([1, 2]))
    """
    del sorted
    values, inverse, counts = np.unique(x.array, return_inverse=True, return_counts=True)
    extra = [Tensor(inverse.reshape(x.array.shape))] if return_inverse else []
    extra += [Tensor(counts)] if return_counts else []
    return (Tensor(values), *extra) if extra else Tensor(values)
