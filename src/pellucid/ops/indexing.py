"""Elements picked and placed: slices, arrays of places, masks."""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import Operand, normalize_dim, operands

__all__ = [
    "gather",
    "getitem",
    "index_add",
    "index_select",
    "masked_fill",
    "masked_select",
    "nonzero",
    "placed",
    "plain_index",
    "put",
    "scatter",
    "scatter_add",
    "select",
    "take",
    "where",
]


def plain_index(index: Any) -> Any:
    """Return an index with the tensors in it as arrays."""
    if isinstance(index, tuple):
        return tuple(plain_index(i) for i in index)
    if isinstance(index, Tensor):
        index = index.array
    elif isinstance(index, list):
        index = np.asarray(index) if index else np.zeros(0, dtype=np.int64)
    if isinstance(index, np.ndarray) and index.dtype.kind not in "bui":
        raise IndexError(f"tensors used as indices must be integers or booleans, got {index.dtype}")
    if isinstance(index, (float, str)):
        raise IndexError(f"an index is an integer, a slice, None, ..., a tensor or a list, got {index!r}")
    return index


def _is_basic(index: Any) -> bool:
    """Say whether an index names every element at most once: numbers, slices, None, ..."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(i is None or i is Ellipsis or isinstance(i, (int, slice, np.integer)) for i in parts)


def getitem(x: Tensor, index: Any) -> Tensor:
    """Y = x[index], with slices, numbers, None, ..., arrays of places and masks, as NumPy indexes.

    dx has dy at the places taken and zeros elsewhere; places taken twice add up.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[1, 2], [3, 4], [5, 6]])
        >>> x[1:, 0], x[[2, 0]], x[x > 3]
        (tensor([3, 5]), tensor([[5, 6],
                [1, 2]]), tensor([4, 5, 6]))
    """
    index = plain_index(index)
    a = x.array

    def dx(dy: Array) -> Array:
        if not _is_basic(index):
            return K.add_at(a.shape, index, dy)
        out = np.zeros(a.shape, dtype=dy.dtype)
        out[index] = dy
        return out

    return record(a[index], (x, dx))


def put(a: Array, index: Any, value: Operand) -> None:
    """Write a[index] = value into the array itself; leading axes of length 1 are dropped, as in PyTorch.

    Raises:
        RuntimeError: when the value's shape does not broadcast to that of the place.
    """
    v = np.asarray(value.array if isinstance(value, Tensor) else value)
    try:
        QUIET.run(a.__setitem__, index, v)
    except ValueError:
        place = np.shape(a[index])
        extra = max(v.ndim - len(place), 0)
        fitted = v.reshape(v.shape[extra:]) if v.shape[:extra] == (1,) * extra else v
        try:
            QUIET.run(a.__setitem__, index, np.broadcast_to(fitted, place))
        except ValueError:
            raise RuntimeError(f"values of shape {v.shape} cannot be written into a place of shape {place}") from None


def placed(x: Tensor, index: Any, value: Operand) -> Tensor:
    """Y = x with `value` at `index`; the gradient of what was overwritten is zero."""
    index = plain_index(index)
    y = x.array.copy()
    put(y, index, value)

    def dx(dy: Array) -> Array:
        out = dy.copy()
        out[index] = 0
        return out

    return record(y, (x, dx), (value, lambda dy: dy[index]))


def select(x: Tensor, dim: int, index: int) -> Tensor:
    """Return the slice at one place of an axis, without that axis."""
    axis = normalize_dim(dim, x.ndim)
    return getitem(x, (*(slice(None),) * axis, index))


def index_select(x: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return the slices at the places `index`, a vector, along an axis."""
    if index.ndim > 1:
        raise RuntimeError(f"index_select needs a vector of places, got shape {index.array.shape}; use x[index]")
    axis = normalize_dim(dim, x.ndim)
    return getitem(x, (*(slice(None),) * axis, index))


def take(x: Tensor, index: Tensor) -> Tensor:
    """Return elements by their place in the flattened tensor, in the shape of `index`."""
    return getitem(x.reshape(-1), index)


def _along(shape: tuple[int, ...], axis: int, index: Array) -> tuple[Array, ...]:
    """Return the full index that names, for each place of `index`, the element it picks along `axis`."""
    if index.ndim != len(shape):
        raise RuntimeError(f"the index needs the tensor's {len(shape)} axes, got shape {index.shape}")
    if any(n > size for i, (n, size) in enumerate(zip(index.shape, shape, strict=True)) if i != axis):
        raise RuntimeError(f"an index of shape {index.shape} is larger than {shape} along another axis than dim {axis}")
    grid: list[Array] = list(np.indices(index.shape, sparse=True))
    grid[axis] = index
    if index.size and (index.min() < -shape[axis] or index.max() >= shape[axis]):
        raise IndexError(f"an index of {index.min()} to {index.max()} is out of range for an axis of {shape[axis]}")
    return tuple(grid)


def gather(x: Tensor, dim: int, index: Tensor) -> Tensor:
    """y[i][j][k] = x[index[i][j][k]][j][k] for dim 0, and likewise for the others.

    Example:
        >>> import pellucid
        >>> gather(pellucid.tensor([[1, 2], [3, 4]]), 1, pellucid.tensor([[1], [0]]))
        tensor([[2],
                [3]])
    """
    axis = normalize_dim(dim, x.ndim)
    a, full = x.array, _along(x.array.shape, axis, index.array)
    return record(a[full], (x, lambda dy: K.add_at(a.shape, full, dy)))


