"""From arguments to an exit code: runs a command and says in one or two lines what went wrong."""

import errno
import io
import sys
import traceback
from collections.abc import Sequence

import typer

from pellucid.cli.app import app
from pellucid.cli.codes import BROKEN_PIPE, INTERRUPTED
from pellucid.cli.ctrl_c import CtrlC
from pellucid.cli.settings import as_options
from pellucid.train.config import ConfigError

__all__ = ["invoke"]

# Typer carries click inside of itself in some versions and depends on it in others: no import finds it in both.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def invoke(arguments: Sequence[str]) -> int:
    """Run the command that the arguments ask for; see `pellucid.cli.main` for the codes that it returns."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends no training
    command = typer.main.get_command(app)
    try:
        code = command.main(list(arguments), prog_name="pellucid", standalone_mode=False)
    except CtrlC as error:
        _write(str(error), error)
        return INTERRUPTED
    except SystemExit as error:  # click ends so when whoever reads the output has gone
        return BROKEN_PIPE if error.code == 1 else int(error.code or 0)
    except Exception as error:  # noqa: BLE001 - the last one who can say something to the person in front
        if "--debug" in arguments:
            traceback.print_exc()
        return _explain(error)
    return int(code or 0)


def _explain(error: Exception) -> int:
    """Write what was wrong on standard error and return the exit code."""
    code = 2
    if isinstance(error, UsageError):
        text = error.format_message()  # type: ignore[attr-defined] # click's, see above
    elif isinstance(error, OSError) and error.errno is not None:
        text = _of_system(error)
    elif isinstance(error, MemoryError):
        text = "there is not enough memory; use fewer rows, or fewer and smaller columns"
    elif isinstance(error, ConfigError):
        text = as_options(str(error))
    elif isinstance(error, (ValueError, RuntimeError, ImportError, OSError)) and str(error):
        text = str(error)
    else:
        code = 1
        text = f"{type(error).__name__}: {error}. This is a fault of Pellucid's own; --debug shows where"
    _write(f"error: {' '.join(text.split())}", error)
    return code


def _write(line: str, error: BaseException) -> None:
    """Write a line, and the notes that were added to the error on its way here."""
    sys.stderr.write("\n".join([line, *getattr(error, "__notes__", ())]) + "\n")


def _of_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{where}the disk is full, and what was begun is not written; free some space and try again"
    return f"{where}{error.strerror}"
