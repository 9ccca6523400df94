"""Losses in which each row has a weight of its own."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.nn import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, NLLLoss
from pellucid.ops.row_losses import bce_with_logits_of_rows, cross_entropy_of_rows, mse_of_rows, weighted_mean
from pellucid.train.row_losses import BinaryCrossEntropy, HalfSquaredError

__all__ = ["balanced_class_weights", "batch_weight", "weighted_loss"]


def weighted_loss(loss: Callable[[Tensor, Tensor], Tensor], outputs: Tensor, targets: Tensor, w: Tensor) -> Tensor:
    """Return sum_i w_i l_i / sum_i w_i, where l_i is the loss of row i (its mean over further axes).

    Args:
        loss: a loss of nn with reduction "mean".
        outputs: (N, ...).
        targets: (N, ...).
        w: (N,), not negative.

    Raises:
        TypeError: when the loss has no `reduction` to switch off.
        ValueError: when the weights do not fit the rows, are negative, or sum to zero.
    """
    if getattr(loss, "reduction", None) != "mean":
        raise TypeError("sample weights need a loss of pellucid.nn with reduction='mean'")
    if w.array.shape != (outputs.array.shape[0],):
        raise ValueError(f"sample weights must have shape {(outputs.array.shape[0],)}, got {w.array.shape}")
    if (w.array < 0).any() or not w.array.sum() > 0:
        raise ValueError("sample weights must not be negative, and not all zero in a batch")
    rows = _plain_rows(loss, outputs, targets)
    if rows is not None:
        return weighted_mean(rows, w)
    by_row = copy.copy(loss)
    by_row.reduction = "none"  # type: ignore[attr-defined]
    losses: Any = by_row(outputs, targets)
    losses = losses.reshape(len(w), -1).mean(1)
    return (losses * w).sum() / w.sum()


def _plain_rows(loss: Any, outputs: Tensor, targets: Tensor) -> Tensor | None:
    """Return the loss of each row by one kernel where there is one, else None."""
    z, t, kind = outputs.array, targets.array, type(loss)
    if kind is CrossEntropyLoss:
        return cross_entropy_of_rows(outputs, t) if _plain_classes(loss, z, t) else None
    if z.ndim != 2 or z.shape != t.shape or z.dtype != t.dtype:
        return None
    if isinstance(loss, (HalfSquaredError, BinaryCrossEntropy)):
        return loss.of_rows(outputs, targets)
    if kind is MSELoss:
        return mse_of_rows(outputs, targets, 1 / z.shape[1])
    if kind is BCEWithLogitsLoss and loss.weight is None and loss.pos_weight is None:
        return bce_with_logits_of_rows(outputs, targets, 1 / z.shape[1])
    return None


def _plain_classes(loss: CrossEntropyLoss, z: Array, t: Array) -> bool:
    """Say whether each row has a class that counts, and counts alike."""
    if loss.weight is not None or loss.label_smoothing or z.ndim != 2 or t.shape != z.shape[:1]:
        return False
    in_range = t.dtype.kind in "iu" and bool(t.min() >= 0 and t.max() < z.shape[1])
    return in_range and not 0 <= loss.ignore_index < z.shape[1]


def batch_weight(loss: Callable[[Tensor, Tensor], Tensor], targets: Tensor) -> float:
    """Return by how much a batch's mean loss counts in an epoch's: its rows.

    A loss with class weights w has the mean sum_i w_(t_i) l_i / sum_i w_(t_i), and rows of the class
    `ignore_index` count nothing: there it is the divisor of that mean.
    """
    t = targets.array
    if not isinstance(loss, (CrossEntropyLoss, NLLLoss)) or t.dtype.kind not in "iu":
        return float(len(t))
    counted = t[t != loss.ignore_index]
    return float(counted.size if loss.weight is None else loss.weight.array[counted].sum())


def balanced_class_weights(labels: Any, n_classes: int) -> Tensor:
    """Return n / (n_classes * count) for each class, so that every class weighs the same in the loss.

    Raises:
        ValueError: when a class has no row.

    Example:
        >>> balanced_class_weights([0, 0, 0, 1], 2)
        tensor([0.6667, 2.0000])
    """
    counts = np.bincount(np.asarray(labels), minlength=n_classes)
    if len(counts) != n_classes or (counts == 0).any():
        raise ValueError(f"balanced class weights need rows of each of the {n_classes} classes, got {counts.tolist()}")
    return Tensor((counts.sum() / (n_classes * counts)).astype(np.float32))
