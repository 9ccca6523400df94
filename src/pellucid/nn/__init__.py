"""Layers, losses and what holds them, under PyTorch's names."""

from pellucid import ops as _ops  # gives tensors their methods
from pellucid.nn import functional, init, utils
from pellucid.nn.activation_piecewise import (
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Heaviside,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Softshrink,
    Threshold,
)
from pellucid.nn.activation_rows import GLU, LogSoftmax, Softmax, Softmin
from pellucid.nn.activation_smooth import (
    CELU,
    ELU,
    GELU,
    SELU,
    LogSigmoid,
    Mish,
    Sigmoid,
    SiLU,
    Softplus,
    Softsign,
    Tanh,
    Tanhshrink,
)
from pellucid.nn.batchnorm import BatchNorm1d
from pellucid.nn.containers import ModuleDict, ModuleList, Sequential
from pellucid.nn.dropout import AlphaDropout, Dropout
from pellucid.nn.linear import Linear
from pellucid.nn.loss_binary import BCELoss, BCEWithLogitsLoss
from pellucid.nn.loss_classes import CrossEntropyLoss, NLLLoss
from pellucid.nn.loss_regression import MSELoss
from pellucid.nn.module import Module
from pellucid.nn.parameter import Buffer, Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "AlphaDropout",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Buffer",
    "CrossEntropyLoss",
    "Dropout",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Heaviside",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "ReLU",
    "ReLU6",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "functional",
    "init",
    "utils",
]

del _ops
