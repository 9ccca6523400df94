"""The one error of everything that reads data, and how a place in a table is called."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DataError", "cell", "misfit", "nearest", "place"]


class DataError(ValueError):
    """Data that cannot be used: one or two lines that name the file, the column, the line and the mend.

    Example:
        >>> raise DataError("ages.csv is empty; give a file with a header and rows")
        Traceback (most recent call last):
        pellucid.data.errors.DataError: ages.csv is empty; give a file with a header and rows
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint such as ` (did you mean 'iris'?)`, or nothing when no known name is close.

    Example:
        >>> nearest("irsi", ["iris", "wine"])
        " (did you mean 'iris'?)"
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def place(frame: "pd.DataFrame | pd.Series[Any]", position: int) -> str:
    """Say where the row at `position` stands: the file and its line when known, otherwise the row's label.

    Example:
        >>> import pandas as pd
        >>> place(pd.DataFrame({"a": [1, 2]}), 1)
        'row 1'
    """
    label = frame.index[position]
    source, first_line = frame.attrs.get("source"), frame.attrs.get("first_line")
    if source is None or not hasattr(label, "__index__"):
        return f"row {label}"
    # Lines can only be counted in a text file that has one record a line.
    return f"{source}, row {label}" if first_line is None else f"{source}, line {first_line + int(label)}"


def cell(series: "pd.Series[Any]", position: int) -> str:
    """Say where a value stands: the row's place and the column."""
    return f"{place(series, position)}, column {series.name!r}"


def misfit(series: "pd.Series[Any]", bad: NDArray[np.bool_], expected: str, mend: str) -> DataError:
    """Return the error for values that do not fit, naming the first one and how many there are.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> ages = pd.Series([31, "x"], name="age")
        >>> print(misfit(ages, np.array([False, True]), "a number", "mend it"))
        row 1, column 'age': found 'x' where a number was expected (1 such row); mend it
    """
    first, count = int(bad.argmax()), int(bad.sum())
    value = series.iloc[first]
    value = value.item() if isinstance(value, np.generic) else value
    rows = "1 such row" if count == 1 else f"{count} such rows"
    return DataError(f"{cell(series, first)}: found {value!r} where {expected} was expected ({rows}); {mend}")
