"""What all convolution layers share: sizes, weights and how they print."""

import math
from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import init
from pellucid.nn.lazy import LazyModuleMixin, UninitializedParameter
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid.ops._space import per_axis

__all__ = ["ConvolutionBase", "LazyConvolution", "Sizes"]

Sizes = int | Sequence[int]


class ConvolutionBase(Module):
    """The declaration of a convolution over `dims` axes of space; `transposed` ones hold their weights the other way.

    W and b start evenly drawn from [-a, a] with a = 1/sqrt(fan_in), as in PyTorch.
    """

    dims: int
    transposed: bool
    padding: str | tuple[int, ...]
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes | str,
        dilation: Sizes,
        output_padding: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        name, dims = type(self).__name__, self.dims
        lazy = isinstance(self, LazyModuleMixin)
        if out_channels < 1 or groups < 1 or (in_channels < 1 and not lazy):
            raise ValueError(f"{name} needs at least 1 channel and group, got {in_channels}, {out_channels}, {groups}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"{name}: {in_channels} and {out_channels} channels cannot be cut into groups={groups}")
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, dims, 1)
        self.stride = per_axis(name, "stride", stride, dims, 1)
        if isinstance(padding, str) and self.transposed:
            raise TypeError(f"{name} needs its padding as an integer or a tuple of {dims} of them, got {padding!r}")
        self.padding = padding if isinstance(padding, str) else per_axis(name, "padding", padding, dims, 0)
        self.dilation = per_axis(name, "dilation", dilation, dims, 1)
        self.output_padding = per_axis(name, "output_padding", output_padding, dims, 0)
        self.groups, self.padding_mode = groups, padding_mode
        if lazy:
            nothing = creation.empty(0, dtype=dtype, device=device)
            self.weight = UninitializedParameter(nothing)
            self.register_parameter("bias", UninitializedParameter(creation.empty(0, dtype=dtype)) if bias else None)
            return
        self.weight = Parameter(creation.empty(self._weight_shape(), dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(creation.empty(out_channels, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        first, second = self.out_channels, self.in_channels
        if self.transposed:
            first, second = second, first
        return (first, second // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw W and b anew."""
        bound = 1 / math.sqrt(math.prod(self.weight.array.shape[1:]))
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """Show the sizes, and the options that are not the usual ones."""
        shown = [str(self.in_channels), str(self.out_channels)]
        shown += [f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        zeros, ones = (0,) * self.dims, (1,) * self.dims
        usual = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        shown += [f"{k}={getattr(self, k)}" for k, v in usual.items() if getattr(self, k) != v]
        shown += ["bias=False"] * (self.bias is None)
        shown += [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros")
        return ", ".join(shown)


class LazyConvolution(LazyModuleMixin, ConvolutionBase):
    """A convolution that takes the number of input channels from its first input."""

    def initialize_parameters(self, x: Tensor) -> None:
        """Give W and b the shapes that x asks for, and draw them."""
        shape = x.array.shape
        if len(shape) not in (self.dims + 1, self.dims + 2):
            raise RuntimeError(f"{type(self).__name__} needs an input of {self.dims + 2} axes, got shape {shape}")
        channels = shape[-self.dims - 1]
        if channels < 1 or channels % self.groups:
            raise ValueError(f"{type(self).__name__}: {channels} channels cannot be cut into groups={self.groups}")
        self.in_channels = channels
        for p, wanted in ((self.weight, self._weight_shape()), (self.bias, (self.out_channels,))):
            if isinstance(p, UninitializedParameter):
                p.materialize(wanted)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw W and b anew, once they have shapes."""
        if not self.has_uninitialized_params():
            super().reset_parameters()
