"""MultiStepLR: a fixed factor at chosen epochs."""

from bisect import bisect_right
from collections.abc import Iterable

from pellucid.optim._checks import nonnegative
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["MultiStepLR"]


class MultiStepLR(LRScheduler):
    """lr_t = lr_0 gamma^(the number of milestones up to t); one given twice counts twice.

    Args:
        optimizer: whose learning rates are written.
        milestones: the epochs of the falls.
        gamma: the factor of a fall.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when a milestone is no integer of at least 0, or gamma is negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        given = list(milestones)
        if any(not hasattr(m, "__index__") or m < 0 for m in given):
            raise ValueError(f"MultiStepLR needs milestones that are integers of at least 0, got {given}")
        nonnegative("MultiStepLR", {"gamma": gamma}, "gamma")
        self.milestones = sorted(given)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by gamma at every milestone."""
        falls = self.milestones.count(self.last_epoch)
        return [lr * self.gamma**falls for lr in self._now()] if falls else self._now()

    def closed_form(self) -> list[float]:
        """lr_0 gamma^(the number of milestones up to t)."""
        return [lr * self.gamma ** bisect_right(self.milestones, self.last_epoch) for lr in self.base_lrs]
