"""What was fitted, as plain JSON in a run's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pellucid._files import read_json
from pellucid.data import DataError

__all__ = ["read_state"]


def read_state(folder: Path, fields: Mapping[str, type]) -> dict[str, Any]:
    """Return what `preprocessing.json` holds, of format 1, with these fields of these types.

    Raises:
        DataError: when the file is missing or damaged.
    """
    path = folder / "preprocessing.json"
    try:
        state = read_json(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(str(error)) from None
    if not isinstance(state, dict) or state.get("format") != 1:
        raise DataError(f"{path} is not a saved preprocessing of format 1; copy it again or train again")
    wrong = [name for name, kind in fields.items() if not isinstance(state.get(name), kind)]
    if wrong:
        raise DataError(f"{path} is damaged: {wrong[0]!r} is {state.get(wrong[0])!r}; copy it again or train again")
    return state
