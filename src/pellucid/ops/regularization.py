"""Noise that is multiplied into activations while training."""

import math

import numpy as np

from pellucid import kernels as K
from pellucid import random
from pellucid._tensor import Tensor, record
from pellucid.ops._operands import float_array
from pellucid.ops.activation_smooth import SELU_ALPHA, SELU_SCALE
from pellucid.ops.inplace import overwrite

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]


def dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Y = x m / (1 - p), where m is 0 with probability p and else 1; dx = dy m / (1 - p).

    Inverted dropout: y has the mean of x, so that nothing is to be done when not training. The mask is a function of
    the default generator's seed and count, and the same on every engine.

    Args:
        x: the tensor.
        p: the probability of an element to be dropped.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1].
    """
    _check_probability("dropout", p)
    if not training or p == 0:
        return x
    return overwrite(x, lambda before: _dropped(before, p)) if inplace else _dropped(x, p)


def _dropped(x: Tensor, p: float) -> Tensor:
    key = random.default_generator.next_key("dropout")
    return record(K.dropout(float_array(x), key, p), (x, lambda dy: K.dropout(dy, key, p)))


def alpha_dropout(x: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Y = a (x m + α' (1 - m)) + b, where m is 0 with probability p and else 1; dx = dy a m.

    Dropped elements become α' = -s α, the value that SELU falls to, and a = ((1 - p) (1 + p α'²))^(-1/2), b = -a p α'
    restore mean 0 and variance 1 (Klambauer et al., 2017).

    Args:
        x: the tensor, of mean 0 and variance 1.
        p: the probability of an element to be dropped; 1 gives zeros.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1].
    """
    _check_probability("alpha_dropout", p)
    if not training or p == 0:
        return x
    return overwrite(x, lambda before: _alpha_dropped(before, p)) if inplace else _alpha_dropped(x, p)


def _alpha_dropped(x: Tensor, p: float, mask_shape: tuple[int, ...] | None = None) -> Tensor:
    if p == 1:
        return _dropped(x, p)
    x_array = float_array(x)
    mask_shape = x_array.shape if mask_shape is None else mask_shape
    floor = -SELU_SCALE * SELU_ALPHA
    a = 1 / math.sqrt((1 - p) * (1 + p * floor**2))
    b = -a * p * floor
    m = K.dropout_mask(random.default_generator.next_key("dropout"), math.prod(mask_shape), p).reshape(mask_shape)
    y = np.where(m, a * x_array + b, x_array.dtype.type(a * floor + b))
    return record(y, (x, lambda dy: np.where(m, a * dy, 0)))


def dropout1d(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Y = x m / (1 - p), where m is one number for each sample and channel of signals, 0 with probability p and else 1.

    Args:
        x: (N, C, L) or (C, L).
        p: the probability of a channel to be dropped.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1], or x has another number of axes.
    """
    return _channels_dropped("dropout1d", x, {2: 1, 3: 2}, p, training, inplace)


def dropout2d(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Y = x m / (1 - p), where m is one number for each sample and channel of images, 0 with probability p and else 1.

    Args:
        x: (N, C, H, W); three axes are taken for (N, C, L), as in PyTorch, which warns.
        p: the probability of a channel to be dropped.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1], or x has another number of axes.
    """
    return _channels_dropped("dropout2d", x, {3: 2, 4: 2}, p, training, inplace)


def dropout3d(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Y = x m / (1 - p), where m is one number for each sample and channel of volumes, 0 with probability p and else 1.

    Args:
        x: (N, C, D, H, W) or (C, D, H, W).
        p: the probability of a channel to be dropped.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1], or x has another number of axes.
    """
    return _channels_dropped("dropout3d", x, {4: 1, 5: 2}, p, training, inplace)


def feature_alpha_dropout(x: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` with one m for each sample and channel.

    Args:
        x: (N, C, ...), of mean 0 and variance 1.
        p: the probability of a channel to be dropped; 1 gives zeros.
        training: return x itself when false.
        inplace: put the result into x, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1], or x has fewer than two axes.
    """
    _check_probability("feature_alpha_dropout", p)
    if x.ndim < 2:
        raise ValueError(f"feature_alpha_dropout needs an input of shape (N, C, ...), got {x.array.shape}")
    if not training or p == 0:
        return x
    shape = _by_channel(x, 2)
    if inplace:
        return overwrite(x, lambda before: _alpha_dropped(before, p, shape))
    return _alpha_dropped(x, p, shape)


def _channels_dropped(name: str, x: Tensor, leading: dict[int, int], p: float, training: bool, inplace: bool) -> Tensor:
    """Drop whole channels; `leading` tells for each number of axes how many of them count the channels."""
    _check_probability(name, p)
    if x.ndim not in leading:
        wanted = " or ".join(map(str, leading))
        raise ValueError(f"{name} needs an input of {wanted} axes, got shape {x.array.shape}")
    if not training or p == 0:
        return x
    shape = _by_channel(x, leading[x.ndim])
    return overwrite(x, lambda before: _masked(before, shape, p)) if inplace else _masked(x, shape, p)


def _masked(x: Tensor, mask_shape: tuple[int, ...], p: float) -> Tensor:
    a = float_array(x)
    m = K.dropout(np.ones(mask_shape, dtype=a.dtype), random.default_generator.next_key("dropout"), p)  # m / (1 - p)
    return record(a * m, (x, lambda dy: dy * m))


def _by_channel(x: Tensor, leading: int) -> tuple[int, ...]:
    return (*x.array.shape[:leading], *(1,) * (x.ndim - leading))


def _check_probability(name: str, p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{name} needs a probability p between 0 and 1, got {p}")
