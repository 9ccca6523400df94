"""Rows that come several times, counted instead of repeated."""

import numpy as np

from pellucid import nn
from pellucid._tensor import Array
from pellucid.nn import Module

__all__ = ["merged", "rows_are_apart"]

_TOGETHER = (nn.Dropout, nn.BatchNorm1d, nn.BatchNorm2d)


def merged(inputs: Array, targets: Array, weights: Array | None) -> tuple[Array, Array, Array | None]:
    """Return the rows without repetitions, sorted, with weights that say how often each was there.

    The loss of all rows together stays what it was. Whether somebody repeats rows or weighs them, the same is then
    computed, to the last bit. Without repetitions and weights, the rows are returned as they are.
    """
    n = len(inputs)
    parts = [np.ascontiguousarray(part).reshape(n, -1).view(np.uint8) for part in (inputs, targets)]
    rows = np.ascontiguousarray(np.concatenate(parts, axis=1))
    keys = rows.view(np.dtype((np.void, rows.shape[1])))[:, 0]
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == n and weights is None:
        return inputs, targets, None
    counts = np.bincount(which, weights).astype(np.float32)
    return inputs[first], targets[first], counts


def rows_are_apart(model: Module) -> bool:
    """Say whether what a network makes of a row in training depends on that row alone, and on no chance."""
    return not any(isinstance(module, _TOGETHER) for module in model.modules())
