"""Multi-head attention."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import init
from pellucid.nn.linear import Linear
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid.ops.multi_head_attention import AttentionWeights, attend

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Y = [softmax(Q_h K_hᵀ / √d) V_h, the heads side by side] W_oᵀ + b_o (Vaswani et al., 2017).

    Q = query W_qᵀ + b_q, and likewise K and V; head h has d = embed_dim / num_heads of their features.

    Shapes: query (L, N, embed_dim), key (S, N, kdim), value (S, N, vdim), Y (L, N, embed_dim); with batch_first the
    first two axes are exchanged, and without the axis N there is one sequence. The weights are returned as
    (N, L, S), the mean of the heads, or (N, num_heads, L, S). W_q, W_k and W_v start as Xavier's uniform
    distribution has it (as one matrix where all sizes are equal), W_o as a Linear's, biases at 0, and bias_k and
    bias_v as Xavier's normal distribution has it.

    Args:
        embed_dim: E, the features of the query and of Y.
        num_heads: into how many heads E is cut.
        dropout: the probability with which a weight is dropped in training.
        bias: whether the projections have biases.
        add_bias_kv: add a learned key and value to every sequence.
        add_zero_attn: add a key and value of zeros to every sequence.
        kdim: the features of the keys; E when None.
        vdim: the features of the values; E when None.
        batch_first: whether the first axis is N.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: when a size is below 1, or E no multiple of num_heads; in forward, when shapes do not fit.

    Example:
        >>> import pellucid
        >>> layer = MultiheadAttention(8, 2, batch_first=True)
        >>> x = pellucid.zeros(3, 5, 8)
        >>> y, weights = layer(x, x, x)
        >>> y.shape, weights.shape
        (Size([3, 5, 8]), Size([3, 5, 5]))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim < 1 or num_heads < 1 or embed_dim % num_heads:
            raise ValueError(
                "MultiheadAttention needs embed_dim and num_heads of at least 1, the former a multiple of the latter; "
                f"got {embed_dim} and {num_heads}"
            )
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn
        packed = self.kdim == self.vdim == embed_dim
        shapes = {
            "q_proj_weight": None if packed else (embed_dim, embed_dim),
            "k_proj_weight": None if packed else (embed_dim, self.kdim),
            "v_proj_weight": None if packed else (embed_dim, self.vdim),
            "in_proj_weight": (3 * embed_dim, embed_dim) if packed else None,
            "in_proj_bias": (3 * embed_dim,) if bias else None,
            "bias_k": (1, 1, embed_dim) if add_bias_kv else None,
            "bias_v": (1, 1, embed_dim) if add_bias_kv else None,
        }
        for name, shape in shapes.items():
            value = None if shape is None else Parameter(creation.empty(shape, dtype=dtype, device=device))
            self.register_parameter(name, value)
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of the projections before the attention anew, and set the biases to 0."""
        for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
            if getattr(self, name) is not None:
                init.xavier_uniform_(getattr(self, name))
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        if self.bias_k is not None:
            init.xavier_normal_(self.bias_k)
            init.xavier_normal_(self.bias_v)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Return Y and the weights, or None where they are not needed, which is faster and takes less memory.

        A query that may see no key gets weights of 0.

        Args:
            query: what asks.
            key: what is asked.
            value: what answers.
            key_padding_mask: (N, S), True for keys to be passed over, or numbers added to their scores.
            need_weights: whether to return the weights.
            attn_mask: (L, S), or (N num_heads, L, S): True where a query must not see a key, or numbers added to the
                scores.
            average_attn_weights: return the mean of the heads' weights, not each.
            is_causal: query i sees the keys 0 to i only; an attn_mask, if given, must say the same.
        """
        weights = AttentionWeights(
            self.in_proj_weight,
            self.in_proj_bias,
            self.out_proj.weight,
            self.out_proj.bias,
            self.q_proj_weight,
            self.k_proj_weight,
            self.v_proj_weight,
            self.bias_k,
            self.bias_v,
        )
        return attend(
            query,
            key,
            value,
            self.num_heads,
            weights,
            add_zero_attn=self.add_zero_attn,
            dropout_p=self.dropout if self.training else 0.0,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
            batch_first=self.batch_first,
        )
