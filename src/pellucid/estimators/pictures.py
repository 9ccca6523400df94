"""Pictures in arrays, made ready for a convolutional network: one layout, one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from pellucid._suggest import nearest
from pellucid._tensor import Array

__all__ = ["LAYOUTS", "PictureShape", "Scale"]

LAYOUTS = ("auto", "hw", "hwc", "chw")
"""How the axes of one picture lie: height, width, channels."""

_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class PictureShape:
    """The shape in which pictures come, and the one in which the network sees them.

    Attributes:
        layout: "hw", "hwc" or "chw".
        given: the shape of one picture as it comes, such as (28, 28) or (32, 32, 3).
        flat: whether pictures come as rows of pixels.
    """

    layout: str
    given: tuple[int, ...]
    flat: bool

    @classmethod
    def told(cls, X: Array, layout: str, image_shape: Sequence[int] | None, who: str) -> Self:
        """Find out the layout of an array of pictures, from its shape or from what is said.

        Args:
            X: (n, h, w), (n, h, w, c), (n, c, h, w), or (n, pixels) with image_shape.
            layout: one of `LAYOUTS`; "auto" takes the axis of size 1, 3 or 4 as that of the channels.
            image_shape: the shape of one picture, which rows of pixels need.
            who: the estimator's name, for messages.

        Raises:
            ValueError: when the shape fits no layout, or more than one.
        """
        if layout not in LAYOUTS:
            raise ValueError(f"{who}: there is no layout {layout!r}{nearest(str(layout), LAYOUTS)}")
        flat = X.ndim == 2
        if flat and image_shape is None:
            raise ValueError(
                f"{who} takes pictures (n, h, w), (n, h, w, c) or (n, c, h, w), got an array of shape {X.shape}; "
                "for rows of pixels say which picture they are: image_shape=(h, w)"
            )
        given = tuple(X.shape[1:]) if image_shape is None else tuple(int(s) for s in image_shape)
        if len(given) not in (2, 3):
            raise ValueError(f"{who}: a picture has the axes (h, w) or (h, w, c) or (c, h, w), got {given}")
        shape = cls(_layout_of(given, layout, who), given, flat)
        shape.channels_first(X, who)
        return shape

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        if self.layout == "hw":
            return (1, *self.given)  # type: ignore[return-value] # given has two numbers
        h, w, c = self.given if self.layout == "hwc" else (*self.given[1:], self.given[0])
        return c, h, w

    def channels_first(self, X: Array, who: str) -> Array:
        """Return the pictures as (n, channels, height, width), a view where that is possible.

        Raises:
            ValueError: when they have another shape than those before.
        """
        rows = X.ndim == 2 and X.shape[1] == int(np.prod(self.given))
        if not rows and X.shape[1:] != self.given:
            raise ValueError(f"{who} was made for pictures of shape {self.given}, got an array of shape {X.shape}")
        pictures = X.reshape(len(X), *self.given)
        if self.layout == "hw":
            return pictures[:, None]
        return np.moveaxis(pictures, 3, 1) if self.layout == "hwc" else pictures


def _layout_of(given: tuple[int, ...], layout: str, who: str) -> str:
    if layout == "auto" and len(given) == 2:
        return "hw"
    if layout != "auto":
        if len(layout) != len(given):
            raise ValueError(f"{who}: layout {layout!r} needs pictures of {len(layout)} axes, got the shape {given}")
        return layout
    first, last = given[0] in _CHANNELS, given[2] in _CHANNELS
    if first == last:
        why = "both could be" if first else "neither is"
        raise ValueError(
            f"{who}: of pictures of shape {given}, which axis holds the channels? They are taken as the axis of size "
            f"1, 3 or 4, and {why} it; say layout='hwc' or layout='chw'"
        )
    return "chw" if first else "hwc"


@dataclass(frozen=True)
class Scale:
    """x' = (x - mean_c) / std_c for each channel c; bytes are first divided by 255.

    Attributes:
        bytes_: whether the pictures of the training were bytes, from 0 to 255.
        mean: of each channel, over the training pictures.
        std: the same; 1 where a channel is constant.
    """

    bytes_: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, pictures: Array) -> Self:
        """Learn the scale of training pictures (n, c, h, w)."""
        unit = 255.0 if pictures.dtype == np.uint8 else 1.0
        mean = pictures.mean(axis=(0, 2, 3), dtype=np.float64) / unit
        std = pictures.std(axis=(0, 2, 3), dtype=np.float64) / unit
        return cls(pictures.dtype == np.uint8, tuple(mean.tolist()), tuple(np.where(std > 0, std, 1.0).tolist()))

    def __call__(self, pictures: Array, who: str) -> Array:
        """Return pictures (n, c, h, w) as float32 on the scale of those of the training.

        Raises:
            ValueError: when these are bytes and those were not, or the other way round and beyond 0 to 1.
        """
        is_bytes = pictures.dtype == np.uint8
        if is_bytes and not self.bytes_:
            raise ValueError(
                f"{who} was fitted on pictures of floating-point numbers and got bytes (uint8); give the same kind, "
                "such as X / 255 if those lay from 0 to 1"
            )
        if self.bytes_ and not is_bytes and pictures.size and (pictures.min() < 0 or pictures.max() > 1):
            raise ValueError(
                f"{who} was fitted on bytes (uint8), for which numbers from 0 to 1 may stand; these reach from "
                f"{pictures.min():.4g} to {pictures.max():.4g}: give bytes, X.astype('uint8')"
            )
        unit = 255.0 if is_bytes else 1.0
        mean, std = (np.asarray(v, np.float32).reshape(1, -1, 1, 1) for v in (self.mean, self.std))
        return np.ascontiguousarray((pictures.astype(np.float32) / np.float32(unit) - mean) / std)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them."""
        return {"bytes": self.bytes_, "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Self:
        """Make the scale again."""
        return cls(bool(state["bytes"]), tuple(map(float, state["mean"])), tuple(map(float, state["std"])))
