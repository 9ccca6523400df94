"""Tables from files: CSV and Parquet, read by pandas after a check that nothing would be lost silently.

pandas fills short lines with missing values and renames repeated columns without a word, so the text is
walked once by Python's csv module first; what it finds wrong is named with its line.
"""

import csv
import gzip
import io
import os
import re
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pellucid._extras import require
from pellucid.data.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_table"]

SEPARATORS = (",", ";", "\t")
_SNIFFED_RECORDS = 50
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a]")


def read_table(source: str | os.PathLike[str] | IO[bytes] | IO[str], *, separator: str | None = None) -> "pd.DataFrame":
    r"""Read a table from a CSV or Parquet file, from standard input, or from an open file.

    CSV is UTF-8 with or without a byte-order mark, plain or gzipped, with a header line. The separator is the
    one among comma, semicolon and tab that divides the first lines most evenly. Besides pandas' own words for
    a missing value, `?` counts as one. With a separator other than the comma, `1,5` is read as 1.5 when no
    number is written with a point. Parquet needs the extra `pellucid[parquet]`.

    What differs from `pandas.read_csv`: short lines, repeated column names and files without rows are errors.

    Args:
        source: a path, "-" for standard input, or an open file.
        separator: the separator of a CSV file; found by itself when None.

    Returns:
        The table; its index 0, 1, ... is the row's number in the file and lets later errors name the line.

    Raises:
        DataError: when the file is missing, empty, binary, not UTF-8, without rows, ragged, or damaged.
        ImportError: when pandas or pyarrow is absent.

    Example:
        >>> import io
        >>> read_table(io.StringIO("age,name\n31,Ada\n,Bob\n"))
            age name
        0  31.0  Ada
        1   NaN  Bob
    """
    pandas = require("pandas", "tabular")
    name, data = _read_bytes(source)
    if not data.strip():
        raise DataError(f"{name} is empty; a table needs a header line with the column names, and rows")
    if data.startswith(b"PAR1") or name.lower().endswith((".parquet", ".pq")):
        return _read_parquet(name, data, pandas)
    return _read_csv(name, _decode(name, data), separator, pandas)


def _read_bytes(source: str | os.PathLike[str] | IO[bytes] | IO[str]) -> tuple[str, bytes]:
    """Return the source's name for messages and its content, gunzipped."""
    if isinstance(source, (str, os.PathLike)):
        if str(source) == "-":
            name, data = "standard input", sys.stdin.buffer.read()
        else:
            path = Path(source)
            name, data = str(path), _read_path(path)
    elif hasattr(source, "read"):
        content = source.read()
        name = str(getattr(source, "name", "the given file"))
        data = content.encode() if isinstance(content, str) else content
    else:
        raise TypeError(f"read_table takes a path, '-' or an open file, got {type(source).__name__}")
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(f"{name} is damaged: it cannot be gunzipped ({error}); copy it again") from None
    return name, data


