"""What each column of a table is: found from its values, shown, and overridable."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from pellucid._extras import require
from pellucid.data.dates import ISO, date_format_of
from pellucid.data.errors import DataError, misfit, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MOSTLY",
    "Column",
    "Kind",
    "as_numbers",
    "as_texts",
    "checked_numbers",
    "column_names",
    "infer_columns",
    "pick",
    "yes_or_no",
]

Kind = Literal["number", "category", "binary", "date", "id", "constant"]

_PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"), ("0", "1"))
_CELLS = (str, bool, int, float, date, np.bool_, np.integer, np.floating)
MOSTLY = 0.9
"""The share from which nearly all values are distinct (an id), or numbers (so the others are mistakes)."""


@dataclass(frozen=True)
class Column:
    """One column of a table, as it was understood.

    Attributes:
        name: the column's name.
        kind: "number", "category", "binary" (yes/no, true/false, 0/1), "date", "id" or "constant".
        rows: how many rows were looked at.
        missing: how many of them lack a value.
        unique: how many different values the others have.
        note: why the column is left out, or what else a reader should know.
        date_format: "ISO8601" or a strftime format for dates, empty otherwise.

    Example:
        >>> Column("age", "number", rows=10, missing=1, unique=8).used
        True
    """

    name: str
    kind: Kind
    rows: int
    missing: int
    unique: int
    note: str = ""
    date_format: str = ""

    @property
    def used(self) -> bool:
        """Whether a network learns from it; ids and constant columns are left out."""
        return self.kind not in ("id", "constant")

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


def infer_columns(frame: "pd.DataFrame", kinds: Mapping[str, Kind] | None = None) -> list[Column]:
    """Find out what every column of a table is.

    A column without a value or with one value only is constant. Text of which at least nine in ten values are
    distinct identifies rows and is an id, as is a column of distinct whole numbers that is named like one
    (`id`, `customer_id`, `index`). Text that is nine tenths numbers is an error, not a category: the rest are
    mistakes. Numbers are never taken for categories; say so with `kinds`.

    Args:
        frame: the table.
        kinds: kinds by column name that override what would be found.

    Raises:
        DataError: when a column holds values of no such kind, or numbers mixed with a little text.
        ValueError: when `kinds` names an unknown column or kind.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"age": [31, 45, 27], "member": ["yes", "no", "yes"], "land": "FR"})
        >>> [(column.name, column.kind) for column in infer_columns(table)]
        [('age', 'number'), ('member', 'binary'), ('land', 'constant')]
    """
    names = column_names(frame)
    kinds = {} if kinds is None else kinds
    for name, kind in kinds.items():
        if name not in names:
            raise DataError(f"kinds names the column {name!r}, which the table lacks{nearest(name, names)}")
        if kind not in get_args(Kind):
            raise ValueError(f"the kind of column {name!r} must be one of {get_args(Kind)}, got {kind!r}")
    return [_infer(frame.iloc[:, i].rename(name), kinds.get(name)) for i, name in enumerate(names)]


def column_names(frame: "pd.DataFrame") -> list[str]:
    """Return the names as text; a repeated name is an error, and so is anything but a DataFrame."""
    pd = require("pandas", "tabular")
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"expected a pandas DataFrame, got {type(frame).__name__}; wrap it: pd.DataFrame(X)")
    names = [str(name) for name in frame.columns]
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise DataError(f"the table has the column {', '.join(map(repr, repeated))} more than once; rename it")
    return names


def pick(frame: "pd.DataFrame", name: str) -> "pd.Series[Any]":
    """Return the column called `name`, also where the table's own names are numbers."""
    return frame.iloc[:, column_names(frame).index(name)].rename(name)


def _infer(series: "pd.Series[Any]", wanted: Kind | None) -> Column:
    present = series.dropna()
    try:
        unique = int(present.nunique())
    except TypeError:
        raise _unusable(present) from None
    kind, note, date_format = _kind_of(series, present, unique) if wanted is None else (wanted, "", "")
    if wanted is not None:
        note = "left out as asked" if wanted in ("id", "constant") else ""
        date_format = _asked_date_format(present) if wanted == "date" else ""
    return Column(str(series.name), kind, len(series), len(series) - len(present), unique, note, date_format)


