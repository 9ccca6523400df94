"""Batch normalisation."""

from typing import Any

import numpy as np

from pellucid import dtypes
from pellucid._tensor import Array, Tensor
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid.ops.normalization import batch_norm_eval, batch_norm_train

__all__ = ["BatchNorm1d"]


class BatchNorm1d(Module):
    """y = (x - μ) / √(σ² + ε) w + b for each channel (Ioffe and Szegedy, 2015).

    In training, μ and σ² are those of the batch (σ² divided by n), and running ones move towards them (σ² divided by
    n - 1): running = (1 - momentum) running + momentum batch. In evaluation the running ones are used.

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

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_features < 1:
            raise ValueError(f"BatchNorm1d needs at least 1 channel, got num_features={num_features}")
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            value = Parameter(creation.empty(num_features, dtype=dtype, device=device)) if wanted else None
            self.register_parameter(name, value)
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, creation.empty(num_features, dtype=dtype) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Set the running mean to 0, the running variance to 1 and the count of batches to 0."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean = creation.zeros_like(self.running_mean)
            self.running_var = creation.ones_like(self.running_var)
            self.num_batches_tracked = Tensor(np.zeros((), dtype=dtypes.int64))

    def reset_parameters(self) -> None:
        """Set w to 1, b to 0, and the running statistics to their start."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalised for each channel."""
        shape = x.array.shape
        if len(shape) not in (2, 3) or shape[1] != self.num_features:
            n = self.num_features
            raise ValueError(f"BatchNorm1d({n}) needs an input of shape (N, {n}) or (N, {n}, L), got {shape}")
        if not self.training and self.running_mean is not None and self.running_var is not None:
            return batch_norm_eval(x, self.running_mean, self.running_var, self.weight, self.bias, self.eps)
        y, mean, var = batch_norm_train(x, self.weight, self.bias, self.eps)
        self._track(mean, var)
        return y

    def _track(self, mean: Array, var: Array) -> None:
        """Move the running statistics, where there are any, towards those of a batch."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        count = self.num_batches_tracked.array + 1
        share = 1 / float(count) if self.momentum is None else self.momentum
        kind = self.running_mean.dtype
        self.running_mean = Tensor(((1 - share) * self.running_mean.array + share * mean).astype(kind))
        self.running_var = Tensor(((1 - share) * self.running_var.array + share * var).astype(kind))
        self.num_batches_tracked = Tensor(count)

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )
