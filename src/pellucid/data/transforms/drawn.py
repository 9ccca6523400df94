"""Transforms by chance: each call draws from `pellucid.random` in the stream "augment"."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._extras import require
from pellucid.data.transforms.fixed import filter_named, height_width
from pellucid.random import default_generator

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["ColorJitter", "RandomCrop", "RandomHorizontalFlip", "RandomRotation"]

Range = float | Sequence[float]


def _draws() -> np.random.Generator:
    return default_generator.numpy("augment")


def _every_channel(image: "Image", fill: Any) -> Any:
    """Return the colour of a number: that number in every channel, where Pillow would take it as red."""
    bands = len(image.getbands())
    return (fill,) * bands if isinstance(fill, (int, float)) and bands > 1 else fill


class RandomHorizontalFlip:
    """Mirror left and right with probability p.

    Args:
        p: in [0, 1].

    Example:
        >>> from PIL import Image
        >>> picture = Image.new("L", (2, 1))
        >>> picture.putpixel((0, 0), 9)
        >>> np.asarray(RandomHorizontalFlip(p=1.0)(picture)).tolist()
        [[0, 9]]
    """

    def __init__(self, p: float = 0.5) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"RandomHorizontalFlip: p must be in [0, 1], got {p!r}")
        self.p = p

    def __call__(self, image: "Image") -> "Image":
        """Return the picture or its mirror image."""
        if _draws().random() >= self.p:
            return image
        mirrored: Image = require("PIL.ImageOps", "images").mirror(image)
        return mirrored

    def __repr__(self) -> str:
        return f"RandomHorizontalFlip(p={self.p})"


class RandomCrop:
    """Cut out a piece at a place drawn evenly.

    Args:
        size: (height, width), or one number for both.
        padding: a border added first: one number, (left and right, top and bottom), or (left, top, right, bottom).
        pad_if_needed: whether a picture that is too small gets a border; otherwise it is an error.
        fill: the border's value, one number or one for each channel.
        padding_mode: "constant".

    Raises:
        ValueError: for a size or padding that is none, or a picture that is too small.
        NotImplementedError: for another padding_mode.

    Example:
        >>> from PIL import Image
        >>> RandomCrop(4, padding=1)(Image.new("RGB", (4, 4))).size
        (4, 4)
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        if padding_mode != "constant":
            raise NotImplementedError(f"RandomCrop does not support padding_mode={padding_mode!r}, only 'constant'")
        self.size, self.pad_if_needed, self.fill = height_width(size, "RandomCrop"), pad_if_needed, fill
        self.padding = None if padding is None else (padding,) if isinstance(padding, int) else tuple(padding)
        if self.padding is not None and (len(self.padding) not in (1, 2, 4) or min(self.padding) < 0):
            raise ValueError(f"RandomCrop: padding must be 1, 2 or 4 numbers that are not negative, got {padding!r}")

    def __call__(self, image: "Image") -> "Image":
        """Return a piece of the picture."""
        ops, fill = require("PIL.ImageOps", "images"), _every_channel(image, self.fill)
        if self.padding is not None:
            image = ops.expand(image, self.padding if len(self.padding) > 1 else self.padding[0], fill)
        height, width = self.size
        if self.pad_if_needed:
            border = (max(0, width - image.width), max(0, height - image.height))
            image = ops.expand(image, border, fill) if any(border) else image
        if image.height < height or image.width < width:
            raise ValueError(
                f"RandomCrop: a picture of {image.height} x {image.width} has no piece of {height} x {width}; "
                "resize it, or use padding= or pad_if_needed=True"
            )
        draws = _draws()
        top = int(draws.integers(image.height - height + 1))
        left = int(draws.integers(image.width - width + 1))
        return image.crop((left, top, left + width, top + height))

    def __repr__(self) -> str:
        return f"RandomCrop({self.size}, padding={self.padding})"


