import io

import numpy as np
import pandas as pd
import pytest

from pellucid.data import DataError, read_table, series_of


def table(times, values=None):
    return pd.DataFrame({"when": times, "y": np.arange(float(len(times))) if values is None else values})


@pytest.mark.parametrize(
    ("frequency", "season", "later"),
    [
        ("MS", 12, ["2021-09-01", "2021-10-01"]),
        ("D", 7, ["2020-01-21", "2020-01-22"]),
        ("W-SUN", 52, ["2020-05-24", "2020-05-31"]),
        ("YS", 1, ["2040-01-01", "2041-01-01"]),
        ("QS", 4, ["2025-01-01", "2025-04-01"]),
        ("h", 24, ["2020-01-01T20:00:00", "2020-01-01T21:00:00"]),
    ],
)
def test_dates_of_every_spacing_are_understood_and_continued(frequency, season, later):
    times = pd.date_range("2020-01-01", periods=20, freq=frequency)
    series = series_of(table(times.strftime("%Y-%m-%d %H:%M:%S")), "y", time="when")
    assert series.season == season
    assert series.later(2) == later
    assert series.values.tolist() == list(range(20))


def test_months_may_be_written_short_and_rows_stand_in_any_order():
    series = series_of(table(["2024-11", "2024-10", "2024-12"]), "y", time="when")
    assert series.values.tolist() == [1, 0, 2]
    assert series.later(1) == ["2025-01-01"]


def test_numbers_are_times_too_and_without_a_column_the_rows_stand_in_order():
    series = series_of(table([1702, 1701, 1700]), "y", time="when")
    assert (series.values.tolist(), series.later(2), series.season) == ([2, 1, 0], [1703, 1704], 1)
    assert series_of(table([0.0, 0.5, 1.0]), "y", time="when").later(2) == [1.5, 2]
    assert series_of(table(["x", "y"]), "y").later(1) == [2]


def csv(text):
    return read_table(io.StringIO(text))


MONTHS = [f"2024-{m:02}-01" for m in range(1, 13)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("when,y\n2024-01-01,1\n2024-01-02,\n2024-01-03,2\n", r"line 3, column 'y': the value is missing"),
        ("when,y\n2024-01-01,1\n,2\n2024-01-03,2\n", r"line 3, column 'when': the value is missing"),
        ("when,y\n2024-01-01,1\n2024-01-02,x\n2024-01-03,2\n", r"line 3, column 'y': found 'x'"),
        ("when,y\n2024-01-01,1\n2024-01-02,2\n2024-01-02,2\n", r"line 4, .*2024-01-02 is there more than once"),
        ("when,y\n2024-01-01,1\nsoon,2\n2024-01-02,2\n", r"line 3, column 'when': 'soon' is no date"),
        ("when,y\n1,1\n2,2\n3,3\n5,2\n", r"line 5, .*after 3 comes 5 where 4 was expected"),
        ("when,y\n2024-01-01,1\n2024-01-02,1\n", "has 2 dates; three or more"),
        ("when,y\n2024-01-01,1\n2024-01-02,1\n2024-01-09,1\n2024-03-01,1\n", "are not equally spaced"),
        (
            "when,y\n" + "".join(f"{m},1\n" for m in MONTHS if m != "2024-07-01"),
            r"line 8, .*after 2024-06-01 comes 2024-08-01 where 2024-07-01 was expected",
        ),
    ],
)
def test_what_is_missing_twice_or_wrong_is_named_with_its_row(text, complaint):
    with pytest.raises(DataError, match=complaint):
        series_of(csv(text), "y", time="when")


def test_columns_that_are_not_there_are_named():
    for names in ({"value": "z"}, {"value": "y", "time": "wen"}):
        with pytest.raises(DataError, match="there is no column"):
            series_of(table(MONTHS), **names)
