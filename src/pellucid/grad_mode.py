"""Whether operations are written on the tape, for the current thread."""

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

__all__ = ["enable_grad", "inference_mode", "is_grad_enabled", "no_grad", "set_grad_enabled"]


F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True


MODE = _Mode()


def is_grad_enabled() -> bool:
    """Say whether operations are being recorded."""
    return MODE.enabled


def _call(enabled: bool, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function in a mode, and restore the one before."""
    before, MODE.enabled = MODE.enabled, enabled
    try:
        return function(*args, **kwargs)
    finally:
        MODE.enabled = before


class _GradMode:
    """Sets the mode for a `with` block or a decorated function, and restores the one before."""

    __slots__ = ("_before", "_enabled")

    _before: list[bool]
    _enabled: bool

    def __new__(cls, enabled: bool) -> Self:  # all of it here, because `with no_grad():` is to cost little
        self = object.__new__(cls)
        self._enabled = enabled
        self._before = []
        return self

    def __enter__(self) -> None:
        self._before.append(MODE.enabled)
        MODE.enabled = self._enabled

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        MODE.enabled = self._before.pop()

    def __call__(self, function: F) -> F:
        enabled = self._enabled

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            return _call(enabled, function, *args, **kwargs)

        @functools.wraps(function)
        def steps(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            resume, value = generator.send, None
            while True:  # the mode holds while the generator computes, not while its user does
                try:
                    produced = _call(enabled, resume, value)
                except StopIteration as end:
                    return end.value
                try:
                    resume, value = generator.send, (yield produced)
                except GeneratorExit:
                    _call(enabled, generator.close)
                    raise
                except BaseException as error:  # noqa: BLE001 - the generator decides about it
                    resume, value = generator.throw, error

        return cast("F", steps if inspect.isgeneratorfunction(function) else inside)


class no_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Do not record operations: less memory, no gradients. For `with` blocks and as a decorator.

    Example:
        >>> import pellucid
        >>> x = pellucid.ones(2, requires_grad=True)
        >>> with pellucid.no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Any = None) -> Any:
        """Make a context, or decorate at once: `@no_grad` without brackets."""
        self = super().__new__(cls, False)
        return self if function is None else self(function)


class enable_grad(_GradMode):  # noqa: N801
    """Record operations, also inside a surrounding `no_grad`."""

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Any = None) -> Any:
        """Make a context, or decorate at once."""
        self = super().__new__(cls, True)
        return self if function is None else self(function)


class inference_mode(_GradMode):  # noqa: N801
    """The same as `no_grad`; PyTorch's name for code that never needs gradients."""

    @overload
    def __new__(cls, mode: bool = True) -> Self: ...
    @overload
    def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, mode: Any = True) -> Any:
        """Make a context, or decorate at once."""
        return cls()(mode) if callable(mode) else super().__new__(cls, not mode)


class set_grad_enabled(_GradMode):  # noqa: N801
    """Record operations or not, by a condition; takes effect at once, and ends with a `with` block."""

    def __new__(cls, mode: bool) -> Self:
        """Set the mode."""
        self = super().__new__(cls, bool(mode))
        _GradMode.__enter__(self)
        return self

    def __enter__(self) -> None:
        """Keep the mode that was set at once."""

    def __call__(self, function: F) -> F:
        """Decorate a function; the mode outside is what it was before."""
        MODE.enabled = self._before.pop()
        return super().__call__(function)
