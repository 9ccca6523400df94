"""A time series out of a table: in the order of time, and with nothing missing in between."""

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pellucid._extras import require
from pellucid.data.columns import checked_numbers, column_names, pick
from pellucid.data.dates import ISO, date_format_of, parse_dates
from pellucid.data.errors import DataError, cell, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Series", "series_of"]

_LOOKS = 50  # at so many places of a long series
_MONTHS = r"\d{4}-\d{2}"
# By the first letters of pandas' names of frequencies; other ones have no season that everybody would guess.
_SEASONS = {"ME": 12, "MS": 12, "BM": 12, "QE": 4, "QS": 4, "BQ": 4, "W": 52, "D": 7, "B": 5, "h": 24, "min": 60}


@dataclass(frozen=True)
class Series:
    """One quantity, equally spaced in time.

    Attributes:
        name: of the quantity.
        values: float64 (n,).
        times: (n,) what the table says of time: dates, numbers, or 0, 1, ... where there was no such column.
        frequency: pandas' name of the spacing ("MS" for months), or the spacing of numbers.
        season: values of one season as the spacing suggests it: 12 for months, 7 for days, else 1.
    """

    name: str
    values: NDArray[np.float64]
    times: Any
    frequency: str | float
    season: int

    def later(self, count: int) -> list[Any]:
        """Return the next times after the last one: ISO dates or numbers.

        Example:
            >>> import pandas as pd
            >>> table = pd.DataFrame({"month": ["2024-10-01", "2024-11-01", "2024-12-01"], "sales": [1, 2, 3]})
            >>> series_of(table, "sales", time="month").later(2)
            ['2025-01-01', '2025-02-01']
        """
        if isinstance(self.frequency, str):
            pd = require("pandas", "tabular")
            dates = pd.date_range(self.times[-1], periods=count + 1, freq=self.frequency)[1:]
            whole_days = bool((dates == dates.normalize()).all())
            return [str(date.date()) if whole_days else date.isoformat() for date in dates.tz_localize(None)]
        numbers = self.times[-1] + self.frequency * np.arange(1, count + 1)
        return [int(x) if float(x).is_integer() else float(x) for x in numbers]


def series_of(frame: "pd.DataFrame", value: str, *, time: str | None = None) -> Series:
    """Take a series out of a table.

    Args:
        frame: the table; its rows may stand in any order where `time` is given.
        value: the column of the quantity.
        time: the column of dates (2024-12-31, 2024-12) or numbers that says when; the rows' order when None.

    Raises:
        DataError: when a value or a time is missing or twice there, or times are not equally spaced; the row is
            named.

    Example:
        >>> import pandas as pd
        >>> series = series_of(pd.DataFrame({"year": [1701, 1700, 1702], "spots": [11, 5, 16]}), "spots", time="year")
        >>> series.values.tolist(), series.later(1)
        ([5.0, 11.0, 16.0], [1703])
    """
    for name in (value, *([] if time is None else [time])):
        names = column_names(frame)
        if name not in names:
            raise DataError(f"there is no column {name!r}{nearest(name, names)}; the columns are {', '.join(names)}")
    if time is None:
        return Series(value, _numbers(pick(frame, value)), np.arange(len(frame)), 1, 1)
    times = pick(frame, time)
    _refuse_missing(times, "so the row has no place in time; fill it")
    if require("pandas", "tabular").api.types.is_numeric_dtype(times):
        return _by_numbers(frame, value, times)
    return _by_dates(frame, value, times)


def _numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    _refuse_missing(column, "and a series needs every value: fill it, or leave out the rows up to it")
    values: NDArray[np.float64] = np.asarray(checked_numbers(column), np.float64)
    return values


def _refuse_missing(column: "pd.Series[Any]", mend: str) -> None:
    missing = np.flatnonzero(column.isna().to_numpy())
    if len(missing):
        raise DataError(f"{cell(column, int(missing[0]))}: the value is missing ({len(missing)} such rows), {mend}")


