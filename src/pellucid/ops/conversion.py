"""Other element types, copies, and the sizes of a tensor."""

from typing import Any

import numpy as np

from pellucid import dtypes
from pellucid._device import check_device, device
from pellucid._quiet import QUIET
from pellucid._tensor import Size, Tensor, record

__all__ = [
    "bool_",
    "byte",
    "clone",
    "cpu",
    "dim",
    "double",
    "element_size",
    "float_",
    "half",
    "int_",
    "is_floating_point",
    "long",
    "numel",
    "short",
    "size",
    "to",
    "type_",
    "type_as",
]


def to(
    x: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
) -> Tensor:
    """Return x in another type, or on another device, of which there is one: `to(dtype)`, `to("cpu")`.

    x itself is returned where nothing changes, unless `copy` is true. The gradient is converted back.

    Example:
        >>> import pellucid
        >>> to(pellucid.tensor([1.7, -1.7]), pellucid.int64)
        tensor([ 1, -1])
    """
    del non_blocking  # there is no transfer to wait for
    for arg in args:
        if isinstance(arg, Tensor):
            dtype = arg.dtype
        elif _is_device(arg):
            device = arg
        else:
            dtype = arg
    check_device(device)
    wanted = x.dtype if dtype is None else dtypes.to_dtype(dtype)
    if wanted == x.dtype and not copy:
        return x
    y = QUIET.run(x.array.astype, wanted)
    return record(y, (x, lambda dy: dy)) if wanted.kind == "f" else Tensor(y)


def _is_device(arg: Any) -> bool:
    return isinstance(arg, device) or (isinstance(arg, str) and arg.partition(":")[0] in ("cpu", "cuda", "mps", "xpu"))


def type_(x: Tensor, dtype: Any = None) -> Any:
    """Return x converted to `dtype`; without it, the name of its type."""
    if dtype is None:
        return str(x.dtype)
    legacy = {
        "FloatTensor": dtypes.float32,
        "DoubleTensor": dtypes.float64,
        "LongTensor": dtypes.int64,
        "IntTensor": dtypes.int32,
        "ByteTensor": dtypes.uint8,
        "BoolTensor": dtypes.bool_,
    }
    return to(x, dtype=legacy.get(getattr(dtype, "__name__", ""), dtype))


def type_as(x: Tensor, other: Tensor) -> Tensor:
    """Return x in the type of `other`."""
    return to(x, dtype=other.dtype)


def float_(x: Tensor) -> Tensor:
    """Return x as float32."""
    return to(x, dtype=dtypes.float32)


def double(x: Tensor) -> Tensor:
    """Return x as float64."""
    return to(x, dtype=dtypes.float64)


def half(x: Tensor) -> Tensor:
    """Return x as float16."""
    return to(x, dtype=dtypes.float16)


def long(x: Tensor) -> Tensor:
    """Return x as int64, fractions cut off."""
    return to(x, dtype=dtypes.int64)


def int_(x: Tensor) -> Tensor:
    """Return x as int32, fractions cut off."""
    return to(x, dtype=dtypes.int32)


def short(x: Tensor) -> Tensor:
    """Return x as int16, fractions cut off."""
    return to(x, dtype=dtypes.int16)


def byte(x: Tensor) -> Tensor:
    """Return x as uint8, fractions cut off."""
    return to(x, dtype=dtypes.uint8)


def bool_(x: Tensor) -> Tensor:
    """Return whether each element differs from zero."""
    return to(x, dtype=dtypes.bool_)


def cpu(x: Tensor) -> Tensor:
    """Return x, which is on the CPU already."""
    return x


def clone(x: Tensor) -> Tensor:
    """Return a copy; the gradient passes through."""
    return record(np.array(x.array), (x, lambda dy: dy))


def size(x: Tensor, dim: int | None = None) -> Any:
    """Return the shape, or the size of one axis."""
    return Size(x.array.shape) if dim is None else x.array.shape[dim]


def dim(x: Tensor) -> int:
    """Return the number of axes."""
    return x.array.ndim


def numel(x: Tensor) -> int:
    """Return the number of elements."""
    return x.array.size


def element_size(x: Tensor) -> int:
    """Return the bytes of one element."""
    return x.array.itemsize


def is_floating_point(x: Tensor) -> bool:
    """Say whether the elements are floating-point numbers."""
    return x.array.dtype.kind == "f"
