"""What the schedules made of schedules have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.optim.lr_scheduler.reduce_lr_on_plateau import ReduceLROnPlateau
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.optimizer import Optimizer

__all__ = ["Composed"]


class Composed(LRScheduler):
    """Holds several schedules of one optimizer, and saves them with its state."""

    _unsaved = (*LRScheduler._unsaved, "_schedulers")

    def _hold(self, optimizer: Optimizer | None, schedulers: Sequence[LRScheduler]) -> None:
        where = type(self).__name__
        if not schedulers:
            raise ValueError(f"{where} needs at least one schedule, got none")
        for i, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"{where} needs schedules, number {i} is a {type(scheduler).__name__}")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(  # noqa: TRY004 - a schedule it is, and PyTorch raises ValueError
                    f"{where} cannot hold ReduceLROnPlateau (number {i}), whose step() wants a number"
                )
            if scheduler.optimizer is not (optimizer or schedulers[0].optimizer):
                raise ValueError(f"{where} needs schedules of one optimizer, number {i} has another")
        self.optimizer = optimizer or schedulers[0].optimizer
        self._schedulers = list(schedulers)

    def state_dict(self) -> dict[str, Any]:
        """Return the state, with that of every schedule held."""
        return super().state_dict() | {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict()` gave.

        Raises:
            ValueError: when the state is of other schedules.
        """
        parts = state_dict.get("_schedulers", ())
        if len(parts) != len(self._schedulers):
            raise ValueError(
                f"the state does not fit {type(self).__name__}: it holds {len(parts)} schedules, here are "
                f"{len(self._schedulers)}"
            )
        before = [s.state_dict() for s in self._schedulers]
        try:
            for scheduler, part in zip(self._schedulers, parts, strict=True):
                scheduler.load_state_dict(part)
            own = {k: v for k, v in state_dict.items() if k != "_schedulers"}
            super().load_state_dict(own)
        except ValueError:
            for scheduler, part in zip(self._schedulers, before, strict=True):
                scheduler.load_state_dict(part)
            raise
