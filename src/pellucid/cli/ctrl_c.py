"""Ctrl-C in a command, told to the one in front; typer would end without a word."""

from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["CtrlC", "ctrl_c_as_error"]


class CtrlC(Exception):  # noqa: N818 - no error: the user asked
    """Ctrl-C came; notes say what became of the work."""


def ctrl_c_as_error(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command, raising CtrlC in place of KeyboardInterrupt."""

    @wraps(command)
    def guarded(**options: Any) -> Any:
        try:
            return command(**options)
        except KeyboardInterrupt as interrupt:
            error = CtrlC("Interrupted.")
            for note in getattr(interrupt, "__notes__", ()):
                error.add_note(note)
            raise error from interrupt

    return guarded
