"""Transforms without chance: size, crop, and from a picture to numbers."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid._extras import require
from pellucid._tensor import Tensor

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["CenterCrop", "Compose", "Normalize", "Resize", "ToArray", "ToTensor", "filter_named", "height_width"]

INTERPOLATIONS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")


def height_width(size: int | Sequence[int], of: str) -> tuple[int, int]:
    """Return (H, W) of a size that is one number or a pair."""
    pair = (size, size) if isinstance(size, int) else tuple(size)
    if len(pair) == 1:
        pair = (pair[0], pair[0])
    if len(pair) != 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in pair):
        raise ValueError(f"{of}: size must be a positive whole number or a pair (height, width), got {size!r}")
    return pair[0], pair[1]


def filter_named(interpolation: str, of: str) -> Any:
    """Return Pillow's filter of a name."""
    if interpolation not in INTERPOLATIONS:
        raise ValueError(f"{of}: interpolation must be one of {INTERPOLATIONS}, got {interpolation!r}")
    return require("PIL.Image", "images").Resampling[interpolation.upper()]


class Compose:
    """One transform after the other.

    Args:
        transforms: functions of one argument.

    Example:
        >>> from PIL import Image
        >>> prepare = Compose([Resize(8), CenterCrop(8), ToTensor()])
        >>> prepare(Image.new("RGB", (20, 10))).shape
        Size([3, 8, 8])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = list(transforms)

    def __call__(self, image: Any) -> Any:
        """Return what the last transform makes of what the others made."""
        for transform in self.transforms:
            image = transform(image)
        return image

    def __repr__(self) -> str:
        return f"Compose([{', '.join(map(repr, self.transforms))}])"


class Resize:
    """Scale a picture, smoothed where it gets smaller.

    Args:
        size: (height, width), or one number: the length of the shorter side, the other one in proportion.
        interpolation: "nearest", "box", "bilinear", "hamming", "bicubic" or "lanczos".
        max_size: bound of the longer side, where `size` is one number.
        antialias: True; Pillow always smooths.

    Raises:
        ValueError: for a size that is not positive, or another interpolation.
        NotImplementedError: for antialias=False.

    Example:
        >>> from PIL import Image
        >>> Resize(5)(Image.new("L", (40, 20))).size, Resize((5, 7))(Image.new("L", (40, 20))).size
        ((10, 5), (7, 5))
    """

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: str = "bilinear",
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        if antialias is False:
            raise NotImplementedError("Resize does not support antialias=False; leave it at its default")
        self.size, self.interpolation, self.max_size = size, interpolation, max_size
        self._height_width = height_width(size, "Resize")
        self._keeps_proportion = isinstance(size, int) or len(size) == 1
        if max_size is not None and (not self._keeps_proportion or max_size < self._height_width[0]):
            raise ValueError(f"Resize: max_size goes with one number as size and is not below it, got {max_size!r}")
        if interpolation not in INTERPOLATIONS:
            raise ValueError(f"Resize: interpolation must be one of {INTERPOLATIONS}, got {interpolation!r}")

    def __call__(self, image: "Image") -> "Image":
        """Return the picture in the new size."""
        height, width = self._height_width
        if self._keeps_proportion:
            short, long = sorted(image.size)
            new_short, new_long = height, int(height * long / short)
            if self.max_size is not None and new_long > self.max_size:
                new_short, new_long = max(1, int(self.max_size * new_short / new_long)), self.max_size
            width, height = (new_short, new_long) if image.width <= image.height else (new_long, new_short)
        if image.size == (width, height):
            return image
        return image.resize((width, height), filter_named(self.interpolation, "Resize"))

    def __repr__(self) -> str:
        return f"Resize({self.size!r}, interpolation={self.interpolation!r})"


class CenterCrop:
    """Cut out the middle; a picture that is too small gets a black border first.

    Args:
        size: (height, width), or one number for both.

    Example:
        >>> from PIL import Image
        >>> CenterCrop(4)(Image.new("L", (9, 6))).size
        (4, 4)
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = height_width(size, "CenterCrop")

    def __call__(self, image: "Image") -> "Image":
        """Return the middle of the picture."""
        height, width = self.size
        left, top = round((image.width - width) / 2), round((image.height - height) / 2)
        # Pillow fills what lies outside of the picture with black.
        return image.crop((left, top, left + width, top + height))

    def __repr__(self) -> str:
        return f"CenterCrop({self.size!r})"


