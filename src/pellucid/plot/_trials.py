"""Trials of a search, brought onto axes: scores, parameters that are numbers or names, and what lies too far off."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid.plot._labels import shorten_all

if TYPE_CHECKING:
    from pellucid.tune.trial import Trial

__all__ = ["Scale", "complete", "parameters_of", "place_of_best", "scale_of", "shown_range"]

_WIDE = 8.0  # largest over smallest, from where on a scale may be logarithmic
_FEW = 6  # numbers that are all written at their scale


@dataclass(frozen=True)
class Scale:
    """Where the values of a parameter lie between 0 and 1.

    Attributes:
        kind: "linear", "log" or "names".
        names: the texts of "names", in their order.
        low: the smallest number.
        high: the largest number.
        few: all numbers, where they are few.
    """

    kind: str
    names: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    few: tuple[float, ...] = ()

    def place(self, value: Any) -> float:
        """Return where a value lies; names and single numbers have places too."""
        if self.kind == "names":
            return (self.names.index(str(value)) + 0.5) / len(self.names)
        if self.low == self.high:
            return 0.5
        if self.kind == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return float((value - self.low) / (self.high - self.low))

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and what is written there."""
        if self.kind == "names":
            return [(self.place(n), text) for n, text in zip(self.names, shorten_all(self.names, 14), strict=True)]
        middle = math.sqrt(self.low * self.high) if self.kind == "log" else (self.low + self.high) / 2
        return [(self.place(v), f"{v:.3g}") for v in self.few or (self.low, middle, self.high)]


def scale_of(values: Iterable[Any]) -> Scale:
    """Return the scale that suits the values of a parameter: a logarithm where they lie so, judged by the median."""
    values = list(values)
    if all(isinstance(v, (int, float, np.integer, np.floating)) and not isinstance(v, bool) for v in values):
        low, high = float(min(values)), float(max(values))
        if math.isfinite(low) and math.isfinite(high):
            middle = float(np.median(values))
            is_log = low > 0 and high / low >= _WIDE and middle**2 < (low + high) / 2 * math.sqrt(low * high)
            different = tuple(sorted({float(v) for v in values}))
            few = different if len(different) <= _FEW else ()
            return Scale("log" if is_log else "linear", low=low, high=high, few=few)
    return Scale("names", names=tuple(sorted({str(v) for v in values})))


def complete(trials: "Iterable[Trial]") -> "list[Trial]":
    """Return the trials that came to a score.

    Raises:
        ValueError: when there is none.
    """
    found = [t for t in trials if t.state == "complete" and t.score is not None and math.isfinite(t.score)]
    if not found:
        raise ValueError("no trial came to a score, so there is nothing to draw")
    return found


def parameters_of(trials: "Iterable[Trial]") -> dict[str, Scale]:
    """Return the parameters that had more than one value, in the order in which they appear, with their scales."""
    values: dict[str, list[Any]] = {}
    for trial in trials:
        for name, value in trial.parameters.items():
            values.setdefault(name, []).append(value)
    return {name: scale_of(found) for name, found in values.items() if len({str(v) for v in found}) > 1}


def place_of_best(scores: Sequence[float] | npt.NDArray[np.float64], *, maximize: bool) -> int:
    """Return the place of the best score, the first of equals."""
    return int(np.argmax(scores) if maximize else np.argmin(scores))


def shown_range(scores: npt.NDArray[np.float64], *, maximize: bool) -> tuple[float, float]:
    """Return the scores to show: from the best to the worst, but no further than four times as far as the median."""
    best = float(scores.max() if maximize else scores.min())
    far = 4 * abs(float(np.median(scores)) - best) or float(np.ptp(scores))
    worst = max(float(scores.min()), best - far) if maximize else min(float(scores.max()), best + far)
    low, high = min(best, worst), max(best, worst)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
    return low - room, high + room
