"""Batch normalisation."""

from pellucid._tensor import Tensor
from pellucid.nn.channelnorm import ChannelNorm, LazyChannelNorm
from pellucid.ops.normalization import batch_norm_eval, batch_norm_train

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d"]


class _BatchNorm(ChannelNorm):
    inputs: str  # the shapes it takes, with the number of channels left open
    axes: tuple[int, ...]

    def channel_axis(self, x: Tensor) -> int:
        """Return 1, also where x has too few axes."""
        del x
        return 1

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalised for each channel."""
        shape = x.array.shape
        if len(shape) not in self.axes or shape[1] != self.num_features:
            n = self.num_features
            wanted = self.inputs.format(n=n)
            raise ValueError(f"{type(self).__name__}({n}) needs an input of shape {wanted}, got {shape}")
        if not self.training and self.running_mean is not None and self.running_var is not None:
            return batch_norm_eval(x, self.running_mean, self.running_var, self.weight, self.bias, self.eps)
        y, mean, var = batch_norm_train(x, self.weight, self.bias, self.eps)
        if self.num_batches_tracked is not None:
            count = self.num_batches_tracked.array + 1
            self.move_running_stats(1 / float(count) if self.momentum is None else self.momentum, mean, var)
            self.num_batches_tracked = Tensor(count)
        return y


class BatchNorm1d(_BatchNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each channel (Ioffe and Szegedy, 2015).

    In training, μ and σ² are those of the batch (σ² divided by n), and running ones move towards them
    (σ² divided by n - 1): running = (1 - momentum) running + momentum batch. In evaluation the running ones are used.

    Shapes: x (N, C) or (N, C, L), y the same; w, b, μ, σ² (C,). w starts at 1, b at 0.

    A batch with one value for each channel is refused in training, as in PyTorch; so is an empty one, which PyTorch
    lets turn the running statistics into NaN. Every forward in training binds the running statistics to new tensors,
    so a `state_dict` taken earlier keeps its values.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics; None for the plain mean of all batches.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics; without, evaluation uses the batch's too.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or training with fewer than
            two values for each channel.

    Example:
        >>> import pellucid
        >>> layer = BatchNorm1d(1)
        >>> layer(pellucid.tensor([[1.0], [3.0]])).detach().round(decimals=3).tolist()
        [[-1.0], [1.0]]
        >>> round(layer.running_mean.item(), 3)
        0.2
    """

    inputs = "(N, {n}) or (N, {n}, L)"
    axes = (2, 3)


class BatchNorm2d(_BatchNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each channel of images (Ioffe and Szegedy, 2015).

    In training, μ and σ² are those of the batch (σ² divided by n, over all samples and places), and running ones move
    towards them
    (σ² divided by n - 1): running = (1 - momentum) running + momentum batch. In evaluation the running ones are used.

    Shapes: x (N, C, H, W), y the same; w, b, μ, σ² (C,). w starts at 1, b at 0.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics; None for the plain mean of all batches.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics; without, evaluation uses the batch's too.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or training with fewer than
            two values for each channel.

    Example:
        >>> import pellucid
        >>> y = BatchNorm2d(3)(pellucid.randn(4, 3, 5, 5) + 7)
        >>> bool((y.mean((0, 2, 3)).abs() < 1e-4).all())
        True
    """

    inputs = "(N, {n}, H, W)"
    axes = (4,)


class BatchNorm3d(_BatchNorm):
    """y = (x - μ) / √(σ² + ε) w + b for each channel of volumes (Ioffe and Szegedy, 2015).

    In training, μ and σ² are those of the batch (σ² divided by n, over all samples and places), and running ones move
    towards them
    (σ² divided by n - 1): running = (1 - momentum) running + momentum batch. In evaluation the running ones are used.

    Shapes: x (N, C, D, H, W), y the same; w, b, μ, σ² (C,). w starts at 1, b at 0.

    Args:
        num_features: C.
        eps: ε, added to the variance.
        momentum: the share of the batch in the new running statistics; None for the plain mean of all batches.
        affine: whether there are w and b.
        track_running_stats: whether there are running statistics; without, evaluation uses the batch's too.
        device: the CPU, or None.
        dtype: the type of w, b and the running statistics; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when num_features is below 1; in forward, when x has another shape, or training with fewer than
            two values for each channel.

    Example:
        >>> import pellucid
        >>> y = BatchNorm3d(3)(pellucid.randn(4, 3, 2, 5, 5) + 7)
        >>> bool((y.mean((0, 2, 3, 4)).abs() < 1e-4).all())
        True
    """

    inputs = "(N, {n}, D, H, W)"
    axes = (5,)


class LazyBatchNorm1d(LazyChannelNorm, BatchNorm1d):
    """A `BatchNorm1d` that takes num_features from its first input, which turns it into a `BatchNorm1d`.

    Its arguments are those of `BatchNorm1d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyBatchNorm1d()
        >>> y = layer(pellucid.ones(2, 3))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm1d', 3)
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(LazyChannelNorm, BatchNorm2d):
    """A `BatchNorm2d` that takes num_features from its first input, which turns it into a `BatchNorm2d`.

    Its arguments are those of `BatchNorm2d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyBatchNorm2d()
        >>> y = layer(pellucid.ones(2, 3, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm2d', 3)
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(LazyChannelNorm, BatchNorm3d):
    """A `BatchNorm3d` that takes num_features from its first input, which turns it into a `BatchNorm3d`.

    Its arguments are those of `BatchNorm3d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyBatchNorm3d()
        >>> y = layer(pellucid.ones(2, 3, 4, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm3d', 3)
    """

    cls_to_become = BatchNorm3d
