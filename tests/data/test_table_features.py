import pandas as pd
import pytest

from pellucid.data.columns import Column
from pellucid.data.errors import DataError
from pellucid.data.table_features import clean_table, features_of


def test_parts_of_a_date_do_not_clash_with_other_columns():
    columns = [Column("a", "date", 1, 0, 1, date_format="ISO8601"), Column("a year", "number", 1, 0, 1)]
    features = features_of(columns, {"a": ["year", "days"]})
    assert len(features.number) == 3
    assert list(features.number.values()) == ["a year", "a days", "a year"]
    assert list(features.indicated.values()) == ["a", "a year"]


def test_only_used_columns_are_looked_at():
    columns = [Column("a", "number", 2, 0, 2), Column("b", "id", 2, 0, 2)]
    clean = clean_table(pd.DataFrame({"b": ["x", "y"], "a": ["1", None]}), columns, {})
    assert list(clean.columns) == ["number:a"]
    assert clean["number:a"].isna().tolist() == [False, True]


def test_a_repeated_column_is_refused_later_too():
    with pytest.raises(DataError, match="'a' more than once"):
        clean_table(pd.DataFrame([[1, 2]], columns=["a", "a"]), [Column("a", "number", 2, 0, 2)], {})
