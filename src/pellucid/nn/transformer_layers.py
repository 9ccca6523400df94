"""One layer of a transformer's encoder, and one of its decoder."""

from collections.abc import Callable
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.attention import MultiheadAttention
from pellucid.nn.dropout import Dropout
from pellucid.nn.linear import Linear
from pellucid.nn.module import Module
from pellucid.nn.normalization import LayerNorm

__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]

Activation = str | Callable[[Tensor], Tensor]


class TransformerEncoderLayer(Module):
    """x₁ = norm(x + attention(x)), y = norm(x₁ + W₂ f(W₁ x₁ + b₁) + b₂) (Vaswani et al., 2017).

    With norm_first, x₁ = x + attention(norm(x)) and y = x₁ + W₂ f(W₁ norm(x₁) + b₁) + b₂, which trains more evenly
    in deep stacks (Xiong et al., 2020). Dropout follows f, the attention and each sum's second term.

    Shapes: x and y (T, N, d_model), (N, T, d_model) with batch_first, or (T, d_model).

    Args:
        d_model: the features of x.
        nhead: the heads of the attention.
        dim_feedforward: the size of f.
        dropout: the probability of an element to be dropped in training.
        activation: f: "relu", "gelu", or a function of tensors.
        layer_norm_eps: ε of the normalisations.
        batch_first: whether the first axis is N.
        norm_first: normalise what goes into attention and f, not the sums.
        bias: whether the linear maps and the normalisations have biases.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: when a size is below 1, d_model no multiple of nhead, or the activation unknown.

    Example:
        >>> import pellucid
        >>> layer = TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> layer(pellucid.zeros(3, 5, 8)).shape
        Size([3, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return y.

        Args:
            src: x.
            src_mask: the attention's attn_mask.
            src_key_padding_mask: the attention's key_padding_mask.
            is_causal: whether place i sees the places 0 to i only; src_mask, if given, must say the same.
        """
        x = src
        if self.norm_first:
            x = x + self._attended(self.norm1(x), src_mask, src_key_padding_mask, is_causal)
            return x + self._fed_forward(self.norm2(x))
        x = self.norm1(x + self._attended(x, src_mask, src_key_padding_mask, is_causal))
        return self.norm2(x + self._fed_forward(x))

    def _attended(self, x: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: bool) -> Tensor:
        y, _ = self.self_attn(x, x, x, padding, need_weights=False, attn_mask=mask, is_causal=is_causal)
        return self.dropout1(y)

    def _fed_forward(self, x: Tensor) -> Tensor:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(Module):
    """x₁ = norm(x + attention(x)), x₂ = norm(x₁ + attention(x₁ to m)), y = norm(x₂ + W₂ f(W₁ x₂ + b₁) + b₂).

    m is the memory, what an encoder made of another sequence (Vaswani et al., 2017); with norm_first, what goes into
    each step is normalised instead of the sums.

    Shapes: x and y (T, N, d_model), m (S, N, d_model); with batch_first the first two axes are exchanged; without
    the axis N there is one sequence.

    Args:
        d_model: the features of x and m.
        nhead: the heads of the attention.
        dim_feedforward: the size of f.
        dropout: the probability of an element to be dropped in training.
        activation: f: "relu", "gelu", or a function of tensors.
        layer_norm_eps: ε of the normalisations.
        batch_first: whether the first axis is N.
        norm_first: normalise what goes into the steps, not the sums.
        bias: whether the linear maps and the normalisations have biases.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: when a size is below 1, d_model no multiple of nhead, or the activation unknown.

    Example:
        >>> import pellucid
        >>> layer = TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> layer(pellucid.zeros(3, 5, 8), pellucid.zeros(3, 7, 8)).shape
        Size([3, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return y.

        Args:
            tgt: x.
            memory: m.
            tgt_mask: the attn_mask of x to itself.
            memory_mask: the attn_mask of x to m.
            tgt_key_padding_mask: the key_padding_mask of x.
            memory_key_padding_mask: the key_padding_mask of m.
            tgt_is_causal: whether place i of x sees the places 0 to i of x only.
            memory_is_causal: whether place i of x sees the places 0 to i of m only.
        """
        x = tgt
        to_itself = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        to_memory = (memory_mask, memory_key_padding_mask, memory_is_causal)
        if self.norm_first:
            x = x + self._attended(self.norm1(x), *to_itself)
            x = x + self._remembered(self.norm2(x), memory, *to_memory)
            return x + self._fed_forward(self.norm3(x))
        x = self.norm1(x + self._attended(x, *to_itself))
        x = self.norm2(x + self._remembered(x, memory, *to_memory))
        return self.norm3(x + self._fed_forward(x))

    def _attended(self, x: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: bool) -> Tensor:
        y, _ = self.self_attn(x, x, x, padding, need_weights=False, attn_mask=mask, is_causal=is_causal)
        return self.dropout1(y)

    def _remembered(
        self, x: Tensor, memory: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: bool
    ) -> Tensor:
        y, _ = self.multihead_attn(x, memory, memory, padding, need_weights=False, attn_mask=mask, is_causal=is_causal)
        return self.dropout2(y)

    def _fed_forward(self, x: Tensor) -> Tensor:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


def _activation(name: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(name, str):
        return name
    known: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}
    if name not in known:
        raise ValueError(f"activation is 'relu', 'gelu' or a function, got {name!r}")
    return known[name]
