"""Tables with categories: columns of text as columns of 0 and 1, learned from training rows."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._extras import require
from pellucid._tensor import Array

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Categories"]


class Categories:
    """Encodes chosen columns of a table as one column of 0 and 1 for each category, and takes the others as numbers.

    A category that training has not seen is 0 everywhere. A missing one is a category of its own if training had any.

    Args:
        columns: names of columns, or "auto": those of text, of pandas' categories, of yes and no, and of objects.
    """

    def __init__(self, columns: Any) -> None:
        self.columns = columns
        self.known: dict[str, list[Any] | None] = {}

    def learn(self, frame: "pd.DataFrame") -> None:
        """Learn categories from the training rows.

        Raises:
            ValueError: when a chosen column is not there.
        """
        names = [str(name) for name in frame.columns]
        chosen = self._automatic(frame) if isinstance(self.columns, str) else [str(name) for name in self.columns]
        strange = [name for name in chosen if name not in names]
        if strange:
            raise ValueError(f"categories names the column {strange[0]!r}, which X has not; it has {', '.join(names)}")
        self.known = dict.fromkeys(names)
        for position, name in enumerate(names):
            if name in chosen:
                self.known[name] = sorted(set(_texts(frame.iloc[:, position])))

    def encode(self, frame: "pd.DataFrame") -> Array:
        """Return (n, features) in float64.

        Raises:
            ValueError: when a column that is no category holds something else than finite numbers.
        """
        parts = []
        for position, (name, known) in enumerate(self.known.items()):
            column = frame.iloc[:, position]
            if known is None:
                parts.append(_numbers(name, column)[:, None])
            else:
                texts = np.array(_texts(column), dtype=object)
                parts.append((texts[:, None] == np.array(known, dtype=object)).astype(np.float64))
        return np.concatenate(parts, axis=1)

    def names(self) -> list[str]:
        """Return a name for each column that `encode` gives."""
        return [
            n
            for name, known in self.known.items()
            for n in ([name] if known is None else [f"{name}={v}" for v in known])
        ]

    def _automatic(self, frame: "pd.DataFrame") -> list[str]:
        types = require("pandas", "tabular").api.types
        numeric = [types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype) for dtype in frame.dtypes]
        return [str(name) for name, number in zip(frame.columns, numeric, strict=True) if not number]


def _texts(column: Any) -> list[str]:
    """Return categories as text; a missing one is empty text with a mark that no other has."""
    missing = column.isna().to_numpy()
    return ["\0" if gone else str(value) for value, gone in zip(column.tolist(), missing, strict=True)]


def _numbers(name: str, column: Any) -> Array:
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"the column {name!r} holds something else than numbers ({error}); name it in categories"
        ) from None
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"Input X contains NaN or infinity: column {name!r}, row {row}; impute or drop such values")
    return values
