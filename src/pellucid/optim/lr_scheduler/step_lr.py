"""StepLR: a fixed factor every few epochs."""

from pellucid.optim._checks import nonnegative, positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["StepLR"]


class StepLR(LRScheduler):
    """lr_t = lr_0 gamma^floor(t / step_size).

    Args:
        optimizer: whose learning rates are written.
        step_size: the epochs between two falls.
        gamma: the factor of a fall.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when step_size is below 1 or gamma negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = positive_integer("StepLR", "step_size", step_size)
        nonnegative("StepLR", {"gamma": gamma}, "gamma")
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by gamma at the end of every period."""
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._now()
        return [lr * self.gamma for lr in self._now()]

    def closed_form(self) -> list[float]:
        """lr_0 gamma^floor(t / step_size)."""
        return [lr * self.gamma ** (self.last_epoch // self.step_size) for lr in self.base_lrs]
