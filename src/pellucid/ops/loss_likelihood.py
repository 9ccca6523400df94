"""Negative log-likelihoods of distributions: how improbable the target is under what the network says."""

import math
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops import reduction as reductions
from pellucid.ops._loss import check_options, elementwise, quiet, reduced

__all__ = ["gaussian_nll_loss", "kl_div", "poisson_nll_loss"]


@quiet
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """L = t (log t - x) for log-probabilities x; dx = -t dl, dt = (log t + 1 - x) dl; see `KLDivLoss`.

    With log_target t is log t itself: l = e^t (t - x), dx = -e^t dl, dt = e^t (t - x + 1) dl.
    """
    batchmean = reduction == "batchmean"
    check_options("sum" if batchmean else reduction, size_average, reduce)
    x, t, a, b = elementwise("kl_div", input, target)
    p, log_p = (K.exp(b), b) if log_target else (b, K.log(b))
    values = p * (log_p - a)
    if not log_target:
        values = np.where(p == 0, -p * a, values)  # 0 log 0 = 0

    def dt(dl: Array) -> Array:
        return dl * (p * (log_p - a + 1) if log_target else log_p - a + 1)

    losses = record(values, (x, lambda dl: -p * dl), (t, dt))
    if not batchmean:
        return reduced(losses, reduction)
    if x.ndim == 0:
        raise ValueError("kl_div with reduction='batchmean' needs an axis of samples, got a single number")
    return reductions.sum(losses) / float(a.shape[0])


@quiet
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """L = e^x - t x, or x - t log(x + eps) for rates x; dx = (e^x - t) dl, or (1 - t / (x + eps)) dl.

    `full` adds log t! as Stirling approximates it, t log t - t + log(2 pi t) / 2 where t > 1; see
    `PoissonNLLLoss`.
    """
    check_options(reduction, size_average, reduce)
    x, t, a, b = elementwise("poisson_nll_loss", input, target)
    if (b < 0).any():
        raise ValueError(f"poisson_nll_loss needs counts as target, none below 0, got {b[b < 0].flat[0]:g}")
    log_rate = a if log_input else K.log(a + eps)
    rate = K.exp(a) if log_input else a
    values = rate - b * log_rate
    large = (b > 1) & full
    n = np.where(large, b, 1)
    if full:
        values = values + np.where(large, n * np.log(n) - n + 0.5 * np.log(2 * math.pi * n), 0)
    return reduced(
        record(
            values,
            (x, lambda dl: dl * (rate - b if log_input else 1 - b / (a + eps))),
            (t, lambda dl: dl * (np.where(large, np.log(n) + 0.5 / n, 0) - log_rate)),
        ),
        reduction,
    )


@quiet
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """L = (log v + e^2 / v) / 2 with e = x - t, v = max(var, eps); see `GaussianNLLLoss`.

    dx = e / v dl, dt = -dx, dv = (1 - e^2 / v) / (2 v) dl, which passes the maximum unchanged, as in PyTorch.
    `full` adds log(2 pi) / 2.
    """
    check_options(reduction)
    x, t, a, b = elementwise("gaussian_nll_loss", input, target)
    variance = as_tensor(var)
    if eps <= 0:
        raise ValueError(f"gaussian_nll_loss needs an eps above 0, got {eps}")
    if (variance.array < 0).any():
        raise ValueError(
            "gaussian_nll_loss needs variances of at least 0, got a negative one; let the network's "
            "output pass softplus or exp"
        )
    if isinstance(var, Tensor) and variance.array.shape != a.shape:
        variance = _fitting(variance, a.shape)
    v = np.maximum(variance.array.astype(a.dtype, copy=False), eps)
    e = a - b
    values = 0.5 * (np.log(v) + e * e / v) + (0.5 * math.log(2 * math.pi) if full else 0)
    losses = record(
        values,
        (x, lambda dl: dl * e / v),
        (t, lambda dl: -dl * e / v),
        (variance, lambda dl: dl * 0.5 * (1 - e * e / v) / v),
    )
    return reduced(losses, reduction)


def _fitting(variance: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return variances that hold for a whole axis, in a shape that broadcasts to `shape`."""
    v = variance.array.shape
    if v == shape[:-1]:
        return variance.unsqueeze(-1)
    if len(v) == len(shape) and [n for n, m in zip(v, shape, strict=True) if n != m] == [1]:
        return variance
    raise ValueError(
        f"gaussian_nll_loss: the variance has shape {v}, which fits none of {shape}, {shape[:-1]} and {shape} with "
        "one axis of length 1"
    )
