"""Checks that the models share; what a JSON file holds may be anything."""

import operator
from typing import Any

import numpy as np

__all__ = ["checked_count", "checked_counts", "checked_flag", "checked_image", "checked_inputs", "checked_probability"]


def checked_inputs(kind: str, n_inputs: Any) -> int:
    """Return n_inputs as an int of at least 1."""
    try:
        n = operator.index(n_inputs)
    except TypeError:
        raise TypeError(f"{kind}: n_inputs is an integer, got {n_inputs!r}") from None
    if n < 1:
        raise ValueError(f"a {kind} needs at least one input, got {n}")
    return n


def checked_count(kind: str, name: str, n: Any) -> int:
    """Return n as an int of at least 1."""
    if isinstance(n, bool):
        raise TypeError(f"{kind}: {name} is an integer, got {n!r}")
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"{kind}: {name} is an integer, got {n!r}") from None
    if count < 1:
        raise ValueError(f"{kind}: {name} is at least 1, got {count}")
    return count


def checked_counts(kind: str, name: str, counts: Any, least: int = 1) -> tuple[int, ...]:
    """Return the counts as a tuple of ints of at least 1, of which there are at least `least`."""
    if isinstance(counts, str) or not hasattr(counts, "__iter__"):
        raise TypeError(f"{kind}: {name} is a list of integers, got {counts!r}")
    checked = tuple(checked_count(kind, f"each of {name}", n) for n in counts)
    if len(checked) < least:
        raise ValueError(f"{kind}: {name} needs at least {least}, got {list(checked)}")
    return checked


def checked_image(kind: str, input_shape: Any) -> tuple[int, int, int]:
    """Return the (channels, height, width) of an image as ints."""
    shape = checked_counts(kind, "input_shape", input_shape)
    if len(shape) != 3:
        raise ValueError(f"{kind}: input_shape is (channels, height, width), without the batch, got {shape}")
    return shape


def checked_probability(kind: str, name: str, p: Any) -> float:
    """Return a probability below 1 as a float."""
    if isinstance(p, bool) or not isinstance(p, (int, float, np.integer, np.floating)):
        raise TypeError(f"{kind}: {name} is a number in [0, 1), got {p!r}")
    if not 0 <= p < 1:
        raise ValueError(f"{kind}: {name} is a probability in [0, 1), got {p}; 1 would silence every hidden unit")
    return float(p)


def checked_flag(kind: str, name: str, flag: Any) -> bool:
    """Return True or False."""
    if not isinstance(flag, (bool, np.bool_)):
        raise TypeError(f"{kind}: {name} is True or False, got {flag!r}")
    return bool(flag)
