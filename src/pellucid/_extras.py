"""Optional libraries: import them, or say how to get them."""

import importlib
import importlib.util
from typing import Any

__all__ = ["EXTRAS", "found", "require"]

EXTRAS: dict[str, tuple[str, ...]] = {
    "cli": ("typer", "rich"),
    "tabular": ("pandas", "sklearn", "skops"),
    "parquet": ("pyarrow",),
    "images": ("PIL",),
    "text": ("tokenizers",),
    "plot": ("matplotlib", "jinja2"),
    "tune": ("optuna",),
    "tensorboard": ("tensorboardX",),
}
"""Import names that each extra of pyproject.toml brings."""


def require(module: str, extra: str) -> Any:
    """Import `module`, or raise an ImportError that names the extra which brings it.

    Raises:
        ImportError: when the library is absent, with the command that installs it.

    Example:
        >>> require("json", "cli").dumps([1])
        '[1]'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Only the library itself being absent is ours to explain; a broken install of it is not.
        if error.name is None or error.name != module.partition(".")[0]:
            raise
        raise ImportError(
            f'{error.name} is needed for this; install it with: pip install "pellucid[{extra}]"'
        ) from None


def found(extra: str) -> bool:
    """Say whether every library of `extra` can be imported, without importing it."""
    return all(importlib.util.find_spec(name) is not None for name in EXTRAS[extra])
