"""SequentialLR: one schedule after the other."""

from bisect import bisect_right
from collections.abc import Sequence

from pellucid.optim.lr_scheduler._composed import Composed
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["SequentialLR"]


class SequentialLR(Composed):
    """The first schedule until the first milestone, then the second from its beginning, and so on.

    Args:
        optimizer: whose learning rates are written.
        schedulers: the schedules, in order.
        milestones: the epochs at which the next one begins, one fewer than schedules.
        last_epoch: -1; to go on, use load_state_dict.

    Raises:
        ValueError: without schedules, with ReduceLROnPlateau, with schedules of several optimizers, or with
            milestones that do not rise or are not one fewer.
        NotImplementedError: for a schedule that itself holds schedules, which PyTorch's would step wrongly, and
            for another last_epoch.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> warm = pellucid.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
        >>> fall = pellucid.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> schedule = SequentialLR(optimizer, [warm, fall], milestones=[2])
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates.append(optimizer.param_groups[0]["lr"])
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [0.5, 0.75, 1.0, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        # The base's constructor is not called: the schedules held have bases of their own.
        self._hold(optimizer, schedulers)
        if any(isinstance(s, Composed) for s in schedulers):
            raise NotImplementedError("SequentialLR cannot hold a SequentialLR or ChainedScheduler; write it flat")
        if last_epoch != -1:
            raise NotImplementedError("SequentialLR(last_epoch=...) is not supported; use load_state_dict()")
        self.milestones = list(milestones)
        if len(self.milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR needs one milestone fewer than schedules, got {len(self.milestones)} milestones and "
                f"{len(schedulers)} schedules"
            )
        if any(a >= b for a, b in zip([0, *self.milestones], self.milestones, strict=False)):
            raise ValueError(f"SequentialLR needs milestones that rise from 1, got {self.milestones}")
        self.last_epoch = 0
        # Each schedule wrote its first rates when it was made; undo that, and let the first one begin.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in self._schedulers:
            scheduler.last_epoch -= 1
        self._schedulers[0]._initial_step()
        self._last_lr = self._schedulers[0].get_last_lr()

    def step(self, epoch: int | None = None) -> None:
        """Step the schedule whose turn it is.

        Raises:
            NotImplementedError: when an epoch is given.
        """
        if epoch is not None:
            raise NotImplementedError("SequentialLR.step(epoch) is not supported; call step() for every epoch")
        self.last_epoch += 1
        turn = bisect_right(self.milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self.milestones[turn - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()
