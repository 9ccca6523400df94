"""Model: a module that can say how it was made, as plain data, and be made again from that."""

import inspect
from collections.abc import Mapping
from typing import Any, Self

from pellucid import nn
from pellucid._suggest import nearest

__all__ = ["Model"]


class Model(nn.Module):
    """The base of the models of this room: `config()` and `from_config()`.

    A subclass keeps every argument of its `__init__` as an attribute of the same name. The config holds the
    shape of the network, not its weights; those are its `state_dict()`.

    Example:
        >>> from pellucid.models import MLP
        >>> MLP([2, 3, 1]).config()
        {'kind': 'MLP', 'sizes': [2, 3, 1], 'activation': 'relu', 'dropout': 0.0, 'batch_norm': False}
    """

    def config(self) -> dict[str, Any]:
        """Return the class's name and the arguments of `__init__`, as JSON can hold them."""
        values = {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}
        return {"kind": type(self).__name__} | {name: _plain(value) for name, value in values.items()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a model, with new weights, of the shape that `config()` described.

        Args:
            config: "kind", which must be this class's name, and arguments of `__init__` by name.

        Raises:
            ValueError: when the kind is another, an argument is unknown or one without a default is missing,
                or the class refuses a value.
            TypeError: when the class refuses a value's type.

        Example:
            >>> from pellucid.models import MLP
            >>> MLP.from_config({"kind": "MLP", "sizes": [2, 3, 1]}).sizes
            (2, 3, 1)
        """
        if not isinstance(config, Mapping):
            raise TypeError(f"a model's config is a dict such as {cls.__name__}(...).config(), got {config!r}")
        arguments = dict(config)
        kind = arguments.pop("kind", None)
        if kind != cls.__name__:
            raise ValueError(f"a config of {cls.__name__} has kind {cls.__name__!r}, this one has {kind!r}")
        known = inspect.signature(cls).parameters
        for name in arguments:
            if name not in known:
                raise ValueError(f"{cls.__name__} has no parameter {name!r}{nearest(name, known)}")
        missing = [n for n, p in known.items() if p.default is p.empty and n not in arguments]
        if missing:
            raise ValueError(f"the config of {cls.__name__} lacks {', '.join(missing)}")
        return cls(**arguments)


def _plain(value: Any) -> Any:
    """Give a model inside as its own config, and what is fixed as a list."""
    if isinstance(value, Model):
        return value.config()
    return list(value) if isinstance(value, tuple) else value
