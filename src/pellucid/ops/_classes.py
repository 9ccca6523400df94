"""Class indices and class weights, checked against the input that they belong to."""

from typing import Any, NamedTuple

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.ops._loss import constant, floating

__all__ = ["Classes", "class_axis", "class_indices"]


class Classes(NamedTuple):
    """Class indices, checked: ready to index with, with what each of them counts."""

    places: Array  # ignored samples are given class 0 here, so that they can be looked up
    weight: Array | None  # w_(t_i); None when every sample counts 1
    ignored: Array | None  # where the class was ignore_index; None when nowhere


def class_axis(where: str, x: Tensor, weight: Any) -> tuple[int, Array | None]:
    """Return the axis of the classes and their weights, both checked."""
    floating(where, x)
    if x.ndim == 0:
        raise ValueError(f"{where} needs an input of shape (N, C), (N, C, d1 ...) or (C,), got a single number")
    axis = min(x.ndim - 1, 1)
    if weight is None:
        return axis, None
    w = constant(where, "weight", weight, x.array)
    if w.shape != (x.array.shape[axis],):
        raise ValueError(
            f"{where} needs one weight of each class, shape ({x.array.shape[axis]},) for an input of shape "
            f"{x.array.shape}; got shape {w.shape}"
        )
    return axis, w


def class_indices(where: str, x: Tensor, t: Tensor, w: Array | None, axis: int, ignore_index: int | None) -> Classes:
    """Check class indices against the input and look up what they count.

    Raises:
        ValueError: when the shape of t is not that of x without the axis of the classes.
        TypeError: when t does not hold integers.
        IndexError: when a class is not there.
    """
    a, index = x.array.shape, t.array
    expected, n_classes = (*a[:axis], *a[axis + 1 :]), a[axis]
    if index.shape != expected:
        mend = f"; use target.squeeze({axis})" if index.shape == (*a[:axis], 1, *a[axis + 1 :]) else ""
        also = f" (or probabilities of shape {a})" if where == "cross_entropy" else ""
        raise ValueError(
            f"{where} got an input of shape {a}, so the class indices must have shape {expected}{also}, "
            f"but the target has {index.shape}{mend}"
        )
    if index.dtype.kind not in "iu":
        raise TypeError(f"{where} needs class indices of an integer type, got {t.dtype}; convert them with .long()")
    ignored = None
    outside = bool(index.size) and bool(index.min() < 0 or index.max() >= n_classes)
    # Looking for ignored samples costs a pass, so it is spared where none can be.
    if ignore_index is not None and (outside or 0 <= ignore_index < n_classes):
        ignored = index == ignore_index
        index = np.where(ignored, 0, index)
    if outside and (index.min() < 0 or index.max() >= n_classes):
        place = np.unravel_index(int(np.argmax((index < 0) | (index >= n_classes))), index.shape)
        also = "" if ignore_index is None else f" (ignore_index is {ignore_index})"
        raise IndexError(
            f"{where}: class {index[place]} at {tuple(map(int, place))} of the target is out of range for {n_classes} "
            f"classes, which are numbered 0 to {n_classes - 1}{also}"
        )
    return Classes(index, None if w is None else w[index], ignored)
