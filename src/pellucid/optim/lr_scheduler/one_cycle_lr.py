"""OneCycleLR: one rise to a large rate and one fall to almost nothing."""

import math
from typing import Literal, NamedTuple

from pellucid.optim._checks import positive_integer
from pellucid.optim.lr_scheduler import _momentum
from pellucid.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer, per_group
from pellucid.optim.optimizer import Optimizer

__all__ = ["OneCycleLR"]


class _Phase(NamedTuple):
    """The last step of a phase, and the names in the group between whose values it moves."""

    end: float
    lr: tuple[str, str]
    momentum: tuple[str, str]


class OneCycleLR(LRScheduler):
    """From max_lr / div_factor up to max_lr, then down to max_lr / div_factor / final_div_factor.

    The rise takes the share pct_start of total_steps; with three phases, a fall of the same length back to
    the first rate comes before the last fall. Momentum moves the other way. Call `step()` after every batch.

    Source: Smith and Topin, 2018. As in PyTorch there are two phases unless three are asked for, as in fast.ai;
    the paper has three.

    Args:
        optimizer: whose learning rates are written.
        max_lr: the largest rate, one for all groups or a list.
        total_steps: the steps of the whole cycle, or give the next two.
        epochs: the epochs of training.
        steps_per_epoch: the steps of an epoch.
        pct_start: the share of the rise.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether momentum (or beta1) moves too.
        base_momentum: its lower bound, for all groups or a list.
        max_momentum: its upper bound, likewise.
        div_factor: max_lr over the first rate.
        final_div_factor: the first rate over the last.
        three_phase: the paper's form.
        last_epoch: -1 to begin, else the step after which to go on.

    Raises:
        ValueError: for sizes below 1, an unknown strategy, momentum to be cycled in an optimizer that has
            none; and by `step()` past the last step.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], momentum=0.9)
        >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.6, anneal_strategy="linear")
        >>> rates = []
        >>> for step in range(5):
        ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
        ...     optimizer.step()
        ...     schedule.step()
        >>> rates
        [0.04, 0.52, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        checked_optimizer("OneCycleLR", optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR needs total_steps, or both epochs and steps_per_epoch")
            epochs = positive_integer("OneCycleLR", "epochs", epochs)
            total_steps = epochs * positive_integer("OneCycleLR", "steps_per_epoch", steps_per_epoch)
        self.total_steps = positive_integer("OneCycleLR", "total_steps", total_steps)
        if not 0 <= pct_start <= 1:
            raise ValueError(f"OneCycleLR needs pct_start in [0, 1], got {pct_start}")
        if anneal_strategy not in {"cos", "linear"}:
            raise ValueError(f"OneCycleLR needs anneal_strategy to be 'cos' or 'linear', got {anneal_strategy!r}")
        if not (div_factor > 0 and final_div_factor > 0):
            raise ValueError(
                f"OneCycleLR needs positive factors, got div_factor={div_factor}, final_div_factor={final_div_factor}"
            )
        self.anneal_strategy, self.cycle_momentum = anneal_strategy, cycle_momentum
        self.pct_start, self.three_phase = pct_start, three_phase
        highs = per_group("OneCycleLR", "max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, highs, strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
        if cycle_momentum:
            _momentum.begin("OneCycleLR", optimizer, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def _phases(self) -> list[_Phase]:
        rise = self.pct_start * self.total_steps - 1
        up = _Phase(rise, ("initial_lr", "max_lr"), ("max_momentum", "base_momentum"))
        if not self.three_phase:
            return [up, _Phase(self.total_steps - 1, ("max_lr", "min_lr"), ("base_momentum", "max_momentum"))]
        down = _Phase(2 * rise, ("max_lr", "initial_lr"), ("base_momentum", "max_momentum"))
        return [up, down, _Phase(self.total_steps - 1, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum"))]

    def get_lr(self) -> list[float]:
        """Read the phase of this step; writes the momentum too."""
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR was made for total_steps={self.total_steps}, this is step {self.last_epoch}; count the "
                "batches of all epochs"
            )
        start, phases = 0.0, self._phases()
        while len(phases) > 1 and self.last_epoch > phases[0].end:
            start = phases.pop(0).end
        phase = phases[0]
        # PyTorch divides by zero for a phase of no length; it is over as soon as it begins.
        part = (self.last_epoch - start) / (phase.end - start) if phase.end != start else 1.0
        if self.anneal_strategy == "cos":
            part = (1 - math.cos(math.pi * part)) / 2
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                _momentum.write(group, _between(group[phase.momentum[0]], group[phase.momentum[1]], part))
        return [_between(g[phase.lr[0]], g[phase.lr[1]], part) for g in self.optimizer.param_groups]


def _between(start: float, end: float, part: float) -> float:
    return start + (end - start) * part