def _kind_of(series: "pd.Series[Any]", present: "pd.Series[Any]", unique: int) -> tuple[Kind, str, str]:
    """Return the kind, the note and the date format of a column."""
    types = require("pandas", "tabular").api.types
    if unique <= 1:
        return "constant", "has no values" if unique == 0 else f"has one value only: {present.iloc[0]}", ""
    distinct = present.drop_duplicates()  # reading text takes long, and most texts come again
    if types.is_bool_dtype(present) or yes_or_no(distinct).notna().all():
        return "binary", "", ""
    if types.is_datetime64_any_dtype(present):
        return "date", "", ISO
    if isinstance(present.dtype, require("pandas", "tabular").CategoricalDtype):
        return "category", "", ""
    numbers = as_numbers(distinct)
    if numbers.notna().all():
        whole = unique == len(present) and bool((numbers % 1 == 0).all())
        named = whole and _named_like_an_id(str(series.name))
        return ("id", "numbers the rows", "") if named else ("number", "", "")
    if numbers.notna().any() and as_numbers(present).notna().mean() >= MOSTLY:
        _refuse_text(series, as_numbers(series), f'mend it, empty it, or say kinds={{"{series.name}": "category"}}')
    return _kind_of_texts(distinct, len(present))


def _kind_of_texts(distinct: "pd.Series[Any]", rows: int) -> tuple[Kind, str, str]:
    if not distinct.map(lambda value: isinstance(value, _CELLS)).all():
        raise _unusable(distinct)
    date_format, reason = date_format_of(as_texts(distinct))
    if date_format:
        return "date", "", date_format
    if len(distinct) >= MOSTLY * rows:
        return "id", reason or f"{len(distinct)} different texts in {rows} rows", ""
    return "category", reason, ""


def _unusable(present: "pd.Series[Any]") -> DataError:
    return DataError(
        f"column {present.name!r} holds values of type {type(present.iloc[0]).__name__}; "
        "columns hold numbers, text, dates or yes/no: convert it or drop the column"
    )


def _asked_date_format(present: "pd.Series[Any]") -> str:
    if require("pandas", "tabular").api.types.is_datetime64_any_dtype(present):
        return ISO
    format, reason = date_format_of(as_texts(present))
    if not format:
        raise DataError(f"column {present.name!r} cannot be read as dates: {reason or 'write dates as 2024-12-31'}")
    return format


def _named_like_an_id(name: str) -> bool:
    low = name.lower()
    return low in ("", "id", "index", "unnamed: 0") or low.endswith(("_id", " id", "-id")) or name.endswith("Id")


def as_numbers(series: "pd.Series[Any]") -> "pd.Series[float]":
    """Return the column as float64, NaN where a value is missing or is no number.

    Example:
        >>> import pandas as pd
        >>> as_numbers(pd.Series(["1.5", "x", None])).tolist()
        [1.5, nan, nan]
    """
    pd = require("pandas", "tabular")
    if pd.api.types.is_complex_dtype(series):
        return pd.Series(np.nan, index=series.index, name=series.name)
    if not pd.api.types.is_numeric_dtype(series):
        series = pd.to_numeric(series.astype(object), errors="coerce")
    values = series.to_numpy(np.float64, na_value=np.nan)
    return pd.Series(values, index=series.index, name=series.name)


def checked_numbers(series: "pd.Series[Any]") -> "pd.Series[float]":
    """Return the column as float64; text or infinity is an error that names the first such row."""
    numbers = as_numbers(series)
    _refuse_text(series, numbers, "mend it or leave it empty")
    infinite = np.isinf(numbers.to_numpy())
    if infinite.any():
        raise misfit(series, infinite, "a finite number", "mend it or leave it empty")
    return numbers


def _refuse_text(series: "pd.Series[Any]", numbers: "pd.Series[float]", mend: str) -> None:
    bad = (numbers.isna() & series.notna()).to_numpy()
    if bad.any():
        raise misfit(series, bad, "a number", mend)


def as_texts(series: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the values as text; whole numbers read the same whether stored as integers or as floats.

    Example:
        >>> import pandas as pd
        >>> as_texts(pd.Series([1.0, 2.5])).tolist()
        ['1', '2.5']
    """
    return series.astype(object).map(_text, na_action="ignore")


def _text(value: object) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def yes_or_no(series: "pd.Series[Any]") -> "pd.Series[float]":
    """Return 1 for yes, true, on, 1 and 0 for their opposites; NaN for anything else.

    Example:
        >>> import pandas as pd
        >>> yes_or_no(pd.Series(["Yes", "no", None])).tolist()
        [1.0, 0.0, nan]
    """
    pd = require("pandas", "tabular")
    if pd.api.types.is_numeric_dtype(series):
        numbers = as_numbers(series)
        return numbers.where(numbers.isin([0.0, 1.0]))
    texts = series.astype(object).map(lambda value: _text(value).strip().lower(), na_action="ignore")
    values = set(texts.dropna())
    for no, yes in _PAIRS:
        if values & {no, yes}:
            return texts.map({no: 0.0, yes: 1.0}).astype("float64")
    return pd.Series(np.nan, index=series.index, name=series.name)
