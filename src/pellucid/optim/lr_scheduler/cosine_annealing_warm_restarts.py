"""CosineAnnealingWarmRestarts: half cosines one after the other."""

import math

from pellucid.optim._checks import nonnegative, positive_integer
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingWarmRestarts"]


class CosineAnnealingWarmRestarts(LRScheduler):
    """lr = eta_min + (lr_0 - eta_min) (1 + cos(pi T_cur / T_i)) / 2.

    T_cur counts the epochs since the last restart, T_i is the length of this period; each period is T_mult
    times as long as the one before. `step(epoch)` takes fractions too: `step(epoch + batch / batches)`.
    Going on by `last_epoch` gives the rates of an undisturbed run, also where PyTorch's periods then differ
    (T_mult > 1).

    Source: Loshchilov and Hutter, 2017.

    Args:
        optimizer: whose learning rates are written.
        T_0: the epochs of the first period.
        T_mult: the factor of the next period's length.
        eta_min: the smallest rate.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        ValueError: when T_0 or T_mult is below 1 or eta_min negative.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_0 = self.T_i = positive_integer("CosineAnnealingWarmRestarts", "T_0", T_0)
        self.T_mult = positive_integer("CosineAnnealingWarmRestarts", "T_mult", T_mult)
        nonnegative("CosineAnnealingWarmRestarts", {"eta_min": eta_min}, "eta_min")
        self.eta_min = eta_min
        self.T_cur: float = -1
        if last_epoch >= 0:
            self.T_cur, self.T_i = self._place(last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Read the cosine of this period."""
        part = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (lr - self.eta_min) * part for lr in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on by one epoch, or to a given epoch, whole or not.

        Raises:
            ValueError: when the epoch is negative.
        """
        self._count(jump=epoch is not None)
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                raise ValueError(f"CosineAnnealingWarmRestarts.step needs an epoch of at least 0, got {epoch}")
            self.T_cur, self.T_i = self._place(epoch)
        self._update_lr(math.floor(epoch))

    def _place(self, epoch: float) -> tuple[float, int]:
        """Return T_cur and T_i at an epoch, by walking through the periods before it."""
        length = self.T_0
        while epoch >= length:
            if self.T_mult == 1:
                return epoch % length, length
            epoch -= length
            length *= self.T_mult
        return epoch, length
