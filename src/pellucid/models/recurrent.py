"""Recurrent nets that read a whole sequence and then answer: with a class, or with numbers."""

from collections.abc import Sequence
from typing import Any

from pellucid import nn
from pellucid._suggest import nearest
from pellucid._tensor import Array, Tensor, as_array
from pellucid.models._arguments import checked_count, checked_flag, checked_probability
from pellucid.models.model import Model
from pellucid.nn.utils.rnn import pack_padded_sequence
from pellucid.ops import shape

__all__ = ["CELLS", "RecurrentClassifier", "RecurrentRegressor", "last_states", "make_recurrent"]

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
"""The recurrent layers by the names that the models take."""


def make_recurrent(
    cell: str, n_inputs: int, hidden_size: int, num_layers: int, bidirectional: bool, dropout: float
) -> Any:
    """Return a recurrent layer whose batch comes first; dropout falls between its layers, where there are several.

    Raises:
        ValueError: when `cell` is no name in `CELLS`.
    """
    if cell not in CELLS:
        raise ValueError(f"there is no recurrent cell {cell!r}{nearest(str(cell), CELLS)}")
    between = dropout if num_layers > 1 else 0.0
    options = {"batch_first": True, "dropout": between, "bidirectional": bidirectional}
    return CELLS[cell](n_inputs, hidden_size, num_layers, **options)


def last_states(layer: Any, x: Tensor, lengths: Any = None) -> Tensor:
    """Return the last layer's state at the end of each sequence, both directions side by side: (N, directions H).

    Args:
        layer: a recurrent layer whose batch comes first.
        x: (N, T, features).
        lengths: steps of each sequence, from 1 to T; None for T each.
    """
    steps = None if lengths is None else as_array(lengths)
    packed = None if steps is None else pack_padded_sequence(x, Tensor(steps), batch_first=True, enforce_sorted=False)
    _, state = layer(x if packed is None else packed)
    h = state[0] if isinstance(state, tuple) else state  # (layers directions, N, H)
    return shape.cat([h[-2], h[-1]], 1) if layer.bidirectional else h[-1]


class _Reader(Model):
    """Reads (N, T, n_inputs) and answers with (N, outputs), from the last states."""

    def _build(
        self,
        sizes: tuple[Any, Any, Any],
        cell: str,
        num_layers: int,
        bidirectional: bool,
        dropout: float,
    ) -> int:
        """Check what both kinds have in common, make the layers, and return the number of outputs."""
        kind, (n_inputs, outputs, hidden_size) = type(self).__name__, sizes
        self.n_inputs = checked_count(kind, "n_inputs", n_inputs)
        outputs = checked_count(kind, "the number of outputs", outputs)
        self.hidden_size, self.cell = checked_count(kind, "hidden_size", hidden_size), cell
        self.num_layers = checked_count(kind, "num_layers", num_layers)
        self.bidirectional = checked_flag(kind, "bidirectional", bidirectional)
        self.dropout = checked_probability(kind, "dropout", dropout)
        self.recurrent = make_recurrent(
            cell, self.n_inputs, self.hidden_size, self.num_layers, self.bidirectional, self.dropout
        )
        self.drop = nn.Dropout(self.dropout)
        self.output = nn.Linear(self.hidden_size * (2 if self.bidirectional else 1), outputs)
        return outputs

    def forward(self, x: Tensor, lengths: Tensor | Array | Sequence[int] | None = None) -> Tensor:
        """Return the outputs of each sequence.

        Args:
            x: (N, T, n_inputs).
            lengths: steps of each sequence, from 1 to T; what stands behind them plays no part. None for T each.
        """
        if x.ndim != 3 or x.array.shape[2] != self.n_inputs:
            raise ValueError(f"{type(self).__name__} needs x of shape (N, T, {self.n_inputs}), got {x.array.shape}")
        return self.output(self.drop(last_states(self.recurrent, x, lengths)))


class RecurrentClassifier(_Reader):
    """y = W h_T + b: a sequence's class from the state after its last step (Elman, 1990).

    Shapes: x (N, T, n_inputs), y (N, n_classes), before any softmax or sigmoid. Of both directions the two last states
    stand side by side.

    Args:
        n_inputs: features of each step.
        n_classes: how many outputs there are; 1 for yes or no with `BCEWithLogitsLoss`.
        hidden_size: units of each layer and direction.
        cell: "lstm", "gru" or "rnn".
        num_layers: layers one above the other.
        bidirectional: read in both directions.
        dropout: the probability of an element to be dropped in training, between layers and before the output.

    Raises:
        ValueError: when a size is below 1, the cell unknown or dropout not in [0, 1); in forward, for another shape.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = RecurrentClassifier(3, n_classes=4, hidden_size=8, cell="gru")
        >>> model(pellucid.zeros(5, 7, 3), lengths=[7, 2, 1, 7, 3]).shape
        Size([5, 4])
    """

    def __init__(
        self,
        n_inputs: int,
        n_classes: int,
        hidden_size: int = 64,
        cell: str = "lstm",
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_classes = self._build((n_inputs, n_classes, hidden_size), cell, num_layers, bidirectional, dropout)


class RecurrentRegressor(_Reader):
    """y = W h_T + b: numbers from the state after a sequence's last step, such as the next values of a series.

    Shapes: x (N, T, n_inputs), y (N, n_outputs). Of both directions the two last states stand side by side.

    Args:
        n_inputs: features of each step.
        n_outputs: how many numbers: for a forecast, the steps ahead.
        hidden_size: units of each layer and direction.
        cell: "lstm", "gru" or "rnn".
        num_layers: layers one above the other.
        bidirectional: read in both directions.
        dropout: the probability of an element to be dropped in training, between layers and before the output.

    Raises:
        ValueError: when a size is below 1, the cell unknown or dropout not in [0, 1); in forward, for another shape.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> RecurrentRegressor(1, n_outputs=12, hidden_size=8)(pellucid.zeros(5, 24, 1)).shape
        Size([5, 12])
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int = 1,
        hidden_size: int = 64,
        cell: str = "lstm",
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_outputs = self._build((n_inputs, n_outputs, hidden_size), cell, num_layers, bidirectional, dropout)
