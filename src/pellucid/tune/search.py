"""Search: what is looked for, where and how; JSON-storable, so that a study can be continued and shared."""

import math
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

from pellucid import random
from pellucid._suggest import nearest
from pellucid.train.config import WITH_MOMENTUM, ConfigError, RunConfig
from pellucid.train.kinds import kind_of
from pellucid.tune.space import Choice, Space, default_space, space_json

__all__ = ["DIRECTIONS", "METHODS", "PRUNERS", "Direction", "Search"]

Direction = Literal["maximize", "minimize"]

METHODS = ("tpe", "random", "grid")
PRUNERS = ("halving", "hyperband", "none")
TRIALS = 50
FOLDS = 5
REDUCTION = 3  # of three networks one goes on: Li et al. found 3 and 4 alike
RUNGS = 2  # after 1/9 and 1/3 of the epochs; earlier, whatever learns fast wins, not what learns well

_UP = ("accuracy", "balanced_accuracy", "roc_auc", "average_precision", "r2")
_UP_AVERAGED = tuple(f"{name}_{mean}" for name in ("precision", "recall", "f1") for mean in ("macro", "weighted"))
_DOWN = ("loss", "log_loss", "brier", "calibration_error", "mae", "rmse", "median_absolute_error", "max_error")
_DOWN_TEXT = ("bits_per_character", "perplexity")
DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys((*_UP, *_UP_AVERAGED), "maximize"),
    **dict.fromkeys((*_DOWN, *_DOWN_TEXT), "minimize"),
}
"""Which way is better, of every metric that a search can go by."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for, where and how.

    A trial is one setting of the space, trained once for each fold with early stopping and judged by the metric on
    the fold's validation rows; its score is the folds' mean. The test rows of the run are in no fold.

    `method` proposes settings: "random" (Bergstra and Bengio, 2012), "tpe" (tree-structured Parzen estimator, Bergstra
    et al., 2011; random for the first 10), or "grid", every combination, in an order drawn by the seed. The first
    trial of "tpe" and "random" is the settings as given, so that the search cannot end below them.

    `pruner` ends hopeless trials early, in their first fold, after 1/9 and 1/3 of the epochs: "halving" lets about
    one of three go on each time (asynchronous successive halving, Li et al., 2020), "hyperband" mixes that with
    later first decisions (Li et al., 2018), "none" judges all to the end.

    Attributes:
        config: the settings of a run; what the space does not name stays as it is.
        space: what is chosen, from what; where it is empty, `default_space`, or for a grid 24 of its
            points.
        trials: how many settings are tried; None takes 50, or the whole grid.
        timeout: seconds after which no further trial begins; None for no bound.
        cv: folds; 1 judges by the run's own validation rows; None takes 5 for tables, 1 for all else.
        method: "tpe", "random" or "grid".
        pruner: "halving", "hyperband" or "none".
        metric: what trials are compared by; None takes log_loss or r2 where the data have it,
            else the loss. Accuracy is coarse: on few rows many settings have the same, and chance decides.

    Raises:
        ConfigError: for a value of a wrong type or out of its range, naming the setting.

    Example:
        >>> search = Search(config=RunConfig(data="iris"), method="grid", trials=3)
        >>> search.cv, search.trials, len(search.grid())
        (5, 3, 24)
    """

    config: RunConfig
    space: Space = field(default_factory=dict)
    trials: int | None = None
    timeout: float | None = None
    cv: int | None = None
    method: str = "tpe"
    pruner: str = "halving"
    metric: str | None = None

    def __post_init__(self) -> None:
        for name, known in (("method", METHODS), ("pruner", PRUNERS), ("metric", DIRECTIONS)):
            value = getattr(self, name)
            if value not in known and not (name == "metric" and value is None):
                raise ConfigError(f"{name} {value!r} is not known{nearest(value, known)}")
        for name in ("trials", "cv"):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            if value is not None and not whole:
                raise ConfigError(f"{name} must be a whole number of at least 1, got {value!r}")
        t = self.timeout
        good = isinstance(t, (int, float)) and not isinstance(t, bool) and math.isfinite(t) and t > 0
        if t is not None and not good:
            raise ConfigError(f"timeout must be a positive number of seconds, got {t!r}")
        is_table = kind_of(self.config.to_json()) == "table"
        if self.cv is None:
            object.__setattr__(self, "cv", FOLDS if is_table else 1)
        if not self.space:
            object.__setattr__(self, "space", self._small() if self.method == "grid" else default_space(self.config))
        size = len(self.grid()) if self.method == "grid" else None
        trials = (self.trials or size or TRIALS) if size is None else min(self.trials or size, size)
        object.__setattr__(self, "trials", trials)

    def _small(self) -> Space:
        """Return the part of the default space that a grid can cover."""
        few: Space = {"layers": Choice((1, 2)), "units": Choice((32, 128)), "dropout": Choice((0.0, 0.3))}
        space = default_space(self.config)
        return {"lr": space["lr"]} | {name: values for name, values in few.items() if name in space}

    @property
    def folds(self) -> int:
        """How many times a setting is trained."""
        assert self.cv is not None  # noqa: S101 - __post_init__ has seen to it
        return self.cv

    @property
    def wanted(self) -> int:
        """How many trials are to be finished."""
        assert self.trials is not None  # noqa: S101 - __post_init__ has seen to it
        return self.trials

    def grid(self) -> list[dict[str, Any]]:
        """Return every combination of the space's values, in an order drawn by the seed.

        Momentum is left out beside an optimizer that has none.
        """
        names = list(self.space)
        points = [dict(zip(names, p, strict=True)) for p in product(*(self.space[n].grid() for n in names))]
        for point in points:
            if point.get("optimizer", self.config.optimizer) not in WITH_MOMENTUM:
                point.pop("momentum", None)
        points = list({tuple(point.items()): point for point in points}.values())
        order = random.generator_for(self.config.seed, "tune.grid").permutation(len(points))
        return [points[i] for i in order]

    def rungs(self) -> list[int]:
        """Return the epochs after which a trial may be ended early.

        Example:
            >>> Search(config=RunConfig(data="iris", epochs=200)).rungs()
            [22, 66]
        """
        if self.pruner == "none":
            return []
        first = max(1, self.config.epochs // REDUCTION**RUNGS)
        return [first * REDUCTION**i for i in range(RUNGS) if first * REDUCTION**i < self.config.epochs]

    def to_json(self) -> dict[str, Any]:
        """Return what makes a search the one that it is: all but how long it may take, and where the data lie."""
        settings = {name: value for name, value in self.config.to_json().items() if name != "data"}
        return {
            "settings": settings,
            "space": space_json(self.space),
            "cv": self.cv,
            "method": self.method,
            "pruner": self.pruner,
            "metric": self.metric,
        }
