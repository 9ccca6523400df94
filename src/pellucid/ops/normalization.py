"""Normalisation: elements brought to mean 0 and variance 1 over some axes, then scaled and shifted.

With x̂ = (x - μ) r, r = 1 / √(σ² + ε) and y = x̂ w + b, where the means run over the same axes:
dx̂ = dy w,  dx = r (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)),  dw = dy x̂,  db = dy.
"""

from collections.abc import Sequence

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record, record_joint
from pellucid.ops._operands import float_array
from pellucid.ops.arithmetic import add, mul
from pellucid.ops.shape import reshape

__all__ = [
    "batch_norm",
    "batch_norm_eval",
    "batch_norm_train",
    "check_channels",
    "group_norm",
    "layer_norm",
    "rms_norm",
]


def _standardized(
    x: Tensor, axes: tuple[int, ...], weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Array, Array]:
    """Return y = x̂ w + b with the mean and the (biased) variance over `axes`; w and b broadcast against x."""
    a, w, b = float_array(x), None if weight is None else weight.array, None if bias is None else bias.array
    y, mean, var, r = K.normalize(a, axes, eps, w, b)

    def backward(dy: Array) -> list[Array]:
        gradients = K.normalize_backward(a, mean, r, w, dy, axes)
        return [d for d, t in zip(gradients, (x, weight, bias), strict=True) if t is not None]

    return record_joint(y, tuple(t for t in (x, weight, bias) if t is not None), backward), mean, var


def layer_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Y = (x - μ) / √(σ² + ε) w + b, with the mean and variance of each row (Ba, Kiros and Hinton, 2016).

    Args:
        x: (..., *normalized_shape).
        normalized_shape: the sizes of the last axes, which make a row.
        weight: w of normalized_shape, or None.
        bias: b of normalized_shape, or None.
        eps: ε, added to the variance.

    Raises:
        ValueError: when the last axes of x, or w or b, have other sizes.
        RuntimeError: when the dtypes differ.
    """
    axes = _last_axes("layer_norm", x, normalized_shape, weight=weight, bias=bias)
    return _standardized(x, axes, weight, bias, eps)[0]


def rms_norm(
    x: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Y = x r w with r = 1 / √(mean(x²) + ε) of each row (Zhang and Sennrich, 2019).

    With x̂ = x r and dx̂ = dy w: dx = r (dx̂ - x̂ mean(dx̂ x̂)), dw = dy x̂.

    Args:
        x: (..., *normalized_shape).
        normalized_shape: the sizes of the last axes, which make a row.
        weight: w of normalized_shape, or None.
        eps: ε; the spacing of numbers at 1 in the type of x when None.

    Raises:
        ValueError: when the last axes of x, or w, have other sizes.
        RuntimeError: when the dtypes differ.
    """
    axes = _last_axes("rms_norm", x, normalized_shape, weight=weight)
    a = float_array(x)
    eps = float(np.finfo(a.dtype).eps) if eps is None else eps
    w = None if weight is None else weight.array
    y, r = K.rms_normalize(a, axes, eps, w)
    inputs = (x,) if weight is None else (x, weight)
    return record_joint(y, inputs, lambda dy: K.rms_normalize_backward(a, r, w, dy, axes)[: len(inputs)])


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Y = (x - μ) / √(σ² + ε) w + b, with mean and variance of each group of channels (Wu and He, 2018).

    Args:
        x: (N, C, ...).
        num_groups: into how many groups of equal size the C channels are cut.
        weight: w of shape (C,), or None.
        bias: b of shape (C,), or None.
        eps: ε, added to the variance.

    Raises:
        ValueError: when C cannot be cut so, or w or b have other sizes.
        RuntimeError: when the dtypes differ.
    """
    shape = x.array.shape
    if len(shape) < 2 or num_groups < 1 or shape[1] % num_groups:
        raise ValueError(
            f"group_norm cannot cut the channels (axis 1) of an input of shape {shape} into {num_groups} equal groups"
        )
    check_channels("group_norm", x, weight=weight, bias=bias)
    inner = (num_groups, shape[1] // num_groups, *shape[2:])
    grouped = reshape(x, shape[0], *inner)  # (N, groups, C / groups, ...)
    x_hat, _, _ = _standardized(grouped, tuple(range(2, grouped.ndim)), None, None, eps)
    y = reshape(x_hat, shape)
    y = y if weight is None else mul(y, _spread(weight, x))
    return y if bias is None else add(y, _spread(bias, x))


def batch_norm(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Y = (x - μ) / √(σ² + ε) w + b for each channel (Ioffe and Szegedy, 2015).

    In training, μ and σ² are the batch's, and the running ones, where given, move towards them:
    running = (1 - momentum) running + momentum batch, with the unbiased variance (divided by n - 1). Otherwise the
    running ones are used.

    Args:
        x: (N, C) or (N, C, ...).
        running_mean: (C,); gets a new array in training, the old one is not written into.
        running_var: (C,); likewise.
        weight: w of shape (C,), or None.
        bias: b of shape (C,), or None.
        training: whether to use the batch's statistics.
        momentum: the share of the batch in the new running statistics.
        eps: ε, added to the variance.

    Raises:
        ValueError: when sizes differ, when training with fewer than two values for each channel, or when not
            training without running statistics.
        RuntimeError: when the dtypes differ.
    """
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm needs running_mean and running_var when training is False")
        return batch_norm_eval(x, running_mean, running_var, weight, bias, eps)
    check_channels("batch_norm", x, running_mean=running_mean, running_var=running_var)
    y, mean, var = batch_norm_train(x, weight, bias, eps)
    for running, batch in ((running_mean, mean), (running_var, var)):
        if running is not None:
            running.data = ((1 - momentum) * running.array + momentum * batch).astype(running.dtype)
    return y


