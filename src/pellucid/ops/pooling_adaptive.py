"""Pooling to a given number of windows."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, record
from pellucid.ops._picking import picked, row_by_row
from pellucid.ops._windows import batched, check_float, sizes_of, unbatched
from pellucid.ops.pooling import avg_pool

__all__ = [
    "adaptive_avg_pool",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
]


Wanted = int | Sequence[int | None] | None


def adaptive_avg_pool(n: int, x: Tensor, output_size: Wanted) -> Tensor:
    """Y_o = the mean of bin o, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis; dx_i = the sum of dy_o / bin size.

    Args:
        n: over how many axes.
        x: (N, C, *L) or (C, *L), with n axes in L.
        output_size: O along each axis, or one for all; None keeps an axis as it is.

    Raises:
        ValueError: when sizes do not fit.
        RuntimeError: when x holds integers.
    """
    name = f"adaptive_avg_pool{n}d"
    a = batched(name, x, n)
    out = _output_size(name, output_size, a.array.shape[2:])
    if all(o and length % o == 0 for length, o in zip(a.array.shape[2:], out, strict=True)):
        window = tuple(length // o for length, o in zip(a.array.shape[2:], out, strict=True))
        return avg_pool(n, x, window)
    check_float(name, x)
    for axis, o in enumerate(out, start=2):  # bins are boxes, whose mean is a mean of means
        a = _mean_of_bins(a, axis, o)
    return unbatched(a, x)


def _mean_of_bins(x: Tensor, axis: int, o: int) -> Tensor:
    a, bins, lead = x.array, _bins(x.array.shape[axis], o), (slice(None),) * axis
    means = [np.mean(a[(*lead, b)], axis=axis) for b in bins]
    y = np.stack(means, axis=axis) if o else np.zeros((*a.shape[:axis], 0, *a.shape[axis + 1 :]), dtype=a.dtype)

    def dx(dy: Array) -> Array:
        out = np.zeros(a.shape, dtype=dy.dtype)
        for i, b in enumerate(bins):
            out[(*lead, b)] += dy[(*lead, slice(i, i + 1))] / (b.stop - b.start)
        return out

    return record(y, (x, dx))


def adaptive_max_pool(n: int, x: Tensor, output_size: Wanted, return_indices: bool = False) -> Any:
    """Y_o = the largest x_i of bin o, from ⌊o L / O⌋ to ⌈(o + 1) L / O⌉ along each axis; dx as in `max_pool`.

    Args:
        n: over how many axes.
        x: (N, C, *L) or (C, *L), with n axes in L.
        output_size: O along each axis, or one for all; None keeps an axis as it is.
        return_indices: return also where in x, counted row by row over L, each largest element stands.

    Raises:
        ValueError: when sizes do not fit.
        RuntimeError: when x holds integers.
    """
    name = f"adaptive_max_pool{n}d"
    check_float(name, x)
    x4 = batched(name, x, n)
    a, lengths = x4.array, x4.array.shape[2:]
    out = _output_size(name, output_size, lengths)
    bins = [_bins(length, o) for length, o in zip(lengths, out, strict=True)]
    index = np.empty((*a.shape[:2], *out), dtype=np.int64)
    for o in itertools.product(*(range(count) for count in out)):
        box = [b[i] for b, i in zip(bins, o, strict=True)]
        region = a[:, :, *box]
        places = np.argmax(region.reshape(*a.shape[:2], math.prod(region.shape[2:])), axis=2)
        parts = np.unravel_index(places, region.shape[2:])
        cell: Any = (slice(None), slice(None), *o)
        index[cell] = row_by_row([part + b.start for part, b in zip(parts, box, strict=True)], lengths)
    y = unbatched(picked(x4, index), x)
    return (y, unbatched(Tensor(index), x)) if return_indices else y


def _bins(length: int, o: int) -> list[slice]:
    return [slice(i * length // o, -(-(i + 1) * length // o)) for i in range(o)]


def _output_size(name: str, wanted: Wanted, lengths: tuple[int, ...]) -> tuple[int, ...]:
    sizes = tuple(wanted) if isinstance(wanted, Sequence) else (wanted,) * len(lengths)
    if len(sizes) != len(lengths):
        raise ValueError(f"{name}: output_size is one size, or {len(lengths)} of them, got {wanted!r}")
    if not all(lengths):
        raise ValueError(f"{name} needs axes of at least one element, got {lengths}")
    known = [length if o is None else o for o, length in zip(sizes, lengths, strict=True)]
    return sizes_of(name, "output_size", known, len(lengths), least=0)


def adaptive_avg_pool1d(x: Tensor, output_size: Wanted) -> Tensor:
    """Return the means of bins of a signal; see `adaptive_avg_pool`."""
    return adaptive_avg_pool(1, x, output_size)


def adaptive_avg_pool2d(x: Tensor, output_size: Wanted) -> Tensor:
    """Return the means of bins of an image; see `adaptive_avg_pool`."""
    return adaptive_avg_pool(2, x, output_size)


def adaptive_avg_pool3d(x: Tensor, output_size: Wanted) -> Tensor:
    """Return the means of bins of a volume; see `adaptive_avg_pool`."""
    return adaptive_avg_pool(3, x, output_size)


def adaptive_max_pool1d(x: Tensor, output_size: Wanted, return_indices: bool = False) -> Any:
    """Return the largest elements of bins of a signal; see `adaptive_max_pool`."""
    return adaptive_max_pool(1, x, output_size, return_indices)


def adaptive_max_pool2d(x: Tensor, output_size: Wanted, return_indices: bool = False) -> Any:
    """Return the largest elements of bins of an image; see `adaptive_max_pool`."""
    return adaptive_max_pool(2, x, output_size, return_indices)


def adaptive_max_pool3d(x: Tensor, output_size: Wanted, return_indices: bool = False) -> Any:
    """Return the largest elements of bins of a volume; see `adaptive_max_pool`."""
    return adaptive_max_pool(3, x, output_size, return_indices)
