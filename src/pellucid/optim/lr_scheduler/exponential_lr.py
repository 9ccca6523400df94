"""ExponentialLR: the same factor every epoch."""

from pellucid.optim._checks import nonnegative
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["ExponentialLR"]


class ExponentialLR(LRScheduler):
    """lr_t = lr_0 gamma^t.

    Args:
        optimizer: whose learning rates are written.
        gamma: the factor of one epoch.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when gamma is negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = ExponentialLR(optimizer, gamma=0.5)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 0.5, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        nonnegative("ExponentialLR", {"gamma": gamma}, "gamma")
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by gamma."""
        return self._now() if self._is_initial else [lr * self.gamma for lr in self._now()]

    def closed_form(self) -> list[float]:
        """lr_0 gamma^t."""
        return [lr * self.gamma**self.last_epoch for lr in self.base_lrs]
