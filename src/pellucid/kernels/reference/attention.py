"""Attention: every query takes the mean of the values, weighed by how well their keys fit it.

S = scale Q Kᵀ + mask,  P = softmax(S) along the keys,  D = P m / (1 - p) with the dropout's mask m,  Y = D V.

Of all this only l = log Σ e^S of each query is kept, from which P = e^(S - l) is computed anew:
dV = Dᵀ dY,  dP = dY Vᵀ m / (1 - p),  dS = P (dP - δ) with δ = Σ dP P = Σ dY Y,  dQ = scale dS K,  dK = scale dSᵀ Q.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference.counted import dropout_mask
from pellucid.kernels.reference.rows import logsumexp

__all__ = ["attention", "attention_backward", "self_attention", "self_attention_backward"]

_quiet = np.errstate(all="ignore")


@_quiet
def attention(
    q: Array, k: Array, v: Array, mask: Array | None, causal: bool, scale: float, p: float, key: int
) -> tuple[Array, Array]:
    """Return Y (..., L, Ev) and l (..., L) for q (..., L, E), k (..., S, E), v (..., S, Ev).

    Args:
        q: the queries.
        k: the keys.
        v: the values.
        mask: added to S, or boolean and False where a query must not see a key; broadcasts to (..., L, S).
        causal: whether query i sees the keys 0 to i only.
        scale: the factor of Q Kᵀ.
        p: the probability with which a weight is dropped.
        key: of the dropout's mask, whose places are those of S, row by row.
    """
    s = _scores(q, k, mask, causal, scale)
    l = logsumexp(s, (-1,), keepdims=False)
    return np.matmul(_dropped(_weights(s, l), p, key), v), l


@_quiet
def attention_backward(
    q: Array,
    k: Array,
    v: Array,
    mask: Array | None,
    causal: bool,
    scale: float,
    p: float,
    key: int,
    y: Array,
    l: Array,
    dy: Array,
    need_mask: bool,
) -> tuple[Array, Array, Array, Array | None]:
    """Return dQ, dK, dV, and dS where `need_mask` asks for it: it is the gradient by an added mask."""
    weights = _weights(_scores(q, k, mask, causal, scale), l)
    dv = np.matmul(_dropped(weights, p, key).swapaxes(-1, -2), dy)
    dp = _dropped(np.matmul(dy, v.swapaxes(-1, -2)), p, key)
    ds = weights * (dp - np.sum(dy * y, axis=-1, keepdims=True))
    factor = q.dtype.type(scale)
    dq, dk = np.matmul(ds, k) * factor, np.matmul(ds.swapaxes(-1, -2), q) * factor
    return dq, dk, dv, ds if need_mask else None


def self_attention(
    x: Array, heads: int, mask: Array | None, causal: bool, scale: float, p: float, key: int
) -> tuple[Array, Array]:
    """Return Y (B, T, D) and l (B, heads, T) of the queries, keys and values that lie side by side in x (B, T, 3D)."""
    y, l = attention(*_parts(x, heads), mask, causal, scale, p, key)
    return _joined(y), l


def self_attention_backward(
    x: Array,
    heads: int,
    mask: Array | None,
    causal: bool,
    scale: float,
    p: float,
    key: int,
    y: Array,
    l: Array,
    dy: Array,
) -> Array:
    """Return dx for y, l = self_attention(x, ...)."""
    q, k, v = _parts(x, heads)
    y, dy = _split(y, heads), _split(dy, heads)
    gradients = attention_backward(q, k, v, mask, causal, scale, p, key, y, l, dy, need_mask=False)
    dq, dk, dv, _ = gradients
    return np.concatenate([_joined(d) for d in (dq, dk, dv)], axis=-1)


def _scores(q: Array, k: Array, mask: Array | None, causal: bool, scale: float) -> Array:
    s = np.matmul(q, k.swapaxes(-1, -2)) * q.dtype.type(scale)
    if mask is not None:
        s = np.where(mask, s, s.dtype.type(-np.inf)) if mask.dtype == np.bool_ else s + mask
    if causal:
        s = np.where(np.tri(*s.shape[-2:], dtype=np.bool_), s, s.dtype.type(-np.inf))
    return s


def _weights(s: Array, l: Array) -> Array:
    """Return e^(s - l); zeros for a query that sees no key, where l is -inf."""
    return np.exp(s - np.where(l == -np.inf, 0, l)[..., None].astype(s.dtype))


def _dropped(x: Array, p: float, key: int) -> Array:
    if p == 0:
        return x
    kept = dropout_mask(key, x.size, p).reshape(x.shape)
    return x * (kept * x.dtype.type(1 / (1 - p) if p < 1 else 0))


def _parts(x: Array, heads: int) -> tuple[Array, Array, Array]:
    d = x.shape[-1] // 3
    return _split(x[..., :d], heads), _split(x[..., d : 2 * d], heads), _split(x[..., 2 * d :], heads)


def _split(x: Array, heads: int) -> Array:
    """Return (B, T, D) as (B, heads, T, D / heads)."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads).swapaxes(1, 2)


def _joined(x: Array) -> Array:
    """Return (B, heads, T, d) as (B, T, heads d)."""
    y = x.swapaxes(1, 2)
    return y.reshape(*y.shape[:2], y.shape[2] * y.shape[3])
