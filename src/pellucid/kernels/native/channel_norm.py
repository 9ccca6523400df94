"""Normalisation of channels over samples and places, by the native engine, which lays channels last."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, channels_first, channels_last, plain

__all__ = ["normalize_channels", "normalize_channels_backward", "scale_channels"]


def normalize_channels(
    x: Array, axis: tuple[int, ...], eps: float, w: Array | None, b: Array | None
) -> tuple[Array, Array, Array, Array] | None:
    """Return what `normalize` does over all axes but axis 1; None over others, or for x that is not for this engine."""
    if not _taken(x, axis) or not _of_channels(x, w, b):
        return None
    matrix = _matrix(x)
    y = np.empty(matrix.shape, F32)
    mean, var, r = np.empty((3, matrix.shape[1]), F32)
    _native.channel_norm(matrix, _flat(w), _flat(b), eps, y, mean, var, r)
    kept = (1, matrix.shape[1], *(1,) * (x.ndim - 2))
    return _like(y, x), mean.reshape(kept), var.reshape(kept), r.reshape(kept)


def normalize_channels_backward(
    x: Array, mean: Array, r: Array, w: Array | None, dy: Array, axis: tuple[int, ...]
) -> tuple[Array, Array, Array] | None:
    """Return what `normalize_backward` does where `axis` is all but axis 1; None as for `normalize_channels`."""
    if not _taken(x, axis) or not _of_channels(x, w, mean[0], r[0]) or dy.dtype is not F32 or dy.shape != x.shape:
        return None
    matrix = _matrix(x)
    dx = np.empty(matrix.shape, F32)
    dw, db = np.empty((2, matrix.shape[1]), F32)
    _native.channel_norm_backward(matrix, mean.reshape(-1), r.reshape(-1), _flat(w), _matrix(dy), dx, dw, db)
    inner = (matrix.shape[1], *(1,) * (x.ndim - 2))
    return _like(dx, x), dw.reshape(inner), db.reshape(inner)


def scale_channels(x: Array, mean: Array, factor: Array, shift: Array) -> Array:
    """Return (x - mean) factor + shift for x (N, C, ...) and numbers of each channel."""
    if not 2 <= x.ndim <= 5 or x.dtype is not F32 or not x.size or not plain(mean, factor, shift):
        return reference.scale_channels(x, mean, factor, shift)
    matrix = _matrix(x)
    y = np.empty(matrix.shape, F32)
    _native.channel_scale(matrix, mean, factor, shift, y)
    return _like(y, x)


def _taken(x: Array, axis: tuple[int, ...]) -> bool:
    return 2 <= x.ndim <= 5 and axis == (0, *range(2, x.ndim)) and x.dtype is F32 and x.size > 0


def _of_channels(x: Array, *arrays: Array | None) -> bool:
    """Say whether each array, where there is one, holds one number for each channel of x."""
    inner = (x.shape[1], *(1,) * (x.ndim - 2))
    return all(a is None or (a.shape == inner and plain(a)) for a in arrays)


def _matrix(x: Array) -> Array:
    """Return x (N, C, *size) as rows of channels, (N times places, C)."""
    return (channels_last(x) if x.ndim > 2 else np.require(x, requirements=["C", "A"])).reshape(-1, x.shape[1])


def _like(matrix: Array, x: Array) -> Array:
    """Return rows of channels in the shape of x (N, C, *size)."""
    return matrix if x.ndim == 2 else channels_first(matrix.reshape(x.shape[0], *x.shape[2:], x.shape[1]))


def _flat(w: Array | None) -> Array | None:
    return None if w is None else w.reshape(-1)
