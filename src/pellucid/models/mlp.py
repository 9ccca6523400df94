"""The multilayer perceptron."""

import operator
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_flag, checked_probability
from pellucid.models.activations import make_activation
from pellucid.models.model import Model

__all__ = ["MLP"]


class MLP(Model):
    """A multilayer perceptron: layers in which every unit sees all units of the layer before.

    h_0 = x;  h_k = dropout(f(norm(W_k h_{k-1} + b_k))) in the hidden layers;  y = W_n h_{n-1} + b_n.

    The output has no activation, as `CrossEntropyLoss`, `BCEWithLogitsLoss` and `MSELoss` want it. Weights
    start as those of `nn.Linear`. Rumelhart, Hinton and Williams (1986); the order of norm and activation is
    that of Ioffe and Szegedy (2015).

    Shapes: x (..., sizes[0]), or (n, sizes[0]) with batch norm; y (..., sizes[-1]).

    Args:
        sizes: units of the input, of each hidden layer, and of the output; (inputs, outputs) is a linear model.
        activation: f, a name in `pellucid.models.ACTIVATIONS`, or one name for each hidden layer.
        dropout: the probability with which a hidden unit is silenced in training; 0 makes no dropout layers.
        batch_norm: whether hidden layers are normalised over the batch before the activation.

    Raises:
        ValueError: when there are fewer than two sizes, one is below 1, an activation is unknown, there are not as
            many as hidden layers, or dropout is not in [0, 1).
        TypeError: when a size is no integer, dropout no number, or batch_norm neither True nor False.

    Example:
        >>> import pellucid
        >>> model = MLP([64, 32, 10], dropout=0.2)
        >>> model(pellucid.zeros(5, 64)).shape
        Size([5, 10])
        >>> [name for name, _ in model.layers.named_children()]
        ['linear1', 'activation1', 'dropout1', 'output']
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Sequence[str] = "relu",
        dropout: float = 0.0,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        self.sizes = _checked_sizes(sizes)
        self.activation = activation if isinstance(activation, str) else tuple(activation)
        self.dropout = checked_probability("MLP", "dropout", dropout)
        self.batch_norm = checked_flag("MLP", "batch_norm", batch_norm)
        *hidden, last = self.sizes[1:]
        names = _one_each(activation, len(hidden))
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        for k, (n_in, n_out) in enumerate(pairwise([self.sizes[0], *hidden]), 1):
            layers[f"linear{k}"] = nn.Linear(n_in, n_out)
            if self.batch_norm:
                layers[f"norm{k}"] = nn.BatchNorm1d(n_out)
            layers[f"activation{k}"] = make_activation(names[k - 1])
            if self.dropout:
                layers[f"dropout{k}"] = nn.Dropout(self.dropout)
        layers["output"] = nn.Linear(self.sizes[-2], last)
        self.layers = nn.Sequential(layers)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax or sigmoid."""
        return self.layers(x)


def _checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    try:
        checked = tuple(operator.index(size) for size in sizes)
    except TypeError:
        raise TypeError(f"MLP: sizes is a list of integers such as [64, 32, 10], got {sizes!r}") from None
    if len(checked) < 2:
        raise ValueError(f"MLP needs at least two sizes, those of the input and of the output, got {list(checked)}")
    if min(checked) < 1:
        raise ValueError(f"MLP: every size is at least 1, got {list(checked)}")
    return checked


def _one_each(activation: str | Sequence[str], layers: int) -> list[str]:
    """Return the name of the activation of each hidden layer."""
    if isinstance(activation, str):
        make_activation(activation)  # an unknown name is refused also where there is no hidden layer
        return [activation] * layers
    if len(activation) != layers:
        raise ValueError(f"MLP: {layers} hidden layers need as many activations, or one name, got {list(activation)}")
    return list(activation)
