"""LinearLR: a straight line from one factor to another; the usual warm-up."""

from pellucid.optim._checks import positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["LinearLR"]


class LinearLR(LRScheduler):
    """lr_t = lr_0 (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters).

    Args:
        optimizer: whose learning rates are written.
        start_factor: the factor of the first epoch.
        end_factor: the factor in the end.
        total_iters: how many epochs the line takes.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when start_factor is outside (0, 1], end_factor outside [0, 1], total_iters below 1.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR needs start_factor in (0, 1], got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR needs end_factor in [0, 1], got {end_factor}")
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = positive_integer("LinearLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by the ratio of this factor to the one before."""
        if self.last_epoch == 0:
            return [lr * self.start_factor for lr in self._now()]
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._now()
        rise = self.end_factor - self.start_factor
        ratio = 1 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)
        return [lr * ratio for lr in self._now()]

    def closed_form(self) -> list[float]:
        """lr_0 times the factor on the line."""
        part = min(self.last_epoch, self.total_iters) / self.total_iters
        return [lr * (self.start_factor + (self.end_factor - self.start_factor) * part) for lr in self.base_lrs]
