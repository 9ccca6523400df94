"""Types of mixed operands, as PyTorch chooses them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import dtypes
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, as_array

__all__ = ["Number", "Operand", "combine", "common_dtype", "float_array", "normalize_axis", "normalize_dim", "operands"]

Number = bool | int | float
Operand = Tensor | Array | Number

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}


def operands(x: Any, w: Any, *, real: bool = False) -> tuple[Any, Any]:
    """Return the arrays of two operands, brought to the type that PyTorch would compute in.

    The higher category wins (bool < integer < float); within one category a tensor with axes wins over one
    without, and a tensor over a Python number. NumPy alone would turn float32 with int64 into float64.

    Args:
        x: a tensor, array or number.
        w: the same.
        real: compute integers as floats too, as a division does.
    """
    a = x.array if isinstance(x, Tensor) else x
    b = w.array if isinstance(w, Tensor) else w
    # The usual cases first: one type, or a floating array with a Python number, which NumPy lets be.
    if type(a) is np.ndarray:
        if type(b) is np.ndarray:
            if a.dtype is b.dtype and (not real or a.dtype.kind == "f"):
                return a, b
        elif (type(b) is float or type(b) is int) and a.dtype.kind == "f":
            return a, b
    elif type(b) is np.ndarray and (type(a) is float or type(a) is int) and b.dtype.kind == "f":
        return a, b
    a, b = _array(a), _array(b)
    common = _common(a, x, b, w)
    if real:
        common = dtypes.result_float(common)
    return a.astype(common, copy=False), b.astype(common, copy=False)


def combine(ufunc: Callable[[Any, Any], Array], a: Array, b: Array) -> Array:
    """Return ufunc(a, b), broadcast and without NumPy's warnings.

    Raises:
        RuntimeError: when the shapes do not broadcast.
    """
    try:
        return QUIET.run(ufunc, a, b)
    except ValueError:
        raise RuntimeError(
            f"shapes {np.shape(a)} and {np.shape(b)} do not broadcast: counted from the last axis, sizes must be "
            "equal or one of them 1"
        ) from None


def _array(a: Any) -> Array:
    if isinstance(a, np.ndarray):
        return a
    try:
        return as_array(float(a) if isinstance(a, float) else a)  # np.float64 is a Python float, and counts as one
    except TypeError:
        raise TypeError(f"an operand must be a tensor, an array or a number, got {type(a).__name__}") from None


def _common(a: Array, x: Any, b: Array, w: Any) -> np.dtype[Any]:
    if a.dtype == b.dtype:
        return a.dtype
    rank_a, rank_b = _CATEGORY[a.dtype.kind], _CATEGORY[b.dtype.kind]
    weight_a, weight_b = (rank_a, _weight(x)), (rank_b, _weight(w))
    if weight_a == weight_b:
        return np.promote_types(a.dtype, b.dtype)
    return a.dtype if weight_a > weight_b else b.dtype


def common_dtype(arrays: list[Array]) -> np.dtype[Any]:
    """Return the type of several arrays joined: of the highest category there is, the widest."""
    highest = max(_CATEGORY[a.dtype.kind] for a in arrays)
    return np.result_type(*{a.dtype for a in arrays if _CATEGORY[a.dtype.kind] == highest})


def _weight(x: Any) -> int:
    """Say how much an operand's own type counts: 2 with axes, 1 without, 0 for a Python number."""
    if isinstance(x, (Tensor, np.ndarray)):
        return 2 if x.ndim else 1
    return 0 if isinstance(x, (bool, int, float)) else 2


def float_array(x: Any) -> Array:
    """Return the array of x in a floating type, for functions of real numbers."""
    a = x.array if isinstance(x, Tensor) else as_array(x)
    return a if a.dtype.kind == "f" else a.astype(dtypes.get_default_dtype())


def normalize_axis(dim: int | tuple[int, ...] | list[int] | None, ndim: int) -> tuple[int, ...]:
    """Return axes as a sorted tuple of non-negative numbers; None means all.

    Raises:
        IndexError: for an axis that is not there.
        RuntimeError: for an axis named twice.
    """
    if dim is None:
        return tuple(range(ndim))
    if isinstance(dim, bool):
        raise TypeError(f"dim is an integer or a tuple of integers, got {dim}; give keepdim={dim} by name")
    if type(dim) is int and -ndim <= dim < ndim:
        return (dim % ndim,)
    axes = []
    for d in dim if isinstance(dim, (tuple, list)) else (dim,):
        if isinstance(d, bool) or not isinstance(d, (int, np.integer)):
            raise TypeError(f"dim is an integer or a tuple of integers, got {dim!r}")
        if not -max(ndim, 1) <= d < max(ndim, 1):
            raise IndexError(f"dim {d} is out of range for a tensor of {ndim} axes")
        axes.append(int(d) % max(ndim, 1))
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"dim {dim} names an axis twice")
    return tuple(sorted(axes)) if ndim else ()


def normalize_dim(dim: int, ndim: int) -> int:
    """Return one axis as a non-negative number; a tensor without axes counts as having one of length 1."""
    (axis,) = normalize_axis(dim, max(ndim, 1))
    return axis
