"""What every loss needs: its two shapes compared, its weights checked, its elements reduced."""

from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, as_array, as_tensor
from pellucid.ops import reduction as reductions
from pellucid.ops._operands import operands

__all__ = [
    "broadcast_constant",
    "check_options",
    "constant",
    "elementwise",
    "floating",
    "in_unit_interval",
    "quiet",
    "reduced",
    "same_shape",
    "signs",
]

# Losses overflow to infinity as values, not as warnings; their gradients run in the walk, which is quiet too.
quiet = np.errstate(all="ignore")


def check_options(reduction: str, size_average: Any = None, reduce: Any = None) -> None:
    """Refuse unknown reductions and the two parameters that PyTorch replaced by `reduction`.

    Raises:
        ValueError: when `reduction` is not "none", "mean" or "sum".
        NotImplementedError: when `size_average` or `reduce` is given.
    """
    for name, value in (("size_average", size_average), ("reduce", reduce)):
        if value is not None:
            raise NotImplementedError(f"{name} is deprecated and not supported; use reduction='none', 'mean' or 'sum'")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be 'none', 'mean' or 'sum', got {reduction!r}")


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """Return the losses as they are, their mean (NaN when there are none) or their sum."""
    if reduction == "none":
        return losses
    return reductions.mean(losses) if reduction == "mean" else reductions.sum(losses)


def same_shape(where: str, x: Tensor, t: Tensor, names: tuple[str, str] = ("input", "target")) -> None:
    """Refuse two shapes that differ, because broadcasting them would compare every row with every other.

    Raises:
        ValueError: naming both shapes and the mend.
    """
    a, b = x.array.shape, t.array.shape
    if a == b:
        return
    first, second = names
    mend = ""
    if a == (*b, 1):
        mend = f"; use {second}.unsqueeze({len(b)}) or {first}.squeeze({len(b)})"
    elif b == (*a, 1):
        mend = f"; use {second}.squeeze({len(a)}) or {first}.unsqueeze({len(a)})"
    raise ValueError(f"{where} compares element with element, but the {first} has shape {a} and the {second} {b}{mend}")


def elementwise(where: str, input: Any, target: Any) -> tuple[Tensor, Tensor, Array, Array]:
    """Return input and target as tensors, and their arrays in the type that PyTorch would compute in.

    Raises:
        RuntimeError: when the input holds integers or booleans.
        ValueError: when the shapes differ.
    """
    x, t = as_tensor(input), as_tensor(target)
    floating(where, x)
    same_shape(where, x, t)
    a, b = operands(x, t)
    return x, t, a, b


def floating(where: str, x: Tensor, name: str = "input") -> None:
    """Refuse integers and booleans where real numbers are meant."""
    if x.dtype.kind != "f":
        raise RuntimeError(f"{where} needs a floating-point {name}, got {x.dtype}; convert it with .float()")


def constant(where: str, name: str, value: Any, like: Array) -> Array:
    """Return a weight in the type of `like`.

    Raises:
        RuntimeError: when it requires gradients, which no loss gives to its weights.
    """
    if isinstance(value, Tensor) and value.requires_grad:
        raise RuntimeError(f"{where} has no gradient by its {name}; give {name}.detach()")
    return as_array(value).astype(like.dtype, copy=False)


def broadcast_constant(where: str, name: str, value: Any, like: Array) -> Array:
    """Return a weight, which must broadcast to the shape of `like` without enlarging it.

    Raises:
        ValueError: when it does not.
        RuntimeError: when it requires gradients.
    """
    w = constant(where, name, value, like)
    try:
        fits = np.broadcast_shapes(w.shape, like.shape) == like.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{where}: the {name} has shape {w.shape}, which does not broadcast to {like.shape}")
    return w


def in_unit_interval(where: str, name: str, a: Array, mend: str) -> None:
    """Refuse numbers that are no probabilities; NaN passes, and makes the loss NaN.

    Raises:
        ValueError: naming the first number outside [0, 1] and its place.
    """
    outside = (a < 0) | (a > 1)
    if outside.any():
        place = np.unravel_index(int(np.argmax(outside)), a.shape)
        raise ValueError(
            f"{where} needs a {name} between 0 and 1, got {a[place]:g} at {tuple(map(int, place))}; {mend}"
        )


def signs(where: str, target: Tensor, like: Array) -> Array:
    """Return labels of 1 and -1 in the type of `like`.

    Raises:
        ValueError: when another number is among them.
        RuntimeError: when they require gradients, which a choice between two labels has not.
    """
    t = constant(where, "target", target, like)
    wrong = np.abs(t) != 1
    if wrong.any():
        raise ValueError(
            f"{where} needs targets of 1 and -1, got {t[wrong].flat[0]:g}; for 0 and 1 give 2 * target - 1"
        )
    return t
