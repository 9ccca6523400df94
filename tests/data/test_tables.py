import gzip
import io
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data.errors import DataError
from pellucid.data.tables import read_table


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(source) -> str:
    with pytest.raises(DataError) as caught:
        read_table(source)
    message = str(caught.value)
    assert message.count("\n") <= 1
    return message


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separator_and_byte_order_mark_are_found(tmp_path, separator, bom, newline):
    text = newline.join(separator.join(row) for row in [("name", "x"), ("Zoë", "1.5"), ("Bo", "")])
    frame = read_table(write(tmp_path, bom + text.encode()))
    expected = pd.DataFrame({"name": ["Zoë", "Bo"], "x": [1.5, np.nan]})
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)


def test_a_gzipped_file_is_read_and_a_cut_one_refused(tmp_path):
    data = gzip.compress(b"a,b\n1,2\n" * 1 + b"3,4\n" * 50)
    assert len(read_table(write(tmp_path, data, "t.csv.gz"))) == 51
    assert "damaged" in refused(write(tmp_path, data[: len(data) // 2], "cut.csv.gz"))


def test_a_dash_reads_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,x\n")))
    frame = read_table("-")
    assert frame.to_dict("list") == {"a": [1], "b": ["x"]}
    assert frame.attrs["source"] == "standard input"


def test_a_semicolon_table_with_commas_in_the_header_and_as_decimals_is_read():
    text = "height, cm;weight, kg\n180,5;80,1\n170,0;65,4\n"
    frame = read_table(io.StringIO(text))
    assert frame.to_dict("list") == {"height, cm": [180.5, 170.0], "weight, kg": [80.1, 65.4]}


def test_decimal_points_stay_points_in_a_semicolon_table():
    assert read_table(io.StringIO("a;b\n1.5;x\n2.5;y\n"))["a"].tolist() == [1.5, 2.5]


def test_a_given_separator_is_used():
    assert list(read_table(io.StringIO("a|b\n1|2\n"), separator="|").columns) == ["a", "b"]
    with pytest.raises(ValueError, match="one character"):
        read_table(io.StringIO("a|b\n1|2\n"), separator="||")


def test_a_question_mark_is_a_missing_value():
    assert read_table(io.StringIO("a,b\n?,1\n2,3\n"))["a"].isna().tolist() == [True, False]


def test_empty_lines_are_rows_only_in_a_table_of_one_column():
    assert read_table(io.StringIO("a\n1\n\n3\n"))["a"].isna().tolist() == [False, True, False]
    assert len(read_table(io.StringIO("\na,b\n1,2\n\n3,4\n   \n"))) == 2


def test_lines_are_counted_only_where_a_record_is_a_line():
    assert read_table(io.StringIO("a,b\n1,2\n3,4\n")).attrs["first_line"] == 2
    assert "first_line" not in read_table(io.StringIO('a,b\n"1\n1",2\n3,4\n')).attrs
    assert "first_line" not in read_table(io.StringIO("a,b\n\n1,2\n")).attrs
    assert "first_line" not in read_table(io.StringIO("\na,b\n1,2\n")).attrs


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("a,b\n", "has a header but no rows"),
        ("a,b,a\n1,2,3\n", "has the column 'a' more than once"),
        ("a,b,c\n1,2,3\n4,5\n6,7,8\n", "line 3: expected 3 fields as in the header, found 2"),
        ("a,b,c\n1,2,3\n\n4,5,6,7\n", "line 4: expected 3 fields as in the header, found 4"),
        ('a,b\n"1\n2",3\n4\n', "line 4: expected 2 fields as in the header, found 1"),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3: not readable as CSV"),
        ('a,b\n1,2\n"x"y,3\n', "line 3: not readable as CSV"),
        (b"a,b\n1,\xff\n", "line 2: byte 0xff is not UTF-8"),
        (b"a,b\n1,2\n3,\xe9\n", "line 3: byte 0xe9 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "encoded as UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file"),
        (b"a,b\n\x00\x01,2\n", "is a binary file"),
        ("5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n", "where column names should be"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path, content, message):
    path = write(tmp_path, content)
    found = refused(path)
    assert found.startswith(str(path))
    assert message in found


def test_rising_numbers_may_be_column_names():
    assert list(read_table(io.StringIO("400.5,410.5,420.5\n1,2,3\n")).columns) == ["400.5", "410.5", "420.5"]
    assert len(read_table(io.StringIO("2021,2020,name,city,land\n1,2,a,b,c\n")).columns) == 5


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "does not exist" in refused(tmp_path / "none.csv")
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read: File name too long" in refused(tmp_path / ("x" * 1000))


def test_a_row_that_pandas_would_lose_is_an_error(monkeypatch):
    read = pd.read_csv
    monkeypatch.setattr(pd, "read_csv", lambda *args, **options: read(*args, **options).iloc[1:])
    assert "2 records were counted but 1 read" in refused(io.StringIO("a,b\n1,2\n3,4\n"))


def test_something_that_is_no_source_is_a_type_error():
    with pytest.raises(TypeError, match="got int"):
        read_table(3)  # type: ignore[arg-type]


def test_parquet_is_read_by_its_content_and_keeps_a_named_index(tmp_path):
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]}, index=pd.Index([7, 8], name="when"))
    frame.to_parquet(tmp_path / "t.parquet")
    frame.reset_index(drop=True).set_axis([4, 9]).to_parquet(tmp_path / "renamed.bin")
    found = read_table(tmp_path / "t.parquet")
    assert sorted(found.columns) == ["a", "b", "when"]
    assert found["when"].tolist() == [7, 8]
    assert list(read_table(tmp_path / "renamed.bin").columns) == ["a", "b"]
    assert found.index.tolist() == [0, 1]
    assert found.attrs == {"source": str(tmp_path / "t.parquet")}


def test_a_cut_or_false_parquet_file_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": range(100)}).to_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "not a whole Parquet file" in refused(path)
    path.write_text("a,b\n1,2\n")
    assert "not a whole Parquet file" in refused(path)


def test_a_parquet_file_without_rows_is_refused(tmp_path):
    pd.DataFrame({"a": np.zeros(0)}).to_parquet(tmp_path / "t.parquet")
    assert "no rows" in refused(tmp_path / "t.parquet")


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=6)


@settings(deadline=None)
@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_text_that_pandas_wrote_is_read_back(rows, separator):
    written = pd.DataFrame(rows, columns=["first", "second"])
    text = written.to_csv(index=False, sep=separator, quoting=1)
    found = read_table(io.StringIO(text))
    # Words such as NA and numbers are read as what they mean; all other text comes back as it was.
    plain = re.compile(r"[^\W\d]+")
    for column in written:
        assert len(found) == len(written)
        for was, now in zip(written[column], found[column], strict=True):
            if plain.fullmatch(was) and isinstance(now, str):
                assert now == was
