"""How a tensor prints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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
    prefix = "tensor("
    form: Any = None
    if x.dtype.kind == "f":
        form = {"float_kind": _form(_shown(x.array))}
    elif x.dtype.kind == "b":
        longest = 4 if _shown(x.array).all() else 5
        form = {"bool": lambda v: str(v).rjust(longest)}
    width = 79 + x.array.ndim  # PyTorch's 80, which leaves the brackets out
    body = np.array2string(x.array, width, separator=", ", prefix=prefix, formatter=form)
    body = body.replace(", ..., ", ",  ..., ")
    notes = [f"size={x.array.shape}"] if x.array.size == 0 and x.array.ndim > 1 else []
    if x.dtype not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_):
        notes.append(f"dtype={x.dtype}")
    if x.grad_fn is not None:
        notes.append(f"grad_fn=<{x.grad_fn.name}>")
    elif x.requires_grad:
        notes.append("requires_grad=True")
    return prefix + ", ".join([body, *notes]) + ")"


def _shown(array: np.ndarray) -> np.ndarray:
    """Return the elements that will be printed: of a large tensor the corners, as NumPy summarises it."""
    if array.size > np.get_printoptions()["threshold"]:
        edge = np.get_printoptions()["edgeitems"]
        for axis, n in enumerate(array.shape):
            if n > 2 * edge:
                array = np.take(array, [*range(edge), *range(n - edge, n)], axis=axis)
    return array


def _form(shown: np.ndarray) -> Callable[[float], str]:
    """Return how to write one float among these: 1. or 1.5000 or 1.5000e+09, right-aligned.

    PyTorch's rules but for one: numbers 1,000 times apart stay plain, as long as four decimals show them.
    """
    finite = shown[np.isfinite(shown)].astype(np.float64)
    sizes = np.abs(finite[finite != 0])
    if sizes.size and (sizes.min() < 1e-4 or sizes.max() > 1e8):
        pattern = "{:.4e}"
    else:
        pattern = "{:.0f}." if (finite == np.trunc(finite)).all() else "{:.4f}"
    width = max((len(pattern.format(v)) for v in finite), default=0)
    return lambda v: (pattern.format(v) if np.isfinite(v) else str(v)).rjust(width)
