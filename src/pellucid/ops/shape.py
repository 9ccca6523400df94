"""The same elements in another arrangement."""

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops._numpy_names import numpy_names
from pellucid.ops._operands import common_dtype, normalize_axis, normalize_dim

__all__ = [
    "broadcast_to",
    "cat",
    "chunk",
    "contiguous",
    "diag",
    "expand",
    "expand_as",
    "flatten",
    "flip",
    "movedim",
    "permute",
    "ravel",
    "repeat",
    "repeat_interleave",
    "reshape",
    "roll",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "t",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unbind",
    "unflatten",
    "unsqueeze",
    "view",
    "view_as",
]


def _sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Return sizes given one by one or as one sequence."""
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    try:
        return tuple([operator.index(n) for n in shape])
    except TypeError:
        raise TypeError(f"sizes and axes are integers, got {shape}") from None


def reshape(x: Tensor, *shape: Any) -> Tensor:
    """Give x another shape with as many elements; one size may be -1, which means what is left.

    Raises:
        RuntimeError: when the numbers of elements differ.

    Example:
        >>> import pellucid
        >>> reshape(pellucid.arange(6), 2, -1)
        tensor([[0, 1, 2],
                [3, 4, 5]])
    """
    a, sizes = x.array, _sizes(shape)
    try:
        y = K.reshape(a, sizes)
    except ValueError:
        raise RuntimeError(f"shape {a.shape} ({a.size} elements) cannot be reshaped to {sizes}") from None
    return record(y, (x, lambda dy: dy.reshape(a.shape)))


def view(x: Tensor, *shape: Any) -> Tensor:
    """Give x another shape; as `reshape`, which copies only where it must."""
    if len(shape) == 1 and isinstance(shape[0], (np.dtype, type)):
        raise NotImplementedError("view(dtype), the same bytes read as another type, is not supported")
    return reshape(x, *shape)


def view_as(x: Tensor, other: Tensor) -> Tensor:
    """Give x the shape of `other`."""
    return reshape(x, other.array.shape)


def flatten(x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Join the axes from start_dim to end_dim into one."""
    if x.ndim == 0:
        return reshape(x, 1)
    start, end = normalize_dim(start_dim, x.ndim), normalize_dim(end_dim, x.ndim)
    if start > end:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    shape = x.array.shape
    return reshape(x, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


def ravel(x: Tensor) -> Tensor:
    """Join all axes into one."""
    return reshape(x, -1)


def unflatten(x: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Split the axis `dim` into axes of the given sizes."""
    axis = normalize_dim(dim, x.ndim)
    shape = x.array.shape
    return reshape(x, *shape[:axis], *sizes, *shape[axis + 1 :])


def permute(x: Tensor, *dims: Any) -> Tensor:
    """Put the axes in the given order.

    Example:
        >>> import pellucid
        >>> permute(pellucid.zeros(2, 3, 4), 2, 0, 1).shape
        Size([4, 2, 3])
    """
    axes = _sizes(dims)
    if sorted(normalize_axis(axes, x.ndim)) != list(range(x.ndim)):
        raise RuntimeError(f"permute needs each of the {x.ndim} axes once, got {axes}")
    axes = tuple(d % x.ndim for d in axes)
    back = tuple(int(i) for i in np.argsort(axes))
    return record(x.array.transpose(axes), (x, lambda dy: dy.transpose(back)))


def transpose(x: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two axes."""
    if x.ndim == 0:
        return permute(x)
    i, j = normalize_dim(dim0, x.ndim), normalize_dim(dim1, x.ndim)
    return record(x.array.swapaxes(i, j), (x, lambda dy: dy.swapaxes(i, j)))


def swapaxes(x: Tensor, axis0: int, axis1: int) -> Tensor:
    """Exchange two axes; NumPy's name for `transpose`."""
    return transpose(x, axis0, axis1)


def movedim(x: Tensor, source: int, destination: int) -> Tensor:
    """Move one axis to another place."""
    y = np.moveaxis(x.array, source, destination)
    return record(y, (x, lambda dy: np.moveaxis(dy, destination, source)))


def t(x: Tensor) -> Tensor:
    """Transpose a matrix; vectors and numbers stay as they are.

    Raises:
        RuntimeError: for more than two axes.
    """
    if x.ndim > 2:
        raise RuntimeError(f"t() is for matrices, this tensor has {x.ndim} axes; use transpose or permute")
    return transpose(x, 0, 1) if x.ndim == 2 else x


@numpy_names
def squeeze(x: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """Drop axes of length 1: all of them, or those of `dim` that have it.

    Example:
        >>> import pellucid
        >>> squeeze(pellucid.zeros(1, 3, 1)).shape
        Size([3])
    """
    shape = x.array.shape
    axes = normalize_axis(dim, x.ndim)
    return reshape(x, tuple(n for i, n in enumerate(shape) if n != 1 or i not in axes))


@numpy_names
def unsqueeze(x: Tensor, dim: int) -> Tensor:
    """Insert an axis of length 1 at `dim`.

    Example:
        >>> import pellucid
        >>> unsqueeze(pellucid.zeros(3), 0).shape
        Size([1, 3])
    """
    axis = normalize_dim(dim, x.ndim + 1)
    shape = x.array.shape
    return reshape(x, (*shape[:axis], 1, *shape[axis:]))


def expand(x: Tensor, *sizes: Any) -> Tensor:
    """Broadcast axes of length 1 to larger sizes without copying; -1 keeps a size.

    Example:
        >>> import pellucid
        >>> expand(pellucid.tensor([[1], [2]]), -1, 3)
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    wanted = _sizes(sizes)
    given = (1,) * (len(wanted) - x.ndim) + x.array.shape
    if len(wanted) < x.ndim:
        raise RuntimeError(f"expand to {wanted} has fewer axes than the tensor's shape {x.array.shape}")
    return broadcast_to(x, tuple(g if n == -1 else n for n, g in zip(wanted, given, strict=True)))


def expand_as(x: Tensor, other: Tensor) -> Tensor:
    """Broadcast x to the shape of `other`."""
    return broadcast_to(x, other.array.shape)


def broadcast_to(x: Tensor, shape: Sequence[int]) -> Tensor:
    """Broadcast x to a shape.

    Raises:
        RuntimeError: when an axis is neither of length 1 nor of the wanted one.
    """
    try:
        y = np.broadcast_to(x.array, tuple(shape))
    except ValueError:
        raise RuntimeError(f"shape {x.array.shape} cannot be broadcast to {tuple(shape)}") from None
    return record(y, (x, lambda dy: dy))


def repeat(x: Tensor, *sizes: Any) -> Tensor:
    """Lay copies of x side by side, `sizes[i]` of them along axis i."""
    counts = _sizes(sizes)
    if len(counts) < x.ndim:
        raise RuntimeError(f"repeat{counts} names fewer axes than the tensor's {x.ndim}")
    return tile(x, counts)


def tile(x: Tensor, *dims: Any) -> Tensor:
    """Lay copies of x side by side, as NumPy's tile."""
    counts = _sizes(dims)
    counts = (1,) * (x.ndim - len(counts)) + counts
    shape = (1,) * (len(counts) - x.ndim) + x.array.shape
    split_shape = tuple(n for pair in zip(counts, shape, strict=True) for n in pair)  # (count, size) by axis

    def dx(dy: Array) -> Array:
        summed = dy.reshape(split_shape).sum(axis=tuple(range(0, 2 * len(shape), 2)))
        return summed.reshape(x.array.shape)

    return record(np.tile(x.array, counts), (x, dx))


def repeat_interleave(x: Tensor, repeats: int, dim: int | None = None) -> Tensor:
    """Repeat each element in its place, along `dim` or of the flattened tensor.

    Example:
        >>> import pellucid
        >>> repeat_interleave(pellucid.tensor([1, 2]), 2)
        tensor([1, 1, 2, 2])
    """
    flat = reshape(x, -1) if dim is None else x
    axis = 0 if dim is None else dim
    index = np.repeat(np.arange(flat.array.shape[axis]), repeats)
    return flat.index_select(axis, Tensor(index))


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors along an axis they have.

    Raises:
        RuntimeError: when their other axes differ.

    Example:
        >>> import pellucid
        >>> cat([pellucid.zeros(2, 3), pellucid.ones(1, 3)]).shape
        Size([3, 3])
    """
    parts = [as_tensor(x) for x in tensors]
    if not parts:
        raise RuntimeError("cat needs at least one tensor")
    kind = common_dtype([x.array for x in parts])
    # tensor([]) joins anything, so that a loop may start with it
    parts = [x for x in parts if x.array.shape != (0,)] or parts[:1]
    if parts[0].ndim == 0:
        raise RuntimeError("cat needs tensors with axes; stack joins single numbers")
    axis = normalize_dim(dim, parts[0].ndim)
    shapes = [x.array.shape for x in parts]
    if any(s[:axis] + s[axis + 1 :] != shapes[0][:axis] + shapes[0][axis + 1 :] for s in shapes):
        raise RuntimeError(f"cat along dim {dim} needs equal shapes but for that axis, got {shapes}")
    ends = np.cumsum([s[axis] for s in shapes])

    def piece(i: int) -> Any:
        lead = (slice(None),) * axis
        return lambda dy: dy[(*lead, slice(int(ends[i]) - shapes[i][axis], int(ends[i])))]

    y = np.concatenate([x.array for x in parts], axis=axis, dtype=kind)
    return record(y, *((x, piece(i)) for i, x in enumerate(parts)))


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis.

    Example:
        >>> import pellucid
        >>> stack([pellucid.tensor([1, 2]), pellucid.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    parts = [as_tensor(x) for x in tensors]
    shapes = {x.array.shape for x in parts}
    if not parts:
        raise RuntimeError("stack needs at least one tensor")
    if len(shapes) != 1:
        raise RuntimeError(f"stack needs tensors of one shape, got {sorted(shapes)}")
    axis = normalize_dim(dim, parts[0].ndim + 1)
    arrays = [x.array for x in parts]
    lead = (slice(None),) * axis

    def piece(i: int) -> Any:
        return lambda dy: dy[(*lead, i)]

    y = np.stack(arrays, axis=axis, dtype=common_dtype(arrays))
    return record(y, *((x, piece(i)) for i, x in enumerate(parts)))


def split(x: Tensor, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along an axis into pieces of one size (the last may be shorter) or of the given sizes.

    Example:
        >>> import pellucid
        >>> [part.tolist() for part in split(pellucid.arange(5), 2)]
        [[0, 1], [2, 3], [4]]
    """
    axis = normalize_dim(dim, x.ndim)
    n = x.array.shape[axis]
    if isinstance(split_size, int):
        if split_size < 1:
            raise RuntimeError(f"split needs a positive size, got {split_size}")
        sizes = [min(split_size, n - start) for start in range(0, n, split_size)] or [0]
    else:
        sizes = list(split_size)
        if sum(sizes) != n:
            raise RuntimeError(f"split sizes {sizes} add up to {sum(sizes)}, the axis has {n}")
    lead = (slice(None),) * axis
    ends = np.cumsum(sizes).tolist()
    return tuple(x[(*lead, slice(end - size, end))] for size, end in zip(sizes, ends, strict=True))


@numpy_names
def chunk(x: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along an axis into at most `chunks` pieces of one size."""
    if chunks < 1:
        raise RuntimeError(f"chunk needs a positive number, got {chunks}")
    return split(x, max(1, -(-x.array.shape[normalize_dim(dim, x.ndim)] // chunks)), dim)


@numpy_names
def unbind(x: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Return the slices along an axis."""
    if x.ndim == 0:
        raise RuntimeError("unbind needs a tensor with axes")
    return tuple(x.select(dim, i) for i in range(x.array.shape[normalize_dim(dim, x.ndim)]))


def flip(x: Tensor, *dims: Any) -> Tensor:
    """Reverse the order along axes."""
    axes = normalize_axis(_sizes(dims), x.ndim)
    return record(np.flip(x.array, axes), (x, lambda dy: np.flip(dy, axes)))


def roll(x: Tensor, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] | None = None) -> Tensor:
    """Move the elements along axes (of the flattened tensor when None), those that fall off the end to the start."""
    back = tuple(-s for s in shifts) if isinstance(shifts, tuple) else -shifts
    return record(np.roll(x.array, shifts, dims), (x, lambda dy: np.roll(dy, back, dims)))


def tril(x: Tensor, diagonal: int = 0) -> Tensor:
    """Keep the lower triangle, zeros above.

    Example:
        >>> import pellucid
        >>> tril(pellucid.ones(2, 3)).tolist()
        [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]
    """
    return record(np.tril(x.array, diagonal), (x, lambda dy: np.tril(dy, diagonal)))


def triu(x: Tensor, diagonal: int = 0) -> Tensor:
    """Keep the upper triangle, zeros below."""
    return record(np.triu(x.array, diagonal), (x, lambda dy: np.triu(dy, diagonal)))


def diag(x: Tensor, diagonal: int = 0) -> Tensor:
    """Return a matrix's diagonal, or the matrix with a vector on its diagonal."""
    a = x.array
    if a.ndim == 1:
        return record(np.diag(a, diagonal), (x, lambda dy: np.diagonal(dy, diagonal)))
    if a.ndim != 2:
        raise RuntimeError(f"diag is for vectors and matrices, this tensor has {a.ndim} axes")
    rows = np.arange(len(np.diagonal(a, diagonal)))
    return x[rows - min(diagonal, 0), rows + max(diagonal, 0)]


def contiguous(x: Tensor) -> Tensor:
    """Lay the elements out in memory in their order; x itself where they already are."""
    return x if x.array.flags.c_contiguous else record(np.ascontiguousarray(x.array), (x, lambda dy: dy))
