"""Signals, images and volumes brought to other sizes.

Every mode works along one axis after the other. Element o of y stands, in units of x, at (o + 1/2) s - 1/2 with
s = L / O, or at o s with s = (L - 1) / (O - 1) where the corners are aligned, and is a weighted sum of elements of x
near that place: y_o = sum_t w_ot x_i(o,t), dx_i = the sum of w_ot dy_o over all that use x_i.
"""

import math
from collections.abc import Sequence

import numpy as np

from pellucid._tensor import Array, Tensor, record
from pellucid.ops.pooling_adaptive import adaptive_avg_pool

__all__ = ["interpolate"]

_AXES = {"nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3), "linear": (1,), "bilinear": (2,)}
_AXES |= {"bicubic": (2,), "trilinear": (3,)}
_SMOOTH = ("linear", "bilinear", "bicubic", "trilinear")
_CUBIC = -0.75  # the slope at 1 of the cubic convolution kernel (Keys, 1981), PyTorch's choice


def interpolate(
    x: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Bring x (N, C, *L) to the sizes (N, C, *O).

    Args:
        x: with one to three axes behind the channels.
        size: O, for each axis or one for all.
        scale_factor: O = ⌊L scale_factor⌋ instead; places in x are found by it, and not by L / O.
        mode: "nearest" takes the element at ⌊o s⌋, "nearest-exact" the one nearest to the middle of o; "linear",
            "bilinear" and "trilinear" weigh the two neighbours along one, two, three axes; "bicubic" weighs four along
            two axes, and may go beyond the largest; "area" takes means of bins, see `adaptive_avg_pool`.
        align_corners: whether the middles of the outermost elements stay where they are, else their outer ends; only
            for the weighing modes.
        recompute_scale_factor: find places in x by L / O also where scale_factor is given.
        antialias: not supported.

    Raises:
        ValueError: when sizes, mode and options do not fit.
        NotImplementedError: when antialias is true.
        RuntimeError: when x holds integers.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[[1.0, 3.0]]])
        >>> interpolate(x, size=4, mode="linear").tolist()
        [[[1.0, 1.5, 2.5, 3.0]]]
    """
    if antialias:
        raise NotImplementedError("interpolate: antialias=True is not supported")
    n, shape = x.ndim - 2, x.array.shape
    if mode not in _AXES or n not in _AXES[mode]:
        raise ValueError(
            f"interpolate: mode {mode!r} is not one for an input of shape {shape}; it may be nearest, nearest-exact or "
            "area for (N, C, L), (N, C, H, W) and (N, C, D, H, W), and linear, bilinear or bicubic, trilinear for each"
        )
    if x.dtype.kind != "f":
        raise RuntimeError(f"interpolate needs floating-point numbers, got {x.dtype}; convert with .float()")
    if align_corners is not None and mode not in _SMOOTH:
        raise ValueError(f"interpolate: align_corners is for the modes {', '.join(_SMOOTH)}, not for {mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError(f"interpolate needs either size or scale_factor, got {size} and {scale_factor}")
    if recompute_scale_factor and size is not None:
        raise ValueError("interpolate: recompute_scale_factor has no meaning with a given size")
    out, factors = _sizes(shape[2:], size, scale_factor)
    if recompute_scale_factor or mode == "area":
        factors = [None] * n
    if mode == "area":
        return adaptive_avg_pool(n, x, out)
    for axis, (o, factor) in enumerate(zip(out, factors, strict=True), start=2):
        x = _resized(x, axis, o, factor, mode, bool(align_corners))
    return x


def _sizes(
    lengths: tuple[int, ...], size: int | Sequence[int] | None, scale_factor: float | Sequence[float] | None
) -> tuple[list[int], list[float | None]]:
    """Return the sizes of y, and the factors that were given for them."""
    n = len(lengths)
    given = size if size is not None else scale_factor
    values = list(given) if isinstance(given, Sequence) else [given] * n
    if len(values) != n:
        raise ValueError(f"interpolate: {given} is not one number, or {n} of them")
    factors: list[float | None] = [None] * n if size is not None else [float(v) for v in values]  # type: ignore[arg-type]
    out = [int(v) if f is None else math.floor(m * f) for v, f, m in zip(values, factors, lengths, strict=True)]  # type: ignore[arg-type]
    if min((*lengths, *out)) < 1:
        raise ValueError(f"interpolate cannot bring axes of {lengths} elements to {tuple(out)}: all must be positive")
    return out, factors


def _resized(x: Tensor, axis: int, o: int, factor: float | None, mode: str, aligned: bool) -> Tensor:
    """Bring one axis of x to o elements."""
    a = x.array
    length = a.shape[axis]
    taps = _neighbours(length, o, factor, mode, aligned, a.dtype)
    by_axis = (o, *(1,) * (a.ndim - axis - 1))

    def dx(dy: Array) -> Array:
        out = np.zeros(a.shape, dtype=dy.dtype)
        for index, w in taps:  # indices never fall, so those that are equal stand together
            used, starts = np.unique(index, return_index=True)
            share = dy if w is None else dy * w.reshape(by_axis)
            out[(slice(None),) * axis + (used,)] += np.add.reduceat(share, starts, axis=axis)
        return out

    parts = [np.take(a, i, axis=axis) if w is None else np.take(a, i, axis=axis) * w.reshape(by_axis) for i, w in taps]
    y = parts[0]
    for part in parts[1:]:
        y = y + part
    return record(y, (x, dx))


def _neighbours(
    length: int, o: int, factor: float | None, mode: str, aligned: bool, dtype: "np.dtype[np.floating]"
) -> list[tuple[Array, Array | None]]:
    """Return which elements of x count for each of y, and with which weight; None for 1."""
    scale = length / o if factor is None else 1 / factor
    steps = np.arange(o)
    if mode.startswith("nearest"):
        # In float32, as PyTorch does for all types, so that both fall on the same side of a border.
        middle = np.float32(0.5 if mode == "nearest-exact" else 0)
        index = np.floor((steps.astype(np.float32) + middle) * np.float32(scale)).astype(np.int64)
        return [(np.minimum(index, length - 1), None)]
    apart = (length - 1) / (o - 1) if o > 1 else 0.0
    place = steps * apart if aligned else (steps + 0.5) * scale - 0.5
    if mode == "bicubic":
        low = np.floor(place)
        t = place - low
        weights = (_cubic_outer(t + 1), _cubic_inner(t), _cubic_inner(1 - t), _cubic_outer(2 - t))
        first = low.astype(np.int64) - 1
        return [(np.clip(first + i, 0, length - 1), w.astype(dtype)) for i, w in enumerate(weights)]
    place = np.maximum(place, 0)
    left = np.minimum(np.floor(place).astype(np.int64), length - 1)
    w = np.clip(place - left, 0, 1)
    return [(left, (1 - w).astype(dtype)), (np.minimum(left + 1, length - 1), w.astype(dtype))]


def _cubic_inner(t: Array) -> Array:
    """Return the kernel at a distance of up to 1."""
    return ((_CUBIC + 2) * t - (_CUBIC + 3)) * t * t + 1


def _cubic_outer(t: Array) -> Array:
    """Return the kernel at a distance between 1 and 2."""
    return _CUBIC * (((t - 5) * t + 8) * t - 4)
