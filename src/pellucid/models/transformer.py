"""Transformers that read: every place of a sequence sees all others, before and after it."""

import numpy as np

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.grad_mode import no_grad
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.activations import make_activation
from pellucid.models.model import Model

__all__ = ["TransformerClassifier", "TransformerEncoderModel"]


class TransformerEncoderModel(Model):
    """y = encoder(dropout(norm(W[x_t] + P[t]))): a vector for each token, in the light of all others.

    The encoder of BERT (Devlin et al., 2019): learned codes P of the places, normalised sums, GELU. Its weights start
    as there: matrices from the normal distribution of deviation 0.02, biases at 0. A place that holds `padding_idx`
    is seen by no other, and what comes out there means nothing.

    Shapes: x (N, T) of integers, T at most max_length; y (N, T, d_model).

    Args:
        vocabulary: how many tokens there are, from 0.
        max_length: the longest sequence.
        d_model: the size of the vectors.
        heads: the heads of each attention.
        layers: how many layers there are.
        hidden: the size of the layers' hidden part; 4 d_model when None.
        dropout: the probability of an element to be dropped in training.
        activation: of the hidden part, a name in `pellucid.models.ACTIVATIONS`.
        padding_idx: the token that fills up short sequences; None where there is none.

    Raises:
        ValueError: when a size is below 1, d_model no multiple of heads, or padding_idx no token; in forward, when a
            sequence is too long.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = TransformerEncoderModel(100, max_length=16, d_model=8, heads=2, layers=1)
        >>> model(pellucid.tensor([[5, 9, 3], [7, 2, 0]])).shape
        Size([2, 3, 8])
    """

    def __init__(
        self,
        vocabulary: int,
        max_length: int,
        d_model: int = 128,
        heads: int = 4,
        layers: int = 2,
        hidden: int | None = None,
        dropout: float = 0.1,
        activation: str = "gelu",
        padding_idx: int | None = 0,
    ) -> None:
        super().__init__()
        kind = type(self).__name__
        self.vocabulary = checked_count(kind, "vocabulary", vocabulary)
        self.max_length = checked_count(kind, "max_length", max_length)
        self.d_model, self.heads = checked_count(kind, "d_model", d_model), checked_count(kind, "heads", heads)
        self.layers = checked_count(kind, "layers", layers)
        self.hidden = None if hidden is None else checked_count(kind, "hidden", hidden)
        self.dropout, self.activation = checked_probability(kind, "dropout", dropout), activation
        self.padding_idx = padding_idx
        self.token = nn.Embedding(self.vocabulary, self.d_model, padding_idx)
        self.position = nn.Embedding(self.max_length, self.d_model)
        self.norm = nn.LayerNorm(self.d_model)
        self.drop = nn.Dropout(self.dropout)
        layer = nn.TransformerEncoderLayer(
            self.d_model,
            self.heads,
            self.hidden or 4 * self.d_model,
            self.dropout,
            make_activation(activation),
            batch_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, self.layers)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all matrices anew and set the biases to 0."""
        for name, p in self.named_parameters():
            if p.ndim > 1:
                nn.init.normal_(p, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)
        if self.padding_idx is not None:
            with no_grad():
                self.token.weight[self.padding_idx] = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector for each token."""
        if x.ndim != 2 or x.array.shape[1] > self.max_length:
            raise ValueError(
                f"{type(self).__name__} needs (N, T) tokens, T at most {self.max_length}, got {x.array.shape}"
            )
        places = Tensor(np.arange(x.array.shape[1]))
        y = self.drop(self.norm(self.token(x) + self.position(places)))
        padding = None if self.padding_idx is None else Tensor(x.array == self.padding_idx)
        return self.encoder(y, src_key_padding_mask=padding)


class TransformerClassifier(Model):
    """y = W mean_t(encoder(x)_t) + b: a text's class from the mean of its tokens' vectors, padding left out.

    Shapes: x (N, T) of integers, y (N, n_classes), before any softmax or sigmoid.

    Args:
        n_classes: how many outputs there are; 1 for yes or no with `BCEWithLogitsLoss`.
        vocabulary: how many tokens there are, from 0.
        max_length: the longest sequence.
        d_model: the size of the vectors.
        heads: the heads of each attention.
        layers: how many layers there are.
        hidden: the size of the layers' hidden part; 4 d_model when None.
        dropout: the probability of an element to be dropped in training.
        activation: of the hidden part, a name in `pellucid.models.ACTIVATIONS`.
        padding_idx: the token that fills up short sequences; None where there is none.

    Raises:
        ValueError: as `TransformerEncoderModel`, or when there are no classes.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = TransformerClassifier(2, 100, max_length=16, d_model=8, heads=2, layers=1)
        >>> model(pellucid.tensor([[5, 9, 3], [7, 2, 0]])).shape
        Size([2, 2])
    """

    def __init__(
        self,
        n_classes: int,
        vocabulary: int,
        max_length: int,
        d_model: int = 128,
        heads: int = 4,
        layers: int = 2,
        hidden: int | None = None,
        dropout: float = 0.1,
        activation: str = "gelu",
        padding_idx: int | None = 0,
    ) -> None:
        super().__init__()
        self.n_classes = checked_count("TransformerClassifier", "n_classes", n_classes)
        self.encoder = TransformerEncoderModel(
            vocabulary, max_length, d_model, heads, layers, hidden, dropout, activation, padding_idx
        )
        for name, value in self.encoder.config().items():
            if name != "kind":
                setattr(self, name, value)
        self.output = nn.Linear(d_model, self.n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of each sequence; one of padding alone has the mean 0."""
        y = self.encoder(x)  # (N, T, d_model)
        if self.encoder.padding_idx is None:
            return self.output(y.mean(1))
        there = (x.array != self.encoder.padding_idx).astype(y.dtype)
        share = there / np.maximum(there.sum(1, keepdims=True), 1)
        return self.output((y * Tensor(share[..., None])).sum(1))
