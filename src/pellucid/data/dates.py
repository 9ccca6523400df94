"""Dates in tables: how they are recognised, and the numbers that a network can learn from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pellucid._extras import require
from pellucid.data.errors import DataError, cell, misfit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DATE_PARTS", "date_format_of", "date_numbers", "parse_dates", "time_order"]

ISO = "ISO8601"
_FORMATS = ("%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y")
_ISO_LIKE = r"\d{4}-\d{2}-\d{2}([T ].*)?"

DATE_PARTS = ("year", "month", "day", "weekday", "hour", "days")
"""What a date becomes: calendar numbers (weekday 0 is Monday) and the days since 1970-01-01."""


def date_format_of(texts: "pd.Series[Any]") -> tuple[str, str]:
    """Return the one format in which all the texts are dates, or why there is none.

    Returns:
        `(format, "")`, or `("", reason)` where two formats fit, or `("", "")` where the texts are no dates.

    Example:
        >>> import pandas as pd
        >>> date_format_of(pd.Series(["2024-02-29", "2024-03-01"]))
        ('ISO8601', '')
        >>> date_format_of(pd.Series(["01/02/2024"]))[1]
        'could be day/month or month/day; write dates as 2024-12-31'
    """
    if texts.str.fullmatch(_ISO_LIKE).all():
        return (ISO, "") if _fits(texts, ISO) else ("", "")
    # Most text is no date, and a look at it costs less than trying every format.
    if not texts.str.fullmatch(r"\d{1,4}[./]\d{1,2}[./]\d{1,4}").all():
        return "", ""
    fitting = [format for format in _FORMATS if _fits(texts, format)]
    if len(fitting) > 1:
        return "", "could be day/month or month/day; write dates as 2024-12-31"
    return (fitting[0], "") if fitting else ("", "")


def _fits(texts: "pd.Series[Any]", format: str) -> bool:
    pd = require("pandas", "tabular")
    return bool(pd.to_datetime(texts, format=format, errors="coerce", utc=True).notna().all())


def parse_dates(series: "pd.Series[Any]", format: str) -> "pd.Series[Any]":
    """Return the column as dates in UTC; missing values stay missing.

    Raises:
        DataError: when a value is not a date of that format, naming its place.
    """
    pd = require("pandas", "tabular")
    if pd.api.types.is_datetime64_any_dtype(series):
        return pd.to_datetime(series, utc=True)
    dates = pd.to_datetime(series.astype("str"), format=format, errors="coerce", utc=True)
    dates = dates.where(series.notna())
    bad = (dates.isna() & series.notna()).to_numpy()
    if bad.any():
        form = "such as 2024-12-31" if format == ISO else f"in the form {format}"
        raise misfit(series, bad, f"a date {form}", "mend it or leave it empty")
    return dates


def date_numbers(dates: "pd.Series[Any]", parts: Sequence[str] = DATE_PARTS) -> dict[str, NDArray[np.float64]]:
    """Return the wanted parts of the dates as numbers; a missing date is NaN in each.

    Example:
        >>> import pandas as pd
        >>> column = parse_dates(pd.Series(["1970-01-02 12:00"]), "ISO8601")
        >>> {part: float(values[0]) for part, values in date_numbers(column).items()}
        {'year': 1970.0, 'month': 1.0, 'day': 2.0, 'weekday': 4.0, 'hour': 12.0, 'days': 1.5}
    """
    pd = require("pandas", "tabular")
    names = {"weekday": "day_of_week"}
    numbers = {part: getattr(dates.dt, names.get(part, part)).to_numpy(np.float64) for part in parts if part != "days"}
    since = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    numbers["days"] = since.to_numpy(np.float64)
    return numbers


def time_order(series: "pd.Series[Any]") -> NDArray[np.float64]:
    """Return numbers that sort as the column does in time, for `split_rows(method="time", order=...)`.

    Raises:
        DataError: when the column holds neither dates nor numbers, or a value is missing.

    Example:
        >>> import pandas as pd
        >>> time_order(pd.Series(["1970-01-03", "1970-01-02"])).tolist()
        [2.0, 1.0]
    """
    pd = require("pandas", "tabular")
    missing = np.flatnonzero(series.isna().to_numpy())
    if len(missing):
        raise DataError(
            f"{cell(series, int(missing[0]))}: the value is missing, so the row has no place in time; "
            "fill it or drop the row"
        )
    if pd.api.types.is_numeric_dtype(series):
        return series.to_numpy(np.float64)
    format, reason = (ISO, "")
    if not pd.api.types.is_datetime64_any_dtype(series):
        format, reason = date_format_of(series.astype("str"))
    if not format:
        raise DataError(
            f"column {series.name!r} cannot order the rows in time: "
            f"{reason or f'{series.iloc[0]!r} is neither a date nor a number'}"
        )
    return date_numbers(parse_dates(series, format), ("days",))["days"]
