"""Instance normalisation."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn.channelnorm import ChannelNorm, LazyChannelNorm
from pellucid.ops.instance_norm import instance_norm_train
from pellucid.ops.normalization import batch_norm_eval
from pellucid.ops.shape import reshape

__all__ = [
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]


class _InstanceNorm(ChannelNorm):
    inputs: str  # the shapes it takes, with the number of channels left open
    places: int  # the axes behind the channels

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def channel_axis(self, x: Tensor) -> int:
        """Return the axis before the places."""
        return x.ndim - self.places - 1

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalised for each sample and channel."""
        shape = x.array.shape
        if len(shape) - self.places not in (1, 2) or shape[self.channel_axis(x)] != self.num_features:
            wanted = self.inputs.format(n=self.num_features)
            name = f"{type(self).__name__}({self.num_features})"
            raise ValueError(f"{name} needs an input of shape {wanted}, got {shape}")
        batch = x if len(shape) == self.places + 2 else reshape(x, 1, *shape)
        if not self.training and self.running_mean is not None and self.running_var is not None:
            y = batch_norm_eval(batch, self.running_mean, self.running_var, self.weight, self.bias, self.eps)
        else:
            y, mean, var = instance_norm_train(batch, self.weight, self.bias, self.eps)
            if batch.array.shape[0]:  # a batch of nothing says nothing
                self.move_running_stats(self.momentum or 0.0, mean, var)
        return reshape(y, shape)


class InstanceNorm1d(_InstanceNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each sample and channel of signals (Ulyanov, Vedaldi and Lempitsky, 2016).

    μ and σ² (divided by n) are those of the sample's channel. With running statistics, their means over the batch (σ²
    divided by n - 1) move these while training, and evaluation uses them.

    Shapes: x (N, C, L) or (C, L), y the same; w, b (C,). w starts at 1, b at 0.

    Another number of channels is refused; PyTorch only warns where there is no w.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or fewer than two values for
            each sample and channel, of which there is no variance.

    Example:
        >>> import pellucid
        >>> y = InstanceNorm1d(3)(pellucid.randn(4, 3, 9) + 7)
        >>> bool((y.mean(2).abs() < 1e-4).all())
        True
    """

    inputs = "(N, {n}, L) or ({n}, L)"
    places = 1


class InstanceNorm2d(_InstanceNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each sample and channel of images (Ulyanov, Vedaldi and Lempitsky, 2016).

    μ and σ² (divided by n) are those of the sample's channel. With running statistics, their means over the batch (σ²
    divided by n - 1) move these while training, and evaluation uses them.

    Shapes: x (N, C, H, W) or (C, H, W), y the same; w, b (C,). w starts at 1, b at 0.

    Another number of channels is refused; PyTorch only warns where there is no w.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or fewer than two values for
            each sample and channel, of which there is no variance.

    Example:
        >>> import pellucid
        >>> y = InstanceNorm2d(3)(pellucid.randn(4, 3, 5, 5) + 7)
        >>> bool((y.mean((2, 3)).abs() < 1e-4).all())
        True
    """

    inputs = "(N, {n}, H, W) or ({n}, H, W)"
    places = 2


class InstanceNorm3d(_InstanceNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each sample and channel of volumes (Ulyanov, Vedaldi and Lempitsky, 2016).

    μ and σ² (divided by n) are those of the sample's channel. With running statistics, their means over the batch (σ²
    divided by n - 1) move these while training, and evaluation uses them.

    Shapes: x (N, C, D, H, W) or (C, D, H, W), y the same; w, b (C,). w starts at 1, b at 0.

    Another number of channels is refused; PyTorch only warns where there is no w.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or fewer than two values for
            each sample and channel, of which there is no variance.

    Example:
        >>> import pellucid
        >>> y = InstanceNorm3d(3)(pellucid.randn(4, 3, 2, 5, 5) + 7)
        >>> bool((y.mean((2, 3, 4)).abs() < 1e-4).all())
        True
    """

    inputs = "(N, {n}, D, H, W) or ({n}, D, H, W)"
    places = 3


class LazyInstanceNorm1d(LazyChannelNorm, InstanceNorm1d):
    """An `InstanceNorm1d` that takes num_features from its first input, which turns it into an `InstanceNorm1d`.

    Its arguments are those of `InstanceNorm1d` without the first; unlike there, w, b and running statistics are there
    by
    default, as in PyTorch.

    Example:
        >>> import pellucid
        >>> layer = LazyInstanceNorm1d()
        >>> y = layer(pellucid.ones(2, 3, 4))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm1d', 3)
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(LazyChannelNorm, InstanceNorm2d):
    """An `InstanceNorm2d` that takes num_features from its first input, which turns it into an `InstanceNorm2d`.

    Its arguments are those of `InstanceNorm2d` without the first; unlike there, w, b and running statistics are there
    by
    default, as in PyTorch.

    Example:
        >>> import pellucid
        >>> layer = LazyInstanceNorm2d()
        >>> y = layer(pellucid.ones(2, 3, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm2d', 3)
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(LazyChannelNorm, InstanceNorm3d):
    """An `InstanceNorm3d` that takes num_features from its first input, which turns it into an `InstanceNorm3d`.

    Its arguments are those of `InstanceNorm3d` without the first; unlike there, w, b and running statistics are there
    by
    default, as in PyTorch.

    Example:
        >>> import pellucid
        >>> layer = LazyInstanceNorm3d()
        >>> y = layer(pellucid.ones(2, 3, 4, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm3d', 3)
    """

    cls_to_become = InstanceNorm3d
