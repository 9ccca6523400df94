import numpy as np
import pandas as pd

from pellucid.data.errors import DataError, misfit, nearest, place


def test_a_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)


def test_nearest_is_silent_when_nothing_is_close():
    assert nearest("zzz", ["iris", "wine"]) == ""
    assert nearest("wime", ["iris", "wine"]) == " (did you mean 'wine'?)"


def test_place_names_the_line_of_the_file_also_after_rows_were_taken_out():
    frame = pd.DataFrame({"a": range(10)})
    frame.attrs = {"source": "x.csv", "first_line": 2}
    assert place(frame.iloc[[7, 3]], 1) == "x.csv, line 5"
    assert place(frame["a"].iloc[4:], 0) == "x.csv, line 6"


def test_place_names_the_row_when_lines_cannot_be_counted():
    frame = pd.DataFrame({"a": range(3)})
    frame.attrs = {"source": "x.parquet"}
    assert place(frame, 2) == "x.parquet, row 2"
    assert place(pd.DataFrame({"a": [1]}, index=["first"]), 0) == "row first"


def test_misfit_names_the_first_value_and_counts_the_rows():
    series = pd.Series(["1", "x", "y"], name="b")
    error = misfit(series, np.array([False, True, True]), "a number", "mend it")
    assert str(error) == "row 1, column 'b': found 'x' where a number was expected (2 such rows); mend it"
