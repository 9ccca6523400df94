"""Whether operations are written on the tape, for the current thread."""

import threading
from contextlib import ContextDecorator
from types import TracebackType

__all__ = ["enable_grad", "inference_mode", "is_grad_enabled", "no_grad", "set_grad_enabled"]


class _Mode(threading.local):
    enabled = True


MODE = _Mode()


def is_grad_enabled() -> bool:
    """Say whether operations are being recorded."""
    return MODE.enabled


class _GradMode(ContextDecorator):
    """Sets the mode for a `with` block or a decorated function, and restores the one before."""

    _enabled: bool

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(MODE.enabled)
        MODE.enabled = self._enabled

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        MODE.enabled = self._before.pop()


class no_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Do not record operations: less memory, no gradients.

    Example:
        >>> import pellucid
        >>> x = pellucid.ones(2, requires_grad=True)
        >>> with pellucid.no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    _enabled = False


class inference_mode(no_grad):  # noqa: N801
    """The same as `no_grad`; PyTorch's name for code that never needs gradients."""


class enable_grad(_GradMode):  # noqa: N801
    """Record operations, also inside a surrounding `no_grad`."""

    _enabled = True


class set_grad_enabled(_GradMode):  # noqa: N801
    """Record operations or not, by a condition; takes effect at once, and ends with a `with` block."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self._enabled = bool(mode)
        self._before.append(MODE.enabled)
        MODE.enabled = self._enabled

    def __enter__(self) -> None:
        MODE.enabled = self._enabled