class ToArray:
    """From a picture to numbers: (H, W) or (H, W, C) in 0..255 becomes float32 (C, H, W) in [0, 1].

    Raises:
        TypeError: for anything but a Pillow image or a uint8 array.
        ValueError: for an array that is not (H, W) or (H, W, C).

    Example:
        >>> from PIL import Image
        >>> ToArray()(Image.new("L", (2, 1), 255))
        array([[[1., 1.]]], dtype=float32)
    """

    def __call__(self, image: "Image | NDArray[np.uint8]") -> NDArray[np.float32]:
        """Return the numbers."""
        if not isinstance(image, (np.ndarray, require("PIL.Image", "images").Image)):
            raise TypeError(f"{type(self).__name__} takes a Pillow image or a uint8 array, got {type(image).__name__}")
        pixels = np.asarray(image)
        if pixels.dtype == np.bool_:
            pixels = pixels.astype(np.uint8) * np.uint8(255)
        if pixels.dtype != np.uint8:
            raise TypeError(f"{type(self).__name__} takes 8 bits a channel, got {pixels.dtype}; see read_image")
        if pixels.ndim not in (2, 3):
            raise ValueError(f"{type(self).__name__} takes (H, W) or (H, W, C), got the shape {pixels.shape}")
        planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)  # (C, H, W)
        return np.ascontiguousarray(planes, np.float32) / np.float32(255)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToTensor:
    """`ToArray`, as a tensor.

    Example:
        >>> from PIL import Image
        >>> ToTensor()(Image.new("L", (2, 1), 255))
        tensor([[[1., 1.]]])
    """

    def __call__(self, image: "Image | NDArray[np.uint8]") -> Tensor:
        """Return the numbers."""
        return Tensor(ToArray()(image))

    def __repr__(self) -> str:
        return "ToTensor()"


class Normalize:
    """Shift and scale every channel: z = (x - mean) / std.

    Args:
        mean: one number for each channel.
        std: the same, positive.
        inplace: False.

    Raises:
        ValueError: when std is not positive, the two differ in length, or the channels are others than these.
        NotImplementedError: for inplace=True.

    Example:
        >>> Normalize([0.5], [0.25])(np.ones((1, 1, 2), np.float32))
        array([[[2., 2.]]], dtype=float32)
    """

    def __init__(self, mean: ArrayLike, std: ArrayLike, inplace: bool = False) -> None:
        if inplace:
            raise NotImplementedError("Normalize does not support inplace=True; leave it at its default")
        self.mean, self.std = np.atleast_1d(np.asarray(mean, float)), np.atleast_1d(np.asarray(std, float))
        if self.mean.shape != self.std.shape or self.mean.ndim != 1:
            raise ValueError(f"mean and std have one number a channel, got {self.mean.shape} and {self.std.shape}")
        if not (np.isfinite(self.mean).all() and (self.std > 0).all() and np.isfinite(self.std).all()):
            raise ValueError(f"std must be positive and all must be finite, got {self.mean} and {self.std}")

    def __call__(self, image: Any) -> Any:
        """Return the scaled picture, (..., C, H, W) as it came: a tensor for a tensor, an array for an array."""
        x = image.array if isinstance(image, Tensor) else image
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            raise TypeError("Normalize takes a floating-point tensor or array; put ToTensor() before it")
        if x.ndim < 3 or x.shape[-3] != len(self.mean):
            raise ValueError(f"Normalize has {len(self.mean)} channels, the picture has the shape {x.shape}")
        z = (x - self.mean[:, None, None].astype(x.dtype)) / self.std[:, None, None].astype(x.dtype)
        return Tensor(z) if isinstance(image, Tensor) else z

    def __repr__(self) -> str:
        return f"Normalize({self.mean.tolist()}, {self.std.tolist()})"
