"""Normalisation of each sample's channel by itself, and of each element by the channels beside it."""

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record_joint
from pellucid.ops._operands import float_array
from pellucid.ops.arithmetic import add, div, mul, pow
from pellucid.ops.normalization import batch_norm_eval, check_channels
from pellucid.ops.padding import pad
from pellucid.ops.pooling import avg_pool
from pellucid.ops.shape import reshape

__all__ = ["instance_norm", "instance_norm_train", "local_response_norm"]


def instance_norm(
    x: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Y = (x - μ) / √(σ² + ε) w + b for each sample and channel (Ulyanov, Vedaldi and Lempitsky, 2016).

    Args:
        x: (N, C, ...).
        running_mean: (C,); gets a new array with use_input_stats: its share 1 - momentum, and momentum of the mean.
        running_var: (C,); likewise, with the unbiased variance.
        weight: w of shape (C,), or None.
        bias: b of shape (C,), or None.
        use_input_stats: take each sample's statistics; the running ones when false.
        momentum: the share of the batch in the new running statistics.
        eps: ε, added to the variance.

    Raises:
        ValueError: when sizes differ, with fewer than two values for each sample and channel, or when
            use_input_stats is false without running statistics.
        RuntimeError: when the dtypes differ.
    """
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise ValueError("instance_norm needs running_mean and running_var when use_input_stats is False")
        return batch_norm_eval(x, running_mean, running_var, weight, bias, eps)
    check_channels("instance_norm", x, running_mean=running_mean, running_var=running_var)
    y, mean, var = instance_norm_train(x, weight, bias, eps)
    for running, batch in ((running_mean, mean), (running_var, var)):
        if running is not None and x.array.shape[0]:  # a batch of nothing says nothing
            running.data = ((1 - momentum) * running.array + momentum * batch).astype(running.dtype)
    return y


def instance_norm_train(
    x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> tuple[Tensor, Array, Array]:
    """Return instance norm's y, and the means over the batch of μ and the unbiased σ², each (C,); 0 without samples."""
    shape = x.array.shape
    if len(shape) < 3:
        raise ValueError(f"instance_norm needs an input of shape (N, C, L, ...), got {shape}")
    check_channels("instance_norm", x, weight=weight, bias=bias)
    n = int(np.prod(shape[2:]))
    if n < 2:
        raise ValueError(f"instance_norm needs at least 2 values for each sample and channel, got {n} (shape {shape})")
    axes = tuple(range(2, len(shape)))
    spread = (shape[1], *(1,) * len(axes))
    w, b = (None if t is None else t.array.reshape(spread) for t in (weight, bias))
    a = float_array(x)
    y, mean, var, r = K.normalize(a, axes, eps, w, b)

    def backward(dy: Array) -> list[Array]:
        dx, dw, db = K.normalize_backward(a, mean, r, w, dy, axes)
        over = (0, *axes)
        return [dx, *(np.sum(d, axis=over) for d, t in ((dw, weight), (db, bias)) if t is not None)]

    inputs = tuple(t for t in (x, weight, bias) if t is not None)
    means = [np.sum(s, axis=0).reshape(-1) / max(shape[0], 1) for s in (mean, var)]
    return record_joint(y, inputs, backward), means[0], means[1] * (n / (n - 1))


def local_response_norm(x: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Y_c = x_c / (k + α / size * sum of x_c'² over the `size` channels around c)^β (Krizhevsky et al., 2012).

    Channels outside x count as zeros. PyTorch's α is divided by the size, the paper's is not.

    Args:
        x: (N, C, ...).
        size: how many channels count, c - size // 2 the first of them.
        alpha: α.
        beta: β.
        k: k.

    Raises:
        ValueError: when x has fewer than three axes, or the size is below 1.
    """
    shape = x.array.shape
    if len(shape) < 3:
        raise ValueError(f"local_response_norm needs an input of shape (N, C, L, ...), got {shape}")
    if size < 1:
        raise ValueError(f"local_response_norm needs a size of at least 1 channel, got {size}")
    if x.array.size == 0:
        return mul(x, 1)
    squares = reshape(mul(x, x), shape[0], 1, shape[1], -1)
    around = avg_pool(2, pad(squares, (0, 0, size // 2, (size - 1) // 2)), (size, 1), 1)
    return div(x, pow(add(mul(reshape(around, shape), alpha), k), beta))
