"""ChainedScheduler: several schedules at once."""

from collections.abc import Sequence

from pellucid.optim.lr_scheduler._composed import Composed
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["ChainedScheduler"]


class ChainedScheduler(Composed):
    """Steps all its schedules, one after the other, so that their factors multiply.

    Args:
        schedulers: schedules of one optimizer.
        optimizer: that optimizer; the first schedule's when None.

    Raises:
        ValueError: without schedules, with ReduceLROnPlateau, or with schedules of several optimizers.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> warm = pellucid.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
        >>> fall = pellucid.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> schedule = ChainedScheduler([warm, fall])
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        # The base's constructor is not called: every schedule has already written its first rates.
        self._hold(optimizer, schedulers)
        self._last_lr = self._now()

    def step(self, epoch: int | None = None) -> None:
        """Step every schedule.

        Raises:
            NotImplementedError: when an epoch is given.
        """
        if epoch is not None:
            raise NotImplementedError("ChainedScheduler.step(epoch) is not supported; call step() for every epoch")
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._now()
