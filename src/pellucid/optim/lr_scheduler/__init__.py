"""Learning-rate schedules, one a file, under PyTorch's names."""

from pellucid.optim.lr_scheduler.chained_scheduler import ChainedScheduler
from pellucid.optim.lr_scheduler.constant_lr import ConstantLR
from pellucid.optim.lr_scheduler.cosine_annealing_lr import CosineAnnealingLR
from pellucid.optim.lr_scheduler.cosine_annealing_warm_restarts import CosineAnnealingWarmRestarts
from pellucid.optim.lr_scheduler.cyclic_lr import CyclicLR
from pellucid.optim.lr_scheduler.exponential_lr import ExponentialLR
from pellucid.optim.lr_scheduler.lambda_lr import LambdaLR, MultiplicativeLR
from pellucid.optim.lr_scheduler.linear_lr import LinearLR
from pellucid.optim.lr_scheduler.multi_step_lr import MultiStepLR
from pellucid.optim.lr_scheduler.one_cycle_lr import OneCycleLR
from pellucid.optim.lr_scheduler.polynomial_lr import PolynomialLR
from pellucid.optim.lr_scheduler.reduce_lr_on_plateau import ReduceLROnPlateau
from pellucid.optim.lr_scheduler.scheduler import LRScheduler
from pellucid.optim.lr_scheduler.sequential_lr import SequentialLR
from pellucid.optim.lr_scheduler.step_lr import StepLR

__all__ = [
    "REGISTRY",
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

REGISTRY: dict[str, type[LRScheduler]] = {
    "constant": ConstantLR,
    "cosine": CosineAnnealingLR,
    "cosine-restarts": CosineAnnealingWarmRestarts,
    "cyclic": CyclicLR,
    "exponential": ExponentialLR,
    "linear": LinearLR,
    "multi-step": MultiStepLR,
    "one-cycle": OneCycleLR,
    "plateau": ReduceLROnPlateau,
    "polynomial": PolynomialLR,
    "step": StepLR,
}
"""Schedules that numbers and text describe, by the name that the command line and configuration files use."""
