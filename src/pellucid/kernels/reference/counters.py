"""Many places of the random world at once: the keys of many draws, the orders of many epochs.

`prefix` is the text "SEED/STREAM/" that comes before the counters in `pellucid.random.key_for`.
"""

import hashlib

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["draw_keys", "shuffles"]


def draw_keys(prefix: str, first: int, steps: int, draws: int) -> Array:
    """Return the lowest two words of key_for(seed, stream, step, draw) of the steps from `first` on.

    Returns:
        (steps, draws, 2), uint32.
    """
    keys = [_key(f"{prefix}{step}/{draw}") for step in range(first, first + steps) for draw in range(draws)]
    words = [(key & 0xFFFFFFFF, key >> 32 & 0xFFFFFFFF) for key in keys]
    return np.array(words, dtype=np.uint32).reshape(steps, draws, 2)


def shuffles(prefix: str, first: int, epochs: int, rows: int) -> Array:
    """Return generator_for(seed, stream, epoch).permutation(rows) of the epochs from `first` on.

    Returns:
        (epochs, rows), int64.
    """
    keys = (_key(f"{prefix}{epoch}") for epoch in range(first, first + epochs))
    orders = [np.random.Generator(np.random.Philox(key=key)).permutation(rows) for key in keys]
    return np.array(orders, dtype=np.int64).reshape(epochs, rows)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
