"""CosineAnnealingLR: down along half a cosine."""

import math

from pellucid.optim._checks import nonnegative, positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR"]


class CosineAnnealingLR(LRScheduler):
    """lr_t = eta_min + (lr_0 - eta_min) (1 + cos(pi t / T_max)) / 2.

    Past T_max the cosine rises again, as in PyTorch; stop there, or use CosineAnnealingWarmRestarts.

    Source: Loshchilov and Hutter, 2017, without the restarts.

    Args:
        optimizer: whose learning rates are written.
        T_max: the epochs of half a period.
        eta_min: the smallest rate.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when T_max is below 1 or eta_min negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = CosineAnnealingLR(optimizer, T_max=4)
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = positive_integer("CosineAnnealingLR", "T_max", T_max)
        nonnegative("CosineAnnealingLR", {"eta_min": eta_min}, "eta_min")
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Scale the present distance from eta_min as the cosine changes."""
        t, T, low = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return self._now()
        if (t - 1 - T) % (2 * T) == 0:  # the epoch before was the lowest, where the ratio would be 0 / 0
            rise = (1 - math.cos(math.pi / T)) / 2
            return [lr + (first - low) * rise for lr, first in zip(self._now(), self.base_lrs, strict=True)]
        ratio = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
        return [ratio * (lr - low) + low for lr in self._now()]

    def closed_form(self) -> list[float]:
        """eta_min + (lr_0 - eta_min) (1 + cos(pi t / T_max)) / 2."""
        part = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        return [self.eta_min + (lr - self.eta_min) * part for lr in self.base_lrs]
