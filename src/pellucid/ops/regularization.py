"""Noise that is multiplied into activations while training."""

import math

import numpy as np

from pellucid import kernels as K
from pellucid import random
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import float_array
from pellucid.ops.activation_smooth import SELU_ALPHA, SELU_SCALE
from pellucid.ops.inplace import overwrite

__all__ = ["alpha_dropout", "dropout"]


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


def _alpha_dropped(x: Tensor, p: float) -> Tensor:
    if p == 1:
        return _dropped(x, p)
    x_array = float_array(x)
    floor = -SELU_SCALE * SELU_ALPHA
    a = 1 / math.sqrt((1 - p) * (1 + p * floor**2))
    b = -a * p * floor
    m = _kept(x_array, p)
    y = np.where(m, a * x_array + b, x_array.dtype.type(a * floor + b))
    return record(y, (x, lambda dy: np.where(m, a * dy, 0)))


def _kept(a: Array, p: float) -> Array:
    return K.dropout_mask(random.default_generator.next_key("dropout"), a.size, p).reshape(a.shape)


def _check_probability(name: str, p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{name} needs a probability p between 0 and 1, got {p}")
