"""Attention of several heads, with the projections before and after it (Vaswani et al., 2017).

Head h has its own E / heads features of Q = x_q W_qᵀ + b_q, K = x_k W_kᵀ + b_k and V = x_v W_vᵀ + b_v, and
Y = [softmax(Q_h K_hᵀ / √(E / heads) + mask) V_h, the heads side by side] W_oᵀ + b_o.
"""

import math
from typing import NamedTuple

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.ops.activation_rows import softmax
from pellucid.ops.arithmetic import add
from pellucid.ops.attention import packed_self_attention, scaled_dot_product_attention
from pellucid.ops.linalg import linear, matmul
from pellucid.ops.padding import pad
from pellucid.ops.reduction import mean
from pellucid.ops.regularization import dropout
from pellucid.ops.shape import broadcast_to, cat, reshape, split, transpose, unsqueeze

__all__ = ["AttentionWeights", "attend", "is_causal_mask", "multi_head_attention_forward"]


class AttentionWeights(NamedTuple):
    """The parameters of multi-head attention; either `in_proj` holds W_q, W_k and W_v one below the other, or these do.

    `bias_k` and `bias_v` (1, 1, E) are one more key and value, learned, for every sequence.
    """

    in_proj: Tensor | None
    in_bias: Tensor | None
    out_proj: Tensor
    out_bias: Tensor | None
    q_proj: Tensor | None = None
    k_proj: Tensor | None = None
    v_proj: Tensor | None = None
    bias_k: Tensor | None = None
    bias_v: Tensor | None = None


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Return Y (L, N, E) and the weights of `nn.MultiheadAttention`, which see, with sequences along the first axis.

    Raises:
        ValueError: when shapes do not fit.
        NotImplementedError: for static_k and static_v.
    """
    if static_k is not None or static_v is not None:
        raise NotImplementedError(
            "multi_head_attention_forward: static_k and static_v are not supported; call scaled_dot_product_attention"
        )
    if query.array.shape[-1] != embed_dim_to_check:
        raise ValueError(f"the query needs {embed_dim_to_check} features, got shape {query.array.shape}")
    weights = AttentionWeights(
        None if use_separate_proj_weight else in_proj_weight,
        in_proj_bias,
        out_proj_weight,
        out_proj_bias,
        q_proj_weight,
        k_proj_weight,
        v_proj_weight,
        bias_k,
        bias_v,
    )
    return attend(
        query,
        key,
        value,
        num_heads,
        weights,
        add_zero_attn=add_zero_attn,
        dropout_p=dropout_p if training else 0.0,
        key_padding_mask=key_padding_mask,
        need_weights=need_weights,
        attn_mask=attn_mask,
        average_attn_weights=average_attn_weights,
        is_causal=is_causal,
        batch_first=False,
    )


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    heads: int,
    w: AttentionWeights,
    *,
    add_zero_attn: bool,
    dropout_p: float,
    key_padding_mask: Tensor | None,
    need_weights: bool,
    attn_mask: Tensor | None,
    average_attn_weights: bool,
    is_causal: bool,
    batch_first: bool,
) -> tuple[Tensor, Tensor | None]:
    """Return Y and the weights (or None) of attention of several heads; `nn.MultiheadAttention` says the shapes."""
    batched, axis = query.ndim == 3, 0 if batch_first else 1
    _check(query, key, value, heads, batch_first)
    to_itself = query is key is value
    if not batched:
        query, key, value = (unsqueeze(x, axis) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
    extra = (w.bias_k is not None) + add_zero_attn
    scores = (query.array.shape[axis], heads, query.array.shape[1 - axis], key.array.shape[1 - axis])
    learned = any(m is not None and m._requires_grad for m in (attn_mask, key_padding_mask))
    packed = to_itself and w.in_proj is not None and not (need_weights or extra or learned)
    written_out = need_weights or extra > 0 or (key_padding_mask is not None and not packed)
    mask, causal = _merged(attn_mask, key_padding_mask, is_causal, scores, query.dtype, written_out)
    probabilities = None
    if packed:
        x = linear(query, w.in_proj, w.in_bias)  # type: ignore[arg-type]
        x = x if batch_first else transpose(x, 0, 1)  # (N, L, 3E)
        y = packed_self_attention(x, heads, None if mask is None else mask.array, causal, dropout_p)
    else:
        parts = _projected(query, key, value, w, to_itself)
        q, k, v = parts if batch_first else (transpose(x, 0, 1) for x in parts)  # (N, L or S, E)
        k, v = (_extended(x, b, add_zero_attn) for x, b in ((k, w.bias_k), (v, w.bias_v)))
        mask = mask if mask is None or not extra else pad(mask, (0, extra))
        q, k, v = (_split(x, heads) for x in (q, k, v))
        if need_weights:
            probabilities = _weights(q, k, mask, dropout_p)
            y = matmul(probabilities, v)
        else:
            y = scaled_dot_product_attention(q, k, v, mask, dropout_p, causal)
        y = reshape(transpose(y, 1, 2), scores[0], scores[2], heads * v.array.shape[-1])  # (N, L, E)
    y = linear(y if batch_first else transpose(y, 0, 1), w.out_proj, w.out_bias)
    if probabilities is not None and average_attn_weights:
        probabilities = mean(probabilities, 1)
    if not batched:
        y = reshape(y, y.array.shape[1 - axis], y.array.shape[-1])
        probabilities = None if probabilities is None else reshape(probabilities, probabilities.array.shape[1:])
    return y, probabilities


def is_causal_mask(mask: Tensor) -> bool:
    """Say whether a mask lets query i see just the keys 0 to i: -inf above the diagonal, or True there, and else 0."""
    m = mask.array
    if m.ndim != 2 or m.dtype.kind not in "bf":
        return False
    later = ~np.tri(*m.shape, dtype=np.bool_)
    return bool((m == (later if m.dtype.kind == "b" else np.where(later, -np.inf, 0))).all())


def _check(query: Tensor, key: Tensor, value: Tensor, heads: int, batch_first: bool) -> None:
    q, k, v = query.array.shape, key.array.shape, value.array.shape
    batch = 0 if batch_first else 1
    layout = "(N, length, features)" if batch_first else "(length, N, features)"
    where = f"attention of queries {q}, keys {k} and values {v}"
    if len(q) not in (2, 3) or len(k) != len(q) or len(v) != len(q):
        raise ValueError(f"{where}: all need the axes {layout}, or (length, features) for one sequence")
    if k[:-1] != v[:-1] or (len(q) == 3 and q[batch] != k[batch]):
        raise ValueError(f"{where}: with axes {layout}, N must be equal, and the lengths of keys and values")
    if q[-1] % heads:
        raise ValueError(f"{where}: the {q[-1]} features of a query cannot be cut into {heads} equal heads")


def _projected(query: Tensor, key: Tensor, value: Tensor, w: AttentionWeights, to_itself: bool) -> tuple[Tensor, ...]:
    e = query.array.shape[-1]
    biases = (None, None, None) if w.in_bias is None else split(w.in_bias, e)
    if w.in_proj is None:
        separate = (w.q_proj, w.k_proj, w.v_proj)
        return tuple(linear(x, W, b) for x, W, b in zip((query, key, value), separate, biases, strict=True))  # type: ignore[arg-type]
    if to_itself:  # one product instead of three
        return split(linear(query, w.in_proj, w.in_bias), e, -1)
    return tuple(linear(x, W, b) for x, W, b in zip((query, key, value), split(w.in_proj, e), biases, strict=True))


def _extended(x: Tensor, bias: Tensor | None, add_zero: bool) -> Tensor:
    """Return keys or values (N, S, E) with the learned one and the zero behind them."""
    n, _, e = x.array.shape
    parts = [x]
    if bias is not None:
        parts.append(broadcast_to(bias, (n, 1, e)))
    if add_zero:
        parts.append(Tensor(np.zeros((n, 1, e), x.dtype)))
    return x if len(parts) == 1 else cat(parts, 1)


def _split(x: Tensor, heads: int) -> Tensor:
    """Return (N, L, E) as (N, heads, L, E / heads)."""
    n, length, e = x.array.shape
    return transpose(reshape(x, n, length, heads, e // heads), 1, 2)


def _weights(q: Tensor, k: Tensor, mask: Tensor | None, p: float) -> Tensor:
    """Return the weights (N, heads, L, S), dropped; zeros for a query that may see no key."""
    s = matmul(q * (1 / math.sqrt(q.array.shape[-1])), transpose(k, -1, -2))
    if mask is None:
        return dropout(softmax(s, -1), p)
    blind = (mask.array == -np.inf).all(axis=-1, keepdims=True)
    if not blind.any():
        return dropout(softmax(add(s, mask), -1), p)
    seeing = Tensor(~blind)
    return dropout(softmax(add(s, mask.masked_fill(Tensor(blind), 0)), -1) * seeing.to(s.dtype), p)


def _merged(
    attn_mask: Tensor | None,
    key_padding_mask: Tensor | None,
    is_causal: bool,
    scores: tuple[int, ...],
    dtype: np.dtype[np.generic],
    written_out: bool,
) -> tuple[Tensor | None, bool]:
    """Return all masks as one that is added to the scores (N, heads, L, S), and whether it is causal beside that.

    `written_out` asks that the causal mask be part of the other.
    """
    n, heads, length, keys = scores
    if is_causal and attn_mask is not None:
        if attn_mask.array.shape != (length, keys) or not is_causal_mask(attn_mask):
            raise ValueError(
                "is_causal=True says that attn_mask lets query i see just the keys 0 to i, and this one is another; "
                "leave is_causal out"
            )
        attn_mask = None
    mask = None
    if attn_mask is not None:
        mask = _added("attn_mask", attn_mask, dtype)
        if mask.array.shape not in ((length, keys), (n * heads, length, keys)):
            raise ValueError(
                f"attn_mask must have the shape {(length, keys)}, or {(n * heads, length, keys)} with a mask for each "
                f"head of each sequence; got {mask.array.shape}"
            )
        mask = reshape(mask, 1 if mask.ndim == 2 else n, 1 if mask.ndim == 2 else heads, length, keys)
    elif is_causal and written_out:
        mask, is_causal = Tensor(_causal(length, keys, dtype)), False
    if key_padding_mask is not None:
        padding = _added("key_padding_mask", key_padding_mask, dtype)
        if padding.array.shape != (n, keys):
            raise ValueError(f"key_padding_mask must have the shape {(n, keys)}, got {padding.array.shape}")
        padding = reshape(padding, n, 1, 1, keys)
        mask = padding if mask is None else add(mask, padding)
    return mask, is_causal


def _causal(length: int, keys: int, dtype: np.dtype[np.generic]) -> Array:
    return np.where(np.tri(length, keys, dtype=np.bool_), 0, -np.inf).astype(dtype)[None, None]


def _added(name: str, mask: Tensor, dtype: np.dtype[np.generic]) -> Tensor:
    """Return a mask as one that is added: of a boolean one, -inf where it is True."""
    kind = mask.array.dtype.kind
    if kind == "b":
        return Tensor(np.where(mask.array, -np.inf, 0).astype(dtype))
    if kind != "f":
        raise TypeError(f"{name} is boolean or floating, got {mask.dtype}; compare first: mask != 0")
    return mask.to(dtype)
