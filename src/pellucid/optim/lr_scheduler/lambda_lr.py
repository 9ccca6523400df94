"""LambdaLR and MultiplicativeLR: schedules given as functions of the epoch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pellucid.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer, per_group
from pellucid.optim.optimizer import Optimizer

__all__ = ["LambdaLR", "MultiplicativeLR"]

Factor = Callable[[int], float]


class _ByFunction(LRScheduler):
    """Holds one function a group; of those that are objects, the attributes are saved with the state."""

    _unsaved = (*LRScheduler._unsaved, "lr_lambdas")

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        where = type(self).__name__
        self.lr_lambdas: list[Factor] = per_group(where, "lr_lambda", checked_optimizer(where, optimizer), lr_lambda)
        for factor in self.lr_lambdas:
            if not callable(factor):
                raise TypeError(f"{where} needs lr_lambda to be a function of the epoch, got {type(factor).__name__}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return the state; of the functions only the attributes they have as objects."""
        return super().state_dict() | {"lr_lambdas": [dict(getattr(f, "__dict__", {})) for f in self.lr_lambdas]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state; the functions themselves are those given here."""
        attributes = state_dict.get("lr_lambdas", ())
        if len(attributes) != len(self.lr_lambdas):
            raise ValueError(
                f"the state does not fit {type(self).__name__}: lr_lambdas for {len(attributes)} groups, here are "
                f"{len(self.lr_lambdas)}"
            )
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "lr_lambdas"})
        for factor, saved in zip(self.lr_lambdas, attributes, strict=True):
            if saved:
                vars(factor).update(saved)


class LambdaLR(_ByFunction):
    """lr_t = lr_0 lambda(t).

    Args:
        optimizer: whose learning rates are written.
        lr_lambda: the factor as a function of the epoch, one for all groups or a list.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        TypeError: when lr_lambda is no function.
        ValueError: when the list has not one function a group.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    def get_lr(self) -> list[float]:
        """lr_0 lambda(t)."""
        return [lr * factor(self.last_epoch) for factor, lr in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_ByFunction):
    """lr_t = lr_(t-1) lambda(t).

    Args:
        optimizer: whose learning rates are written.
        lr_lambda: the factor as a function of the epoch, one for all groups or a list.
        last_epoch: -1 to begin, else the epoch after which to go on.

    Raises:
        TypeError: when lr_lambda is no function.
        ValueError: when the list has not one function a group.

    Example:
        >>> import pellucid
        >>> optimizer = pellucid.optim.SGD([pellucid.tensor([1.0], requires_grad=True)], lr=1.0)
        >>> schedule = MultiplicativeLR(optimizer, lambda epoch: 0.5)
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
    """

    def get_lr(self) -> list[float]:
        """lr_(t-1) lambda(t)."""
        if self._is_initial:
            return self._now()
        return [lr * factor(self.last_epoch) for factor, lr in zip(self.lr_lambdas, self._now(), strict=True)]

    def step(self, epoch: int | None = None) -> None:
        """Go on by one epoch.

        Raises:
            NotImplementedError: when an epoch is given, because the rates depend on every epoch before it.
        """
        if epoch is not None:
            raise NotImplementedError("MultiplicativeLR.step(epoch) is not supported; call step() for every epoch")
        super().step()
