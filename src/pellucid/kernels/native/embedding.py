"""Rows looked up by number, and the scatter that undoes it, by the native engine."""

import math
from typing import Any

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, I64, plain

__all__ = ["add_at", "take_rows"]


def _numbers(index: Any) -> bool:
    """Say whether an index is an array of places along the first axis."""
    return type(index) is np.ndarray and index.dtype is I64 and index.flags.carray


def take_rows(W: Array, index: Array) -> Array:
    """Return W[index] for W (rows, features) and integers of any shape."""
    if W.ndim != 2 or not _numbers(index) or not plain(W):
        return reference.take_rows(W, index)
    out = np.empty((index.size, W.shape[1]), F32)
    _native.take_rows(W, index.reshape(-1), out)
    return out if index.ndim == 1 else out.reshape(*index.shape, W.shape[1])


def add_at(shape: tuple[int, ...], index: Any, values: Array) -> Array:
    """Return zeros of `shape` with `values` added at `index`; places named more than once add up."""
    places = index[0] if type(index) is tuple and len(index) == 1 else index
    if not _numbers(places) or not shape or values.shape != (*places.shape, *shape[1:]) or not plain(values):
        return reference.add_at(shape, index, values)
    width = math.prod(shape[1:])
    out = np.empty((shape[0], width), F32)
    _native.add_rows(values.reshape(places.size, width), places.reshape(-1), out)
    return out.reshape(shape)
