"""LRScheduler: writes every group's learning rate, once an epoch or a step."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.optim.optimizer import Optimizer

__all__ = ["LRScheduler", "checked_optimizer", "per_group"]


class LRScheduler:
    """The base of every schedule; a subclass says in `get_lr` what the rates become.

    `step()` counts `last_epoch` up and writes what `get_lr()` returns. Most schedules compute the next rate
    from the present one (`group["lr"]`), so that several can act on one optimizer and a rate that the user
    changes by hand stays changed; `closed_form()` computes it from the first rates (`base_lrs`) alone.

    Differences from PyTorch: parameters that make no sense (a period of 0) are refused at construction, and
    `load_state_dict` refuses a state of another schedule.

    Args:
        optimizer: whose learning rates are written; at once, the first time.
        last_epoch: -1 to begin; else the epoch after which to go on, which needs "initial_lr" in every group.

    Attributes:
        base_lrs: the learning rates in the beginning, one a group.
        last_epoch: how often `step()` was called.

    Raises:
        TypeError: when optimizer is no Optimizer.
        KeyError: when last_epoch is given and a group has no "initial_lr".

    Example:
        >>> import pellucid
        >>> class Halving(LRScheduler):
        ...     def get_lr(self):
        ...         return [lr / 2**self.last_epoch for lr in self.base_lrs]
        >>> w = pellucid.tensor([1.0], requires_grad=True)
        >>> optimizer = pellucid.optim.SGD([w], lr=0.5)
        >>> schedule = Halving(optimizer)
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    _unsaved: tuple[str, ...] = ("optimizer", "_is_initial")

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(type(self).__name__, optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__} is to go on after epoch {last_epoch}, but group {i} has no 'initial_lr'; "
                    "load the optimizer's state first"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self._initial_step()

    # --- what a subclass writes -----------------------------------------------------------------------------
    def get_lr(self) -> list[float]:
        """Return the rates of this `last_epoch`, one a group; `step()` calls it, users call `get_last_lr()`."""
        raise NotImplementedError(f"{type(self).__name__} has no get_lr()")

    def closed_form(self) -> list[float]:
        """Return the rates of this `last_epoch` by `base_lrs` alone."""
        return self.get_lr()

    # --- stepping -------------------------------------------------------------------------------------------
    def step(self, epoch: int | None = None) -> None:
        """Go on by one epoch, after `optimizer.step()`, or to a given epoch by the closed form."""
        self._count(jump=epoch is not None)
        self._update_lr(epoch)

    def _count(self, *, jump: bool) -> None:
        if not jump and self._step_count == 1 and self.optimizer.steps_taken == 0:
            warnings.warn(
                f"{type(self).__name__}.step() was called before the first optimizer.step(), so the first learning "
                "rate was never used; call optimizer.step() first",
                UserWarning,
                stacklevel=3,
            )
        self._step_count += 1

    def get_last_lr(self) -> list[float]:
        """Return the rates that were written last, one a group."""
        return list(self._last_lr)

    def _initial_step(self) -> None:
        """Write the first rates. A schedule that goes on finds them already right, hence the flag."""
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        rates = self.get_lr() if epoch is None else self.closed_form()
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise RuntimeError(
                f"{type(self).__name__} was made for {len(rates)} parameter groups, the optimizer now has "
                f"{len(groups)}; make a new schedule after add_param_group()"
            )
        for group, lr in zip(groups, rates, strict=True):
            group["lr"] = lr
        self._last_lr = list(rates)

    def _now(self) -> list[float]:
        """The present rates, one a group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    # --- saving and loading ---------------------------------------------------------------------------------
    def state_dict(self) -> dict[str, Any]:
        """Return all but the optimizer and given functions: numbers, text and lists that JSON can hold."""
        return self._own_state()

    def _own_state(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, list) else value
            for name, value in vars(self).items()
            if name not in self._unsaved and not callable(value)
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict()` gave; the optimizer's rates come with its own state.

        Raises:
            ValueError: when the state is of another kind of schedule; nothing is changed then.
        """
        own = self._own_state()
        missing = [name for name in own if name not in state_dict]
        # Names that begin with an underscore may be PyTorch's own bookkeeping.
        unknown = [name for name in state_dict if name not in own and not name.startswith("_")]
        if missing or unknown:
            raise ValueError(
                f"the state does not fit {type(self).__name__}: missing {missing or 'nothing'}, unknown "
                f"{unknown or 'nothing'}"
            )
        if len(state_dict["_last_lr"]) != len(self._last_lr):
            raise ValueError(
                f"the state does not fit {type(self).__name__}: it is of {len(state_dict['_last_lr'])} parameter "
                f"groups, here are {len(self._last_lr)}"
            )
        for name, value in own.items():
            loaded = state_dict[name]
            setattr(self, name, list(loaded) if isinstance(value, list) else loaded)


def checked_optimizer(where: str, optimizer: Any) -> Optimizer:
    """Return the optimizer if it is one.

    Raises:
        TypeError: when it is not.
    """
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{where} needs an Optimizer, got {type(optimizer).__name__}")
    return optimizer


def per_group(where: str, name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """Return one value a group: the same for all, or those of a list.

    Raises:
        ValueError: when the list has another length.
    """
    groups = len(optimizer.param_groups)
    if isinstance(value, Sequence):
        if len(value) != groups:
            raise ValueError(f"{where} needs {name} for {groups} parameter groups, got {len(value)}")
        return list(value)
    return [value] * groups
