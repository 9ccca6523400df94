"""The textbooks' three preparations, as functions and as fitted objects with their inverse.

Fit on the training rows, transform the others with what was found there. For whole tables with text, dates
and missing values see `pellucid.data.TablePreprocessor`.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Normalizer", "OneHot", "Standardizer", "normalize", "one_hot", "standardize"]

Floats = NDArray[np.floating[Any]]


def _numbers(X: ArrayLike, name: str = "X") -> Floats:
    array = np.asarray(X)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, got {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} is empty, its shape is {array.shape}")
    floats: Floats = array if array.dtype.kind == "f" else array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(floats))
    if len(bad):
        where = ", ".join(map(str, bad[0]))
        raise ValueError(f"{name}[{where}] is {floats[tuple(bad[0])]}; fill missing values and drop infinite ones")
    return floats


def _or_one(spread: Floats) -> Floats:
    """Return the spread with 1 in place of 0, so that constant values become 0 and not 0 / 0."""
    return np.where(spread > 0, spread, np.ones_like(spread))


def normalize(X: ArrayLike, axis: int | None = 0) -> Floats:
    """Scale to [0, 1]: z = (x - min) / (max - min), along `axis`; constant values become 0.

    Args:
        X: numbers; by default (n, d), each column by itself.
        axis: the axis of the samples; None for all numbers together.

    Raises:
        ValueError: when X is empty or holds NaN, infinity or anything but numbers.

    Example:
        >>> normalize([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0]]).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.5, 0.0]]
    """
    x = _numbers(X)
    low = x.min(axis=axis, keepdims=True)
    scaled: Floats = (x - low) / _or_one(x.max(axis=axis, keepdims=True) - low)
    return scaled


def standardize(X: ArrayLike, axis: int | None = 0) -> Floats:
    """Give mean 0 and standard deviation 1: z = (x - mean) / std, along `axis`; constant values become 0.

    std = sqrt(mean((x - mean)^2)), with n and not n - 1 below, as in scikit-learn.

    Args:
        X: numbers; by default (n, d), each column by itself.
        axis: the axis of the samples; None for all numbers together.

    Raises:
        ValueError: when X is empty or holds NaN, infinity or anything but numbers.

    Example:
        >>> standardize([1.0, 3.0]).tolist()
        [-1.0, 1.0]
    """
    x = _numbers(X)
    centred = x - x.mean(axis=axis, keepdims=True)
    spread = _spread(x, axis)
    scaled: Floats = np.where(spread > 0, centred / _or_one(spread), np.zeros_like(centred))
    return scaled


def _spread(x: Floats, axis: int | None) -> Floats:
    """Return the standard deviation; exactly 0 for equal numbers, whose rounded mean may differ from them."""
    spread: Floats = x.std(axis=axis, keepdims=True)
    constant = x.min(axis=axis, keepdims=True) == x.max(axis=axis, keepdims=True)
    return np.where(constant, np.zeros_like(spread), spread)


def one_hot(y: ArrayLike, num_classes: int | None = None) -> NDArray[np.float32]:
    """Turn class indices (n,) into rows with a single 1, float32 (n, num_classes).

    Args:
        y: whole numbers in 0..num_classes-1.
        num_classes: the number of classes; the largest index plus 1 when None.

    Raises:
        ValueError: when y is not (n,) whole numbers, or an index is negative or too large.

    Example:
        >>> one_hot([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    indices = np.asarray(y)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ValueError(
            f"y must be class indices, whole numbers of shape (n,), got {indices.dtype} {indices.shape}; "
            "for labels use OneHot"
        )
    if indices.size == 0 and num_classes is None:
        raise ValueError("y is empty; say num_classes")
    count = int(indices.max()) + 1 if num_classes is None else num_classes
    if indices.size and not (indices.min() >= 0 and indices.max() < count):
        raise ValueError(f"class indices must lie in 0..{count - 1}, got {indices.min()}..{indices.max()}")
    rows = np.zeros((indices.size, count), np.float32)
    rows[np.arange(indices.size), indices] = 1
    return rows


class _Scaler:
    """What the two scalers share: z = (x - shift) / scale for every column."""

    def __init__(self) -> None:
        self._shift: Floats | None = None
        self._scale: Floats | None = None

    def fit(self, X: ArrayLike) -> Self:
        """Learn from X, (n, d), the training rows."""
        x = _numbers(X)
        if x.ndim != 2:
            raise ValueError(f"X must have the shape (n, d), got {x.shape}; use x.reshape(-1, 1) for one feature")
        self._shift, self._scale = self._measure(x)
        return self

    def _measure(self, x: Floats) -> tuple[Floats, Floats]:
        raise NotImplementedError

    def transform(self, X: ArrayLike) -> Floats:
        """Return z = (x - shift) / scale for X, (m, d)."""
        x, shift, scale = self._checked(X)
        z: Floats = (x - shift) / scale
        return z

    def fit_transform(self, X: ArrayLike) -> Floats:
        """Fit on X and transform it."""
        return self.fit(X).transform(X)

    def inverse_transform(self, Z: ArrayLike) -> Floats:
        """Return x = z * scale + shift for Z, (m, d)."""
        z, shift, scale = self._checked(Z)
        x: Floats = z * scale + shift
        return x

    def _checked(self, X: ArrayLike) -> tuple[Floats, Floats, Floats]:
        if self._shift is None or self._scale is None:
            raise RuntimeError(f"this {type(self).__name__} is not fitted; call fit with the training rows first")
        x = _numbers(X)
        if x.ndim != 2 or x.shape[1] != len(self._shift):
            raise ValueError(f"X must have the shape (m, {len(self._shift)}) as in fit, got {x.shape}")
        return x, self._shift, self._scale


class Normalizer(_Scaler):
    """Min-max scaling to [0, 1] of the fitted rows; other rows may lie outside.

    z = (x - min) / (max - min), for every column; a constant column becomes x - min. scikit-learn's class of
    the same name scales rows to unit length instead; its `MinMaxScaler` is this one.

    Example:
        >>> scaler = Normalizer().fit([[0.0], [10.0]])
        >>> scaler.transform([[5.0], [20.0]]).tolist(), scaler.inverse_transform([[0.5]]).tolist()
        ([[0.5], [2.0]], [[5.0]])
    """

    def _measure(self, x: Floats) -> tuple[Floats, Floats]:
        return x.min(axis=0), _or_one(x.max(axis=0) - x.min(axis=0))


class Standardizer(_Scaler):
    """Mean 0 and standard deviation 1 on the fitted rows: z = (x - mean) / std, for every column.

    A constant column becomes x - its value.

    Example:
        >>> scaler = Standardizer().fit([[1.0], [3.0]])
        >>> scaler.transform([[5.0]]).tolist(), scaler.inverse_transform([[3.0]]).tolist()
        ([[3.0]], [[5.0]])
    """

    def _measure(self, x: Floats) -> tuple[Floats, Floats]:
        spread = _spread(x, 0)[0]
        return np.where(spread > 0, x.mean(axis=0), x[0]), _or_one(spread)


class OneHot:
    """Rows with a single 1 for labels of any kind, in the sorted order of the fitted ones.

    Attributes:
        classes: the labels, sorted.

    Example:
        >>> encoder = OneHot().fit(["dog", "cat"])
        >>> encoder.transform(["dog"]).tolist(), encoder.inverse_transform([[0.9, 0.1]]).tolist()
        ([[0.0, 1.0]], ['cat'])
    """

    def __init__(self) -> None:
        self.classes: NDArray[Any] | None = None

    def fit(self, y: ArrayLike) -> Self:
        """Learn the classes of y, (n,)."""
        self.classes = np.unique(_labels(y))
        return self

    def transform(self, y: ArrayLike) -> NDArray[np.float32]:
        """Return float32 (m, classes); a label that `fit` never saw is a ValueError."""
        classes, labels = self._fitted(), _labels(y)
        unseen = labels[~np.isin(labels, classes)]
        if len(unseen):
            raise ValueError(f"the class {unseen[0].item()!r} was not there in fit; known are {classes.tolist()}")
        return one_hot(np.searchsorted(classes, labels), len(classes))

    def fit_transform(self, y: ArrayLike) -> NDArray[np.float32]:
        """Fit on y and transform it."""
        return self.fit(y).transform(y)

    def inverse_transform(self, Z: ArrayLike) -> NDArray[Any]:
        """Return the label of the largest entry of every row of Z, (m, classes): indicators or scores."""
        classes, z = self._fitted(), _numbers(Z, "Z")
        if z.ndim != 2 or z.shape[1] != len(classes):
            raise ValueError(f"Z must have the shape (m, {len(classes)}), got {z.shape}")
        labels: NDArray[Any] = classes[z.argmax(axis=1)]
        return labels

    def _fitted(self) -> NDArray[Any]:
        if self.classes is None:
            raise RuntimeError("this OneHot is not fitted; call fit with the training labels first")
        return self.classes


def _labels(y: ArrayLike) -> NDArray[Any]:
    labels = np.asarray(y)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"y must be labels of shape (n,), at least one; got the shape {labels.shape}")
    if labels.dtype.kind == "O":
        raise ValueError("y mixes kinds of values or lacks some; give texts only or numbers only")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError(f"y[{int(np.flatnonzero(np.isnan(labels))[0])}] is missing (nan); drop that row")
    return labels
