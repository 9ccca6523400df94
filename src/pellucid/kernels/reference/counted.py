"""Random masks as a function of (key, position): the same on every engine, in any order, on any thread."""

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["dropout", "dropout_mask"]


@np.errstate(all="ignore")
def dropout(x: Array, key: int, p: float) -> Array:
    """Return x m / (1 - p), where m is the mask that `dropout_mask` draws with `key`.

    It is its own gradient: dx is dy, dropped with the same key, so that no mask is kept for it.
    """
    scale = 1 / (1 - p) if p < 1 else 0.0
    return x * (dropout_mask(key, x.size, p).reshape(x.shape) * x.dtype.type(scale))


def dropout_mask(key: int, size: int, p: float) -> Array:
    """Return a flat boolean mask of `size` places; each is False (dropped) with probability p.

    Place i is kept where mix(i * 0x9E3779B9 + k0) ^ k1, mixed once more, is at least p * 2^32, all in
    32-bit arithmetic. `mix` is the three-round hash "triple32" of C. Wellons (2018), whose bias over all
    inputs is near that of a random permutation; k0 and k1 are the lowest two words of `key`.
    """
    k0, k1 = np.uint32(key & 0xFFFFFFFF), np.uint32((key >> 32) & 0xFFFFFFFF)
    bits = np.arange(size, dtype=np.uint32)
    bits *= np.uint32(0x9E3779B9)
    bits += k0
    _mix(bits)
    bits ^= k1
    _mix(bits)
    return bits >= np.uint32(min(int(p * 2**32), 2**32 - 1)) if p < 1 else np.zeros(size, dtype=np.bool_)


def _mix(x: Array) -> None:
    """Scramble 32-bit words in place; every input has its own output."""
    x ^= x >> np.uint32(17)
    x *= np.uint32(0xED5AD4BB)
    x ^= x >> np.uint32(11)
    x *= np.uint32(0xAC4C1B51)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x31848BAB)
    x ^= x >> np.uint32(14)
