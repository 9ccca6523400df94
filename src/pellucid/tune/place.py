"""Where a study is kept: a journal file, an SQLite file, or a database by URL."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pellucid._extras import require

if TYPE_CHECKING:
    import optuna
    from optuna.storages import journal

    from pellucid.tune.search import Direction
else:
    optuna = require("optuna", "tune")
    journal = require("optuna.storages.journal", "tune")

__all__ = ["StudyError", "open_study", "shown", "stored_search"]

NAME = "pellucid"
JOURNAL = ".journal"
SQLITE = (".db", ".sqlite", ".sqlite3")
_TRIES = 20


class StudyError(ValueError):
    """A study cannot be opened, or is one of another search."""


def open_study(place: str | None, direction: "Direction", sampler: Any, pruner: Any) -> "optuna.Study":
    """Open a study, or begin it where there is none.

    Args:
        place: a path ending in .journal, or in .db, .sqlite, .sqlite3 for SQLite; a database's URL, such as
            postgresql://user@host/base, with #NAME where it holds several studies; None for memory only.
        direction: "maximize" or "minimize".
        sampler: Optuna's.
        pruner: Optuna's.

    Raises:
        StudyError: when the place cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    for attempt in range(_TRIES):
        try:
            return optuna.create_study(
                storage=_storage(place),
                sampler=sampler,
                pruner=pruner,
                study_name=_name(place),
                direction=direction,
                load_if_exists=True,
            )
        except StudyError:
            raise
        except Exception as error:  # noqa: BLE001 - of whatever kind the database has
            # Two processes that make the tables of one database at the same moment disturb each other once.
            if attempt == _TRIES - 1 or isinstance(error, ImportError):
                raise StudyError(f"the study {shown(place)} cannot be opened: {_first_line(error)}") from None
            time.sleep(0.05)
    raise AssertionError


def stored_search(place: str) -> dict[str, Any] | None:
    """Return what was searched in a study: `Search.to_json`, with "data" and "trials"; None where there is no study.

    Raises:
        StudyError: when the place cannot be opened, or holds a study of another program.
    """
    if not _is_url(place) and not Path(place).exists():
        _check_file(Path(place))
        return None
    try:
        attributes = optuna.load_study(study_name=_name(place), storage=_storage(place)).user_attrs
    except KeyError:
        return None
    except StudyError:
        raise
    except Exception as error:  # noqa: BLE001 - of whatever kind the database has
        raise StudyError(f"the study {shown(place)} cannot be opened: {_first_line(error)}") from None
    if not {"search", "begun"} <= set(attributes):
        raise StudyError(f"{shown(place)} holds a study that was not begun by pellucid tune")
    return {**attributes["search"], **attributes["begun"]}


def _name(place: str | None) -> str:
    return (place.partition("#")[2] if place is not None and _is_url(place) else "") or NAME


def _storage(place: str | None) -> Any:
    if place is None:
        return optuna.storages.InMemoryStorage()
    if _is_url(place):
        return optuna.storages.RDBStorage(place.partition("#")[0])
    path = Path(place)
    _check_file(path)
    if path.suffix in SQLITE:
        # Waits for a process that is writing, instead of failing after five seconds.
        return optuna.storages.RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 60}})
    _mend(path)
    return journal.JournalStorage(journal.JournalFileBackend(str(path)))


def _check_file(path: Path) -> None:
    if not path.parent.is_dir():
        raise StudyError(f"the study {path} cannot be begun: there is no folder {path.parent}")
    if path.suffix not in (JOURNAL, *SQLITE):
        raise StudyError(f"the study {path} must end in {JOURNAL}, in {', '.join(SQLITE)}, or be a database's URL")


def _is_url(place: str) -> bool:
    return "://" in place


def _mend(path: Path) -> None:
    """Cut off a line that a killed process left half written, because the next would be glued to it."""
    if not path.exists():
        return
    lock = journal.JournalFileSymlinkLock(str(path))
    lock.acquire()
    try:
        with path.open("r+b") as file:
            content = file.read()
            if content and not content.endswith(b"\n"):
                file.truncate(content.rfind(b"\n") + 1)
                file.flush()
                os.fsync(file.fileno())
    finally:
        with suppress(RuntimeError):  # it took so long that another process broke the lock
            lock.release()


def shown(place: str | None) -> str:
    """Return a place as people may see it: without the password.

    Example:
        >>> shown("postgresql://me:secret@host/base#digits"), shown("runs/a.journal")
        ('postgresql://me:***@host/base#digits', 'runs/a.journal')
    """
    if place is None:
        return "in memory"
    if not _is_url(place) or urlsplit(place).password is None:
        return place
    parts = urlsplit(place)
    user, _, rest = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:***@{rest}").geturl()


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
