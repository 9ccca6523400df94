"""Layers that a chain computes together: the same numbers, without writing down what lies between them."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.activation_piecewise import ReLU
from pellucid.nn.convolution import Conv2d
from pellucid.nn.module import Module
from pellucid.nn.pooling import MaxPool2d
from pellucid.ops.pooled_convolution import conv_relu_max_pool

__all__ = ["together"]


def together(layers: Sequence[Module], x: Any) -> Tensor | None:
    """Return what a convolution, a ReLU and a pooling make of x; None where layers have to be called one by one.

    That is where they are others, where anybody looks at what lies between them (hooks), where a layer is not quite
    the library's own, where windows overlap or are padded, and where x does not fit: the layer that refuses it says
    so best.
    """
    if tuple(map(type, layers)) != (Conv2d, ReLU, MaxPool2d) or any(map(_watched, layers)):
        return None
    conv: Any
    conv, _, pool = layers
    window = _side_by_side(pool)
    if window is None or not _fits(conv, window, x):
        return None
    return conv_relu_max_pool(x, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, window)


def _watched(layer: Module) -> bool:
    return bool(layer._forward_hooks or layer._forward_pre_hooks or "forward" in vars(layer))


def _side_by_side(pool: Any) -> tuple[int, int] | None:
    """Return the window of a pooling whose windows lie side by side without padding; else None."""
    window = _pair(pool.kernel_size)
    if window is None or min(window) < 1 or window != _pair(pool.stride) or pool.return_indices or pool.ceil_mode:
        return None
    return window if _pair(pool.padding) == (0, 0) and _pair(pool.dilation) == (1, 1) else None


def _pair(sizes: Any) -> tuple[int, int] | None:
    """Return two sizes from one for both or one for each; None for what the layer itself will refuse."""
    pair = (sizes, sizes) if type(sizes) is int else sizes
    fits = isinstance(pair, (tuple, list)) and len(pair) == 2 and all(type(n) is int for n in pair)
    return tuple(pair) if fits else None


def _fits(conv: Any, window: tuple[int, int], x: Any) -> bool:
    """Say whether x is a batch of images that all three layers take, in one type, and the convolution a plain one."""
    if not isinstance(x, Tensor) or conv.padding_mode != "zeros" or isinstance(conv.padding, str):
        return False
    a, W, b = x.array, conv.weight.array, conv.bias
    if a.ndim != 4 or a.shape[1] != W.shape[1] or a.dtype.kind != "f":  # W has fewer channels where there are groups
        return False
    if W.dtype != a.dtype or (b is not None and b.array.dtype != a.dtype):
        return False
    axes = zip(a.shape[2:], conv.padding, conv.dilation, W.shape[2:], conv.stride, window, strict=True)
    return all(n > 0 and (n + 2 * p - d * (k - 1) - 1) // s + 1 >= w for n, p, d, k, s, w in axes)
