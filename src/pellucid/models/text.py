"""A classifier of texts: vectors of tokens, brought together to one, and a linear layer."""

import numpy as np

from pellucid import nn
from pellucid._suggest import nearest
from pellucid._tensor import Array, Tensor
from pellucid.models._arguments import checked_count, checked_flag, checked_probability
from pellucid.models.model import Model
from pellucid.models.recurrent import CELLS, last_states, make_recurrent
from pellucid.nn import functional as F
from pellucid.ops import indexing

__all__ = ["POOLINGS", "AttentionPooling", "TextClassifier"]

POOLINGS = (*CELLS, "attention", "mean")
"""How `TextClassifier` can bring the vectors of a text together."""


class AttentionPooling(nn.Module):
    """y = sum_t a_t x_t, a = softmax_t(v tanh(W x_t + b)): a mean in which the places that matter weigh more.

    Yang et al., 2016. Shapes: x (N, T, features), there (N, T), y (N, features).

    Args:
        features: the size of x's last axis.
        hidden_size: the rows of W.

    Example:
        >>> import pellucid
        >>> AttentionPooling(3, 4)(pellucid.zeros(2, 5, 3)).shape
        Size([2, 3])
    """

    def __init__(self, features: int, hidden_size: int) -> None:
        super().__init__()
        self.project = nn.Linear(features, hidden_size)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, x: Tensor, there: Array | None = None) -> Tensor:
        """Return y; places that are not `there` weigh nothing."""
        z = self.score(self.project(x).tanh())  # (N, T, 1)
        if there is not None:
            z = indexing.masked_fill(z, Tensor(~there[:, :, None]), -np.inf)
        return (F.softmax(z, dim=1) * x).sum(1)


class TextClassifier(Model):
    """y = W pool(E[x_1] ... E[x_T]) + b: a text's class from the vectors of its tokens, padding left out.

    The vectors are brought together by the last state of a recurrent net that reads them, by a mean, or by a mean with
    learned weights (Yang et al., 2016).

    Shapes: x (N, T) of integers, y (N, n_classes), before any softmax or sigmoid.

    Args:
        n_classes: how many outputs there are; 1 for yes or no with `BCEWithLogitsLoss`.
        vocabulary: how many tokens there are, from 0.
        embedding_size: the size of each token's vector.
        hidden_size: units of the recurrent net's layers and directions, or of the attention; a mean has none.
        pooling: "lstm", "gru", "rnn", "attention" or "mean".
        num_layers: layers of the recurrent net.
        bidirectional: whether the recurrent net reads in both directions.
        dropout: the probability of an element to be dropped in training: of the vectors, between the recurrent net's
            layers, and before the output.
        padding_idx: the token that fills up short texts behind their end; None where there is none.

    Raises:
        ValueError: when a size is below 1, the pooling unknown, dropout not in [0, 1) or padding_idx no token; in
            forward, for another shape.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = TextClassifier(2, vocabulary=100, embedding_size=8, hidden_size=8, pooling="gru")
        >>> model(pellucid.tensor([[5, 9, 3], [7, 2, 0]])).shape
        Size([2, 2])
    """

    def __init__(
        self,
        n_classes: int,
        vocabulary: int,
        embedding_size: int = 64,
        hidden_size: int = 64,
        pooling: str = "lstm",
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        padding_idx: int | None = 0,
    ) -> None:
        super().__init__()
        kind = "TextClassifier"
        if pooling not in POOLINGS:
            raise ValueError(f"TextClassifier has no pooling {pooling!r}{nearest(str(pooling), POOLINGS)}")
        self.n_classes = checked_count(kind, "n_classes", n_classes)
        self.vocabulary = checked_count(kind, "vocabulary", vocabulary)
        self.embedding_size = checked_count(kind, "embedding_size", embedding_size)
        self.hidden_size, self.pooling = checked_count(kind, "hidden_size", hidden_size), pooling
        self.num_layers = checked_count(kind, "num_layers", num_layers)
        self.bidirectional = checked_flag(kind, "bidirectional", bidirectional)
        self.dropout, self.padding_idx = checked_probability(kind, "dropout", dropout), padding_idx
        recurrent = pooling in CELLS
        if not recurrent and (self.num_layers > 1 or self.bidirectional):
            raise ValueError(f"num_layers and bidirectional are a recurrent net's; the pooling is {pooling!r}")
        self.embedding = nn.Embedding(self.vocabulary, self.embedding_size, padding_idx)
        self.drop = nn.Dropout(self.dropout)
        size = self.embedding_size
        if recurrent:
            self.pool = make_recurrent(
                pooling, size, self.hidden_size, self.num_layers, self.bidirectional, self.dropout
            )
            size = self.hidden_size * (2 if self.bidirectional else 1)
        elif pooling == "attention":
            self.pool = AttentionPooling(size, self.hidden_size)
        self.output = nn.Linear(size, self.n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of each text; one of padding alone counts as one token of padding."""
        if x.ndim != 2:
            raise ValueError(f"TextClassifier needs tokens of shape (N, T), got {x.array.shape}")
        there = None
        if self.padding_idx is not None:
            there = x.array != self.embedding.padding_idx
            there[:, :1] |= ~there.any(1, keepdims=True)
        return self.output(self.drop(self._pooled(self.drop(self.embedding(x)), there)))

    def _pooled(self, vectors: Tensor, there: Array | None) -> Tensor:
        if self.pooling == "attention":
            return self.pool(vectors, there)
        if self.pooling == "mean":
            if there is None:
                return vectors.mean(1)
            weight = there / there.sum(1, keepdims=True)
            return (vectors * Tensor(weight[:, :, None].astype(vectors.dtype))).sum(1)
        lengths = None if there is None else there.shape[1] - there[:, ::-1].argmax(1)
        return last_states(self.pool, vectors, lengths)
