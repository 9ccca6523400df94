"""A transformer that reads a sequence of vectors and answers once."""

from collections.abc import Sequence

import numpy as np

from pellucid import nn
from pellucid._tensor import Array, Tensor, as_array
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.activations import make_activation
from pellucid.models.model import Model

__all__ = ["SequenceTransformer"]


class SequenceTransformer(Model):
    """y = W mean_t(encoder(dropout(V x_t + c + P_t))_t) + b: an answer from steps each of which sees all others.

    The encoder of Vaswani et al. (2017) with sinusoidal codes P of the places; it normalises what goes into attention
    and hidden part, which trains without a warm-up (Xiong et al., 2020). Where `RecurrentClassifier` and
    `RecurrentRegressor` read step by step, this looks at all at once.

    Shapes: x (N, T, n_inputs), y (N, n_outputs), before any softmax or sigmoid.

    Args:
        n_inputs: features of each step.
        n_outputs: how many outputs there are: classes, or numbers.
        d_model: the size of the vectors inside.
        heads: the heads of each attention.
        layers: how many layers there are.
        hidden: the size of the layers' hidden part; 4 d_model when None.
        dropout: the probability of an element to be dropped in training.
        activation: of the hidden part, a name in `pellucid.models.ACTIVATIONS`.

    Raises:
        ValueError: when a size is below 1, d_model no multiple of heads, or the activation unknown; in forward, for
            another shape, or lengths that do not fit.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = SequenceTransformer(3, n_outputs=4, d_model=8, heads=2, layers=1)
        >>> model(pellucid.zeros(5, 7, 3), lengths=[7, 2, 1, 7, 3]).shape
        Size([5, 4])
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        d_model: int = 64,
        heads: int = 4,
        layers: int = 2,
        hidden: int | None = None,
        dropout: float = 0.1,
        activation: str = "gelu",
    ) -> None:
        super().__init__()
        kind = "SequenceTransformer"
        self.n_inputs = checked_count(kind, "n_inputs", n_inputs)
        self.n_outputs = checked_count(kind, "n_outputs", n_outputs)
        self.d_model, self.heads = checked_count(kind, "d_model", d_model), checked_count(kind, "heads", heads)
        self.layers = checked_count(kind, "layers", layers)
        self.hidden = None if hidden is None else checked_count(kind, "hidden", hidden)
        self.dropout, self.activation = checked_probability(kind, "dropout", dropout), activation
        self.project = nn.Linear(self.n_inputs, self.d_model)
        self.position = nn.SinusoidalPositions(self.d_model, batch_first=True)
        self.drop = nn.Dropout(self.dropout)
        layer = nn.TransformerEncoderLayer(
            self.d_model,
            self.heads,
            self.hidden or 4 * self.d_model,
            self.dropout,
            make_activation(activation),
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(
            layer, self.layers, norm=nn.LayerNorm(self.d_model), enable_nested_tensor=False
        )
        self.output = nn.Linear(self.d_model, self.n_outputs)

    def forward(self, x: Tensor, lengths: Tensor | Array | Sequence[int] | None = None) -> Tensor:
        """Return the outputs of each sequence.

        Args:
            x: (N, T, n_inputs).
            lengths: steps of each sequence, from 1 to T; what stands behind them plays no part. None for T each.
        """
        if x.ndim != 3 or x.array.shape[2] != self.n_inputs:
            raise ValueError(f"SequenceTransformer needs x of shape (N, T, {self.n_inputs}), got {x.array.shape}")
        z = self.drop(self.position(self.project(x)))  # (N, T, d_model)
        if lengths is None:
            return self.output(self.encoder(z).mean(1))
        N, T = x.array.shape[:2]
        steps = as_array(lengths)
        if steps.shape != (N,) or (N and not (steps.min() >= 1 and steps.max() <= T)):
            raise ValueError(f"lengths must be {N} numbers from 1 to {T}, got {steps.tolist()}")
        there = np.arange(T) < steps[:, None]  # (N, T)
        y = self.encoder(z, src_key_padding_mask=Tensor(~there))
        share = (there / steps[:, None]).astype(y.dtype)
        return self.output((y * Tensor(share[..., None])).sum(1))
