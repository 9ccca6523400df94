"""What operations over windows share: one number for each axis of space, and how many windows there are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Tensor

__all__ = ["check_dtypes", "per_axis", "window_places"]


def per_axis(name: str, what: str, value: Any, dims: int, least: int) -> tuple[int, ...]:
    """Return a number, or one for each axis, as a tuple of `dims` integers.

    Raises:
        TypeError: when there is anything but integers.
        ValueError: when their number is not 1 or `dims`, or one is below `least`.
    """
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for v in given:
        if isinstance(v, bool) or not isinstance(v, (int, np.integer)):
            raise TypeError(f"{name}: {what} is an integer or a tuple of {dims} of them, got {value!r}")
    numbers = tuple(int(v) for v in given)
    if len(numbers) not in (1, dims):
        raise ValueError(f"{name}: {what} needs one number or {dims}, got {value!r}")
    if min(numbers) < least:
        raise ValueError(f"{name}: {what} is at least {least}, got {value!r}")
    return numbers if len(numbers) == dims else numbers * dims


def window_places(
    name: str,
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> tuple[int, ...]:
    """Return how many places a window has along each axis: floor((n + 2 p - d (k - 1) - 1) / s) + 1.

    Raises:
        RuntimeError: when there is none along some axis, or the axis or the window is empty.
    """
    places = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    )
    if min(places) < 1 or min(kernel) < 1 or min(size) < 1:
        raise RuntimeError(
            f"{name}: a window of {tuple(kernel)} with dilation {tuple(dilation)} does not fit into {tuple(size)} "
            f"places padded by {tuple(padding)}"
        )
    return places


def check_dtypes(name: str, *tensors: Tensor | None) -> None:
    """Refuse numbers that are not floating, or not of one type.

    Raises:
        RuntimeError: naming the types and shapes.
    """
    given = [x for x in tensors if x is not None]
    if any(x.dtype != given[0].dtype for x in given) or given[0].dtype.kind != "f":
        kinds = ", ".join(f"{x.dtype} {x.array.shape}" for x in given)
        raise RuntimeError(f"{name} needs floating numbers of one dtype, got {kinds}; convert with .float()")
