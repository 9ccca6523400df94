"""Borders put around a tensor, or cut off."""

from collections.abc import Sequence

import numpy as np

from pellucid._tensor import Array, Tensor, record

__all__ = ["pad"]


def pad(x: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Y = x with borders of one value; dx = dy without them.

    Args:
        x: the tensor.
        pad: (before, after) of the last axis, then of the one before it, and so on; a negative size cuts off.
        mode: "constant"; PyTorch's other modes are not supported.
        value: what the borders hold; 0 when None.

    Raises:
        NotImplementedError: for another mode.
        ValueError: for an odd number of sizes, more than two for each axis, or more cut off than there is.

    Example:
        >>> import pellucid
        >>> pad(pellucid.tensor([1, 2]), (1, -1), value=7).tolist()
        [7, 1]
    """
    if mode != "constant":
        raise NotImplementedError(f"pad: mode {mode!r} is not supported; use mode='constant'")
    a = x.array
    if len(pad) % 2 or len(pad) > 2 * a.ndim:
        raise ValueError(f"pad needs (before, after) for at most the {a.ndim} axes of the tensor, got {tuple(pad)}")
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    borders = [(0, 0)] * (a.ndim - len(pairs)) + pairs[::-1]
    if any(
        n + before + after < 0 or n + min(before, 0) + min(after, 0) < 0
        for n, (before, after) in zip(a.shape, borders, strict=True)
    ):
        raise ValueError(f"pad cuts more off a tensor of shape {a.shape} than it has: {tuple(pad)}")
    grown = [(max(before, 0), max(after, 0)) for before, after in borders]
    kept = tuple(slice(max(-before, 0), n + min(after, 0)) for n, (before, after) in zip(a.shape, borders, strict=True))
    y = np.pad(a[kept], grown, constant_values=0 if value is None else value)
    inner = tuple(slice(before, n - after) for n, (before, after) in zip(y.shape, grown, strict=True))

    def dx(dy: Array) -> Array:
        out = np.zeros(a.shape, dtype=dy.dtype)
        out[kept] = dy[inner]
        return out

    return record(y, (x, dx))
