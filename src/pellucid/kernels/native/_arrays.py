"""Which arrays the native kernels take."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["F32", "I64", "channels_first", "channels_last", "plain"]

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
    last = np.moveaxis(a, 1, -1)
    return last if last.flags.carray else np.array(last, order="C")


def channels_first(a: Array) -> Array:
    """Return a view (N, C, *size) of an array (N, *size, C)."""
    return np.moveaxis(a, -1, 1)
