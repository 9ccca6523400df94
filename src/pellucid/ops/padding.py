"""Borders put around a tensor, or cut off."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, record

__all__ = ["pad"]


def pad(x: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Y = x with borders; dx = dy without them, and with what the borders' dy gives back to what they repeat.

    A border repeats x as a mirror at the first and last element, which is not doubled ("reflect": 3 2 | 1 2 3 | 2 1),
    or that element itself ("replicate": 1 1 | 1 2 3 | 3 3), or x from the other end ("circular": 2 3 | 1 2 3 | 1 2).

    Args:
        x: the tensor.
        pad: (before, after) of the last axis, then of the one before it, and so on; a negative size cuts off.
        mode: "constant", "reflect", "replicate" or "circular".
        value: what the borders hold with "constant"; 0 when None.

    Raises:
        ValueError: for another mode, a value with another mode than "constant", an odd number of sizes, more than
            two for each axis, more cut off than there is, or a border that is longer than what it repeats.

    Example:
        >>> import pellucid
        >>> pad(pellucid.tensor([1, 2]), (1, -1), value=7).tolist()
        [7, 1]
        >>> pad(pellucid.tensor([1, 2, 3]), (2, 1), mode="reflect").tolist()
        [3, 2, 1, 2, 3, 2]
    """
    if mode != "constant" and mode not in _PLACES:
        raise ValueError(f"pad knows the modes 'constant', 'reflect', 'replicate' and 'circular', got {mode!r}")
    if mode != "constant" and value is not None:
        raise ValueError(f"pad: a value ({value}) has no meaning in mode {mode!r}, only in 'constant'")
    shape = x.array.shape
    if len(pad) % 2 or len(pad) > 2 * len(shape):
        raise ValueError(f"pad needs (before, after) for at most the {len(shape)} axes of the tensor, got {tuple(pad)}")
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    borders = [(0, 0)] * (len(shape) - len(pairs)) + pairs[::-1]
    if any(
        n + before + after < 0 or n + min(before, 0) + min(after, 0) < 0
        for n, (before, after) in zip(shape, borders, strict=True)
    ):
        raise ValueError(f"pad cuts more off a tensor of shape {shape} than it has: {tuple(pad)}")
    if mode == "constant":
        return _with_constant(x, borders, 0 if value is None else value)
    if mode == "circular" and min(pad, default=0) < 0:  # what is cut off does not come back at the other end
        x = _with_constant(x, [(min(before, 0), min(after, 0)) for before, after in borders], 0)
        borders = [(max(before, 0), max(after, 0)) for before, after in borders]
    for axis, border in enumerate(borders):
        x = _repeated(x, axis, border, mode) if border != (0, 0) else x
    return x


def _with_constant(x: Tensor, borders: list[tuple[int, int]], value: float) -> Tensor:
    a = x.array
    grown = [(max(before, 0), max(after, 0)) for before, after in borders]
    kept = tuple(slice(max(-before, 0), n + min(after, 0)) for n, (before, after) in zip(a.shape, borders, strict=True))
    y = np.pad(a[kept], grown, constant_values=value)
    inner = tuple(slice(before, n - after) for n, (before, after) in zip(y.shape, grown, strict=True))

    def dx(dy: Array) -> Array:
        out = np.zeros(a.shape, dtype=dy.dtype)
        out[kept] = dy[inner]
        return out

    return record(y, (x, dx))


# The element that stands at place i of a line of n, which goes on to both sides.
_PLACES: dict[str, Callable[[Array, int], Array]] = {
    "reflect": lambda i, n: n - 1 - abs(n - 1 - abs(i)),
    "replicate": lambda i, n: np.clip(i, 0, n - 1),
    "circular": lambda i, n: i % n,
}
# How much longer the line is than the longest border that can be made of it; replicas know no end.
_SPARE = {"reflect": 1, "circular": 0}


def _repeated(x: Tensor, axis: int, border: tuple[int, int], mode: str) -> Tensor:
    """Return x with borders along one axis, made of its own elements."""
    a, n = x.array, x.array.shape[axis]
    before, after = border
    if max(border) > n - _SPARE[mode] if mode in _SPARE else not n:
        raise ValueError(
            f"pad of mode {mode!r} makes no borders of {border} from the {n} elements of axis {axis} (shape {a.shape})"
        )
    at = _PLACES[mode](np.arange(-before, n + after), n)
    lead: tuple[Any, ...] = (slice(None),) * axis
    first, last = max(before, 0), len(at) - max(after, 0)  # between them, x itself

    def dx(dy: Array) -> Array:
        out = np.zeros(a.shape, dtype=dy.dtype)
        out[(*lead, at[first:last])] = dy[(*lead, slice(first, last))]
        for i in (*range(first), *range(last, len(at))):
            out[(*lead, at[i])] += dy[(*lead, i)]
        return out

    return record(np.take(a, at, axis=axis), (x, dx))
