"""Losses between numbers. In every one e = x - t is the error, element by element."""

from typing import Any

import numpy as np

from pellucid._tensor import Tensor, record
from pellucid.ops import reduction as reductions
from pellucid.ops._loss import check_options, constant, elementwise, reduced

__all__ = ["mse_loss"]


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """L = e^2; dx = 2 e dl, dt = -dx; see `MSELoss`.

    Args:
        input: x, any shape.
        target: t, the shape of x.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".
        weight: one of each element, in the shape of x; the mean is then sum w l / sum w.
    """
    check_options(reduction, size_average, reduce)
    x, t, a, b = elementwise("mse_loss", input, target)
    e = a - b
    losses = record(e * e, (x, lambda dl: 2 * e * dl), (t, lambda dl: -2 * e * dl))
    return _weighted("mse_loss", losses, weight, reduction)


def _weighted(where: str, losses: Tensor, weight: Any, reduction: str) -> Tensor:
    """Reduce with a weight for each element, where the mean divides by the sum of the weights."""
    if weight is None:
        return reduced(losses, reduction)
    w = constant(where, "weight", weight, losses.array)
    if w.shape != losses.array.shape:
        raise ValueError(f"{where}: the weight has shape {w.shape}, the input {losses.array.shape}; they must be equal")
    losses = losses * Tensor(w)
    return reductions.sum(losses) / Tensor(np.sum(w)) if reduction == "mean" else reduced(losses, reduction)
