"""The operations of networks as plain functions; the formulas and gradients stand in `pellucid.ops`."""

from pellucid.ops.activation import log_softmax, relu, softmax
from pellucid.ops.elementwise import sigmoid, tanh
from pellucid.ops.linalg import linear

__all__ = ["linear", "log_softmax", "relu", "sigmoid", "softmax", "tanh"]
