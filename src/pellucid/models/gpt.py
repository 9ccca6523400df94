"""A transformer that writes: each place sees what stands before it, and tells what comes next."""

import math
from typing import Any

import numpy as np

from pellucid import nn
from pellucid._tensor import Array, Tensor, as_array
from pellucid.grad_mode import no_grad
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.model import Model
from pellucid.models.sampling import check_sampling, draw_tokens
from pellucid.nn import functional as F
from pellucid.ops.attention import packed_self_attention

__all__ = ["GPT", "CausalSelfAttention", "GPTBlock", "KeysAndValues"]


class KeysAndValues:
    """The keys and values of the places that one attention has seen, so that they are computed once."""

    def __init__(self, batch: int, heads: int, context: int, features: int, dtype: Any) -> None:
        self._both = np.zeros((2, batch, heads, context, features), dtype)
        self.length = 0

    def extend(self, k: Array, v: Array) -> tuple[Array, Array]:
        """Keep further keys and values (batch, heads, T, features), and return all there are."""
        end = self.length + k.shape[2]
        self._both[0, :, :, self.length : end] = k
        self._both[1, :, :, self.length : end] = v
        self.length = end
        return self._both[0, :, :, :end], self._both[1, :, :, :end]


class CausalSelfAttention(nn.Module):
    """Y = W_o [softmax(Q_h K_hᵀ / √d over the places up to one's own) V_h, the heads side by side] + b_o.

    Q, K and V are W x + b of one matrix (Vaswani et al., 2017; Radford et al., 2019).

    Shapes: x and Y (N, T, d_model).

    Args:
        d_model: the features of x.
        heads: into how many heads they are cut.
        dropout: the probability with which a weight is dropped in training.

    Example:
        >>> import pellucid
        >>> CausalSelfAttention(8, 2)(pellucid.zeros(3, 5, 8)).shape
        Size([3, 5, 8])
    """

    def __init__(self, d_model: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"attention needs a d_model that is a multiple of heads, got {d_model} and {heads}")
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, seen: KeysAndValues | None = None) -> Tensor:
        """Return Y; with `seen`, x are the places after those, and are added to them, and nothing is learned."""
        if seen is None:
            p = self.dropout if self.training else 0.0
            return self.out(packed_self_attention(self.qkv(x), self.heads, causal=True, dropout_p=p))
        n, t, d = x.array.shape
        past, parts = seen.length, self.qkv(x).array.reshape(n, t, 3, self.heads, d // self.heads)
        q, k, v = parts.transpose(2, 0, 3, 1, 4)  # (N, heads, T, d / heads) each
        k, v = seen.extend(k, v)
        later = None if t == 1 else np.tri(t, past + t, past, dtype=np.bool_)  # place i sees past + i + 1 places
        y = F.scaled_dot_product_attention(Tensor(q), Tensor(k), Tensor(v), None if later is None else Tensor(later))
        return self.out(y.transpose(1, 2).reshape(n, t, d))


class GPTBlock(nn.Module):
    """x₁ = x + attention(norm(x)), y = x₁ + W₂ GELU(W₁ norm(x₁) + b₁) + b₂, each second term dropped in training."""

    def __init__(self, d_model: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = CausalSelfAttention(d_model, heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.expand = nn.Linear(d_model, 4 * d_model)
        self.activation = nn.GELU(approximate="tanh")
        self.contract = nn.Linear(4 * d_model, d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, seen: KeysAndValues | None = None) -> Tensor:
        """Return y; see `CausalSelfAttention` for `seen`."""
        x = x + self.drop(self.attention(self.norm1(x), seen))
        return x + self.drop(self.contract(self.activation(self.expand(self.norm2(x)))))


class GPT(Model):
    """y_t = W norm(blocks(dropout(W[x_t] + P[t]))): how likely each token is to come after x_0 ... x_t.

    GPT-2 (Radford et al., 2019), small: learned codes P of the places, the normalisation before each step, one matrix W
    for reading and for writing. Weights start from the normal distribution of deviation 0.02, those that are added to
    the sum from one narrower by √(2 layers); biases at 0. Train it with `CrossEntropyLoss` on the tokens that follow.

    Shapes: x (N, T) of integers, T at most context; y (N, T, vocabulary), before any softmax.

    Args:
        vocabulary: how many tokens there are, from 0.
        context: how many tokens it sees at most.
        d_model: the size of the vectors.
        heads: the heads of each attention.
        layers: how many blocks there are.
        dropout: the probability of an element to be dropped in training.

    Raises:
        ValueError: when a size is below 1, or d_model no multiple of heads; in forward, when a sequence is too long.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = GPT(vocabulary=65, context=32, d_model=8, heads=2, layers=2)
        >>> model(pellucid.tensor([[1, 2, 3]])).shape
        Size([1, 3, 65])
        >>> model.generate([[1, 2, 3]], 4).shape
        (1, 7)
    """

    def __init__(
        self,
        vocabulary: int,
        context: int,
        d_model: int = 128,
        heads: int = 4,
        layers: int = 4,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.vocabulary = checked_count("GPT", "vocabulary", vocabulary)
        self.context = checked_count("GPT", "context", context)
        self.d_model, self.heads = checked_count("GPT", "d_model", d_model), checked_count("GPT", "heads", heads)
        self.layers, self.dropout = (
            checked_count("GPT", "layers", layers),
            checked_probability("GPT", "dropout", dropout),
        )
        self.token = nn.Embedding(self.vocabulary, self.d_model)
        self.position = nn.Embedding(self.context, self.d_model)
        self.drop = nn.Dropout(self.dropout)
        self.blocks = nn.ModuleList([GPTBlock(self.d_model, self.heads, self.dropout) for _ in range(self.layers)])
        self.norm = nn.LayerNorm(self.d_model)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all matrices anew and set the biases to 0."""
        for name, p in self.named_parameters():
            if p.ndim > 1:
                added = name.endswith(("attention.out.weight", "contract.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * self.layers) if added else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the token after each place."""
        return self._logits(x, None)

    def _logits(self, x: Tensor, seen: list[KeysAndValues] | None) -> Tensor:
        start = seen[0].length if seen else 0
        if x.ndim != 2 or start + x.array.shape[1] > self.context:
            raise ValueError(f"GPT needs (N, T) tokens, T at most {self.context}, got {x.array.shape} after {start}")
        places = Tensor(np.arange(start, start + x.array.shape[1]))
        y = self.drop(self.token(x) + self.position(places))
        for i, block in enumerate(self.blocks):
            y = block(y, seen[i] if seen else None)
        return F.linear(self.norm(y), self.token.weight)

    def generate(
        self,
        tokens: Any,
        n: int,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        cache: bool = True,
    ) -> Array:
        """Return the given tokens (N, T) with n more behind each row, drawn one after the other, in evaluation mode.

        Of longer texts than the context, the last `context` tokens are seen. What is drawn is a function of the
        default generator's seed and count.

        Args:
            tokens: integers (N, T), T at least 1.
            n: how many tokens to add.
            temperature: divides the logits; below 1 the likely become likelier, at 0 the likeliest is taken.
            top_k: draw among the k likeliest tokens only.
            top_p: draw among the likeliest tokens that together have this probability only (Holtzman et al., 2020).
            cache: keep the keys and values of the places seen, which gives the same tokens sooner.

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
                return self._continued(text, n, (temperature, top_k, top_p), cache)
        finally:
            for module, mode in modes:
                module.training = mode

    def _continued(self, text: Array, n: int, options: tuple[Any, ...], cache: bool) -> Array:
        seen: list[KeysAndValues] | None = None
        for _ in range(n):
            if cache and seen is not None and seen[0].length < self.context:
                new = text[:, -1:]
            else:  # the first time, or the window has moved, and with it the places of all tokens
                new = text[:, -self.context :]
                seen = self._nothing_seen(len(text)) if cache and new.shape[1] < self.context else None
            logits = self._logits(Tensor(new), seen).array[:, -1]
            text = np.concatenate([text, draw_tokens(logits, *options)[:, None]], axis=1)
        return text

    def _nothing_seen(self, batch: int) -> list[KeysAndValues]:
        features, dtype = self.d_model // self.heads, self.token.weight.dtype
        return [KeysAndValues(batch, self.heads, self.context, features, dtype) for _ in self.blocks]
