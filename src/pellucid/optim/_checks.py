"""What every optimizer asks of its hyperparameters, with one wording."""

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["nonnegative", "positive_integer", "refuse_switches", "unit_interval"]


def nonnegative(where: str, group: Mapping[str, Any], *names: str) -> None:
    """Raise unless each named hyperparameter is a finite number of at least 0.

    Raises:
        TypeError: when one is no number; a tensor is refused, because changing it later would have no effect.
        ValueError: when one is negative, infinite or NaN.
    """
    for name in names:
        value = _number(where, name, group[name])
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{where} needs {name} to be a finite number of at least 0, got {name}={value}")


def unit_interval(where: str, name: str, *values: Any, closed: bool = False) -> None:
    """Raise unless each value is in [0, 1), or in [0, 1] when `closed`.

    Raises:
        TypeError: when a value is no number.
        ValueError: when a value is outside.
    """
    for value in values:
        number = _number(where, name, value)
        if not (0 <= number < 1 or (closed and number == 1)):
            bracket = "]" if closed else ")"
            raise ValueError(f"{where} needs {name} in [0, 1{bracket}, got {number}")


def positive_integer(where: str, name: str, value: Any) -> int:
    """Return value if it is an integer of at least 1.

    Raises:
        ValueError: when it is not.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < 1:
        raise ValueError(f"{where} needs {name} to be an integer of at least 1, got {value!r}")
    return int(value)


def _number(where: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__") or hasattr(value, "array"):
        raise TypeError(f"{where} needs {name} to be a number, got {type(value).__name__}")
    return float(value)


def refuse_switches(where: str, **switches: bool | None) -> None:
    """Accept PyTorch's switches between equal implementations at their defaults, and refuse them otherwise.

    Raises:
        NotImplementedError: naming the switch that is on.
    """
    for name, value in switches.items():
        if value:
            raise NotImplementedError(
                f"{where} has one implementation, so {name}={value!r} is not supported; leave it out"
            )
