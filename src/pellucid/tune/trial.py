"""Trial: the record of one setting that was tried."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

__all__ = ["STATES", "State", "Trial", "mean_and_spread"]

State = Literal["complete", "pruned", "failed", "diverged"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One setting that was tried, and what came of it.

    Attributes:
        number: of the trial in its search, from 0; where a trial was killed and repeated, its first number is absent.
        parameters: what was chosen; a parameter that means nothing beside the others is absent.
        scores: of every fold that was judged to its end, in the folds' order.
        score: their mean, where the trial is complete.
        spread: their standard deviation (n - 1 in the denominator), where there are two or more.
        seconds: that the trial took.
        seed: of everything random in it.
        state: "complete"; "pruned", given up early because others do better; "diverged", its loss was no longer a
            number; "failed", with `error`.
        error: what went wrong, or why it ended early.

    Raises:
        ValueError: for another state, or a score that does not go with the state.

    Example:
        >>> Trial(number=0, parameters={"lr": 0.1}, scores=(0.75, 0.25), score=0.5, seconds=1.0, seed=0).score
        0.5
    """

    number: int
    parameters: Mapping[str, Any]
    scores: tuple[float, ...] = ()
    score: float | None = None
    spread: float | None = None
    seconds: float = 0.0
    seed: int = 0
    state: State = "complete"
    error: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"state must be one of {', '.join(STATES)}, got {self.state!r}")
        if (self.score is not None) != (self.state == "complete"):
            raise ValueError(f"a trial has a score where it is complete, and nowhere else; got {self.state!r}")

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return asdict(self) | {"parameters": dict(self.parameters), "scores": list(self.scores)}


def mean_and_spread(scores: Sequence[float]) -> tuple[float, float | None]:
    """Return the mean of the folds' scores and, of two or more, their standard deviation.

    Example:
        >>> mean_and_spread([1.0, 3.0]), mean_and_spread([2.0])
        ((2.0, 1.4142135623730951), (2.0, None))
    """
    return statistics.fmean(scores), statistics.stdev(scores) if len(scores) > 1 else None
