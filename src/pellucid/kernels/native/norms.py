"""Layer norm and RMS norm over the last axes by the native engine; batch norm stands in channel_norm.py."""

import math

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, plain
from pellucid.kernels.native.channel_norm import normalize_channels, normalize_channels_backward

__all__ = ["normalize", "normalize_backward", "rms_normalize", "rms_normalize_backward"]


def _columns(x: Array, axis: tuple[int, ...], w: Array | None, b: Array | None) -> int:
    """Return the columns of x as the matrix whose rows are normalised; 0 where they are not rows."""
    first, shape = x.ndim - len(axis), x.shape
    if not first or not plain(x) or not x.size:
        return 0
    if any(a % x.ndim != first + i for i, a in enumerate(axis)):
        return 0
    inner = shape[first:]
    for a in (w, b):
        if a is not None and (a.shape != inner or not plain(a)):
            return 0
    return math.prod(inner)


def normalize(
    x: Array, axis: tuple[int, ...], eps: float, w: Array | None = None, b: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    """Return (x - mean) / sqrt(var + eps) w + b, and mean, var (biased) and 1 / sqrt(var + eps) along `axis`."""
    columns = _columns(x, axis, w, b)
    if not columns:
        return normalize_channels(x, axis, eps, w, b) or reference.normalize(x, axis, eps, w, b)
    y = np.empty((x.size // columns, columns), F32)
    mean, var, r = np.empty((3, len(y)), F32)
    _native.norm(x.reshape(y.shape), _flat(w), _flat(b), eps, True, y, mean, var, r)
    kept = (*x.shape[: x.ndim - len(axis)], *(1,) * len(axis))
    return y.reshape(x.shape), mean.reshape(kept), var.reshape(kept), r.reshape(kept)


def normalize_backward(
    x: Array, mean: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array, Array]:
    """Return dx, dw and db; see the reference."""
    columns = _columns(x, axis, w, None)
    if not columns or not plain(mean, r, dy):
        made = normalize_channels_backward(x, mean, r, w, dy, axis)
        return made or reference.normalize_backward(x, mean, r, w, dy, axis)
    dx, (dw, db) = np.empty((x.size // columns, columns), F32), _like_rows(x, axis)
    matrix, slope = x.reshape(dx.shape), dy.reshape(dx.shape)
    statistics = mean.reshape(-1), r.reshape(-1)
    _native.norm_backward(matrix, *statistics, _flat(w), slope, True, dx, dw.reshape(-1), db.reshape(-1))
    return dx.reshape(x.shape), dw, db


def rms_normalize(x: Array, axis: tuple[int, ...], eps: float, w: Array | None) -> tuple[Array, Array]:
    """Return x r w and r = 1 / sqrt(mean(x^2) + eps) along `axis`, which r keeps with length 1."""
    columns = _columns(x, axis, w, None)
    if not columns:
        return reference.rms_normalize(x, axis, eps, w)
    y = np.empty((x.size // columns, columns), F32)
    none, var, r = np.empty((3, len(y)), F32)
    _native.norm(x.reshape(y.shape), _flat(w), None, eps, False, y, none, var, r)
    return y.reshape(x.shape), r.reshape(*x.shape[: x.ndim - len(axis)], *(1,) * len(axis))


def rms_normalize_backward(
    x: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return dx and dw; see the reference."""
    columns = _columns(x, axis, w, None)
    if not columns or not plain(r, dy):
        return reference.rms_normalize_backward(x, r, w, dy, axis)
    dx, (dw, db) = np.empty((x.size // columns, columns), F32), _like_rows(x, axis)
    matrix, slope, rows = x.reshape(dx.shape), dy.reshape(dx.shape), r.reshape(-1)
    _native.norm_backward(matrix, rows, rows, _flat(w), slope, False, dx, dw.reshape(-1), db.reshape(-1))
    return dx.reshape(x.shape), dw


def _like_rows(x: Array, axis: tuple[int, ...]) -> tuple[Array, Array]:
    """Return new arrays of the shape of w and b, which own their memory: a gradient that is a view would be copied."""
    inner = x.shape[x.ndim - len(axis) :]
    return np.empty(inner, F32), np.empty(inner, F32)


def _flat(w: Array | None) -> Array | None:
    return None if w is None else w.reshape(-1)
