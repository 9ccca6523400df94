"""Smooth activation functions: y = f(x), each with its derivative beside it, stable for any finite x."""

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._operands import float_array
from pellucid.ops.inplace import overwrite

__all__ = [
    "celu",
    "elu",
    "gelu",
    "logsigmoid",
    "mish",
    "selu",
    "silu",
    "softplus",
    "softsign",
    "tanhshrink",
]

# The fixed point of mean 0 and variance 1 in Klambauer et al. (2017), solved to double precision.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def elu(x: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Y = x where x > 0, else α (e^x - 1); dx = dy, else dy α e^x; the derivative at 0 is α."""
    if inplace:
        return overwrite(x, lambda before: elu(before, alpha))
    return _scaled_elu(x, alpha, 1.0, 1.0)


def selu(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = s x where x > 0, else s α (e^x - 1), with s = 1.0507... and α = 1.6732...; the derivative at 0 is s α."""
    if inplace:
        return overwrite(x, selu)
    return _scaled_elu(x, SELU_ALPHA, SELU_SCALE, 1.0)


def celu(x: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Y = x where x > 0, else α (e^(x/α) - 1), whose derivative is 1 at 0 from both sides.

    Raises:
        ValueError: when α is not above 0.
    """
    if not alpha > 0:
        raise ValueError(f"celu needs alpha > 0, got {alpha}")
    if inplace:
        return overwrite(x, lambda before: celu(before, alpha))
    return _scaled_elu(x, alpha, 1.0, alpha)


def _scaled_elu(x: Tensor, alpha: float, scale: float, width: float) -> Tensor:
    """Y = s x where x > 0, else s α (e^(x/w) - 1); dx = dy s, else dy s (α / w) e^(x/w)."""
    a = float_array(x)
    with np.errstate(over="ignore"):  # x/w may pass the largest number; e^-inf is 0 all the same
        below = np.minimum(a, 0) / width
    y = scale * (np.maximum(a, 0) + alpha * np.expm1(below))

    def dx(dy: Array) -> Array:
        above = a.dtype.type(scale) * (a > 0)
        return dy * (above + (scale * alpha / width) * K.exp(below) * (a <= 0))

    return record(y, (x, dx))


def gelu(x: Tensor, approximate: str = "none") -> Tensor:
    """Y = x Φ(x) with the normal distribution's Φ(x) = (1 + erf(x / √2)) / 2; dx = dy (Φ(x) + x φ(x)).

    With approximate="tanh", Φ(x) is taken as (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.

    Raises:
        ValueError: when `approximate` is neither "none" nor "tanh".
    """
    a = float_array(x)
    if approximate == "tanh":
        return record(K.gelu_tanh(a), (x, lambda dy: K.gelu_tanh_backward(a, dy)))
    if approximate != "none":
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return record(K.gelu(a), (x, lambda dy: K.gelu_backward(a, dy)))


def silu(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = x σ(x); dx = dy σ(x) (1 + x (1 - σ(x)))."""
    if inplace:
        return overwrite(x, silu)
    a = float_array(x)
    return record(K.silu(a), (x, lambda dy: K.silu_backward(a, dy)))


def mish(x: Tensor, inplace: bool = False) -> Tensor:
    """Y = x tanh(log(1 + e^x)); with t that tanh, dx = dy (t + x (1 - t²) σ(x))."""
    if inplace:
        return overwrite(x, mish)
    a = float_array(x)
    return record(K.mish(a), (x, lambda dy: K.mish_backward(a, dy)))


def softplus(x: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Y = log(1 + e^(βx)) / β, and x itself where βx > threshold; dx = dy σ(βx), and dy there.

    Raises:
        ValueError: when β is 0.
    """
    if beta == 0:
        raise ValueError("softplus needs a beta other than 0")
    a = float_array(x)
    bx = beta * a
    linear = bx > threshold
    y = np.where(linear, a, K.softplus(bx) / beta)
    return record(y, (x, lambda dy: np.where(linear, dy, dy * K.sigmoid(bx))))


def softsign(x: Tensor) -> Tensor:
    """Y = x / (1 + |x|); dx = dy / (1 + |x|)²."""
    a = float_array(x)
    d = 1 + np.abs(a)
    return record(a / d, (x, lambda dy: dy / d / d))


def logsigmoid(x: Tensor) -> Tensor:
    """Y = log σ(x) = -log(1 + e^-x); dx = dy σ(-x)."""
    a = float_array(x)
    return record(-K.softplus(-a), (x, lambda dy: dy * K.sigmoid(-a)))


def tanhshrink(x: Tensor) -> Tensor:
    """Y = x - tanh x; dx = dy tanh² x."""
    a = float_array(x)
    t = K.tanh(a)
    return record(a - t, (x, lambda dy: dy * t * t))
