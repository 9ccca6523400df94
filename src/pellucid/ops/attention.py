"""Attention: every query takes the mean of the values, weighed by how well their keys fit it.

S = Q Kᵀ / √E + mask,  P = softmax(S) along the keys,  Y = P V (Vaswani et al., 2017). Gradients:
dV = Pᵀ dY,  dS = P (dY Vᵀ - δ) with δ = Σ dY Y of each query,  dQ = dS K / √E,  dK = dSᵀ Q / √E.

P is as large as all queries times all keys; what is kept for the gradient is the logarithm of each row's sum alone.
"""

import math

import numpy as np

from pellucid import kernels as K
from pellucid import random
from pellucid._tensor import Array, Tensor, record_joint
from pellucid.ops.shape import broadcast_to, repeat_interleave

__all__ = ["packed_self_attention", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Y = softmax(Q Kᵀ / √E + mask) V (Vaswani et al., 2017).

    A query that may see no key gets zeros.

    Args:
        query: Q (..., L, E).
        key: K (..., S, E); its leading axes broadcast with those of Q.
        value: V (..., S, Ev); Y has the shape (..., L, Ev).
        attn_mask: broadcasts to (..., L, S); added to the scores, or boolean and True where a query may see a key.
        dropout_p: the probability with which a weight is dropped, in evaluation too: pass 0 there.
        is_causal: let query i see the keys 0 to i only; goes with no attn_mask.
        scale: the factor of Q Kᵀ; 1 / √E when None.
        enable_gqa: let K and V have fewer heads (axis -3) than Q, each for several of Q's (Ainslie et al., 2023).

    Raises:
        ValueError: when shapes do not fit, or both attn_mask and is_causal are given.
        RuntimeError: when the dtypes differ.
        TypeError: when attn_mask holds integers.

    Example:
        >>> import pellucid
        >>> q = pellucid.zeros(1, 2, 4)
        >>> scaled_dot_product_attention(q, q, pellucid.tensor([[[1.0], [3.0]]]), is_causal=True).tolist()
        [[[1.0], [2.0]]]
    """
    if enable_gqa:
        key, value = (_for_all_heads(x, query) for x in (key, value))
    shape = _check(query, key, value, dropout_p)
    if attn_mask is not None and is_causal:
        raise ValueError("scaled_dot_product_attention takes attn_mask or is_causal=True, not both")
    query, key, value = (_broadcast(x, shape) for x in (query, key, value))
    q, k, v = query.array, key.array, value.array
    mask = None if attn_mask is None else _mask(attn_mask, shape, q)
    draw = random.default_generator.next_key("dropout") if dropout_p > 0 else 0
    given = (mask, is_causal, 1 / math.sqrt(q.shape[-1] or 1) if scale is None else scale, float(dropout_p), draw)
    y, l = K.attention(q, k, v, *given)
    learned = attn_mask is not None and attn_mask._requires_grad

    def backward(dy: Array) -> tuple[Array | None, ...]:
        gradients = K.attention_backward(q, k, v, *given, y, l, dy, learned)
        return gradients if learned else gradients[:3]

    inputs = (query, key, value) if attn_mask is None or not learned else (query, key, value, attn_mask)
    return record_joint(y, inputs, backward)


def packed_self_attention(
    x: Tensor, heads: int, mask: Array | None = None, causal: bool = False, dropout_p: float = 0.0
) -> Tensor:
    """Y = the attention of a sequence to itself, of several heads side by side.

    Args:
        x: (B, T, 3D): queries, keys and values of D numbers each; head h has the numbers h D / heads and following.
        heads: into how many heads D is cut.
        mask: (B or 1, heads or 1, T or 1, T), added to the scores.
        causal: whether query i sees the keys 0 to i only.
        dropout_p: the probability with which a weight is dropped.
    """
    a = x.array
    draw = random.default_generator.next_key("dropout") if dropout_p > 0 else 0
    given = (heads, mask, causal, 1 / math.sqrt(a.shape[-1] // 3 // heads), float(dropout_p), draw)
    y, l = K.self_attention(a, *given)
    return record_joint(y, (x,), lambda dy: (K.self_attention_backward(a, *given, y, l, dy),))


def _for_all_heads(x: Tensor, query: Tensor) -> Tensor:
    if x.ndim < 3 or query.ndim < 3 or x.array.shape[-3] == 0 or query.array.shape[-3] % x.array.shape[-3]:
        raise ValueError(
            "enable_gqa needs a number of query heads (axis -3) that is a multiple of those of key and value, got "
            f"shapes {query.array.shape} and {x.array.shape}"
        )
    times = query.array.shape[-3] // x.array.shape[-3]
    return x if times == 1 else repeat_interleave(x, times, -3)


def _broadcast(x: Tensor, scores: tuple[int, ...]) -> Tensor:
    shape = (*scores[:-2], *x.array.shape[-2:])
    return x if x.array.shape == shape else broadcast_to(x, shape)


def _check(query: Tensor, key: Tensor, value: Tensor, p: float) -> tuple[int, ...]:
    """Return the shape of the scores (..., L, S)."""
    q, k, v = query.array.shape, key.array.shape, value.array.shape
    where = f"attention of queries {q}, keys {k} and values {v}"
    if min(len(q), len(k), len(v)) < 2:
        raise ValueError(f"{where}: each needs at least two axes, (..., length, features)")
    if q[-1] != k[-1] or k[-2] != v[-2]:
        raise ValueError(f"{where}: queries and keys must have equally many features, keys and values equal lengths")
    if len({query.dtype, key.dtype, value.dtype}) != 1 or query.dtype.kind != "f":
        raise RuntimeError(f"{where} needs one floating dtype, got {query.dtype}, {key.dtype} and {value.dtype}")
    if not 0 <= p <= 1:
        raise ValueError(f"attention needs a dropout probability between 0 and 1, got {p}")
    try:
        return (*np.broadcast_shapes(q[:-2], k[:-2], v[:-2]), q[-2], k[-2])
    except ValueError:
        raise ValueError(f"{where}: the axes before the last two do not broadcast") from None


def _mask(mask: Tensor, scores: tuple[int, ...], q: Array) -> Array:
    m = mask.array
    if m.dtype.kind not in "bf":
        raise TypeError(f"attn_mask is boolean or floating, got {m.dtype}; compare first: mask != 0")
    try:
        fits = np.broadcast_shapes(m.shape, scores) == scores
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"attn_mask of shape {m.shape} does not broadcast to the scores, {scores}")
    return m if m.dtype.kind == "b" else m.astype(q.dtype, copy=False)
