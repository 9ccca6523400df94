"""Keys and orders by the native engine: hashlib's and NumPy's, bit for bit."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array

__all__ = ["draw_keys", "shuffles"]

_LONGEST = 80  # characters before the counters, so that all fit into one block of the hash


def draw_keys(prefix: str, first: int, steps: int, draws: int) -> Array:
    """Return the lowest two words of key_for(seed, stream, step, draw) of the steps from `first` on."""
    if len(prefix.encode()) > _LONGEST:
        return reference.draw_keys(prefix, first, steps, draws)
    keys = np.empty((steps, draws, 2), np.uint32)
    _native.draw_keys(prefix, first, keys)
    return keys


def shuffles(prefix: str, first: int, epochs: int, rows: int) -> Array:
    """Return generator_for(seed, stream, epoch).permutation(rows) of the epochs from `first` on.

    They are those of the NumPy that this was written against, which does not promise its streams for ever.
    """
    if len(prefix.encode()) > _LONGEST:
        return reference.shuffles(prefix, first, epochs, rows)
    orders = np.empty((epochs, rows), np.int64)
    _native.shuffles(prefix, first, orders)
    return orders
