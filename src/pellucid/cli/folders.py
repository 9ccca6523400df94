"""A new folder for a run."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

__all__ = ["new_folder"]


@contextmanager
def new_folder(data: str, parent: Path = Path("runs"), beside: str = "") -> Iterator[Path]:
    """Give the first free folder `runs/DATA-1`, `runs/DATA-2` ... to this process alone.

    It is made at once, because two commands begun at the same moment must not write into one folder; where it is
    still empty at the end, it is taken away again. A folder is not free either where a file of its name with the
    ending `beside` is there.
    """
    stem = Path(data).name.split(".")[0] or "data"
    is_first = not parent.exists()
    parent.mkdir(exist_ok=True)
    for number in count(1):
        folder = parent / f"{stem}-{number}"
        if beside and Path(f"{folder}{beside}").exists():
            continue
        with suppress(FileExistsError):
            folder.mkdir()
            break
    try:
        yield folder
    finally:
        with suppress(OSError):  # a folder with something in it stays
            folder.rmdir()
            if is_first:
                parent.rmdir()
