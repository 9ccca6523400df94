"""CyclicLR: up and down between two rates."""

import math
from collections.abc import Callable
from typing import Literal

from pellucid.optim._checks import positive_integer
from pellucid.optim.lr_scheduler import _momentum
from pellucid.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer, per_group
from pellucid.optim.optimizer import Optimizer

__all__ = ["CyclicLR"]

_SCALES = {"triangular": "cycle", "triangular2": "cycle", "exp_range": "iterations"}


class CyclicLR(LRScheduler):
    """lr = base_lr + (max_lr - base_lr) height scale, with height a triangle between 0 and 1.

    In cycle c and iteration t, scale is 1 ("triangular"), 1 / 2^(c - 1) ("triangular2"), gamma^t
    ("exp_range"), or `scale_fn` of c or t. Momentum goes down as lr goes up. Call `step()` after every batch.

    Source: Smith, 2017.

    Args:
        optimizer: whose learning rates are written.
        base_lr: the lower rate, one for all groups or a list.
        max_lr: the upper rate, likewise.
        step_size_up: the steps of a rise.
        step_size_down: the steps of a fall; as many when None.
        mode: "triangular", "triangular2" or "exp_range".
        gamma: the factor of "exp_range".
        scale_fn: a scale of one's own; mode is not used then. It is not part of the state.
        scale_mode: whether scale_fn gets the "cycle" or the "iterations".
        cycle_momentum: whether momentum (or beta1) moves too.
        base_momentum: its lower bound.
        max_momentum: its upper bound.
        last_epoch: -1 to begin, else the step after which to go on.

    Raises:
        ValueError: for an unknown mode, sizes below 1, bounds in the wrong order, or momentum to be cycled in
            an optimizer that has none.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], momentum=0.9)
        >>> schedule = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
        >>> rates = []
        >>> for step in range(6):
        ...     rates.append(optimizer.param_groups[0]["lr"])
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        checked_optimizer("CyclicLR", optimizer)
        if scale_fn is None and mode not in _SCALES:
            raise ValueError(f"CyclicLR needs mode to be one of {', '.join(_SCALES)}, got {mode!r}")
        if scale_mode not in {"cycle", "iterations"}:
            raise ValueError(f"CyclicLR needs scale_mode to be 'cycle' or 'iterations', got {scale_mode!r}")
        up = positive_integer("CyclicLR", "step_size_up", step_size_up)
        down = up if step_size_down is None else positive_integer("CyclicLR", "step_size_down", step_size_down)
        self.total_size, self.step_ratio = float(up + down), up / (up + down)
        self.mode, self.gamma, self._scale_fn = mode, gamma, scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else _SCALES[mode]
        base_lrs = per_group("CyclicLR", "base_lr", optimizer, base_lr)
        self.max_lrs = per_group("CyclicLR", "max_lr", optimizer, max_lr)
        for low, high in zip(base_lrs, self.max_lrs, strict=True):
            if not 0 <= low <= high:
                raise ValueError(f"CyclicLR needs 0 <= base_lr <= max_lr, got base_lr={low} and max_lr={high}")
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = low
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            _momentum.begin("CyclicLR", optimizer, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def get_lr(self) -> list[float]:
        """Read the triangle; writes the momentum too."""
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1 + self.last_epoch / self.total_size - cycle  # where in the cycle, in [0, 1)
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        height *= self._scale(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                low, high = group["base_momentum"], group["max_momentum"]
                _momentum.write(group, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def _scale(self, x: int) -> float:
        if self._scale_fn is not None:
            return self._scale_fn(x)
        return {"triangular": 1.0, "triangular2": 1 / 2.0 ** (x - 1), "exp_range": self.gamma**x}[self.mode]
