"""A recurrent net that writes: what it has read is in its state."""

from typing import Any

import numpy as np

from pellucid import nn
from pellucid._tensor import Array, Tensor, as_array
from pellucid.grad_mode import no_grad
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.model import Model
from pellucid.models.recurrent import make_recurrent
from pellucid.models.sampling import check_sampling, draw_tokens

__all__ = ["RecurrentLanguageModel"]


class RecurrentLanguageModel(Model):
    """y_t = W h_t + b, h = recurrent(E[x]): how likely each token is to come after x_0 ... x_t (Mikolov et al., 2010).

    Train it with `CrossEntropyLoss` on the tokens that follow.

    Shapes: x (N, T) of integers, y (N, T, vocabulary), before any softmax.

    Args:
        vocabulary: how many tokens there are, from 0.
        embedding_size: the size of each token's vector.
        hidden_size: units of each layer.
        cell: "lstm", "gru" or "rnn".
        num_layers: layers one above the other.
        dropout: the probability of an element to be dropped in training, of the vectors, between layers and before the
            output.

    Raises:
        ValueError: when a size is below 1, the cell unknown or dropout not in [0, 1); in forward, for another shape.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = RecurrentLanguageModel(65, embedding_size=8, hidden_size=16)
        >>> model(pellucid.tensor([[1, 2, 3]])).shape
        Size([1, 3, 65])
        >>> model.generate([[1, 2, 3]], 4).shape
        (1, 7)
    """

    def __init__(
        self,
        vocabulary: int,
        embedding_size: int = 64,
        hidden_size: int = 128,
        cell: str = "lstm",
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        kind = "RecurrentLanguageModel"
        self.vocabulary = checked_count(kind, "vocabulary", vocabulary)
        self.embedding_size = checked_count(kind, "embedding_size", embedding_size)
        self.hidden_size, self.cell = checked_count(kind, "hidden_size", hidden_size), cell
        self.num_layers = checked_count(kind, "num_layers", num_layers)
        self.dropout = checked_probability(kind, "dropout", dropout)
        self.embedding = nn.Embedding(self.vocabulary, self.embedding_size)
        self.drop = nn.Dropout(self.dropout)
        self.recurrent = make_recurrent(
            cell, self.embedding_size, self.hidden_size, self.num_layers, bidirectional=False, dropout=self.dropout
        )
        self.output = nn.Linear(self.hidden_size, self.vocabulary)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the token after each place."""
        return self.read(x)[0]

    def read(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Return the logits of the token after each place, and the state, from which the next part goes on."""
        if x.ndim != 2:
            raise ValueError(f"RecurrentLanguageModel needs tokens of shape (N, T), got {x.array.shape}")
        h, state = self.recurrent(self.drop(self.embedding(x)), state)
        return self.output(self.drop(h)), state

    def generate(
        self,
        tokens: Any,
        n: int,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> Array:
        """Return the given tokens (N, T) with n more behind each row, drawn one after the other, in evaluation mode.

        What is drawn is a function of the default generator's seed and count.

        Args:
            tokens: integers (N, T), T at least 1.
            n: how many tokens to add.
            temperature: divides the logits; below 1 the likely become likelier, at 0 the likeliest is taken.
            top_k: draw among the k likeliest tokens only.
            top_p: draw among the likeliest tokens that together have this probability only (Holtzman et al., 2020).

        Raises:
            ValueError: when there are no tokens to begin with, or an option makes no sense.
            IndexError: for an integer that is no token.
        """
        text = np.array(as_array(tokens), dtype=np.int64, ndmin=1)
        if text.ndim != 2 or not text.size:
            raise ValueError(f"generate begins with tokens of shape (N, T), T at least 1, got shape {text.shape}")
        check_sampling(n, temperature, top_k, top_p)
        modes = [(module, module.training) for module in self.modules()]
        self.eval()
        try:
            with no_grad():
                new, state = text, None
                for _ in range(n):
                    logits, state = self.read(Tensor(new), state)
                    new = draw_tokens(logits.array[:, -1], temperature, top_k, top_p)[:, None]
                    text = np.concatenate([text, new], axis=1)
        finally:
            for module, mode in modes:
                module.training = mode
        return text
