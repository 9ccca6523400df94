"""What batch norm and instance norm share: a scale and a shift for each channel, and running statistics."""

from typing import Any

import numpy as np

from pellucid import dtypes
from pellucid._tensor import Array, Tensor
from pellucid.nn import init
from pellucid.nn.lazy import LazyModuleMixin, UninitializedParameter
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation

__all__ = ["ChannelNorm", "LazyChannelNorm"]


class ChannelNorm(Module):
    """Holds w and b, which start at 1 and 0, and running statistics, which start at 0 and 1, each of shape (C,)."""

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
        if num_features < 1 and not isinstance(self, LazyModuleMixin):
            raise ValueError(f"{type(self).__name__} needs at least 1 channel, got num_features={num_features}")
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

    def move_running_stats(self, share: float, mean: Array, var: Array) -> None:
        """Bind the running statistics, where there are any, to new ones: (1 - share) old + share of those given."""
        if self.running_mean is not None and self.running_var is not None:
            kind = self.running_mean.dtype
            self.running_mean = Tensor(((1 - share) * self.running_mean.array + share * mean).astype(kind))
            self.running_var = Tensor(((1 - share) * self.running_var.array + share * var).astype(kind))

    def channel_axis(self, x: Tensor) -> int:
        """Return which axis of x counts the channels; every subclass says so."""
        raise NotImplementedError(f"{type(self).__name__} has no channel_axis()")

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class LazyChannelNorm(LazyModuleMixin, ChannelNorm):
    """Takes the number of channels from its first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        for name, p in self._parameters.items():
            if p is not None:
                self.register_parameter(name, UninitializedParameter(p.array))

    def initialize_parameters(self, x: Tensor) -> None:
        """Give parameters and running statistics the channels of x, and their first values."""
        axis = self.channel_axis(x)
        if not 0 <= axis < x.ndim:
            raise ValueError(f"{type(self).__name__} needs an input with channels, got {x.array.shape}")
        self.num_features = x.array.shape[axis]
        for p in self._parameters.values():
            if isinstance(p, UninitializedParameter):
                p.materialize((self.num_features,))
        for name in ("running_mean", "running_var"):
            old = self._buffers[name]
            if old is not None:
                setattr(self, name, creation.empty(self.num_features, dtype=old.dtype))
        self.reset_parameters()
