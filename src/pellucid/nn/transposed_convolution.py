"""Transposed convolution layers over one, two and three axes of space."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn._convolution import ConvolutionBase, LazyConvolution, Sizes

__all__ = [
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]


class _TransposedConvolution(ConvolutionBase):
    """A transposed convolution, which can be asked for a size of its output."""

    transposed = True
    padding: tuple[int, ...]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        name = type(self).__name__
        if padding_mode != "zeros":
            raise ValueError(f"{name} knows the padding mode 'zeros' only, got {padding_mode!r}")
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _output_padding(self, x: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """Return the output_padding that gives y the size asked for."""
        if output_size is None:
            return self.output_padding
        wanted = tuple(output_size)[-self.dims :]
        if len(output_size) not in (self.dims, x.ndim):
            raise ValueError(f"output_size needs {self.dims} numbers, or those of the whole shape, got {output_size}")
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                x.array.shape[-self.dims :], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        if any(not m <= w < m + s for m, w, s in zip(least, wanted, self.stride, strict=True)):
            most = [m + s - 1 for m, s in zip(least, self.stride, strict=True)]
            raise ValueError(f"an output_size of {wanted} cannot be had; it lies between {least} and {most}")
        return tuple(w - m for m, w in zip(least, wanted, strict=True))


class ConvTranspose1d(_TransposedConvolution):
    """A transposed convolution over a sequence.

    y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and the i and k with i stride + k dilation - padding = j.

    It spreads as `ConvTranspose2d` does, along one axis.

    Shapes: x (N, C, L) or (C, L), W (in, out/groups, k), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(out/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far apart neighbours of x come to lie.
        padding: how many places are cut off either side of y.
        output_padding: how many places y has at its end beyond those that x reaches.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        dilation: how far apart the window's elements lie.
        padding_mode: "zeros"; there is no other.
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or another padding_mode.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> ConvTranspose1d(1, 3, 4, stride=2, padding=1)(pellucid.ones(2, 1, 8)).shape
        Size([2, 3, 16])
    """

    dims = 1

    def forward(self, x: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution of x, of a size that may be chosen among those that the stride allows."""
        extra = self._output_padding(x, output_size)
        return F.conv_transpose1d(
            x, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose2d(_TransposedConvolution):
    """A transposed convolution over images.

    y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and the i and k with i stride + k dilation - padding = j.

    The gradient of a convolution by its input, used as a layer that makes images larger (Zeiler et al., 2010). Each
    axis of y has (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1 places.

    Shapes: x (N, C, H, W) or (C, H, W), W (in, out/groups, kH, kW), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(out/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far apart neighbours of x come to lie.
        padding: how many places are cut off either side of y.
        output_padding: how many places y has at its end beyond those that x reaches.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        dilation: how far apart the window's elements lie.
        padding_mode: "zeros"; there is no other.
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or another padding_mode.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> ConvTranspose2d(1, 3, 4, stride=2, padding=1)(pellucid.ones(2, 1, 8, 8)).shape
        Size([2, 3, 16, 16])
    """

    dims = 2

    def forward(self, x: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution of x, of a size that may be chosen among those that the stride allows."""
        extra = self._output_padding(x, output_size)
        return F.conv_transpose2d(
            x, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose3d(_TransposedConvolution):
    """A transposed convolution over volumes.

    y[n, o, j] = b[o] + sum of W[c, o, k] x[n, c, i] over c and the i and k with i stride + k dilation - padding = j.

    It spreads as `ConvTranspose2d` does, along three axes.

    Shapes: x (N, C, D, H, W) or (C, D, H, W), W (in, out/groups, kD, kH, kW), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(out/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far apart neighbours of x come to lie.
        padding: how many places are cut off either side of y.
        output_padding: how many places y has at its end beyond those that x reaches.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        dilation: how far apart the window's elements lie.
        padding_mode: "zeros"; there is no other.
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or another padding_mode.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> ConvTranspose3d(1, 3, 4, stride=2, padding=1)(pellucid.ones(1, 1, 4, 4, 4)).shape
        Size([1, 3, 8, 8, 8])
    """

    dims = 3

    def forward(self, x: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution of x, of a size that may be chosen among those that the stride allows."""
        extra = self._output_padding(x, output_size)
        return F.conv_transpose3d(
            x, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class _LazyTransposed(LazyConvolution, _TransposedConvolution):
    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """A `ConvTranspose1d` that takes in_channels from its first input, which turns it into a `ConvTranspose1d`.

    Its arguments are those of `ConvTranspose1d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConvTranspose1d(3, 4, stride=2, padding=1)
        >>> layer(pellucid.ones(2, 1, 8)).shape
        Size([2, 3, 16])
        >>> type(layer).__name__, layer.in_channels
        ('ConvTranspose1d', 1)
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """A `ConvTranspose2d` that takes in_channels from its first input, which turns it into a `ConvTranspose2d`.

    Its arguments are those of `ConvTranspose2d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConvTranspose2d(3, 4, stride=2, padding=1)
        >>> layer(pellucid.ones(2, 1, 8, 8)).shape
        Size([2, 3, 16, 16])
        >>> type(layer).__name__, layer.in_channels
        ('ConvTranspose2d', 1)
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """A `ConvTranspose3d` that takes in_channels from its first input, which turns it into a `ConvTranspose3d`.

    Its arguments are those of `ConvTranspose3d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConvTranspose3d(3, 4, stride=2, padding=1)
        >>> layer(pellucid.ones(1, 1, 4, 4, 4)).shape
        Size([1, 3, 8, 8, 8])
        >>> type(layer).__name__, layer.in_channels
        ('ConvTranspose3d', 1)
    """

    cls_to_become = ConvTranspose3d
