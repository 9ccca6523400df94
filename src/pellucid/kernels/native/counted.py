"""Dropout by the native engine: the reference's masks, bit for bit."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, as_plain

__all__ = ["dropout", "dropout_mask"]

_WORDS = 0xFFFFFFFFFFFFFFFF  # what a mask takes of a key


def dropout(x: Array, key: int, p: float) -> Array:
    """Return x m / (1 - p), where m is the mask that `dropout_mask` draws with `key`; its own gradient."""
    if x.dtype is not F32:
        return reference.dropout(x, key, p)
    x = as_plain(x)  # the mask is drawn in the order of the axes
    y = np.empty(x.shape, F32)
    _native.dropout(x, y, key & _WORDS, p, 1 / (1 - p) if p < 1 else 0.0)
    return y


def dropout_mask(key: int, size: int, p: float) -> Array:
    """Return a flat boolean mask of `size` places; each is False (dropped) with probability p."""
    mask = np.empty(size, np.bool_)
    _native.dropout_mask(mask, key & _WORDS, p)
    return mask
