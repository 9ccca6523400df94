"""Losses between numbers. In every one e = x - t is the error, element by element, and dt = -dx.

Weights belong to elements, in the shape of x; the mean is then sum w l / sum w.
"""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Tensor, record
from pellucid.ops import reduction as reductions
from pellucid.ops._loss import check_options, constant, elementwise, quiet, reduced

__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """L = e^2; dx = 2 e dl; see `MSELoss`."""
    check_options(reduction, size_average, reduce)
    x, t, a, b = elementwise("mse_loss", input, target)
    n = a.size
    if reduction == "mean" and weight is None and n:  # one step of the tape
        return record(
            K.mse(a, b),
            (x, lambda dl: K.mse_backward(a, b, float(dl) / n)),
            (t, lambda dl: K.mse_backward(b, a, float(dl) / n)),
        )
    with np.errstate(all="ignore"):
        e = a - b
        losses = record(e * e, (x, lambda dl: 2 * e * dl), (t, lambda dl: -2 * e * dl))
        return _weighted("mse_loss", losses, weight, reduction)


@quiet
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """L = |e|; dx = sign(e) dl, which is 0 at e = 0; see `L1Loss`."""
    check_options(reduction, size_average, reduce)
    x, t, a, b = elementwise("l1_loss", input, target)
    e = a - b
    losses = record(np.abs(e), (x, lambda dl: np.sign(e) * dl), (t, lambda dl: -np.sign(e) * dl))
    return _weighted("l1_loss", losses, weight, reduction)


@quiet
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """L = e^2 / (2 beta) where |e| < beta, else |e| - beta / 2; dx = e / beta held in [-1, 1]; see `SmoothL1Loss`."""
    check_options(reduction, size_average, reduce)
    if beta < 0:
        raise ValueError(f"smooth_l1_loss needs a beta of at least 0, got {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    x, t, a, b = elementwise("smooth_l1_loss", input, target)
    e = a - b
    size = np.abs(e)
    losses = record(
        np.where(size < beta, e * e * (0.5 / beta), size - 0.5 * beta),
        (x, lambda dl: np.clip(e / beta, -1, 1) * dl),
        (t, lambda dl: -np.clip(e / beta, -1, 1) * dl),
    )
    return reduced(losses, reduction)


@quiet
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """L = e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2); dx = e held in [-delta, delta]; see `HuberLoss`.

    With weights the mean divides by the number of elements, as PyTorch's does, and not by the sum of the weights.
    """
    check_options(reduction)
    if delta <= 0:
        raise ValueError(f"huber_loss needs a delta above 0, got {delta}")
    x, t, a, b = elementwise("huber_loss", input, target)
    e = a - b
    size = np.abs(e)
    losses = record(
        np.where(size <= delta, 0.5 * e * e, delta * (size - 0.5 * delta)),
        (x, lambda dl: np.clip(e, -delta, delta) * dl),
        (t, lambda dl: -np.clip(e, -delta, delta) * dl),
    )
    if weight is None:
        return reduced(losses, reduction)
    return reduced(_weighted("huber_loss", losses, weight, "none"), reduction)


def _weighted(where: str, losses: Tensor, weight: Any, reduction: str) -> Tensor:
    """Reduce with a weight for each element, where the mean divides by the sum of the weights."""
    if weight is None:
        return reduced(losses, reduction)
    w = constant(where, "weight", weight, losses.array)
    if w.shape != losses.array.shape:
        raise ValueError(f"{where}: the weight has shape {w.shape}, the input {losses.array.shape}; they must be equal")
    losses = losses * Tensor(w)
    return reductions.sum(losses) / Tensor(np.sum(w)) if reduction == "mean" else reduced(losses, reduction)
