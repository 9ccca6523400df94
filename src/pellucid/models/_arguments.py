"""Checks that the models share; what a JSON file holds may be anything."""

import difflib
import operator
from collections.abc import Iterable
from typing import Any

__all__ = ["checked_inputs", "did_you_mean"]


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return the end of an error message: the nearest known name, then all of them.

    Example:
        >>> did_you_mean("rleu", ["relu", "tanh"])
        "; did you mean 'relu'? Known are relu, tanh"
    """
    names = sorted(known)
    close = [k for k in names if k.lower() == str(name).lower()] or difflib.get_close_matches(str(name), names, n=1)
    return (f"; did you mean {close[0]!r}?" if close else ".") + f" Known are {', '.join(names)}"


def checked_inputs(kind: str, n_inputs: Any) -> int:
    """Return n_inputs as an int of at least 1."""
    try:
        n = operator.index(n_inputs)
    except TypeError:
        raise TypeError(f"{kind}: n_inputs is an integer, got {n_inputs!r}") from None
    if n < 1:
        raise ValueError(f"a {kind} needs at least one input, got {n}")
    return n
