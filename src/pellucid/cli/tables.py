"""Tables in and out of the commands."""

import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid._extras import require
from pellucid._files import atomic_write
from pellucid.data import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_output", "naming", "with_whole_numbers", "write"]

ENDINGS = (".csv", ".csv.gz", ".parquet", ".pq")


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Put the name of what was read before a complaint about data that does not say it."""
    try:
        yield
    except DataError as error:
        name = "standard input" if source == "-" else source
        if name in str(error):
            raise
        raise DataError(f"{name}: {error}") from None


def check_output(output: str, data: str) -> None:
    """Refuse to begin what could not be written at the end, or would replace its own input.

    Raises:
        DataError: saying which.
    """
    path = Path(output)
    if not path.name.lower().endswith(ENDINGS):
        raise DataError(f"-o {output} must end in {', '.join(ENDINGS)}, which say how to write it")
    if path.is_dir() or not path.parent.is_dir():
        raise DataError(f"-o {output}: " + ("it is a folder" if path.is_dir() else f"there is no folder {path.parent}"))
    if path.exists() and data != "-" and Path(data).exists() and path.samefile(data):
        raise DataError(f"-o {output} is the input itself and would be lost; choose another name")


def write(frame: "pd.DataFrame", output: str | None) -> None:
    """Write a table to a file, whole or not at all, or as CSV to standard output."""
    frame = with_whole_numbers(frame)
    if output is None or output == "-":
        sys.stdout.buffer.write(frame.to_csv(index=False, lineterminator="\n").encode())
        sys.stdout.flush()
        return
    if output.lower().endswith((".parquet", ".pq")):
        require("pyarrow", "parquet")
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        content = buffer.getvalue()
    else:
        content = frame.to_csv(index=False, lineterminator="\n").encode()
        if output.lower().endswith(".gz"):
            content = gzip.compress(content)
    with atomic_write(output, "wb") as file:
        file.write(content)


def with_whole_numbers(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Undo what a missing value did to a column of whole numbers: 31 was read as 31.0."""
    whole = {
        name: "Int64"
        for name, column in frame.items()
        if column.dtype.kind == "f" and column.isna().any() and _is_whole(column.dropna())
    }
    return frame.astype(whole)


def _is_whole(column: "pd.Series[Any]") -> bool:
    """Say whether all are whole numbers of a size at which floats still tell one from the next."""
    return bool((column % 1 == 0).all() and (column.abs() < 2**53).all())
