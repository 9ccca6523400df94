"""Checks that the models share; what a JSON file holds may be anything."""

import operator
from typing import Any

__all__ = ["checked_inputs"]


def checked_inputs(kind: str, n_inputs: Any) -> int:
    """Return n_inputs as an int of at least 1."""
    try:
        n = operator.index(n_inputs)
    except TypeError:
        raise TypeError(f"{kind}: n_inputs is an integer, got {n_inputs!r}") from None
    if n < 1:
        raise ValueError(f"a {kind} needs at least one input, got {n}")
    return n
