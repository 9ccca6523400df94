"""Pellucid: neural networks you can read, at a speed you can use.

Importing it loads NumPy and nothing heavy: every name below is fetched on first use (PEP 562). The types of
the names, for editors and type checkers, stand in `__init__.pyi`.
"""

import importlib
from typing import Any

import numpy as np  # noqa: F401 - the one library that is always loaded

from pellucid._names import MODULES, NAMES
from pellucid._version import __version__

__all__ = ["__version__", *sorted(MODULES), *sorted(NAMES)]  # noqa: PLE0604 - all are strings


def __getattr__(name: str) -> Any:
    if name in MODULES:
        value: Any = importlib.import_module(f"pellucid.{name}")
    elif name in NAMES:
        importlib.import_module("pellucid.ops")  # whoever holds a tensor can call its methods
        module, attribute = NAMES[name]
        value = getattr(importlib.import_module(f"pellucid.{module}"), attribute)
    else:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
