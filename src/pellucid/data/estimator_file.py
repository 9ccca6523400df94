"""Fitted scikit-learn transformers in a file that cannot execute anything when it is read."""

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

from pellucid._extras import require
from pellucid._files import atomic_write
from pellucid.data.errors import DataError

__all__ = ["TRUSTED_TYPES", "load_estimator", "save_estimator"]

TRUSTED_TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "numpy.dtype",
        "numpy.float64",
        "numpy.int64",
        "numpy.ndarray",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.impute._base.MissingIndicator",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.MinMaxScaler",
        "sklearn.preprocessing._data.RobustScaler",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._encoders.OneHotEncoder",
    }
)
"""All that a table's preprocessing is made of; a file that names any other type is refused unread."""

_TRUSTED_NODES = frozenset(
    [
        "CachedNode",
        "DTypeNode",
        "DictNode",
        "JsonNode",
        "ListNode",
        "NdArrayNode",
        "ObjectNode",
        "SliceNode",
        "TupleNode",
        "TypeNode",
    ]
)


def save_estimator(path: str | os.PathLike[str], estimator: Any) -> str:
    """Write the estimator with skops, whole or not at all, and return the SHA-256 of the file.

    Raises:
        RuntimeError: when the estimator holds a type that `load_estimator` would refuse.
    """
    data: bytes = require("skops.io", "tabular").dumps(estimator, compression=zipfile.ZIP_DEFLATED)
    foreign = _foreign_in(data)
    if foreign:
        # Better now than when the file is needed.
        raise RuntimeError(f"{path} was not written: the estimator holds {foreign[0]}, which would not be loaded")
    with atomic_write(path, "wb") as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def load_estimator(path: str | os.PathLike[str], sha256: str) -> Any:
    """Read what `save_estimator` wrote.

    The types are compared with `TRUSTED_TYPES` before skops sees the file: skops by itself would trust every
    estimator of scikit-learn.

    Args:
        path: the file.
        sha256: what `save_estimator` returned; another value means that the file is damaged or another one.

    Raises:
        DataError: when the file is missing, damaged, changed, or names a type that is not trusted.
    """
    skops = require("skops.io", "tabular")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DataError(f"{path} is damaged or was changed after it was saved; copy it again or train again")
    try:
        foreign = _foreign_in(data)
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise DataError(f"{path} is not a file of saved transformers ({error}); train again") from None
    if foreign:
        raise DataError(
            f"{path} names {foreign[0]}, which no saved preprocessing holds; the file was tampered with, do not use it"
        )
    try:
        return skops.loads(data, trusted=sorted(TRUSTED_TYPES))
    except Exception as error:  # skops raises whatever the damage leads to
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"{path} cannot be read ({reason}); it was saved by another version of scikit-learn or is damaged"
        ) from error


def _foreign_in(data: bytes) -> list[str]:
    """Return the types and the kinds of nodes that a skops archive names anywhere and that are not trusted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        schema = json.loads(archive.read("schema.json"))
    types: set[str] = set()
    nodes: set[str] = set()
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if "__class__" in item or "__module__" in item:
                types.add(f"{item.get('__module__')}.{item.get('__class__')}")
            if "__loader__" in item:
                nodes.add(str(item["__loader__"]))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return sorted(types - TRUSTED_TYPES) + sorted(nodes - _TRUSTED_NODES)
