"""The norm of many arrays, and all of them scaled, by the native engine."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array

__all__ = ["clip_all", "scale_all", "total_norm"]


def total_norm(xs: list[Array], p: float) -> float:
    """Return (sum |x|^p)^(1/p) over all elements of all arrays; p = 2 natively, in float64."""
    norm = _native.total_norm(xs) if p == 2 else None
    return reference.total_norm(xs, p) if norm is None else norm


def clip_all(xs: list[Array], max_norm: float, p: float) -> tuple[float, list[Array] | None]:
    """Return the total norm, and new arrays: each of xs times min(1, max_norm / (norm + 1e-6)).

    None in the place of new arrays, where none would change; but a step that is recorded has them always.
    """
    outs = [np.empty_like(x) for x in xs]
    found = _native.clip_all(xs, max_norm, outs) if p == 2 else None
    if found is None:
        return reference.clip_all(xs, max_norm, p)
    total, written = found
    return total, outs if written else None


def scale_all(xs: list[Array], factor: float) -> list[Array]:
    """Return new arrays: each of xs times the factor."""
    outs = [np.empty_like(x) for x in xs]
    return outs if _native.scale_all(xs, factor, outs) else reference.scale_all(xs, factor)
