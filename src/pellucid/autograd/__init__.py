"""Writing operations of one's own, and checking their gradients."""

from pellucid import ops as _ops  # gives tensors their methods
from pellucid.autograd.function import Context, Function
from pellucid.autograd.grad import backward, grad
from pellucid.autograd.gradcheck import GradcheckError, gradcheck, numerical_gradient
from pellucid.autograd.variable import Variable
from pellucid.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "Context",
    "Function",
    "GradcheckError",
    "Variable",
    "backward",
    "enable_grad",
    "grad",
    "gradcheck",
    "inference_mode",
    "no_grad",
    "numerical_gradient",
    "set_grad_enabled",
]

del _ops
