"""The norm of many arrays together, and all of them scaled: what clipping of gradients is made of."""

import math

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["clip_all", "scale_all", "total_norm"]


def total_norm(xs: list[Array], p: float) -> float:
    """Return (sum |x|^p)^(1/p) over all elements of all arrays, the largest |x| for p = inf; NaN where one is."""
    # max() of Python would pass over NaN, depending on where it stands; NumPy's carries it.
    largest = float(np.max([np.max(np.abs(x), initial=0) for x in xs], initial=0))
    if p == math.inf or largest == 0 or not math.isfinite(largest):
        return largest
    scale = 1.0 if p == 2 and 1e-100 < largest < 1e100 else largest
    powers = []
    for x in xs:
        y = x.astype(np.float64).ravel()
        if scale != 1:
            y /= scale
        powers.append(float(y @ y) if p == 2 else float(np.sum(np.abs(y) ** p)))
    return scale * math.fsum(powers) ** (1 / p)


def clip_all(xs: list[Array], max_norm: float, p: float) -> tuple[float, list[Array] | None]:
    """Return the total norm, and new arrays: each of xs times min(1, max_norm / (norm + 1e-6)).

    The norm rounds to the arrays' type before. None in the place of new arrays, where none would change.
    """
    total = total_norm(xs, p)
    kind = np.result_type(*(x.dtype for x in xs)) if xs else np.dtype(np.float32)
    with np.errstate(over="ignore"):
        factor = float(max_norm) / (float(np.asarray(total).astype(kind)) + 1e-6)
    # NaN is not at least 1, and is carried into every array.
    return total, None if factor >= 1 else scale_all(xs, factor)


@np.errstate(all="ignore")
def scale_all(xs: list[Array], factor: float) -> list[Array]:
    """Return new arrays: each of xs times the factor, of its own type."""
    return [np.asarray(np.multiply(x, factor, dtype=x.dtype)) for x in xs]
