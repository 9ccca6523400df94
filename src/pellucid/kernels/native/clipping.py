"""The norm of many arrays, and all of them scaled, by the native engine."""

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array

__all__ = ["scale_all", "total_norm"]


def total_norm(xs: list[Array], p: float) -> float:
    """Return (sum |x|^p)^(1/p) over all elements of all arrays; p = 2 natively, in float64."""
    norm = _native.total_norm(xs) if p == 2 else None
    return reference.total_norm(xs, p) if norm is None else norm


def scale_all(xs: list[Array], factor: float) -> list[Array]:
    """Return new arrays: each of xs times the factor."""
    outs = [np.empty_like(x) for x in xs]
    return outs if _native.scale_all(xs, factor, outs) else reference.scale_all(xs, factor)
