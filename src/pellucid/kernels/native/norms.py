"""Layer norm and RMS norm over the last axes, and batch norm over the first of two, by the native engine."""

import math

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, plain

__all__ = ["normalize", "normalize_backward", "rms_normalize", "rms_normalize_backward"]


def _columns(x: Array, axis: tuple[int, ...], w: Array | None, b: Array | None) -> int:
    """Return the columns of x as the matrix that is normalised by rows or by columns; 0 where it is neither."""
    first, shape = x.ndim - len(axis), x.shape
    if not first or not plain(x) or not x.size:
        return 0
    if all(a % x.ndim == first + i for i, a in enumerate(axis)):
        inner = shape[first:]
    elif axis == (0,) and x.ndim == 2:
        inner = shape[1:]
    else:
        return 0
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
        return reference.normalize(x, axis, eps, w, b)
    of_rows = axis[0] != 0
    y = np.empty((x.size // columns, columns), F32)
    mean, var, r = np.empty((3, len(y) if of_rows else columns), F32)
    _native.norm(x.reshape(y.shape), _flat(w), _flat(b), eps, of_rows, True, y, mean, var, r)
    kept = (*x.shape[: x.ndim - len(axis)], *(1,) * len(axis)) if of_rows else (1, columns)
    return y.reshape(x.shape), mean.reshape(kept), var.reshape(kept), r.reshape(kept)


def normalize_backward(
    x: Array, mean: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array, Array]:
    """Return dx, dw and db; see the reference."""
    columns = _columns(x, axis, w, None)
    if not columns or not plain(mean, r, dy):
        return reference.normalize_backward(x, mean, r, w, dy, axis)
    of_rows = axis[0] != 0
    dx, dw, db = np.empty((x.size // columns, columns), F32), np.empty(columns, F32), np.empty(columns, F32)
    matrix, slope = x.reshape(dx.shape), dy.reshape(dx.shape)
    _native.norm_backward(matrix, mean.reshape(-1), r.reshape(-1), _flat(w), slope, of_rows, True, dx, dw, db)
    inner = x.shape[x.ndim - len(axis) :] if of_rows else (columns,)
    return dx.reshape(x.shape), dw.reshape(inner), db.reshape(inner)


def rms_normalize(x: Array, axis: tuple[int, ...], eps: float, w: Array | None) -> tuple[Array, Array]:
    """Return x r w and r = 1 / sqrt(mean(x^2) + eps) along `axis`, which r keeps with length 1."""
    columns = _columns(x, axis, w, None)
    if not columns or axis[0] == 0:
        return reference.rms_normalize(x, axis, eps, w)
    y = np.empty((x.size // columns, columns), F32)
    none, var, r = np.empty((3, len(y)), F32)
    _native.norm(x.reshape(y.shape), _flat(w), None, eps, True, False, y, none, var, r)
    return y.reshape(x.shape), r.reshape(*x.shape[: x.ndim - len(axis)], *(1,) * len(axis))


def rms_normalize_backward(
    x: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return dx and dw; see the reference."""
    columns = _columns(x, axis, w, None)
    if not columns or axis[0] == 0 or not plain(r, dy):
        return reference.rms_normalize_backward(x, r, w, dy, axis)
    dx, dw, db = np.empty((x.size // columns, columns), F32), np.empty(columns, F32), np.empty(columns, F32)
    matrix, slope, rows = x.reshape(dx.shape), dy.reshape(dx.shape), r.reshape(-1)
    _native.norm_backward(matrix, rows, rows, _flat(w), slope, True, False, dx, dw, db)
    return dx.reshape(x.shape), dw.reshape(x.shape[x.ndim - len(axis) :])


def _flat(w: Array | None) -> Array | None:
    return None if w is None else w.reshape(-1)
