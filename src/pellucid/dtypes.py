"""Element types: NumPy's own, under PyTorch's names."""

from typing import Any

import numpy as np

__all__ = [
    "bool_",
    "dtype",
    "finfo",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "holds_numpy",
    "iinfo",
    "int8",
    "int16",
    "int32",
    "int64",
    "result_float",
    "set_default_dtype",
    "to_dtype",
    "uint8",
    "with_own_dtype",
]

dtype = np.dtype
finfo, iinfo = np.finfo, np.iinfo
bool_ = np.dtype(np.bool_)
uint8, int8, int16, int32, int64 = (np.dtype(f"{kind}") for kind in ("u1", "i1", "i2", "i4", "i8"))
float16, float32, float64 = np.dtype("f2"), np.dtype("f4"), np.dtype("f8")

_SUPPORTED = frozenset((bool_, uint8, int8, int16, int32, int64, float16, float32, float64))
_OWN = {dtype: dtype for dtype in _SUPPORTED}
_default = float32


def get_default_dtype() -> np.dtype:
    """Return the type that Python floats become: float32 unless set otherwise."""
    return _default


def set_default_dtype(dtype: np.dtype) -> None:
    """Set the type that Python floats become.

    Raises:
        TypeError: when `dtype` is not a floating type.
    """
    global _default  # noqa: PLW0603 - one process-wide default, as in PyTorch
    if np.dtype(dtype) not in (float16, float32, float64):
        raise TypeError(f"the default dtype is one of float16, float32, float64; got {dtype}")
    _default = np.dtype(dtype)


def result_float(dtype: np.dtype) -> np.dtype:
    """Return the type in which a real-valued function of `dtype` is computed: itself if floating."""
    return dtype if dtype.kind == "f" else _default


def to_dtype(dtype: object) -> np.dtype:
    """Return the NumPy dtype of a dtype, Python type or name.

    Raises:
        TypeError: when Pellucid has no such type (complex numbers, text, objects).
    """
    if dtype is float:
        return _default
    found = np.dtype(dtype)  # type: ignore[call-overload]
    if found not in _SUPPORTED:
        raise TypeError(f"dtype {found} is not supported; use one of {', '.join(sorted(map(str, _SUPPORTED)))}")
    return found


def holds_numpy(data: Any) -> bool:
    """Say whether nested lists hold NumPy values, whose own type counts, rather than Python floats."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return hasattr(data, "dtype")


def with_own_dtype(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array whose dtype is NumPy's one object of its kind, a view where it was another.

    Arrays out of a pickle, as worker processes get them, have a dtype that equals float32 and is another object. The
    native engine tells types by identity, which is quicker, and would leave such arrays to the reference.
    """
    own = _OWN.get(array.dtype)
    return array if own is None or own is array.dtype else array.view(own)
