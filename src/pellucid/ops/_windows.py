"""Windows that move over a signal, an image or a volume: their sizes, and how many there are."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.ops.shape import reshape

__all__ = ["batched", "check_float", "sizes_of", "unbatched", "windows"]

_AXES = ("L", "H, W", "D, H, W")


def sizes_of(name: str, what: str, value: Any, n: int, least: int = 1) -> tuple[int, ...]:
    """Return one size for each of n axes, from one for all or one for each.

    Raises:
        TypeError: when they are no integers.
        ValueError: when there is another number of them, or one is below `least`.
    """
    sizes = tuple(value) if isinstance(value, Sequence) else (value,)
    sizes = sizes * n if len(sizes) == 1 else sizes
    if any(isinstance(s, bool) or not hasattr(s, "__index__") for s in sizes):
        raise TypeError(f"{name}: {what} is an integer or {n} of them, got {value!r}")
    if len(sizes) != n or min(sizes) < least:
        raise ValueError(f"{name}: {what} is a size of at least {least}, or {n} of them, got {value!r}")
    return tuple(int(s) for s in sizes)


def batched(name: str, x: Tensor, n: int) -> Tensor:
    """Return x with an axis of samples before the channels and its n further axes.

    Raises:
        ValueError: when x has another number of axes.
    """
    shape = x.array.shape
    if len(shape) == n + 1:
        return reshape(x, 1, *shape)
    if len(shape) != n + 2:
        wanted = _AXES[n - 1]
        raise ValueError(f"{name} needs an input of shape (N, C, {wanted}) or (C, {wanted}), got {shape}")
    return x


def unbatched(y: Tensor, x: Tensor) -> Tensor:
    """Take from y the axis of samples that `batched` gave to x."""
    return y if y.ndim == x.ndim else reshape(y, y.array.shape[1:])


def windows(
    name: str,
    lengths: Sequence[int],
    window: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    ceil_mode: bool,
) -> tuple[int, ...]:
    """Return how many windows there are along each axis: those within the padded axis.

    With `ceil_mode` also one that goes over its end, if it begins within x or the padding before it.

    Raises:
        ValueError: when not a single window fits, or the padding is longer than half of the window.
    """
    out = []
    for n, k, s, p, d in zip(lengths, window, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        if 2 * p > reach:
            raise ValueError(f"{name}: a padding of {p} is more than half of a window that reaches over {reach}")
        room = n + 2 * p - reach
        count = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        if count < 1:
            raise ValueError(
                f"{name}: no window fits: it reaches over {reach}, and the axis has {n} elements"
                + (f" with {p} of padding on each side" if p else "")
            )
        out.append(count)
    return tuple(out)


def check_float(name: str, x: Tensor) -> None:
    """Refuse integers.

    Raises:
        RuntimeError: when x holds integers.
    """
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name} needs floating-point numbers, got {x.dtype}; convert with .float()")
