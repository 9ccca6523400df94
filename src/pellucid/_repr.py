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
    prefix = "tensor("
    with np.printoptions(precision=4, floatmode="maxprec_equal", suppress=_is_moderate(x.array)):
        body = np.array2string(x.array, separator=", ", prefix=prefix)
    notes = []
    if x.dtype not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_):
        notes.append(f"dtype={x.dtype}")
    if x.grad_fn is not None:
        notes.append(f"grad_fn=<{x.grad_fn.name}>")
    elif x.requires_grad:
        notes.append("requires_grad=True")
    return prefix + ", ".join([body, *notes]) + ")"


def _is_moderate(array: np.ndarray) -> bool:
    """Say whether plain decimals read better than powers of ten."""
    if array.dtype.kind != "f" or array.size == 0:
        return True
    sizes = np.abs(array[np.isfinite(array) & (array != 0)])
    return sizes.size == 0 or bool(sizes.max() < 1e5 and sizes.min() >= 1e-4)
