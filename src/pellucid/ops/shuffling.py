"""Channels exchanged with places, or with each other."""

from pellucid._tensor import Tensor

__all__ = ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def pixel_shuffle(x: Tensor, upscale_factor: int) -> Tensor:
    """Lay each r² channels of an image out as the r x r elements of one (Shi et al., 2016).

    y[..., c, h r + i, w r + j] = x[..., c r² + i r + j, h, w].

    Args:
        x: (..., C r², H, W); y is (..., C, H r, W r).
        upscale_factor: r.

    Raises:
        ValueError: when r² does not divide the channels.
    """
    r, shape = upscale_factor, x.array.shape
    if len(shape) < 3 or r < 1 or shape[-3] % r**2:
        raise ValueError(f"pixel_shuffle by {r} needs an input of shape (..., C * {r}², H, W), got {shape}")
    *lead, c, h, w = shape
    k = len(lead)
    parts = x.reshape(*lead, c // r**2, r, r, h, w)
    return parts.permute(*range(k), k, k + 3, k + 1, k + 4, k + 2).reshape(*lead, c // r**2, h * r, w * r)


def pixel_unshuffle(x: Tensor, downscale_factor: int) -> Tensor:
    """Lay each r x r elements of an image out as r² channels; undoes `pixel_shuffle`.

    Args:
        x: (..., C, H r, W r); y is (..., C r², H, W).
        downscale_factor: r.

    Raises:
        ValueError: when r does not divide height and width.
    """
    r, shape = downscale_factor, x.array.shape
    if len(shape) < 3 or r < 1 or shape[-2] % r or shape[-1] % r:
        raise ValueError(f"pixel_unshuffle by {r} needs an input of shape (..., C, H * {r}, W * {r}), got {shape}")
    *lead, c, h, w = shape
    k = len(lead)
    parts = x.reshape(*lead, c, h // r, r, w // r, r)
    return parts.permute(*range(k), k, k + 2, k + 4, k + 1, k + 3).reshape(*lead, c * r**2, h // r, w // r)


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """Deal the channels of x (N, g K, ...) out anew: channel k g + i of y is channel i K + k of x (Zhang et al., 2018).

    Args:
        x: (N, C, ...).
        groups: g.

    Raises:
        ValueError: when g does not divide C.
    """
    shape = x.array.shape
    if len(shape) < 3 or groups < 1 or shape[1] % groups:
        raise ValueError(f"channel_shuffle into {groups} groups needs an input of shape (N, C, ...), got {shape}")
    parts = x.reshape(shape[0], groups, shape[1] // groups, *shape[2:])
    return parts.transpose(1, 2).reshape(shape)
