"""How a tensor prints."""

from typing import TYPE_CHECKING

import numpy as np

from pellucid import dtypes

if TYPE_CHECKING:
    from pellucid._tensor import Tensor

__all__ = ["tensor_repr"]


def tensor_repr(x: "Tensor") -> str:
    """Return `tensor([...])` with the values, and what is not obvious from them: dtype, grad_fn.

    Example:
        >>> import pellucid
        >>> pellucid.tensor([[1.0, 0.5]], requires_grad=True)
        tensor([[1.0000, 0.5000]], requires_grad=True)
    """
    prefix, shown = "tensor(", _shown(x.array)
    moderate = _is_moderate(shown)
    bare = moderate and bool((shown == np.trunc(shown)).all())  # nothing to show after the point
    with np.printoptions(precision=4, floatmode="maxprec" if bare else "fixed", suppress=moderate):
        body = np.array2string(x.array, separator=", ", prefix=prefix)
    notes = [f"size={x.array.shape}"] if x.array.size == 0 and x.array.ndim > 1 else []
    if x.dtype not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_):
        notes.append(f"dtype={x.dtype}")
    if x.grad_fn is not None:
        notes.append(f"grad_fn=<{x.grad_fn.name}>")
    elif x.requires_grad:
        notes.append("requires_grad=True")
    return prefix + ", ".join([body, *notes]) + ")"


def _shown(array: np.ndarray) -> np.ndarray:
    """Return the finite floats that will be printed: of a large tensor the corners, as NumPy summarises it."""
    if array.size > np.get_printoptions()["threshold"]:
        edge = np.get_printoptions()["edgeitems"]
        for axis, n in enumerate(array.shape):
            if n > 2 * edge:
                array = np.take(array, [*range(edge), *range(n - edge, n)], axis=axis)
    return array[np.isfinite(array)] if array.dtype.kind == "f" else np.zeros(0)


def _is_moderate(shown: np.ndarray) -> bool:
    """Say whether plain decimals read better than powers of ten."""
    sizes = np.abs(shown[shown != 0])
    return sizes.size == 0 or bool(sizes.max() < 1e5 and sizes.min() >= 1e-4)
