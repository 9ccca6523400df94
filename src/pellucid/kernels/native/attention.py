"""Attention by the native engine: block by block, without a matrix of all queries times all keys."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32

__all__ = ["attention", "attention_backward", "self_attention", "self_attention_backward"]

_WORDS = 0xFFFFFFFFFFFFFFFF  # what a mask takes of a key
_MOST_AXES = 4  # batch, heads, rows, columns


def attention(
    q: Array, k: Array, v: Array, mask: Array | None, causal: bool, scale: float, p: float, key: int
) -> tuple[Array, Array]:
    """Return Y and log Σ e^S of each query; see the reference. The rows of Y's heads lie side by side in memory."""
    if not _taken(q, k, v):
        return reference.attention(q, k, v, mask, causal, scale, p, key)
    q4, k4, v4 = _with_heads(q), _with_heads(k), _with_heads(v)
    y, l = _side_by_side(q4, v4.shape[3]), np.empty(q4.shape[:3], F32)
    _native.attention(q4, k4, v4, _added(mask, q4, k4, q.ndim), causal, scale, p, _kept(p), key & _WORDS, y, l)
    return y.reshape(*q.shape[:-1], v.shape[-1]) if q.ndim < _MOST_AXES else y, l.reshape(q.shape[:-1])


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
    """Return dQ, dK, dV, and dS where `need_mask` asks for it; see the reference."""
    if need_mask or not _taken(q, k, v, y, dy):
        return reference.attention_backward(q, k, v, mask, causal, scale, p, key, y, l, dy, need_mask)
    q4, k4, v4, y4, dy4 = (_with_heads(a) for a in (q, k, v, y, dy))
    gradients = [_side_by_side(a, a.shape[3]) for a in (q4, k4, v4)]
    l3 = l.reshape(q4.shape[:3])
    given = (_added(mask, q4, k4, q.ndim), causal, scale, p, _kept(p), key & _WORDS)
    _native.attention_backward(q4, k4, v4, *given, y4, l3, dy4, *gradients)
    dq, dk, dv = (d if a.ndim == _MOST_AXES else d.reshape(a.shape) for d, a in zip(gradients, (q, k, v), strict=True))
    return dq, dk, dv, None


def self_attention(
    x: Array, heads: int, mask: Array | None, causal: bool, scale: float, p: float, key: int
) -> tuple[Array, Array]:
    """Return Y (B, T, D) and log Σ e^S (B, heads, T) for x (B, T, 3D); see the reference."""
    q, k, v = _parts(x, heads)
    if not _taken(q, k, v):
        return reference.self_attention(x, heads, mask, causal, scale, p, key)
    y, l = np.empty_like(x, shape=(*x.shape[:2], x.shape[2] // 3)), np.empty(q.shape[:3], F32)
    given = (_added(mask, q, k, _MOST_AXES), causal, scale, p, _kept(p), key & _WORDS)
    _native.attention(q, k, v, *given, _split(y, heads), l)
    return y, l


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
    """Return dx for y, l = self_attention(x, ...); see the reference."""
    q, k, v = _parts(x, heads)
    y4, dy4 = _split(y, heads), _split(dy, heads)
    if not _taken(q, k, v, y4, dy4):
        return reference.self_attention_backward(x, heads, mask, causal, scale, p, key, y, l, dy)
    dx = np.empty_like(x)
    given = (_added(mask, q, k, _MOST_AXES), causal, scale, p, _kept(p), key & _WORDS)
    _native.attention_backward(q, k, v, *given, y4, l, dy4, *_parts(dx, heads))
    return dx


def _taken(*arrays: Array) -> bool:
    """Say whether the kernel is made for these: float32, of whole numbers side by side, none empty."""
    for a in arrays:
        if a.dtype is not F32 or not 2 <= a.ndim <= _MOST_AXES or not a.size or not a.flags.aligned:
            return False
        if (a.shape[-1] > 1 and a.strides[-1] != F32.itemsize) or any(s < 0 or s % F32.itemsize for s in a.strides):
            return False
    return True


def _with_heads(a: Array) -> Array:
    return a if a.ndim == _MOST_AXES else a[(None,) * (_MOST_AXES - 1 - a.ndim)][:, None]


def _side_by_side(a: Array, columns: int) -> Array:
    """Return an empty (batch, heads, rows, columns), in memory (batch, rows, heads, columns): joining heads is free."""
    batch, heads, rows, _ = a.shape
    return np.empty((batch, rows, heads, columns), F32).swapaxes(1, 2)


def _added(mask: Array | None, q: Array, k: Array, axes: int) -> Array | None:
    """Return a mask that fits queries of so many axes as one that is added, with the four axes of the scores."""
    if mask is None:
        return None
    if mask.dtype == np.bool_:
        mask = np.where(mask, F32.type(0), F32.type(-np.inf))
    mask = np.atleast_1d(mask)
    if mask.shape[-1] != k.shape[2] or mask.strides[-1] != F32.itemsize or mask.dtype is not F32:
        mask = np.ascontiguousarray(np.broadcast_to(mask, (*mask.shape[:-1], k.shape[2])), F32)
    if axes == mask.ndim == _MOST_AXES - 1:
        mask = mask[:, None]  # (batch, rows, columns): of no heads
    return np.broadcast_to(mask, (*q.shape[:3], k.shape[2]))


def _kept(p: float) -> float:
    return 1 / (1 - p) if p < 1 else 0.0


def _parts(x: Array, heads: int) -> tuple[Array, Array, Array]:
    d = x.shape[-1] // 3
    return _split(x[..., :d], heads), _split(x[..., d : 2 * d], heads), _split(x[..., 2 * d :], heads)


def _split(x: Array, heads: int) -> Array:
    """Return (B, T, D) as (B, heads, T, D / heads), without a copy."""
    batch, length, d = x.shape
    sb, st, s = x.strides
    shape = (batch, heads, length, d // heads)
    return np.lib.stride_tricks.as_strided(x, shape, (sb, d // heads * s, st, s))