def batch_norm_train(
    x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> tuple[Tensor, Array, Array]:
    """Return batch norm's y with the batch's mean and unbiased variance, each of shape (C,); see `batch_norm`."""
    check_channels("batch_norm", x, weight=weight, bias=bias)
    shape = x.array.shape
    n = x.array.size // shape[1] if shape[1] else 0
    if n < 2:
        raise ValueError(
            f"batch_norm by the batch's own statistics, as in training, needs at least 2 values for each channel, "
            f"got {n} (input of shape {shape}); use a larger batch, drop_last=True in the DataLoader, or model.eval()"
        )
    axes = (0, *range(2, len(shape)))
    y, mean, var = _standardized(x, axes, _by_channel(weight, x), _by_channel(bias, x), eps)
    return y, mean.reshape(-1), var.reshape(-1) * (n / (n - 1))


def batch_norm_eval(
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return batch norm's y by a given mean and variance, each (C,); dx = dy w / √(σ² + ε)."""
    check_channels("batch_norm", x, running_mean=mean, running_var=var, weight=weight, bias=bias)
    a, m = float_array(x), mean.array
    r = 1 / np.sqrt(var.array + eps)
    factor = r if weight is None else r * weight.array
    y = K.scale_channels(a, m, factor, np.zeros_like(m) if bias is None else bias.array)
    shape, over = _channel_shape(x), (0, *range(2, x.ndim))
    return record(
        y,
        (x, lambda dy: dy * factor.reshape(shape)),
        (weight, lambda dy: np.sum(dy * ((a - m.reshape(shape)) * r.reshape(shape)), axis=over)),
        (bias, lambda dy: np.sum(dy, axis=over)),
    )


def _channel_shape(x: Tensor) -> tuple[int, ...]:
    return (-1, *(1,) * (x.ndim - 2))


def _by_channel(w: Tensor | None, x: Tensor) -> Tensor | None:
    return None if w is None else _spread(w, x)


def _spread(w: Tensor, x: Tensor) -> Tensor:
    """Give a tensor of shape (C,) the axes that make it broadcast along axis 1 of x."""
    return w if x.ndim == 2 else reshape(w, _channel_shape(x))


def check_channels(name: str, x: Tensor, **others: Tensor | None) -> None:
    """Refuse what is not of shape (C,), which would broadcast silently, or not of the type of x (N, C, ...).

    Raises:
        ValueError: when sizes differ, or x has no channels.
        RuntimeError: when dtypes differ.
    """
    shape = x.array.shape
    if len(shape) < 2:
        raise ValueError(f"{name} needs an input of shape (N, C) or (N, C, ...), got {shape}")
    _check(name, x, (shape[1],), others)


def _last_axes(name: str, x: Tensor, normalized_shape: Sequence[int], **others: Tensor | None) -> tuple[int, ...]:
    wanted, shape = tuple(normalized_shape), x.array.shape
    if not wanted or shape[-len(wanted) :] != wanted:
        raise ValueError(f"{name} over {wanted} needs an input of shape (..., {str(wanted)[1:-1]}), got {shape}")
    _check(name, x, wanted, others)
    return tuple(range(-len(wanted), 0))


def _check(name: str, x: Tensor, shape: tuple[int, ...], others: dict[str, Tensor | None]) -> None:
    """Refuse other sizes, which would broadcast silently, and other types, which would change that of y."""
    for what, w in others.items():
        if w is None:
            continue
        if w.array.shape != shape:
            raise ValueError(f"{name}: an input of shape {x.array.shape} needs {what} {shape}, got {w.array.shape}")
        if w.dtype != x.dtype:
            raise RuntimeError(
                f"{name} got an input of {x.dtype} and {what} of {w.dtype}; convert one with .float() or .double()"
            )
