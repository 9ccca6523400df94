"""Layers, losses and what holds them, under PyTorch's names."""

from pellucid import ops as _ops  # gives tensors their methods
from pellucid.nn import functional, init, utils
from pellucid.nn.linear import Linear
from pellucid.nn.loss_binary import BCELoss, BCEWithLogitsLoss
from pellucid.nn.loss_classes import CrossEntropyLoss, NLLLoss
from pellucid.nn.loss_regression import MSELoss
from pellucid.nn.module import Module
from pellucid.nn.parameter import Buffer, Parameter

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "Buffer",
    "CrossEntropyLoss",
    "Linear",
    "MSELoss",
    "Module",
    "NLLLoss",
    "Parameter",
    "functional",
    "init",
    "utils",
]

del _ops
