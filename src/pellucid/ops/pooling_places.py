"""Max pooling over windows at random places, and the reverse of max pooling."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import random
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._picking import picked, row_by_row
from pellucid.ops._windows import batched, check_float, sizes_of, unbatched

__all__ = [
    "fractional_max_pool",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "max_unpool",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]


def fractional_max_pool(
    n: int,
    x: Tensor,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Y_o = the largest x_i of window o, where windows begin at random distances (Graham, 2014); dx as in `max_pool`.

    Along each axis, with α = (L - k) / (O - 1) and a random u in [0, 1), window i begins at ⌊(i + u) α⌋ - ⌊u α⌋, the
    last one at L - k.

    Args:
        n: over how many axes, 2 or 3.
        x: (N, C, *L) or (C, *L), with n axes in L.
        kernel_size: k along each axis.
        output_size: O along each axis.
        output_ratio: O as a share of L, rounded down, instead of output_size.
        return_indices: return also where in x, counted row by row over L, each largest element stands.
        _random_samples: the u, (N, C, n), the last axis's last; drawn when None.

    Raises:
        ValueError: when sizes do not fit, or not exactly one of output_size and output_ratio is given.
        RuntimeError: when x holds integers.
    """
    name = f"fractional_max_pool{n}d"
    check_float(name, x)
    k = sizes_of(name, "kernel_size", kernel_size, n)
    x4 = batched(name, x, n)
    a, lengths = x4.array, x4.array.shape[2:]
    if (output_size is None) == (output_ratio is None):
        raise ValueError(f"{name} needs either output_size or output_ratio, got {output_size} and {output_ratio}")
    if output_ratio is not None:
        ratios = output_ratio if isinstance(output_ratio, Sequence) else (output_ratio,) * n
        output_size = tuple(int(length * ratio) for length, ratio in zip(lengths, ratios, strict=True))
    out = sizes_of(name, "output_size", output_size, n)
    if any(o + w - 1 > length for o, w, length in zip(out, k, lengths, strict=True)):
        raise ValueError(
            f"{name}: {out} windows of {k} need at least {[o + w - 1 for o, w in zip(out, k, strict=True)]}"
            f" elements, the input has {lengths}"
        )
    if _random_samples is None:
        u = random.default_generator.numpy("fractional").random((*a.shape[:2], n)).astype(a.dtype)
    else:
        u = _random_samples.array[: a.shape[0]]  # for one image of a batch's samples, the first
        if u.shape != (*a.shape[:2], n):
            raise ValueError(
                f"{name} needs random samples of shape {(*a.shape[:2], n)}, got {_random_samples.array.shape}"
            )
    # In PyTorch's order: the first number is the last axis's in images, the first axis's in volumes.
    order = range(n - 1, -1, -1) if n == 2 else range(n)
    starts = [_starts(length, w, o, u[:, :, i]) for length, w, o, i in zip(lengths, k, out, order, strict=True)]
    flat = a.reshape(*a.shape[:2], math.prod(lengths))
    best, index = np.zeros((*a.shape[:2], *out), dtype=a.dtype), np.full((*a.shape[:2], *out), -1)
    for element in itertools.product(*map(range, k)):
        parts = [
            (s + e).reshape(*s.shape[:2], *(s.shape[2] if i == axis else 1 for i in range(n)))
            for axis, (s, e) in enumerate(zip(starts, element, strict=True))
        ]
        here = np.broadcast_to(row_by_row(parts, lengths), (*a.shape[:2], *out))
        v = np.take_along_axis(flat, here.reshape(*a.shape[:2], math.prod(out)), axis=2).reshape(here.shape)
        better = (v > best) | np.isnan(v) | (index < 0)
        best, index = np.where(better, v, best), np.where(better, here, index)
    y = unbatched(picked(x4, index), x)
    return (y, unbatched(Tensor(index), x)) if return_indices else y


