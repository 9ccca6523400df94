import gzip
from pathlib import Path

import pandas as pd
import pytest

from pellucid.cli import tables
from pellucid.data import DataError
from pellucid.train.kinds.table_source import read_source


def test_parts_of_numbers_are_not_made_whole():
    table = pd.DataFrame({"a": [1.0, None], "b": [1.5, None], "c": [1.0, 2.0], "d": [1e30, None]})
    assert [str(kind) for kind in tables.with_whole_numbers(table).dtypes] == ["Int64", "float64", "float64", "float64"]


def test_a_column_without_any_value_stays_empty(folder):
    tables.write(pd.DataFrame({"a": [None, None], "b": [float("nan")] * 2, "c": [1, 2]}), "out.csv")
    assert Path("out.csv").read_text() == "a,b,c\n,,1\n,,2\n"


def test_columns_that_are_numbered_can_be_written(folder):
    tables.write(pd.DataFrame({0: [1.0, None], 1: ["a", "b"]}), "out.csv")
    assert Path("out.csv").read_text() == "0,1\n1,a\n,b\n"


def test_a_gzipped_table_is_gzipped(folder):
    tables.write(pd.DataFrame({"a": [1]}), "out.csv.gz")
    assert gzip.decompress(Path("out.csv.gz").read_bytes()) == b"a\n1\n"


def test_complaints_name_the_source_once():
    with pytest.raises(DataError, match=r"^a\.csv: it is broken$"), tables.naming("a.csv"):
        raise DataError("it is broken")
    with pytest.raises(DataError, match=r"^a\.csv, line 3: it is broken$"), tables.naming("a.csv"):
        raise DataError("a.csv, line 3: it is broken")
    with pytest.raises(DataError, match=r"^standard input, line 3: it"), tables.naming("-"):
        raise DataError("standard input, line 3: it is broken")


def test_the_digest_is_of_what_was_read(folder):
    Path("a.csv").write_text("x,y\n1,2\n")
    digest = read_source("a.csv")[1]
    Path("a.csv").write_text("x,y\n1,3\n")
    assert len(digest) == 64
    assert digest != read_source("a.csv")[1]