class RandomRotation:
    """Turn by an angle drawn evenly.

    Args:
        degrees: the angle's bounds, or one number for (-degrees, degrees); counter-clockwise.
        interpolation: "nearest", "bilinear" or "bicubic".
        expand: whether the picture grows so that all of it can be seen.
        center: (x, y) of the fixed point; the middle when None.
        fill: what is put where nothing was.

    Raises:
        ValueError: when the bounds are out of order, or one number is negative.

    Example:
        >>> from PIL import Image
        >>> RandomRotation((90, 90), expand=True)(Image.new("L", (6, 4))).size
        (4, 6)
    """

    def __init__(
        self,
        degrees: Range,
        interpolation: str = "nearest",
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Any = 0,
    ) -> None:
        low, high = (-degrees, degrees) if isinstance(degrees, (int, float)) else tuple(degrees)
        if not low <= high:
            raise ValueError(f"RandomRotation: degrees must be a number >= 0 or (low, high), got {degrees!r}")
        if interpolation not in ("nearest", "bilinear", "bicubic"):
            raise ValueError(
                f"RandomRotation: interpolation must be 'nearest', 'bilinear' or 'bicubic', got {interpolation!r}"
            )
        self.degrees, self.interpolation, self.expand = (low, high), interpolation, expand
        self.center, self.fill = None if center is None else tuple(center), fill

    def __call__(self, image: "Image") -> "Image":
        """Return the turned picture."""
        return image.rotate(
            float(_draws().uniform(*self.degrees)),
            filter_named(self.interpolation, "RandomRotation"),
            self.expand,
            self.center,  # type: ignore[arg-type] # Pillow checks that there are two
            fillcolor=_every_channel(image, self.fill),
        )

    def __repr__(self) -> str:
        return f"RandomRotation({self.degrees}, interpolation={self.interpolation!r})"


class ColorJitter:
    """Change brightness, contrast, saturation and hue, in an order drawn too.

    Each of the first three multiplies by a factor drawn evenly from [max(0, 1 - v), 1 + v], or from the pair
    given; hue turns the colour circle by a share drawn from [-v, v]. A value of 0 changes nothing.

    Args:
        brightness: v, or (low, high), not negative.
        contrast: the same.
        saturation: the same.
        hue: v in [0, 0.5], or (low, high) within [-0.5, 0.5].

    Raises:
        ValueError: when a range is out of order or out of bounds.

    Example:
        >>> from PIL import Image
        >>> ColorJitter(brightness=(0.5, 0.5))(Image.new("RGB", (1, 1), (200, 100, 0))).getpixel((0, 0))
        (100, 50, 0)
    """

    def __init__(self, brightness: Range = 0, contrast: Range = 0, saturation: Range = 0, hue: Range = 0) -> None:
        self.brightness = _range("brightness", brightness, 1, (0, np.inf))
        self.contrast = _range("contrast", contrast, 1, (0, np.inf))
        self.saturation = _range("saturation", saturation, 1, (0, np.inf))
        self.hue = _range("hue", hue, 0, (-0.5, 0.5))

    def __call__(self, image: "Image") -> "Image":
        """Return the picture in changed colours."""
        draws = _draws()
        enhance = require("PIL.ImageEnhance", "images")
        kinds = {"brightness": enhance.Brightness, "contrast": enhance.Contrast, "saturation": enhance.Color}
        for name in draws.permutation(["brightness", "contrast", "saturation", "hue"]):
            bounds = getattr(self, name)
            amount = float(draws.uniform(*bounds))
            if name == "hue":
                image = _turn_hue(image, amount) if bounds != (0, 0) else image
            elif bounds != (1, 1):
                image = kinds[name](image).enhance(amount)
        return image

    def __repr__(self) -> str:
        return (
            f"ColorJitter(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


def _range(name: str, value: Range, middle: float, bounds: tuple[float, float]) -> tuple[float, float]:
    if isinstance(value, (int, float)):
        low, high = max(bounds[0], middle - value) if middle else -value, middle + value
    else:
        low, high = value
    if not bounds[0] <= low <= high <= bounds[1]:
        raise ValueError(f"ColorJitter: {name} must lie within {bounds} and be in order, got {value!r}")
    return float(low), float(high)


def _turn_hue(image: "Image", share: float) -> "Image":
    """Turn the colour circle; grey pictures have no hue."""
    if image.mode in ("L", "1"):
        return image
    hue, saturation, value = image.convert("HSV").split()
    turned = hue.point([(i + round(share * 255)) % 256 for i in range(256)])
    merged: Image = require("PIL.Image", "images").merge("HSV", (turned, saturation, value))
    return merged.convert(image.mode)
