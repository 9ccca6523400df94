"""Modules that hold parameters: in a list, in a dictionary."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from pellucid._tensor import Tensor
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


class ParameterList(Module):
    """A list of parameters that are found by `parameters()`; it has no forward of its own.

    They are named "0", "1", ... Tensors become parameters. PyTorch's list holds any other object too; this one
    refuses them, as they would not be saved.

    Args:
        values: the parameters to begin with.

    Raises:
        TypeError: when something is no tensor.

    Example:
        >>> import pellucid
        >>> weights = ParameterList([pellucid.zeros(2), pellucid.zeros(3)])
        >>> [tuple(p.shape) for p in weights]
        [(2,), (3,)]
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        self.extend(values or ())

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters.values())

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return type(self)(list(self)[place])
        return self._parameters[self._name(place)]

    def __setitem__(self, place: int, value: Tensor) -> None:
        self.register_parameter(self._name(place), _parameter(value, "ParameterList"))

    def append(self, value: Tensor) -> Self:
        """Add a parameter at the end; returns self."""
        self.register_parameter(str(len(self)), _parameter(value, "ParameterList"))
        return self

    def extend(self, values: Iterable[Tensor]) -> Self:
        """Add parameters at the end; returns self."""
        for value in list(values):
            self.append(value)
        return self

    def _name(self, place: int) -> str:
        n = len(self)
        if not -n <= place < n:
            raise IndexError(f"index {place} is out of range for a ParameterList of {n} parameters")
        return str(place % n)

    def forward(self, *_: Any, **__: Any) -> Any:
        """Refuse: a list does not say what to compute."""
        raise NotImplementedError("a ParameterList computes nothing; use its parameters")

    def extra_repr(self) -> str:
        """Show each parameter's shape and type."""
        return ", ".join(f"{i}: {tuple(p.shape)} {p.dtype}" for i, p in enumerate(self))


class ParameterDict(Module):
    """A dictionary of parameters that are found by `parameters()`; it has no forward of its own.

    Args:
        parameters: the parameters to begin with: a mapping, or pairs of name and tensor.

    Raises:
        TypeError: when something is no tensor.
        KeyError: when a name is empty or has a dot, or is that of a method or attribute.

    Example:
        >>> import pellucid
        >>> weights = ParameterDict({"left": pellucid.zeros(2)})
        >>> "left" in weights, len(list(weights.parameters()))
        (True, 1)
    """

    def __init__(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None) -> None:
        super().__init__()
        self.update(parameters or ())

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __getitem__(self, name: str) -> Parameter:
        return self._parameters[name]

    def __setitem__(self, name: str, value: Tensor) -> None:
        if hasattr(type(self), name) or name in self.__dict__:
            raise KeyError(f"a ParameterDict cannot hold a parameter under the name {name!r}, which it uses itself")
        self.register_parameter(name, _parameter(value, "ParameterDict"))

    def __delitem__(self, name: str) -> None:
        del self._parameters[name]

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._parameters.keys()

    def values(self) -> Iterable[Parameter]:
        """Return the parameters."""
        return self._parameters.values()

    def items(self) -> Iterable[tuple[str, Parameter]]:
        """Return the names with their parameters."""
        return self._parameters.items()

    def update(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]]) -> None:
        """Add or replace parameters."""
        pairs = parameters.items() if isinstance(parameters, (Mapping, ParameterDict)) else parameters
        for name, value in pairs:
            self[name] = value

    def pop(self, name: str) -> Parameter:
        """Take out a parameter and return it."""
        return self._parameters.pop(name)

    def clear(self) -> None:
        """Take out every parameter."""
        self._parameters.clear()

    def forward(self, *_: Any, **__: Any) -> Any:
        """Refuse: a dictionary does not say what to compute."""
        raise NotImplementedError("a ParameterDict computes nothing; use its parameters")

    def extra_repr(self) -> str:
        """Show each parameter's shape and type."""
        return ", ".join(f"{name}: {tuple(p.shape)} {p.dtype}" for name, p in self.items())


def _parameter(value: Any, holder: str) -> Parameter:
    if isinstance(value, Parameter):
        return value
    if not isinstance(value, Tensor):
        raise TypeError(f"{holder} holds parameters, got {type(value).__name__}; wrap an array in nn.Parameter")
    return Parameter(value)
