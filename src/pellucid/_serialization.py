"""Saving and loading: arrays as safetensors, everything else as JSON in the same file; nothing executes."""

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._device import check_device
from pellucid._files import atomic_write
from pellucid._tensor import Tensor

__all__ = ["load", "save"]

_KEY = "pellucid"


def save(obj: Any, path: str | os.PathLike[str]) -> None:
    """Write tensors, and dicts, lists and numbers that hold them, to one safetensors file.

    A flat dict of tensors, such as a `state_dict()`, becomes a plain safetensors file that any library reads.
    What surrounds nested tensors is kept as JSON in the file's metadata. The file is written whole or not
    at all.

    Args:
        obj: tensors, arrays, dicts, lists, tuples, strings, numbers, booleans, None, nested.
        path: the file; an earlier one is replaced only once the new one is whole.

    Raises:
        TypeError: for anything else, such as a whole model: save `model.state_dict()`.

    Example:
        >>> import pellucid, tempfile
        >>> path = tempfile.mkdtemp() + "/w.safetensors"
        >>> save({"epoch": 3, "model": {"weight": pellucid.ones(2)}}, path)
        >>> load(path)
        {'epoch': 3, 'model': {'weight': tensor([1., 1.])}}
    """
    from safetensors.numpy import save as to_bytes

    arrays: dict[str, np.ndarray[Any, Any]] = {}
    if _is_flat(obj):
        arrays = {key: _contiguous(value) for key, value in obj.items()}
        data = to_bytes(arrays)
    else:
        structure = _pack(obj, arrays, "")
        data = to_bytes(arrays, metadata={_KEY: json.dumps(structure, allow_nan=True)})
    with atomic_write(path, "wb") as file:
        file.write(data)


def load(path: str | os.PathLike[str], map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read what `save` wrote, or any safetensors file, as tensors.

    Args:
        path: the file.
        map_location: the CPU, or None.
        weights_only: always true here: no file can hold code that runs.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: when the file is truncated, tampered with, or of another format; pickles, as PyTorch's
            own `.pt` files are, are refused.

    """
    from safetensors import SafetensorError, safe_open

    check_device(map_location)
    if not weights_only:
        raise NotImplementedError("weights_only=False (files that run code) is not supported, on purpose")
    if not os.path.exists(path):  # noqa: PTH110 - a path of any kind
        raise FileNotFoundError(f"there is no file {os.fspath(path)!r}")
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            arrays = {key: Tensor(file.get_tensor(key)) for key in file.keys()}  # noqa: SIM118 - no mapping
        return _unpack(json.loads(metadata[_KEY]), arrays) if _KEY in metadata else arrays
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{os.fspath(path)} is not a whole safetensors file ({error}); it is damaged, was changed, or has another "
            "format"
        ) from None


def _contiguous(value: Any) -> np.ndarray[Any, Any]:
    """The values in the order of safetensors; a single number keeps its shape (), which NumPy would make (1,)."""
    array: np.ndarray[Any, Any] = value.array if isinstance(value, Tensor) else value
    return np.ascontiguousarray(array).reshape(array.shape)


def _is_flat(obj: Any) -> bool:
    return (
        isinstance(obj, Mapping)
        and bool(obj)
        and all(isinstance(k, str) and isinstance(v, (Tensor, np.ndarray)) for k, v in obj.items())
    )


def _pack(obj: Any, arrays: dict[str, np.ndarray[Any, Any]], path: str) -> Any:
    """Return obj as JSON values; tensors go to `arrays` under their path and leave a reference.

    Plain JSON values stay themselves; everything that JSON lacks becomes a list [kind, content].
    """
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, (Tensor, np.ndarray)):
        while path in arrays:  # {"a": {"b": x}, "a/b": y} must not lose one of them
            path += "'"
        arrays[path] = _contiguous(obj)
        return ["array" if isinstance(obj, np.ndarray) else "tensor", path]
    if isinstance(obj, Mapping):
        pairs = [[_pack(k, {}, path), _pack(v, arrays, f"{path}/{k}" if path else str(k))] for k, v in obj.items()]
        return ["dict", pairs]
    if isinstance(obj, (list, tuple)):
        kind = "list" if isinstance(obj, list) else "tuple"
        return [kind, [_pack(v, arrays, f"{path}/{i}" if path else str(i)) for i, v in enumerate(obj)]]
    raise TypeError(
        f"save() takes tensors, dicts, lists, numbers and strings, got {type(obj).__name__}"
        f"{f' at {path!r}' if path else ''}; of a model or optimizer save its state_dict()"
    )


def _unpack(value: Any, arrays: dict[str, Tensor]) -> Any:
    if not isinstance(value, list):
        return value
    kind, content = value
    if kind == "tensor":
        return arrays[content]
    if kind == "array":
        return arrays[content].array
    if kind == "dict":
        return {_unpack(k, arrays): _unpack(v, arrays) for k, v in content}
    if kind in ("list", "tuple"):
        items = [_unpack(v, arrays) for v in content]
        return items if kind == "list" else tuple(items)
    raise ValueError(f"unknown kind {kind!r}")
