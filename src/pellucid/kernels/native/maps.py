"""Elementwise maps and their gradients by the native engine."""

from collections.abc import Callable
from functools import wraps

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, alike, channels_first, lying_last

__all__ = [
    "erf",
    "exp",
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "log",
    "log1p",
    "mish",
    "mish_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softplus",
    "tanh",
    "tanh_backward",
]

# `carray` is NumPy's word for contiguous, aligned and writeable: one attribute for the price of three.


def _map(name: str) -> Callable[[Array], Array]:
    """Return the kernel y = f(x) of this name."""
    kernel, fallback = getattr(_native, name), getattr(reference, name)

    @wraps(fallback)
    def run(x: Array) -> Array:
        if x.dtype is F32 and x.flags.carray:
            out = np.empty_like(x)
            kernel(x, out)
            return out
        last = lying_last(x)
        return fallback(x) if last is None else channels_first(run(last))

    return run


def _gradient(name: str) -> Callable[[Array, Array], Array]:
    """Return the kernel dx = f'(x) dy of this name."""
    kernel, fallback = getattr(_native, name), getattr(reference, name)

    @wraps(fallback)
    def run(x: Array, dy: Array) -> Array:
        if x.dtype is F32 and dy.dtype is F32 and x.flags.carray and dy.flags.carray:
            out = np.empty_like(x)
            kernel(x, dy, out)
            return out
        pair = alike(x, dy)
        return fallback(x, dy) if pair is None else channels_first(run(*pair))

    return run


exp, log, log1p = _map("exp"), _map("log"), _map("log1p")
tanh, tanh_backward = _map("tanh"), _gradient("tanh_backward")
sigmoid, sigmoid_backward = _map("sigmoid"), _gradient("sigmoid_backward")
erf, softplus = _map("erf"), _map("softplus")
relu, relu_backward = _map("relu"), _gradient("relu_backward")
gelu, gelu_backward = _map("gelu"), _gradient("gelu_backward")
gelu_tanh, gelu_tanh_backward = _map("gelu_tanh"), _gradient("gelu_tanh_backward")
silu, silu_backward = _map("silu"), _gradient("silu_backward")
mish, mish_backward = _map("mish"), _gradient("mish_backward")


def leaky_relu(x: Array, slope: float) -> Array:
    """Return x where x > 0, else slope x."""
    if x.dtype is not F32 or not x.flags.carray:
        last = lying_last(x)
        return reference.leaky_relu(x, slope) if last is None else channels_first(leaky_relu(last, slope))
    out = np.empty_like(x)
    _native.leaky_relu(x, out, slope)
    return out


def leaky_relu_backward(x: Array, dy: Array, slope: float) -> Array:
    """Return dy where x > 0, else slope dy."""
    if x.dtype is not F32 or dy.dtype is not F32 or not x.flags.carray or not dy.flags.carray:
        pair = alike(x, dy)
        if pair is None:
            return reference.leaky_relu_backward(x, dy, slope)
        return channels_first(leaky_relu_backward(*pair, slope))
    out = np.empty_like(x)
    _native.leaky_relu_backward(x, dy, out, slope)
    return out
