"""Which arrays the native kernels take, and how they lie."""

import math

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels._types import Array

__all__ = ["F32", "I64", "alike", "as_plain", "channels_first", "channels_last", "lying_last", "plain"]

F32 = np.dtype(np.float32)
I64 = np.dtype(np.int64)


def plain(*arrays: Array) -> bool:
    """Say whether all arrays are float32, contiguous row by row, and aligned."""
    for a in arrays:  # noqa: SIM110 - a generator costs as much as a small kernel
        if a.dtype is not F32 or not a.flags.carray:
            return False
    return True


def channels_last(a: Array) -> Array:
    """Return an array (N, C, *size) as (N, *size, C), contiguous; without a copy where it lies so."""
    last = a.transpose(0, *range(2, a.ndim), 1)
    if last.flags.carray:
        return last
    if not plain(a) or a.size == 0:
        return np.array(last, order="C")
    out = np.empty(last.shape, F32)
    _turn(a, out)
    return out


def channels_first(a: Array) -> Array:
    """Return a view (N, C, *size) of an array (N, *size, C)."""
    return a.transpose(0, a.ndim - 1, *range(1, a.ndim - 1))


def lying_last(a: Array) -> Array | None:
    """Return float32 (N, C, *size) that lies channels last as the contiguous (N, *size, C); None where it does not."""
    if a.dtype is not F32 or not 3 <= a.ndim <= 5:
        return None
    last = a.transpose(0, *range(2, a.ndim), 1)
    return last if last.flags.carray else None


def alike(x: Array, dy: Array) -> tuple[Array, Array] | None:
    """Return x (N, C, *size) and dy, of which one or both lie channels last, as contiguous (N, *size, C); else None."""
    if x.dtype is not F32 or dy.dtype is not F32 or x.shape != dy.shape:
        return None
    if lying_last(x) is None and lying_last(dy) is None:
        return None
    return channels_last(x), channels_last(dy)


def as_plain(a: Array) -> Array:
    """Return float32 as a plain array, without a copy where it is one."""
    if a.flags.carray:
        return a
    last = lying_last(a)
    if last is None or a.size == 0:
        return np.array(a, order="C")
    out = np.empty(a.shape, F32)
    _turn(out, last, back=True)
    return out


def _turn(first: Array, last: Array, back: bool = False) -> None:
    """Fill `last` (N, *size, C) from `first` (N, C, *size), or the other way round."""
    samples, channels = first.shape[:2]
    places = math.prod(first.shape[2:])
    a, b = first.reshape(samples, channels, places), last.reshape(samples, places, channels)
    _native.turn(*((b, a) if back else (a, b)))
