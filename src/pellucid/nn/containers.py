"""Modules that hold others: in a chain, in a list, in a dictionary."""

import itertools
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, overload

from pellucid.nn._fusion import together
from pellucid.nn.convolution import Conv2d
from pellucid.nn.module import CHANGES, Module

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class _Ordered(Module):
    """What a chain and a list of modules share: their children are named "0", "1", ... and reached by place."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __contains__(self, module: object) -> bool:
        return any(module is held for held in self)

    @overload
    def __getitem__(self, place: int) -> Module: ...
    @overload
    def __getitem__(self, place: slice) -> Self: ...
    def __getitem__(self, place: int | slice) -> "Module | Self":
        if isinstance(place, slice):
            return self._of(list(self._modules.items())[place])
        return self._modules[self._name(place)]

    def __setitem__(self, place: int, module: Module) -> None:
        self.add_module(self._name(place), _checked(module, type(self).__name__))

    def __delitem__(self, place: int | slice) -> None:
        names = list(self._modules)
        gone = names[place] if isinstance(place, slice) else [self._name(place)]
        self._replace([(name, self._modules[name]) for name in names if name not in gone])

    def append(self, module: Module) -> Self:
        """Add a module at the end; returns self."""
        return self.insert(len(self), module)

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end; returns self."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add a module before the place `index`; returns self."""
        _checked(module, type(self).__name__)
        n = len(self)
        if not -n <= index <= n:
            raise IndexError(f"cannot insert at {index} into a {type(self).__name__} of {n} modules")
        held = list(self._modules.items())
        held.insert(index, ("", module))
        self._replace(held)
        return self

    def pop(self, index: int = -1) -> Module:
        """Take out a module and return it."""
        module = self[index]
        del self[index]
        return module

    def _name(self, place: int) -> str:
        n = len(self)
        if not -n <= place < n:
            raise IndexError(f"index {place} is out of range for a {type(self).__name__} of {n} modules")
        return list(self._modules)[place]

    def _replace(self, held: Iterable[tuple[str, Any]]) -> None:
        """Hold these modules; those named by their place are renamed to their new one."""
        named = {(str(i) if name.isdigit() or not name else name): module for i, (name, module) in enumerate(held)}
        self._modules.clear()
        CHANGES.count += 1
        for name, module in named.items():
            self.add_module(name, module)

    def _of(self, held: list[tuple[str, Module]]) -> Self:
        raise NotImplementedError


class Sequential(_Ordered):
    """A chain of modules: y = f_n(... f_2(f_1(x))).

    `Conv2d`, `ReLU` and `MaxPool2d` that follow one another are computed together, in less time, where nobody looks at
    what lies between them: the same numbers, but that no memory is taken for it.

    Children are named "0", "1", ..., or as an OrderedDict names them; state dicts use these names.

    Args:
        *modules: the modules in their order, or one OrderedDict of name and module.

    Raises:
        TypeError: when something is not a Module.

    Example:
        >>> import pellucid
        >>> from pellucid.nn import Linear, ReLU
        >>> net = Sequential(Linear(3, 4), ReLU(), Linear(4, 2))
        >>> net(pellucid.ones(5, 3)).shape, len(net[:2])
        (Size([5, 2]), 2)
    """

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, _checked(module, "Sequential"))
        else:
            self.extend(modules)

    def forward(self, x: Any) -> Any:
        """Hand x through the modules, one after the other."""
        layers, place = tuple(self._modules.values()), 0
        while place < len(layers):
            layer = layers[place]
            y = together(layers[place : place + 3], x) if type(layer) is Conv2d else None
            place, x = (place + 1, layer(x)) if y is None else (place + 3, y)
        return x

    def _of(self, held: list[tuple[str, Module]]) -> Self:
        return type(self)(OrderedDict(held))

    def __add__(self, other: "Sequential") -> "Sequential":
        if not isinstance(other, Sequential):
            raise TypeError(f"a Sequential can be joined with a Sequential, got {type(other).__name__}")
        return Sequential(*self, *other)


class ModuleList(_Ordered):
    """A list whose modules are found by `parameters()`; it has no forward of its own.

    Args:
        modules: the modules to begin with.

    Raises:
        TypeError: when something is not a Module.

    Example:
        >>> from pellucid.nn import Linear
        >>> layers = ModuleList(Linear(2, 2) for _ in range(3))
        >>> layers.append(Linear(2, 1))[-1]
        Linear(in_features=2, out_features=1, bias=True)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    def forward(self, *_: Any, **__: Any) -> Any:
        """Refuse: a list does not say what to compute."""
        raise NotImplementedError("a ModuleList computes nothing; call its modules, or use Sequential")

    def __repr__(self) -> str:
        lines, first = [], 0
        for text, run in itertools.groupby(map(repr, self)):  # equal neighbours share a line
            n = len(list(run))
            label = f"({first}): " if n == 1 else f"({first}-{first + n - 1}): {n} x "
            lines.append(label + text.replace("\n", "\n  "))
            first += n
        return "ModuleList(\n  " + "\n  ".join(lines) + "\n)" if lines else "ModuleList()"

    def _of(self, held: list[tuple[str, Module]]) -> Self:
        return type(self)([module for _, module in held])

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList([*self, *other])


class ModuleDict(Module):
    """A dictionary whose modules are found by `parameters()`; it has no forward of its own.

    Args:
        modules: the modules to begin with: a mapping, or pairs of name and module.

    Raises:
        TypeError: when something is not a Module.
        KeyError: when a name is empty or has a dot, or is that of a method or attribute.

    Example:
        >>> from pellucid.nn import ReLU, Tanh
        >>> choices = ModuleDict({"relu": ReLU(), "tanh": Tanh()})
        >>> list(choices), choices["tanh"]
        (['relu', 'tanh'], Tanh())
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or ())

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __getitem__(self, name: str) -> Module:
        return self._modules[name]

    def __setitem__(self, name: str, module: Module) -> None:
        if hasattr(type(self), name) or name in self.__dict__:
            raise KeyError(f"a ModuleDict cannot hold a module under the name {name!r}, which it uses itself")
        self.add_module(name, _checked(module, "ModuleDict"))

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        """Return the modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Return the names with their modules."""
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add or replace modules."""
        for name, module in modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules:
            self[name] = module

    def pop(self, name: str) -> Module:
        """Take out a module and return it."""
        return self._modules.pop(name)

    def clear(self) -> None:
        """Take out every module."""
        self._modules.clear()

    def forward(self, *_: Any, **__: Any) -> Any:
        """Refuse: a dictionary does not say what to compute."""
        raise NotImplementedError("a ModuleDict computes nothing; call one of its modules")


def _checked(module: Any, holder: str) -> Module:
    if isinstance(module, type) and issubclass(module, Module):
        raise TypeError(f"{holder} holds modules, got the class {module.__name__}; write {module.__name__}(...)")
    if not isinstance(module, Module):
        mend = "write Sequential(*layers)" if isinstance(module, (list, tuple)) else "wrap a function in a Module"
        raise TypeError(f"{holder} holds modules, got {type(module).__name__}; {mend}")
    return module
