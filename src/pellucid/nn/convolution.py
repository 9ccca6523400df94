"""Convolution layers over one, two and three axes of space."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn._convolution import ConvolutionBase, LazyConvolution, Sizes
from pellucid.ops.convolution import same_padding

__all__ = ["Conv1d", "Conv2d", "Conv3d", "LazyConv1d", "LazyConv2d", "LazyConv3d"]


class _Convolution(ConvolutionBase):
    """A convolution with any of the ways to fill the border."""

    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        name = type(self).__name__
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(
                f"{name} knows the padding modes 'zeros', 'reflect', 'replicate' and 'circular', got {padding_mode!r}"
            )
        if isinstance(padding, str) and padding not in ("valid", "same"):
            raise ValueError(f"{name} knows the paddings 'valid' and 'same', got {padding!r}")
        if padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError(f"{name}: padding='same' keeps the size, which a stride of {self.stride} cannot")

    def _bordered(self, x: Tensor) -> Tensor:
        """Return x with the border that is not of zeros."""
        if isinstance(self.padding, str):
            pairs = same_padding(self.kernel_size, self.dilation) if self.padding == "same" else []
        else:
            pairs = [(p, p) for p in self.padding]
        return F.pad(x, [n for pair in reversed(pairs) for n in pair], mode=self.padding_mode)


class Conv1d(_Convolution):
    """A convolution over a sequence.

    y[n, o, i] = b[o] + sum of W[o, c, k] x[n, c, i stride + k dilation - padding] over c and k.

    It sees as `Conv2d` does, along one axis (time-delay nets, Waibel et al., 1989).

    Shapes: x (N, C, L) or (C, L), W (out, in/groups, k), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(in/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far the window moves.
        padding: how many places are added at either side of x, "valid" for none, "same" for as many as keep the size.
        dilation: how far apart the window's elements lie.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        padding_mode: what the added places hold: "zeros", or x mirrored ("reflect"), its outermost values
            ("replicate"), or the other end of x ("circular").
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or an unknown padding.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> Conv1d(1, 3, 3)(pellucid.ones(2, 1, 8)).shape
        Size([2, 3, 6])
    """

    dims = 1

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x."""
        if self.padding_mode == "zeros":
            return F.conv1d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        return F.conv1d(self._bordered(x), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class Conv2d(_Convolution):
    """A convolution over images.

    y[n, o, i] = b[o] + sum of W[o, c, k] x[n, c, i stride + k dilation - padding] over c and k.

    The same weights look at every place of the image (LeCun et al., 1989), so a pattern is found wherever it is.
    Each axis of y has floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 places.

    Shapes: x (N, C, H, W) or (C, H, W), W (out, in/groups, kH, kW), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(in/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far the window moves.
        padding: how many places are added at either side of x, "valid" for none, "same" for as many as keep the size.
        dilation: how far apart the window's elements lie.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        padding_mode: what the added places hold: "zeros", or x mirrored ("reflect"), its outermost values
            ("replicate"), or the other end of x ("circular").
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or an unknown padding.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> Conv2d(1, 3, 3)(pellucid.ones(2, 1, 8, 8)).shape
        Size([2, 3, 6, 6])
    """

    dims = 2

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x."""
        if self.padding_mode == "zeros":
            return F.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        return F.conv2d(self._bordered(x), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class Conv3d(_Convolution):
    """A convolution over volumes.

    y[n, o, i] = b[o] + sum of W[o, c, k] x[n, c, i stride + k dilation - padding] over c and k.

    It sees as `Conv2d` does, along three axes (Ji et al., 2010).

    Shapes: x (N, C, D, H, W) or (C, D, H, W), W (out, in/groups, kD, kH, kW), b (out,). W and b start evenly
    drawn from [-a, a], a = 1/sqrt(in/groups times the kernel's size).

    Args:
        in_channels: the channels of x.
        out_channels: the channels of y.
        kernel_size: the size of the window; one number, or one for each axis, as for the next ones.
        stride: how far the window moves.
        padding: how many places are added at either side of x, "valid" for none, "same" for as many as keep the size.
        dilation: how far apart the window's elements lie.
        groups: into how many parts the channels are cut, each seen by its part of the outputs only.
        bias: whether there is a b.
        padding_mode: what the added places hold: "zeros", or x mirrored ("reflect"), its outermost values
            ("replicate"), or the other end of x ("circular").
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: for sizes that are too small, channels that groups do not divide, or an unknown padding.
        RuntimeError: in forward, when x does not fit.

    Example:
        >>> import pellucid
        >>> Conv3d(1, 3, 3)(pellucid.ones(1, 1, 4, 4, 4)).shape
        Size([1, 3, 2, 2, 2])
    """

    dims = 3

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x."""
        if self.padding_mode == "zeros":
            return F.conv3d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        return F.conv3d(self._bordered(x), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class _LazyConvolution(LazyConvolution, _Convolution):
    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        )


class LazyConv1d(_LazyConvolution, Conv1d):
    """A `Conv1d` that takes in_channels from its first input, which turns it into a `Conv1d`.

    Its arguments are those of `Conv1d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConv1d(3, 3)
        >>> layer(pellucid.ones(2, 1, 8)).shape
        Size([2, 3, 6])
        >>> type(layer).__name__, layer.in_channels
        ('Conv1d', 1)
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConvolution, Conv2d):
    """A `Conv2d` that takes in_channels from its first input, which turns it into a `Conv2d`.

    Its arguments are those of `Conv2d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConv2d(3, 3)
        >>> layer(pellucid.ones(2, 1, 8, 8)).shape
        Size([2, 3, 6, 6])
        >>> type(layer).__name__, layer.in_channels
        ('Conv2d', 1)
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConvolution, Conv3d):
    """A `Conv3d` that takes in_channels from its first input, which turns it into a `Conv3d`.

    Its arguments are those of `Conv3d` without the first.

    Example:
        >>> import pellucid
        >>> layer = LazyConv3d(3, 3)
        >>> layer(pellucid.ones(1, 1, 4, 4, 4)).shape
        Size([1, 3, 2, 2, 2])
        >>> type(layer).__name__, layer.in_channels
        ('Conv3d', 1)
    """

    cls_to_become = Conv3d
