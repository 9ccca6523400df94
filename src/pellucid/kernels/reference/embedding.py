"""Rows looked up by number, and the scatter that undoes it."""

from typing import Any

import numpy as np

from pellucid._quiet import QUIET
from pellucid.kernels._types import Array

__all__ = ["add_at", "take_rows"]


def take_rows(W: Array, index: Array) -> Array:
    """Return W[index] for W (rows, features) and integers of any shape."""
    return W[index]


def add_at(shape: tuple[int, ...], index: Any, values: Array) -> Array:
    """Return zeros of `shape` with `values` added at `index`; places named more than once add up."""
    out = np.zeros(shape, dtype=values.dtype)
    QUIET.run(np.add.at, out, index, values)
    return out
