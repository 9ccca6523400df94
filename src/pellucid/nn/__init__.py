"""Layers, losses and what holds them, under PyTorch's names."""

from pellucid import ops as _ops  # gives tensors their methods
from pellucid.nn import functional, init, utils
from pellucid.nn.linear import Linear
from pellucid.nn.module import Module
from pellucid.nn.parameter import Buffer, Parameter

__all__ = ["Buffer", "Linear", "Module", "Parameter", "functional", "init", "utils"]

del _ops
