"""What each row costs, weighted means, and the penalty of weight decay, by the native engine."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, plain

__all__ = [
    "add_squares",
    "bce_with_logits_of_rows",
    "bce_with_logits_of_rows_backward",
    "mse_of_rows",
    "mse_of_rows_backward",
    "weighted_mean",
]


def _rows(x: Array, t: Array) -> bool:
    return x.ndim == 2 and x.shape == t.shape and plain(x, t)


def mse_of_rows(x: Array, t: Array, factor: float) -> Array:
    """Return factor * sum_k (x_ik - t_ik)^2."""
    if not _rows(x, t):
        return reference.mse_of_rows(x, t, factor)
    losses = np.empty(len(x), F32)
    _native.mse_of_rows(x, t, factor, losses)
    return losses


def mse_of_rows_backward(x: Array, t: Array, dl: Array, factor: float) -> Array:
    """Return dx_ik = 2 factor (x_ik - t_ik) dl_i."""
    if not _rows(x, t) or not plain(dl):
        return reference.mse_of_rows_backward(x, t, dl, factor)
    dx = np.empty(x.shape, F32)
    _native.mse_of_rows_backward(x, t, dl, factor, dx)
    return dx


def bce_with_logits_of_rows(z: Array, t: Array, factor: float) -> Array | None:
    """Return factor * sum_k (log(1 + e^z_ik) - z_ik t_ik); None for t outside [0, 1]."""
    if not _rows(z, t):
        return reference.bce_with_logits_of_rows(z, t, factor)
    losses = np.empty(len(z), F32)
    try:
        _native.bce_with_logits_of_rows(z, t, factor, losses)
    except ValueError:
        return None
    return losses


def bce_with_logits_of_rows_backward(z: Array, t: Array, dl: Array, factor: float) -> Array:
    """Return dz_ik = factor (sigmoid(z_ik) - t_ik) dl_i."""
    if not _rows(z, t) or not plain(dl):
        return reference.bce_with_logits_of_rows_backward(z, t, dl, factor)
    dz = np.empty(z.shape, F32)
    _native.bce_with_logits_of_rows_backward(z, t, dl, factor, dz)
    return dz


def weighted_mean(l: Array, w: Array | None) -> tuple[Array, Array]:
    """Return sum w l / sum w and the shares w / sum w; all weights are 1 where w is None."""
    if l.ndim != 1 or not plain(l) or (w is not None and (w.shape != l.shape or not plain(w))):
        return reference.weighted_mean(l, w)
    mean, shares = np.empty((), F32), np.empty(len(l), F32)
    _native.weighted_mean(l, w, mean, shares)
    return mean, shares


def add_squares(loss: Array, xs: list[Array], factor: float) -> Array:
    """Return loss + factor * sum of the squares of all elements of all xs, of loss's type."""
    out = np.empty((), F32)
    if loss.ndim == 0 and plain(loss) and _native.add_squares(loss, xs, factor, out):
        return out
    return reference.add_squares(loss, xs, factor)