def _read_path(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; give a CSV or Parquet file") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None


def _decode(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{name} is encoded as UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise DataError(f"{name} is a binary file, not a CSV table; give a CSV or Parquet file") from None
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from None
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as spreadsheets on old Macs ended their lines
    if _NOT_TEXT.search(text):
        raise DataError(f"{name} is a binary file, not a CSV table; give a CSV or Parquet file")
    return text


def _read_parquet(name: str, data: bytes, pandas: Any) -> "pd.DataFrame":
    pyarrow = require("pyarrow", "parquet")
    try:
        frame: pd.DataFrame = pandas.read_parquet(io.BytesIO(data), engine="pyarrow")
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{name} is not a whole Parquet file ({reason}); write or copy it again") from None
    _check_header(name, [str(column) for column in frame.columns])
    if frame.empty:
        raise DataError(f"{name} has columns but no rows; a table needs at least one row")
    # An index with a name is data that pandas set aside; one without only numbers the rows.
    frame = frame.reset_index(drop=frame.index.names == [None])
    frame.attrs = {"source": name}
    return frame


def _read_csv(name: str, text: str, separator: str | None, pandas: Any) -> "pd.DataFrame":
    if separator is None:
        separator = _sniff(text)
    elif len(separator) != 1:
        raise ValueError(f"separator must be one character, got {separator!r}")
    header, records, regular, decimal = _walk(name, text, separator)
    frame: pd.DataFrame = pandas.read_csv(
        io.StringIO(text.lstrip("\r\n")),
        sep=separator,
        decimal=decimal,
        na_values=["?"],
        skipinitialspace=True,
        index_col=False,
        low_memory=False,
        # In a table of one column an empty line is a missing value, not a pause.
        skip_blank_lines=len(header) > 1,
    )
    if len(frame) != records:
        raise DataError(
            f"{name}: {records} records were counted but {len(frame)} read; look for unbalanced quotation marks"
        )
    frame.attrs = {"source": name, "first_line": 2} if regular else {"source": name}
    return frame


def _sniff(text: str) -> str:
    """Return the separator that gives most of the first records as many fields as the header has.

    Where two do, as in `height, cm;weight, kg` above `180,5;80,1`, it is the one between more whole numbers.
    """

    def evenness(separator: str) -> tuple[float, float, int]:
        reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
        try:
            rows = [row for _, row in zip(range(_SNIFFED_RECORDS), reader, strict=False) if row]
        except csv.Error:
            return (0.0, 0.0, 0)
        width = len(rows[0]) if rows else 0
        if width <= 1:
            return (0.0, 0.0, 0)
        fields = [field for row in rows[1:] for field in row]
        numbers = sum(_is_number(field.replace(",", ".")) for field in fields)
        even = sum(len(row) == width for row in rows) / len(rows)
        return (even, numbers / max(1, len(fields)), width)

    return max(SEPARATORS, key=evenness)


def _walk(name: str, text: str, separator: str) -> tuple[list[str], int, bool, str]:
    """Check every record's number of fields.

    Returns the header, the number of records, whether record i stands on line i + 2, and the decimal sign.
    """
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    header: list[str] = []
    records, regular, comma, point = 0, True, False, False
    start = 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            if not header:  # empty lines before the header leave it empty
                header = row
                _check_header(name, header)
                continue
            if row in ([], [""]) and len(header) > 1:
                continue
            if len(row) != len(header) and row:
                raise DataError(
                    f"{name}, line {line}: expected {len(header)} fields as in the header, found {len(row)}; "
                    "mend the line, or put quotation marks around text that contains the separator"
                )
            regular = regular and line == records + 2
            records += 1
            if separator != ",":
                comma = comma or any(map(_DECIMAL_COMMA.fullmatch, row))
                point = point or any(map(_DECIMAL_POINT.fullmatch, row))
    except csv.Error as error:
        raise DataError(
            f"{name}, line {start}: not readable as CSV ({error}); look for unbalanced quotation marks there"
        ) from None
    if records == 0:
        raise DataError(f"{name} has a header but no rows; a table needs at least one row below it")
    return header, records, regular, "," if comma and not point else "."


def _check_header(name: str, header: Sequence[str]) -> None:
    repeated = sorted(column for column, count in Counter(header).items() if count > 1)
    if repeated:
        raise DataError(
            f"{name} has the column {', '.join(map(repr, repeated))} more than once; "
            "give every column its own name (if line 1 already holds data, add a header line)"
        )
    numbers = [float(column) for column in header if _is_number(column)]
    # Rising numbers can be names (wavelengths, days); others are a first row of data.
    if len(numbers) * 2 > len(header) and any(b <= a for a, b in pairwise(numbers)):
        raise DataError(
            f"{name}, line 1 holds numbers ({', '.join(header[:3])} ...) where column names should be; "
            "add a header line"
        )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text) is not None
