"""Where an element stands in its sequence, told to layers that would not know."""

import numpy as np

from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import float_array

__all__ = ["angles", "apply_rotary", "sinusoids"]


def angles(length: int, features: int, base: float = 10000.0) -> Array:
    """Return t / base^(2i / features) for the places t from 0 and i = 0 ... features / 2 - 1, in float64."""
    frequencies = base ** (-np.arange(0, features, 2) / features)
    return np.arange(length)[:, None] * frequencies


def sinusoids(length: int, features: int, base: float = 10000.0) -> Array:
    """Return P with P[t, 2i] = sin(t / base^(2i / features)) and P[t, 2i + 1] = the cosine of the same, in float64.

    A shift by k places is a rotation of each pair, the same for all t (Vaswani et al., 2017).
    """
    a = angles(length, features, base)
    return np.stack([np.sin(a), np.cos(a)], axis=-1).reshape(length, -1)[:, :features]


def apply_rotary(x: Tensor, cos: Array, sin: Array) -> Tensor:
    """Rotate each pair of neighbouring features by an angle (rotary position codes; Su et al., 2021).

    y_2i = x_2i cos a_i - x_2i+1 sin a_i,  y_2i+1 = x_2i sin a_i + x_2i+1 cos a_i;  dx is dy, rotated back.

    Args:
        x: (..., T, E) with an even E.
        cos: the cosines of the angles a (T, E / 2), or any shape that broadcasts to (..., T, E / 2).
        sin: their sines.

    Raises:
        ValueError: when the shapes do not fit.

    Example:
        >>> import pellucid
        >>> third = np.array([[np.pi / 3]])
        >>> apply_rotary(pellucid.tensor([[1.0, 0.0]]), np.cos(third), np.sin(third))
        tensor([[0.5000, 0.8660]])
    """
    a = float_array(x)
    if a.ndim == 0 or a.shape[-1] % 2 or cos.shape != sin.shape:
        raise ValueError(
            f"apply_rotary needs an even number of features and cosines and sines of one shape, got an input of shape "
            f"{a.shape}, cosines {cos.shape} and sines {sin.shape}"
        )
    pairs = (*a.shape[:-1], a.shape[-1] // 2)
    try:
        fits = np.broadcast_shapes(pairs, cos.shape) == pairs
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"apply_rotary of shape {a.shape} needs angles that broadcast to {pairs}, got {cos.shape}")
    c, s = cos.astype(a.dtype, copy=False), sin.astype(a.dtype, copy=False)
    return record(_rotated(a, c, s), (x, lambda dy: _rotated(dy, c, -s)))


def _rotated(x: Array, c: Array, s: Array) -> Array:
    y = np.empty_like(x)
    even, odd = x[..., 0::2], x[..., 1::2]
    y[..., 0::2] = even * c - odd * s
    y[..., 1::2] = even * s + odd * c
    return y
