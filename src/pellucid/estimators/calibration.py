"""Temperature scaling: probabilities that are as sure as they are right."""

import math

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.estimators.targets import Targets
from pellucid.grad_mode import no_grad
from pellucid.train.sample_weights import weighted_loss

__all__ = ["temperature"]

_SECTION = (math.sqrt(5) - 1) / 2  # golden
_NARROW = 1e-4  # of log T


def temperature(targets: Targets, outputs: Array, encoded: Array, weights: Array | None) -> float:
    """Return the T in [1/20, 20] for which the loss of outputs / T is least: one number, found by golden section.

    The order of classes does not change, so neither do predictions. Source: Guo et al., "On calibration of modern
    neural networks", 2017.

    Args:
        targets: what the outputs mean.
        outputs: the network's, for rows that it was not trained on.
        encoded: the rows' targets, as the loss takes them.
        weights: how much each row counts, or None.
    """
    loss, z = targets.loss(), outputs.astype(np.float64)
    t = Tensor(encoded.astype(np.float64) if encoded.dtype.kind == "f" else encoded)
    w = None if weights is None else Tensor(weights.astype(np.float64))

    def cost(log_temperature: float) -> float:
        scaled = Tensor(z / math.exp(log_temperature))
        with no_grad():
            return (loss(scaled, t) if w is None else weighted_loss(loss, scaled, t, w)).item()

    low, high = -math.log(20), math.log(20)
    a, b = high - _SECTION * (high - low), low + _SECTION * (high - low)
    cost_a, cost_b = cost(a), cost(b)
    while high - low > _NARROW:
        if cost_a < cost_b:
            high, b, cost_b = b, a, cost_a
            a = high - _SECTION * (high - low)
            cost_a = cost(a)
        else:
            low, a, cost_a = a, b, cost_b
            b = low + _SECTION * (high - low)
            cost_b = cost(b)
    return math.exp((low + high) / 2)
