"""Optimizers, one algorithm a file, under PyTorch's names; learning-rate schedules in `lr_scheduler`."""

from pellucid.optim import lr_scheduler
from pellucid.optim.adadelta import Adadelta
from pellucid.optim.adagrad import Adagrad
from pellucid.optim.adam import Adam
from pellucid.optim.adamax import Adamax
from pellucid.optim.adamw import AdamW
from pellucid.optim.nadam import NAdam
from pellucid.optim.optimizer import Optimizer
from pellucid.optim.radam import RAdam
from pellucid.optim.rmsprop import RMSprop
from pellucid.optim.sgd import SGD

__all__ = [
    "REGISTRY",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "lr_scheduler",
]

REGISTRY: dict[str, type[Optimizer]] = {
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamax": Adamax,
    "adamw": AdamW,
    "nadam": NAdam,
    "radam": RAdam,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
"""Every optimizer by the name that the command line and configuration files use; nothing else is loaded."""
