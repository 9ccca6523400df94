"""The operations of networks as plain functions; the formulas and gradients stand in `pellucid.ops`."""

from pellucid.ops.activation import log_softmax, relu, softmax
from pellucid.ops.elementwise import sigmoid, tanh
from pellucid.ops.linalg import linear
from pellucid.ops.loss_binary import binary_cross_entropy, binary_cross_entropy_with_logits
from pellucid.ops.loss_classes import cross_entropy, nll_loss
from pellucid.ops.loss_regression import mse_loss

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "linear",
    "log_softmax",
    "mse_loss",
    "nll_loss",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]
