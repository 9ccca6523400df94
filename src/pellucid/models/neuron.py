"""One artificial neuron."""

import math

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_inputs
from pellucid.models.activations import make_activation
from pellucid.models.model import Model
from pellucid.ops import creation

__all__ = ["Neuron"]


class Neuron(Model):
    """One neuron: y = f(w · x + b).

    Shapes: x (..., n_inputs), w (n_inputs,), b (), y (...): one number for every row. `nn.Linear(n_inputs, 1)`
    gives (..., 1) instead. w and b start evenly drawn from [-1/√n_inputs, 1/√n_inputs], as those of `nn.Linear`.

    Source: McCulloch and Pitts (1943) for the weighted sum and threshold.

    Args:
        n_inputs: how many inputs there are.
        activation: f, a name in `pellucid.models.ACTIVATIONS` or "heaviside", the step of the first neurons,
            through which no gradient passes.

    Raises:
        ValueError: when there are no inputs, the activation is unknown, or x has another last axis.
        TypeError: when n_inputs is no integer.

    Example:
        >>> import pellucid
        >>> neuron = Neuron(2)
        >>> _ = neuron.load_state_dict({"weight": [2.0, -1.0], "bias": -1.0})
        >>> neuron(pellucid.tensor([1.0, 1.0]))  # sigmoid(2 - 1 - 1)
        tensor(0.5000, grad_fn=<sigmoid>)
    """

    def __init__(self, n_inputs: int, activation: str = "sigmoid") -> None:
        super().__init__()
        self.n_inputs, self.activation = checked_inputs("Neuron", n_inputs), activation
        self.weight = nn.Parameter(creation.empty(self.n_inputs))
        self.bias = nn.Parameter(creation.empty(()))
        self.f = make_activation(activation) if activation != "heaviside" else nn.Heaviside()
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw w and b anew."""
        bound = 1 / math.sqrt(self.n_inputs)
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """Return f(w · x + b)."""
        if x.ndim < 1 or x.shape[-1] != self.n_inputs:
            raise ValueError(f"this Neuron has {self.n_inputs} inputs, but x has the shape {tuple(x.shape)}")
        return self.f((x * self.weight).sum(-1) + self.bias)

    def extra_repr(self) -> str:
        """Show the number of inputs."""
        return f"n_inputs={self.n_inputs}"
