"""ConstantLR: a smaller rate for the first epochs."""

from pellucid.optim._checks import positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["ConstantLR"]


class ConstantLR(LRScheduler):
    """lr_t = factor lr_0 while t < total_iters, then lr_0.

    Args:
        optimizer: whose learning rates are written.
        factor: the factor of the beginning.
        total_iters: how many epochs it lasts.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when factor is outside (0, 1] or total_iters below 1.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = ConstantLR(optimizer, factor=0.25, total_iters=2)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [0.25, 0.25, 1.0, 1.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 < factor <= 1:
            raise ValueError(f"ConstantLR needs factor in (0, 1], got {factor}")
        self.factor = factor
        self.total_iters = positive_integer("ConstantLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Multiply by the factor first, and divide by it in the end."""
        if self.last_epoch == 0:
            return [lr * self.factor for lr in self._now()]
        if self.last_epoch != self.total_iters:
            return self._now()
        return [lr / self.factor for lr in self._now()]

    def closed_form(self) -> list[float]:
        """Factor lr_0 while t < total_iters, then lr_0."""
        return [lr * (self.factor if self.last_epoch < self.total_iters else 1.0) for lr in self.base_lrs]
