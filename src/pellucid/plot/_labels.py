"""Labels, names and numbers as callers bring them, made into the arrays that pictures are drawn from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["as_indices", "as_numbers", "as_scores", "named_arrays", "percent", "shorten", "shorten_all"]


def as_indices(
    y: npt.ArrayLike, classes: Sequence[str] | None, name: str = "y_true", C: int | None = None
) -> npt.NDArray[np.int64]:
    """Give class indices (n,): integers and booleans are indices already, text is looked up in `classes`."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not len(labels):
        raise ValueError(f"{name} must hold one label a row, shape (n,) with n at least 1, got {labels.shape}")
    if labels.dtype.kind in "USO":
        if classes is None:
            raise ValueError(f"{name} holds text; pass classes, the names in the order of their indices")
        index = {str(c): i for i, c in enumerate(classes)}
        unknown = sorted({str(v) for v in labels} - set(index))
        if unknown:
            raise ValueError(f"{name} holds {unknown[0]!r}, which is not among the classes {list(index)}")
        return np.array([index[str(v)] for v in labels], dtype=np.int64)
    if labels.dtype.kind not in "iub":
        raise ValueError(f"{name} must hold class indices (integers) or names, got {labels.dtype}")
    count = len(classes) if classes is not None else C
    if labels.min() < 0 or (count is not None and labels.max() >= count):
        top = "C - 1" if count is None else str(count - 1)
        raise ValueError(f"{name} must hold class indices from 0 to {top}, got {labels.min()} to {labels.max()}")
    return labels.astype(np.int64)


def as_scores(
    scores: npt.ArrayLike, n: int, classes: Sequence[str] | None
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Give scores (n, C) and the C names; n scores of two classes are those of the second one."""
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 1):
        values = values.reshape(-1)
        values = np.stack([1.0 - values, values], axis=1)  # (n, 2)
    if values.ndim != 2 or len(values) != n:
        raise ValueError(f"scores must have the shape ({n},) or ({n}, C), got {np.shape(scores)}")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite numbers; NaN or infinity is among them")
    C = values.shape[1]
    names = [str(c) for c in classes] if classes is not None else [str(i) for i in range(C)]
    if len(names) != C:
        raise ValueError(f"scores have {C} columns, but classes names {len(names)}")
    return values, names


def as_numbers(y: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    """Give finite numbers (n,) from (n,) or (n, 1)."""
    values = np.asarray(y, dtype=np.float64)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} must have the shape (n,) or (n, 1) with n at least 1, got {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite numbers; NaN or infinity is among them")
    return values


def named_arrays(source: Any, *, gradients: bool = False) -> dict[str, npt.NDArray[Any]]:
    """Give the parameters of a model, or their gradients, by name; a mapping of arrays is taken as it is.

    A parameter that no gradient reached has an empty array; if it reached none, that is an error.
    """
    if isinstance(source, Mapping):
        arrays = {str(name): np.asarray(values) for name, values in source.items()}
    elif gradients:
        arrays = {
            name: np.empty(0) if p.grad is None else np.asarray(p.grad.array) for name, p in source.named_parameters()
        }
    else:
        arrays = {name: np.asarray(p.array) for name, p in source.named_parameters()}
    if not any(values.size for values in arrays.values()):
        what = "no gradients yet; call loss.backward() first" if gradients else "no parameters to draw"
        raise ValueError(f"{type(source).__name__} has {what}")
    for name, values in arrays.items():
        if not (values.size or gradients):
            raise ValueError(f"{name} is empty, shape {values.shape}")
        if not np.isfinite(values).all():
            bad = int(values.size - np.isfinite(values).sum())
            raise ValueError(f"{name} holds {bad} values that are NaN or infinite, of {values.size}")
    return arrays


def percent(share: float) -> str:
    """Write a share with one decimal, or with more where rounding would call it all or nothing."""
    for decimals in (1, 2, 3, 4):
        text = f"{share:.{decimals}%}"
        if share in (0.0, 1.0) or 0.0 < float(text[:-1]) < 100.0:
            break
    return text


def shorten(name: object, length: int = 22) -> str:
    """Cut a long name in its middle, so that names that differ only at the end stay different."""
    text = " ".join(str(name).split())
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


def shorten_all(names: Sequence[object], length: int = 22) -> list[str]:
    """Cut long names; those that would look alike keep their beginning and end in their index, from 0."""
    short = [shorten(name, length) for name in names]
    whole = [" ".join(str(name).split()) for name in names]

    times = Counter(short)

    def unlike(i: int) -> str:
        # Only a name that lost letters is marked: equal names were equal before.
        if short[i] == whole[i] or times[short[i]] == 1:
            return short[i]
        mark = f"… #{i}"
        return whole[i][: length - len(mark)].rstrip() + mark

    return [unlike(i) for i in range(len(short))]
