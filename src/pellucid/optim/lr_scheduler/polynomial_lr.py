"""PolynomialLR: down to zero along a power."""

from pellucid.optim._checks import nonnegative, positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["PolynomialLR"]


class PolynomialLR(LRScheduler):
    """lr_t = lr_0 (1 - min(t, total_iters) / total_iters)^power.

    Args:
        optimizer: whose learning rates are written.
        total_iters: the epochs until zero.
        power: the exponent; 1 is a straight line.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when total_iters is below 1 or power negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = PolynomialLR(optimizer, total_iters=2, power=2.0)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 0.25, 0.0, 0.0]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = positive_integer("PolynomialLR", "total_iters", total_iters)
        nonnegative("PolynomialLR", {"power": power}, "power")
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by the ratio of this power to the one before."""
        t, T = self.last_epoch, self.total_iters
        if self._is_initial or t > T:
            return self._now()
        return [lr * ((1 - t / T) / (1 - (t - 1) / T)) ** self.power for lr in self._now()]

    def closed_form(self) -> list[float]:
        """lr_0 (1 - min(t, T) / T)^power."""
        part = min(self.last_epoch, self.total_iters) / self.total_iters
        return [lr * (1 - part) ** self.power for lr in self.base_lrs]
