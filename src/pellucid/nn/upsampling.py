"""Layers that change the sizes of signals, images and volumes, and that shuffle channels."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = [
    "ChannelShuffle",
    "PixelShuffle",
    "PixelUnshuffle",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]

Factor = float | tuple[float, ...]


class Upsample(Module):
    """Brings x (N, C, *L) to the sizes (N, C, *O), larger or smaller ones.

    Args:
        size: O, for each axis or one for all.
        scale_factor: O = ⌊L scale_factor⌋ instead.
        mode: "nearest", "nearest-exact" or "area"; "linear" for signals, "bilinear" or "bicubic" for images,
            "trilinear"
            for volumes; see `functional.interpolate`.
        align_corners: whether the middles of the outermost elements stay where they are, else their outer ends; not
            for "nearest", "nearest-exact" and "area".
        recompute_scale_factor: find places in x by L / O also where scale_factor is given.

    Raises:
        ValueError: in forward, when sizes, mode and options do not fit.
        RuntimeError: in forward, when x holds integers.

    Example:
        >>> import pellucid
        >>> Upsample(scale_factor=2)(pellucid.tensor([[[1.0, 3.0]]])).tolist()
        [[[1.0, 1.0, 3.0, 3.0]]]
    """

    def __init__(
        self,
        size: int | tuple[int, ...] | None = None,
        scale_factor: Factor | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size, self.mode, self.align_corners = size, mode, align_corners
        many = isinstance(scale_factor, tuple)
        self.scale_factor = tuple(map(float, scale_factor)) if many else scale_factor and float(scale_factor)  # type: ignore[arg-type]
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, x: Tensor) -> Tensor:
        """Return x in its new sizes."""
        return F.interpolate(
            x, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        """Show the size and the mode."""
        given = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{given}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images by mode "nearest".

    Args:
        size: the height and width, or one size for both.
        scale_factor: that many times the height and width instead.

    Raises:
        ValueError: in forward, when sizes do not fit.

    Example:
        >>> import pellucid
        >>> UpsamplingNearest2d(scale_factor=2)(pellucid.ones(1, 1, 2, 3)).shape
        Size([1, 1, 4, 6])
    """

    def __init__(self, size: int | tuple[int, int] | None = None, scale_factor: Factor | None = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images by mode "bilinear" with align_corners.

    Args:
        size: the height and width, or one size for both.
        scale_factor: that many times the height and width instead.

    Raises:
        ValueError: in forward, when sizes do not fit.

    Example:
        >>> import pellucid
        >>> UpsamplingBilinear2d((1, 3))(pellucid.tensor([[[[1.0, 3.0]]]])).tolist()
        [[[[1.0, 2.0, 3.0]]]]
    """

    def __init__(self, size: int | tuple[int, int] | None = None, scale_factor: Factor | None = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)


class PixelShuffle(Module):
    """Lays each r² channels of an image out as the r x r elements of one (Shi et al., 2016).

    y[..., c, h r + i, w r + j] = x[..., c r² + i r + j, h, w]; a convolution before it makes a learned enlargement.
    Shapes: x (..., C r², H, W), y (..., C, H r, W r).

    Args:
        upscale_factor: r.

    Raises:
        ValueError: in forward, when r² does not divide the channels.

    Example:
        >>> import pellucid
        >>> PixelShuffle(2)(pellucid.arange(4.0).reshape(4, 1, 1)).tolist()
        [[[0.0, 1.0], [2.0, 3.0]]]
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, x: Tensor) -> Tensor:
        """Return x with places in place of channels."""
        return F.pixel_shuffle(x, self.upscale_factor)

    def extra_repr(self) -> str:
        """Show the factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Lays each r x r elements of an image out as r² channels: undoes `PixelShuffle`.

    Shapes: x (..., C, H r, W r), y (..., C r², H, W).

    Args:
        downscale_factor: r.

    Raises:
        ValueError: in forward, when r does not divide height and width.

    Example:
        >>> import pellucid
        >>> PixelUnshuffle(2)(pellucid.arange(4.0).reshape(1, 2, 2)).flatten().tolist()
        [0.0, 1.0, 2.0, 3.0]
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, x: Tensor) -> Tensor:
        """Return x with channels in place of places."""
        return F.pixel_unshuffle(x, self.downscale_factor)

    def extra_repr(self) -> str:
        """Show the factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Deals the channels out anew: channel k g + i of y is channel i K + k of x, with C = g K (Zhang et al., 2018).

    It lets the next grouped convolution see channels of every group. Shapes: x (N, C, ...), y the same.

    Args:
        groups: g.

    Raises:
        ValueError: in forward, when g does not divide C.

    Example:
        >>> import pellucid
        >>> ChannelShuffle(2)(pellucid.arange(4.0).reshape(1, 4, 1)).flatten().tolist()
        [0.0, 2.0, 1.0, 3.0]
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its channels in the new order."""
        return F.channel_shuffle(x, self.groups)

    def extra_repr(self) -> str:
        """Show the groups."""
        return f"groups={self.groups}"