def _first(src: Tensor, index: Tensor) -> Tensor:
    """Return the part of src that `index` covers."""
    shape, n = src.array.shape, index.array.shape
    if len(shape) != len(n) or any(a < b for a, b in zip(shape, n, strict=True)):
        raise RuntimeError(f"an index of shape {n} needs a source at least as large, got {shape}")
    return src if shape == n else getitem(src, tuple(slice(size) for size in n))


def scatter(x: Tensor, dim: int, index: Tensor, src: Operand) -> Tensor:
    """Y = x with src[i][j][k] at [index[i][j][k]][j][k] for dim 0, and likewise for the others.

    Example:
        >>> import pellucid
        >>> scatter(pellucid.zeros(2, 3), 1, pellucid.tensor([[2], [0]]), 1.0)
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    axis = normalize_dim(dim, x.ndim)
    full = _along(x.array.shape, axis, index.array)
    if isinstance(src, Tensor):
        src = _first(src, index)
    return placed(x, full, src)


def scatter_add(x: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Y = x with src added at the places of `index` along an axis; places named twice add up."""
    axis = normalize_dim(dim, x.ndim)
    full = _along(x.array.shape, axis, index.array)
    src = _first(src, index)
    y = QUIET.run(np.add, x.array, K.add_at(x.array.shape, full, src.array))
    return record(y, (x, lambda dy: dy), (src, lambda dy: dy[full]))


def index_add(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Y = x with the slices of `source` added at the places `index` along an axis.

    Example:
        >>> import pellucid
        >>> index_add(pellucid.zeros(3), 0, pellucid.tensor([0, 0, 2]), pellucid.ones(3))
        tensor([2., 0., 1.])
    """
    axis = normalize_dim(dim, x.ndim)
    full: Any = (*(slice(None),) * axis, index.array)
    y = QUIET.run(np.add, x.array, K.add_at(x.array.shape, full, source.array))
    return record(y, (x, lambda dy: dy), (source, lambda dy: dy[full]))


def where(condition: Tensor | Array, x: Operand | None = None, w: Operand | None = None) -> Any:
    """Y = x where the condition holds, else w; with the condition alone, the places where it holds.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([-1.0, 2.0])
        >>> where(x > 0, x, 0.0)
        tensor([0., 2.])
    """
    c = condition.array if isinstance(condition, Tensor) else np.asarray(condition)
    if (x is None) != (w is None):
        raise TypeError("where takes the condition alone, or with both x and w")
    if x is None:
        return tuple(Tensor(places) for places in np.nonzero(np.atleast_1d(c)))
    if c.dtype != np.bool_:
        raise RuntimeError(f"where needs a boolean condition, got {c.dtype}; compare first, as in x > 0")
    a, b = operands(x, w)
    try:
        y = np.where(c, a, b)
    except ValueError:
        raise RuntimeError(f"shapes {c.shape}, {np.shape(a)} and {np.shape(b)} do not broadcast in where") from None
    return record(y, (x, lambda dy: np.where(c, dy, 0)), (w, lambda dy: np.where(c, 0, dy)))


def _spread(mask: Tensor, shape: tuple[int, ...]) -> Array:
    """Return the mask broadcast to a shape."""
    if mask.dtype != np.bool_:
        raise RuntimeError(f"a mask must be boolean, got {mask.dtype}; compare first, as in x > 0")
    try:
        return np.broadcast_to(mask.array, shape)
    except ValueError:
        raise RuntimeError(f"a mask of shape {mask.array.shape} does not broadcast to {shape}") from None


def masked_fill(x: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """Y = x with `value` where the mask is true.

    Example:
        >>> import pellucid
        >>> masked_fill(pellucid.ones(3), pellucid.tensor([True, False, True]), 0)
        tensor([0., 1., 0.])
    """
    m = _spread(mask, x.array.shape)
    v = QUIET.run(np.asarray(value.array if isinstance(value, Tensor) else value).astype, x.dtype)
    return record(np.where(m, v, x.array), (x, lambda dy: np.where(m, 0, dy)), (value, lambda dy: np.where(m, dy, 0)))


def masked_select(x: Tensor, mask: Tensor) -> Tensor:
    """Return the elements where the mask is true, as a vector."""
    shape = np.broadcast_shapes(x.array.shape, mask.array.shape)
    return getitem(x.broadcast_to(shape), _spread(mask, shape))


def nonzero(x: Tensor, as_tuple: bool = False) -> Any:
    """Return the places of the elements that are not zero: a row each, or one tensor an axis.

    Example:
        >>> import pellucid
        >>> nonzero(pellucid.tensor([[0, 1], [2, 0]]))
        tensor([[0, 1],
                [1, 0]])
    """
    a = x.array
    if a.ndim == 0 and not as_tuple:
        return Tensor(np.zeros((int(bool(a)), 0), dtype=np.int64))
    places = np.nonzero(np.atleast_1d(a))
    return tuple(Tensor(p) for p in places) if as_tuple else Tensor(np.stack(places, axis=-1))
