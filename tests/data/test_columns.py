import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from pellucid.data.columns import Column, as_texts, infer_columns, yes_or_no
from pellucid.data.errors import DataError


def kind(values, name="x", **options) -> str:
    return infer_columns(pd.DataFrame({name: values}), **options)[0].kind


def test_every_kind_of_a_real_table_is_found(people):
    found = {column.name: column.kind for column in infer_columns(people)}
    assert found == {
        "customer": "id",
        "age": "number",
        "children": "number",
        "member": "binary",
        "land": "category",
        "joined": "date",
        "currency": "constant",
        "nothing": "constant",
    }


def test_missing_and_different_values_are_counted(people):
    age = infer_columns(people)[1]
    assert (age.rows, age.missing, age.unique) == (60, 2, people["age"].nunique())


def test_left_out_columns_say_why(people):
    notes = {column.name: column.note for column in infer_columns(people) if not column.used}
    assert notes == {
        "customer": "60 different texts in 60 rows",
        "currency": "has one value only: EUR",
        "nothing": "has no values",
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 0, 1], "binary"),
        ([1.0, 0.0, None], "binary"),
        ([True, False, True], "binary"),
        ([True, None, False], "binary"),
        (["Yes", "no", "YES"], "binary"),
        (["t", "f", "f"], "binary"),
        (["0", "1", "1"], "binary"),
        ([0, 1, 2], "number"),
        (["1.5", "2", "3"], "number"),
        ([decimal.Decimal("1.5"), decimal.Decimal(2), decimal.Decimal(2)], "number"),
        (pd.array([1, None, 3], dtype="Int64"), "number"),
        (["m", "f", "m"], "category"),
        (["yes", "no", "maybe", "no", "no"], "category"),
        (pd.Categorical([1, 2, 1]), "category"),
        (["2024-01-31", None, "2023-12-01"], "date"),
        (["2024-01-31 10:30", "2024-01-31T11:00:00Z"], "date"),
        ([dt.date(2024, 1, 1), dt.date(2024, 1, 2)], "date"),
        (pd.date_range("2024-01-01", periods=3), "date"),
        (pd.date_range("2024-01-01", periods=3, tz="Europe/Paris"), "date"),
        (["31.12.2024", "01.02.2024"], "date"),
        (["a1", "a2", "a3"], "id"),
        ([5, 5, None], "constant"),
        ([None, None], "constant"),
    ],
)
def test_a_kind_is_found_from_the_values(values, expected):
    assert kind(values) == expected


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "customerId", "Unnamed: 0", "index"])
def test_distinct_whole_numbers_named_like_an_id_are_one(name):
    assert kind([3, 1, 2], name) == "id"
    assert kind([3, 1, 1], name) == "number"
    assert kind([3.5, 1, 2], name) == "number"


def test_distinct_whole_numbers_with_another_name_are_numbers():
    assert kind([3, 1, 2], "paid") == "number"


def test_ambiguous_dates_stay_text_and_say_why():
    column = infer_columns(pd.DataFrame({"d": ["01/02/2024", "03/04/2024"]}))[0]
    assert column.kind == "id"
    assert "day/month or month/day" in column.note


def test_kinds_override_what_would_be_found(people):
    columns = infer_columns(people, {"children": "category", "land": "id"})
    found = {column.name: column for column in columns}
    assert found["children"].kind == "category"
    assert found["land"].note == "left out as asked"


def test_unknown_names_and_kinds_in_kinds_are_refused(people):
    with pytest.raises(DataError, match=r"'agee', which the table lacks .did you mean 'age'"):
        infer_columns(people, {"agee": "number"})
    with pytest.raises(ValueError, match="must be one of"):
        infer_columns(people, {"age": "numeric"})  # type: ignore[dict-item]
    with pytest.raises(DataError, match="cannot be read as dates: write dates as 2024-12-31"):
        infer_columns(people, {"land": "date"})


def test_numbers_with_a_little_text_are_a_mistake_not_a_category():
    values = [*map(str, range(19)), "n.a. (see note)"]
    with pytest.raises(DataError, match=r"row 19, column 'x': found 'n.a. \(see note\)' where a number"):
        kind(values)
    assert kind(values, kinds={"x": "category"}) == "category"


def test_values_of_no_kind_are_refused():
    with pytest.raises(DataError, match="'x' holds values of type list"):
        kind([[1], [2]])
    with pytest.raises(DataError, match="'x' holds values of type Timedelta"):
        kind(pd.to_timedelta([1, 2], unit="s"))
    with pytest.raises(DataError, match="'x' holds values of type complex"):
        kind([1j, 2j])


def test_repeated_names_and_other_than_tables_are_refused():
    with pytest.raises(DataError, match="'1' more than once"):
        infer_columns(pd.DataFrame([[1, 2]], columns=[1, "1"]))
    with pytest.raises(TypeError, match="got ndarray"):
        infer_columns(np.zeros((2, 2)))  # type: ignore[arg-type]


def test_a_column_is_stored_as_json_and_back():
    column = Column("a", "date", 3, 1, 2, "note", "ISO8601")
    assert Column(**column.to_json()) == column


def test_whole_numbers_read_the_same_as_integers_and_floats():
    assert as_texts(pd.Series([1, 2])).tolist() == as_texts(pd.Series([1.0, 2.0])).tolist() == ["1", "2"]
    assert as_texts(pd.Series([1.0, None]))[1:].isna().all()


def test_yes_or_no_leaves_other_words_out():
    assert yes_or_no(pd.Series(["on", " OFF ", "perhaps", None])).tolist()[:2] == [1.0, 0.0]
    assert yes_or_no(pd.Series(["on", "perhaps", None])).isna().tolist() == [False, True, True]
    assert yes_or_no(pd.Series(["red", "blue"])).isna().all()
