"""Momentum that a schedule moves against the learning rate: SGD's momentum or Adam's beta1."""

from pellucid.optim.lr_scheduler.scheduler import per_group
from pellucid.optim.optimizer import Optimizer, ParamGroup

__all__ = ["begin", "write"]


def begin(where: str, optimizer: Optimizer, base: float | list[float], top: float | list[float], start: bool) -> None:
    """Note the bounds of momentum in every group, and start at the top.

    Raises:
        ValueError: when the optimizer has no momentum, or a bound is outside [0, 1).
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            f"{where}: {type(optimizer).__name__} has neither momentum nor betas; set cycle_momentum=False"
        )
    lows = per_group(where, "base_momentum", optimizer, base)
    highs = per_group(where, "max_momentum", optimizer, top)
    for low, high in zip(lows, highs, strict=True):
        if not (0 <= low < 1 and 0 <= high < 1):
            raise ValueError(f"{where} needs momentum in [0, 1), got base_momentum={low} and max_momentum={high}")
    if start:
        for group, low, high in zip(optimizer.param_groups, lows, highs, strict=True):
            write(group, high)
            group["max_momentum"], group["base_momentum"] = high, low


def write(group: ParamGroup, momentum: float) -> None:
    """Set a group's momentum, or its beta1."""
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
