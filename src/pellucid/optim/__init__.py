"""Optimizers, one algorithm a file, under PyTorch's names; learning-rate schedules in `lr_scheduler`."""

from pellucid.optim.adam import Adam
from pellucid.optim.adamw import AdamW
from pellucid.optim.optimizer import Optimizer
from pellucid.optim.sgd import SGD

__all__ = ["REGISTRY", "SGD", "Adam", "AdamW", "Optimizer"]

REGISTRY: dict[str, type[Optimizer]] = {"adam": Adam, "adamw": AdamW, "sgd": SGD}
"""Every optimizer by the name that the command line and configuration files use; nothing else is loaded."""
