"""What each row costs, means in which rows have weights, and the penalty of weight decay.

x (or the logits z) and t are (n, k), what a row costs is (n,), and dl are the gradients by that. Each element costs
`factor` times what the loss of one element is.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference.maps import sigmoid

__all__ = [
    "add_squares",
    "bce_with_logits_of_rows",
    "bce_with_logits_of_rows_backward",
    "mse_of_rows",
    "mse_of_rows_backward",
    "weighted_mean",
]

_quiet = np.errstate(all="ignore")


@_quiet
def mse_of_rows(x: Array, t: Array, factor: float) -> Array:
    """Return factor * sum_k (x_ik - t_ik)^2."""
    e = x - t
    return np.sum(e * e, axis=1) * factor


@_quiet
def mse_of_rows_backward(x: Array, t: Array, dl: Array, factor: float) -> Array:
    """Return dx_ik = 2 factor (x_ik - t_ik) dl_i."""
    return (x - t) * (2 * factor * dl)[:, None]


@_quiet
def bce_with_logits_of_rows(z: Array, t: Array, factor: float) -> Array | None:
    """Return factor * sum_k (log(1 + e^z_ik) - z_ik t_ik), as `bce_with_logits` does; None for t outside [0, 1]."""
    if ((t < 0) | (t > 1)).any():
        return None
    losses = np.where(z > 0, z * (1 - t), -z * t) + np.log1p(np.exp(-np.abs(z)))
    return np.sum(losses, axis=1) * factor


@_quiet
def bce_with_logits_of_rows_backward(z: Array, t: Array, dl: Array, factor: float) -> Array:
    """Return dz_ik = factor (sigmoid(z_ik) - t_ik) dl_i."""
    return (sigmoid(z) - t) * (factor * dl)[:, None]


@_quiet
def weighted_mean(l: Array, w: Array | None) -> tuple[Array, Array]:
    """Return sum w l / sum w and the shares w / sum w, its gradient by l; all weights are 1 where w is None."""
    weights = np.ones_like(l) if w is None else w
    total = np.sum(weights)
    return np.sum(weights * l) / total, weights / total


@_quiet
def add_squares(loss: Array, xs: list[Array], factor: float) -> Array:
    """Return loss + factor * sum of the squares of all elements of all xs, of loss's type."""
    squares = sum(float(np.sum(np.square(x, dtype=np.float64))) for x in xs)
    return np.asarray(loss + factor * squares, dtype=loss.dtype)
