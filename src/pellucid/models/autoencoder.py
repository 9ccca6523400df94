"""Autoencoders: squeeze a row through a few numbers, and give it back."""

from collections.abc import Sequence

import numpy as np

from pellucid import nn
from pellucid._tensor import Array, Tensor, as_array
from pellucid.grad_mode import no_grad
from pellucid.models._arguments import checked_counts
from pellucid.models.activations import make_activation
from pellucid.models.mlp import MLP
from pellucid.models.model import Model

__all__ = ["Autoencoder", "reconstruction_errors"]


class Autoencoder(Model):
    """z = encoder(x), y = decoder(z): two perceptrons, the second a mirror of the first, trained to give y = x.

    With fewer numbers in z than in x it has to find what the rows have in common. Hinton and Salakhutdinov, "Reducing
    the dimensionality of data with neural networks" (2006). Train it with `MSELoss`, the rows being their own targets.

    Shapes: x and y (..., sizes[0]), z (..., sizes[-1]).

    Args:
        sizes: units of the input, of each hidden layer, and of the code.
        activation: of the hidden layers, a name in `pellucid.models.ACTIVATIONS`; the code has none.
        output_activation: of the output; "identity" for standardised columns, "sigmoid" for pixels from 0 to 1.

    Raises:
        ValueError: when there are fewer than two sizes, one is below 1, or an activation is unknown.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = Autoencoder([64, 32, 2], output_activation="sigmoid")
        >>> model.encoder(pellucid.zeros(5, 64)).shape, model(pellucid.zeros(5, 64)).shape
        (Size([5, 2]), Size([5, 64]))
    """

    def __init__(self, sizes: Sequence[int], activation: str = "relu", output_activation: str = "identity") -> None:
        super().__init__()
        self.sizes = checked_counts("Autoencoder", "sizes", sizes, least=2)
        self.activation, self.output_activation = activation, output_activation
        self.encoder = MLP(self.sizes, activation)
        self.decoder = MLP(self.sizes[::-1], activation)
        self.output = make_activation(output_activation)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is left of x after the code."""
        return self.output(self.decoder(self.encoder(x)))


def reconstruction_errors(model: nn.Module, rows: Tensor | Array, batch_size: int = 1024) -> Array:
    """Return how far a model's output is from each row: the mean of the squared differences, in evaluation mode.

    What is unlike the rows that an autoencoder learned from is given back badly: rows with an error above a high
    quantile of theirs are anomalies.

    Shapes: rows (n, ...), the result (n,).

    Args:
        model: an autoencoder; its mode is the same afterwards.
        rows: what it is asked for.
        batch_size: how many rows it is asked for at once.

    Raises:
        ValueError: when the model's output has another shape than its input.

    Example:
        >>> import pellucid
        >>> reconstruction_errors(pellucid.nn.Identity(), pellucid.zeros(3, 2)).tolist()
        [0.0, 0.0, 0.0]
    """
    array, modes = as_array(rows), [(module, module.training) for module in model.modules()]
    errors: list[Array] = []
    model.eval()
    try:
        with no_grad():
            for start in range(0, len(array), batch_size):
                x = array[start : start + batch_size]
                y = model(Tensor(x)).array
                if y.shape != x.shape:
                    raise ValueError(f"a reconstruction has the shape of its input, {x.shape}; this one has {y.shape}")
                errors.append(np.mean((y - x) ** 2, axis=tuple(range(1, x.ndim))))
    finally:
        for module, mode in modes:
            module.training = mode
    return np.concatenate(errors) if errors else np.zeros(0, array.dtype)
