"""Plans: steps that an engine can repeat without the interpreter. NumPy cannot."""

from typing import Any

__all__ = ["new_plan"]


def new_plan() -> Any:
    """Return a plan to record a step with, or None where the engine has none."""
    return None
