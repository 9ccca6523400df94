"""Elements picked from each signal, image or volume by their number, counted row by row."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record

__all__ = ["picked", "row_by_row"]


def picked(x: Tensor, index: Array) -> Tensor:
    """Return x (N, C, *L) at `index` (N, C, *O), counted row by row over L."""
    shape = x.array.shape
    size = math.prod(shape[2:])
    flat = index.reshape(*shape[:2], math.prod(index.shape[2:]))
    y = np.take_along_axis(x.array.reshape(*shape[:2], size), flat, axis=2).reshape(index.shape)

    def dx(dy: Array) -> Array:
        lines = np.arange(shape[0] * shape[1]).reshape(*shape[:2], 1) * size
        return K.add_at((math.prod(shape),), (flat + lines).reshape(-1), dy.reshape(-1)).reshape(shape)

    return record(y, (x, dx))


def row_by_row(parts: Sequence[Array], lengths: Sequence[int]) -> Array:
    """Return the number, counted row by row over `lengths`, of the elements at these places along each axis."""
    index: Any = 0
    for part, length in zip(parts, lengths, strict=True):
        index = index * length + part
    return index
