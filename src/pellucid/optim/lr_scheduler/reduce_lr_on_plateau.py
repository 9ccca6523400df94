"""ReduceLROnPlateau: a smaller rate once a number stops getting better."""

import math
from typing import Any, Literal, SupportsFloat

from pellucid.optim._checks import nonnegative
from pellucid.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer, per_group
from pellucid.optim.optimizer import Optimizer

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(LRScheduler):
    """lr <- max(factor lr, min_lr) after more than `patience` epochs without a better number.

    Better than the best so far means, in mode "min": below best (1 - threshold) ("rel") or below
    best - threshold ("abs"); in mode "max" above best (1 + threshold) or best + threshold. A NaN is never better.

    Args:
        optimizer: whose learning rates are written.
        mode: "min" for a loss, "max" for a score.
        factor: the factor of a fall.
        patience: the epochs without a better number that are borne.
        threshold: how much better is better.
        threshold_mode: "rel" or "abs".
        cooldown: the epochs after a fall in which nothing is counted.
        min_lr: the smallest rate, one for all groups or a list.
        eps: a fall by no more than this is left out.

    Raises:
        ValueError: for an unknown mode, a factor outside [0, 1), negative values.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
        >>> rates = []
        >>> for loss in [3.0, 2.0, 2.0, 2.0, 1.0]:
        ...     schedule.step(loss)
        ...     rates += schedule.get_last_lr()
        >>> rates
        [1.0, 1.0, 1.0, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        # The base's constructor is not called: nothing is written before a first number is known.
        self.optimizer = checked_optimizer("ReduceLROnPlateau", optimizer)
        if mode not in {"min", "max"}:
            raise ValueError(f"ReduceLROnPlateau needs mode to be 'min' or 'max', got {mode!r}")
        if threshold_mode not in {"rel", "abs"}:
            raise ValueError(f"ReduceLROnPlateau needs threshold_mode to be 'rel' or 'abs', got {threshold_mode!r}")
        if not 0 <= factor < 1:
            raise ValueError(f"ReduceLROnPlateau needs factor in [0, 1), got {factor}")
        given = {"patience": patience, "threshold": threshold, "cooldown": cooldown, "eps": eps}
        nonnegative("ReduceLROnPlateau", given, *given)
        self.mode, self.threshold_mode = mode, threshold_mode
        self.factor, self.patience, self.threshold = factor, patience, threshold
        self.cooldown, self.eps = cooldown, eps
        self.min_lrs = per_group("ReduceLROnPlateau", "min_lr", optimizer, min_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self._last_lr = self._now()

    def step(self, metrics: SupportsFloat, epoch: Any = None) -> None:  # type: ignore[override]
        """Take the number of one more epoch, such as the validation loss.

        Raises:
            NotImplementedError: when an epoch is given.
        """
        if epoch is not None:
            raise NotImplementedError("ReduceLROnPlateau.step(epoch=...) is not supported; leave it out")
        current = float(metrics)
        self.last_epoch += 1
        if self.is_better(current):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._now()

    def is_better(self, current: float) -> bool:
        """Say whether a number is better than the best so far, by more than the threshold."""
        down = self.mode == "min"
        if self.threshold_mode == "rel":
            bound = self.best * (1 - self.threshold if down else 1 + self.threshold)
        else:
            bound = self.best - self.threshold if down else self.best + self.threshold
        return current < bound if down else current > bound

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            raise RuntimeError(
                f"ReduceLROnPlateau was made for {len(self.min_lrs)} parameter groups, the optimizer now has "
                f"{len(groups)}; make a new schedule after add_param_group()"
            )
        for group, low in zip(groups, self.min_lrs, strict=True):
            lr = max(group["lr"] * self.factor, low)
            if group["lr"] - lr > self.eps:
                group["lr"] = lr
