"""Ctrl-C that waits for the end of the step."""

import signal
import threading
from types import FrameType
from typing import Any, Self

__all__ = ["DeferredInterrupt", "Interrupted"]


class Interrupted(Exception):  # noqa: N818 - no error: the user asked
    """Ctrl-C came, and the step that it came in is complete."""


class DeferredInterrupt:
    """Notes the first Ctrl-C inside the block instead of breaking a step apart; the second one breaks.

    Only the main thread can do so; elsewhere Ctrl-C keeps its usual effect.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise Interrupted if Ctrl-C has come."""
        if self.requested:
            raise Interrupted

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