def _by_numbers(frame: "pd.DataFrame", value: str, times: "pd.Series[Any]") -> Series:
    order = np.argsort(times.to_numpy(np.float64), kind="stable")
    sorted_times = times.to_numpy(np.float64)[order]
    steps = np.diff(sorted_times)
    _refuse_repeated(times, order, steps == 0)
    step = float(np.median(steps)) if len(steps) else 1.0
    wrong = np.flatnonzero(~np.isclose(steps, step, rtol=1e-6, atol=0))
    if len(wrong):
        raise _gap(times, order, int(wrong[0]), f"{sorted_times[wrong[0]] + step:g}")
    return Series(value, _numbers(pick(frame, value).iloc[order]), sorted_times, step, 1)


def _by_dates(frame: "pd.DataFrame", value: str, times: "pd.Series[Any]") -> Series:
    dates = _dates(times)
    order = np.argsort(dates.to_numpy(), kind="stable")
    pd = require("pandas", "tabular")
    index = pd.DatetimeIndex(dates.iloc[order])
    _refuse_repeated(times, order, (np.diff(index.asi8) == 0))
    frequency = _frequency(index, times, order)
    season = next((n for start, n in _SEASONS.items() if frequency.startswith(start)), 1)
    return Series(value, _numbers(pick(frame, value).iloc[order]), index, frequency, season)


def _dates(times: "pd.Series[Any]") -> "pd.Series[Any]":
    pd = require("pandas", "tabular")
    if pd.api.types.is_datetime64_any_dtype(times):
        return parse_dates(times, ISO)
    texts = times.astype("str")
    if texts.str.fullmatch(_MONTHS).all():
        return parse_dates(times, "%Y-%m")
    format, reason = date_format_of(texts)
    if not format:
        first = next((i for i, text in enumerate(texts) if not date_format_of(texts.iloc[[i]])[0]), 0)
        raise DataError(
            f"{cell(times, first)}: {texts.iloc[first]!r} {reason or 'is no date; write dates as 2024-12-31'}"
        )
    return parse_dates(times, format)


def _refuse_repeated(times: "pd.Series[Any]", order: NDArray[Any], same: NDArray[np.bool_]) -> None:
    if same.any():
        row = int(order[int(same.argmax()) + 1])
        raise DataError(
            f"{cell(times, row)}: {times.iloc[row]} is there more than once; keep one row for each time, or "
            "split the series that stand below each other into files of their own"
        )


def _frequency(index: Any, times: "pd.Series[Any]", order: NDArray[Any]) -> str:
    """Return pandas' name of the spacing that all rows have."""
    pd = require("pandas", "tabular")
    if len(index) < 3:
        raise DataError(f"column {times.name!r} has {len(index)} dates; three or more show how they are spaced")
    whole = _spacing(index)
    if whole:
        return whole
    # The spacing that most neighbours have is the one that was meant; where it breaks, a row is missing.
    starts = np.unique(np.linspace(0, len(index) - 3, _LOOKS).astype(int))
    stretches = Counter(found for i in starts if (found := _spacing(index[i : i + 3])))
    for frequency, _ in stretches.most_common():
        expected = index[:-1] + pd.tseries.frequencies.to_offset(frequency)
        wrong = np.flatnonzero(np.asarray(expected != index[1:]))
        if len(wrong):
            raise _gap(times, order, int(wrong[0]), str(expected[wrong[0]].date()))
    raise DataError(
        f"column {times.name!r}: the dates are not equally spaced; sum or average them by day, week or month"
    )


def _spacing(index: Any) -> str:
    """Return pandas' name of the spacing, or nothing where there is no one spacing."""
    pd = require("pandas", "tabular")
    with warnings.catch_warnings():
        # pandas 3 announces that it will return another type; either is brought to text here.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = pd.infer_freq(index)
    return "" if found is None else str(pd.tseries.frequencies.to_offset(found).freqstr)


def _gap(times: "pd.Series[Any]", order: NDArray[Any], before: int, expected: str) -> DataError:
    row, last = int(order[before + 1]), int(order[before])
    return DataError(
        f"{cell(times, row)}: after {times.iloc[last]} comes {times.iloc[row]} where {expected} was expected; "
        "add the missing rows, with values, or begin after the gap"
    )
