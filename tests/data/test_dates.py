import numpy as np
import pandas as pd
import pytest

from pellucid.data.dates import DATE_PARTS, date_format_of, date_numbers, parse_dates, time_order
from pellucid.data.errors import DataError


@pytest.mark.parametrize(
    ("texts", "format"),
    [
        (["2024-02-29"], "ISO8601"),
        (["2024-02-29T10:00:00+02:00", "2024-02-29 10:00"], "ISO8601"),
        (["2024/2/9"], "%Y/%m/%d"),
        (["31.12.2024", "1.2.2024"], "%d.%m.%Y"),
        (["31/12/2024", "01/02/2024"], "%d/%m/%Y"),
        (["12/31/2024", "01/02/2024"], "%m/%d/%Y"),
        (["2024-02-30"], ""),
        (["31/12/2024", "12/31/2024"], ""),
        (["20240229"], ""),
        (["hello"], ""),
    ],
)
def test_the_format_is_the_one_that_all_fit(texts, format):
    assert date_format_of(pd.Series(texts))[0] == format


def test_a_date_becomes_calendar_numbers_and_days():
    dates = parse_dates(pd.Series(["2024-02-29 06:00", None]), "ISO8601")
    numbers = date_numbers(dates)
    assert list(numbers) == list(DATE_PARTS)
    first = {part: values[0] for part, values in numbers.items()}
    # 2024-02-29 was a Thursday, 19,782 days after 1970-01-01.
    assert first == {"year": 2024, "month": 2, "day": 29, "weekday": 3, "hour": 6, "days": 19782.25}
    assert all(np.isnan(values[1]) for values in numbers.values())


def test_times_with_an_offset_are_compared_in_utc():
    dates = parse_dates(pd.Series(["2024-01-01T01:00:00+02:00", "2023-12-31T23:00:00Z"]), "ISO8601")
    assert dates.nunique() == 1


def test_what_is_no_date_is_named_with_its_place():
    with pytest.raises(DataError, match="row 1, column 'd': found 'soon' where a date such as 2024-12-31"):
        parse_dates(pd.Series(["2024-01-01", "soon"], name="d"), "ISO8601")


def test_dates_and_numbers_order_rows_in_time():
    assert np.argsort(time_order(pd.Series(["03.02.2024", "15.01.2024", "02.02.2024"]))).tolist() == [1, 2, 0]
    assert time_order(pd.Series([3, 1])).tolist() == [3.0, 1.0]
    assert time_order(pd.Series(pd.to_datetime(["1970-01-02"]))).tolist() == [1.0]


def test_a_column_that_cannot_order_is_refused():
    with pytest.raises(DataError, match="'a' is neither a date nor a number"):
        time_order(pd.Series(["a", "b"], name="x"))
    with pytest.raises(DataError, match="row 1, column 'x': the value is missing"):
        time_order(pd.Series([1.0, None], name="x"))
    with pytest.raises(DataError, match="day/month or month/day"):
        time_order(pd.Series(["01/02/2024"], name="x"))