def _starts(length: int, window: int, o: int, u: Array) -> Array:
    """Return where the o windows begin, (N, C, o), for random numbers u (N, C)."""
    last = np.full((*u.shape, 1), length - window)
    if o == 1:
        return last
    alpha = u.dtype.type(length - window) / u.dtype.type(o - 1)
    i = np.arange(o - 1).astype(u.dtype)
    begin = ((i + u[..., None]) * alpha).astype(np.int64) - (u[..., None] * alpha).astype(np.int64)
    return np.concatenate([begin, last], axis=2)


def max_unpool(
    n: int,
    x: Tensor,
    indices: Tensor,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    padding: int | tuple[int, ...] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Y at indices_o = x_o, and 0 elsewhere; dx_o = dy at indices_o.

    It undoes `max_pool` but for the elements that were not the largest. Where an index is named twice, one of the
    values stands.

    Args:
        n: over how many axes.
        x: (N, C, *O) or (C, *O).
        indices: what `max_pool` returned with return_indices, of x's shape.
        kernel_size: that of `max_pool`.
        stride: that of `max_pool`; kernel_size when None.
        padding: that of `max_pool`.
        output_size: the sizes of y, all or the last n; by default the smallest that such pooling comes from.

    Raises:
        ValueError: when sizes or indices do not fit.
    """
    name = f"max_unpool{n}d"
    if indices.dtype.kind != "i" or indices.array.shape != x.array.shape:
        raise ValueError(
            f"{name} needs integer indices of x's shape {x.array.shape}, got {indices.dtype} {indices.array.shape}"
        )
    k = sizes_of(name, "kernel_size", kernel_size, n)
    s = k if stride is None else sizes_of(name, "stride", stride, n)
    p = sizes_of(name, "padding", padding, n, least=0)
    x4, at = batched(name, x, n), batched(name, indices, n).array
    shape = x4.array.shape
    usual = tuple((o - 1) * si - 2 * pi + ki for o, si, pi, ki in zip(shape[2:], s, p, k, strict=True))
    out = usual if output_size is None else tuple(output_size)[-n:]
    if len(out) != n or any(not u - si < o < u + si for o, u, si in zip(out, usual, s, strict=True)):
        raise ValueError(f"{name}: output_size must be within a stride of {usual}, got {output_size}")
    size = math.prod(out)
    if at.size and not 0 <= at.min() <= at.max() < size:
        raise ValueError(f"{name}: indices must be in 0 ... {size - 1}, got {at.min()} ... {at.max()}")
    flat = at.reshape(*shape[:2], math.prod(shape[2:]))
    y = np.zeros((*shape[:2], size), dtype=x.dtype)
    np.put_along_axis(y, flat, x4.array.reshape(flat.shape), axis=2)

    def dx(dy: Array) -> Array:
        return np.take_along_axis(dy.reshape(*shape[:2], size), flat, axis=2).reshape(shape)

    return unbatched(record(y.reshape(*shape[:2], *out), (x4, dx)), x)


def fractional_max_pool2d(
    x: Tensor,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Return the largest elements of random windows of an image; see `fractional_max_pool`."""
    return fractional_max_pool(2, x, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    x: Tensor,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Return the largest elements of random windows of a volume; see `fractional_max_pool`."""
    return fractional_max_pool(3, x, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def max_unpool1d(
    x: Tensor,
    indices: Tensor,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    padding: int | tuple[int, ...] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return a signal that pooling gave these largest elements; see `max_unpool`."""
    return max_unpool(1, x, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    x: Tensor,
    indices: Tensor,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    padding: int | tuple[int, ...] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return an image that pooling gave these largest elements; see `max_unpool`."""
    return max_unpool(2, x, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    x: Tensor,
    indices: Tensor,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    padding: int | tuple[int, ...] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return a volume that pooling gave these largest elements; see `max_unpool`."""
    return max_unpool(3, x, indices, kernel_size, stride, padding, output_size)
