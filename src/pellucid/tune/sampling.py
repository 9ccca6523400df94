"""What proposes settings, and what ends trials early: Optuna's, with counted randomness."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pellucid import random
from pellucid._extras import require
from pellucid.train.config import WITH_MOMENTUM, RunConfig
from pellucid.tune.search import REDUCTION, Search
from pellucid.tune.space import Choice, Range, Space

if TYPE_CHECKING:
    import optuna
else:
    optuna = require("optuna", "tune")

__all__ = ["CountedSampler", "pruner_for", "suggest"]


class CountedSampler(optuna.samplers.BaseSampler):
    """Proposes settings as a function of (seed, number of the trial, trials before it).

    Optuna's samplers draw from a running state, which a continued search would begin anew, to draw once more what
    it drew first. Here every trial has a sampler of its own.

    Args:
        method: "tpe" or "random"; a grid's trials are fixed when they are queued.
        seed: of the search.
    """

    def __init__(self, method: str, seed: int) -> None:
        self._method, self._seed = method, seed
        self._number: int | None = None
        self._inner: optuna.samplers.BaseSampler = optuna.samplers.RandomSampler()

    def _of(self, trial: "optuna.trial.FrozenTrial") -> "optuna.samplers.BaseSampler":
        if trial.number != self._number:
            self._number = trial.number
            seed = random.key_for(self._seed, "tune.sampler", trial.user_attrs.get("slot", 0)) % 2**32
            made = optuna.samplers.TPESampler if self._method == "tpe" else optuna.samplers.RandomSampler
            self._inner = made(seed=seed)
        return self._inner

    def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
        """Return which parameters are drawn together."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(self, study: Any, trial: Any, search_space: dict[str, Any]) -> dict[str, Any]:
        """Draw these together."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(self, study: Any, trial: Any, param_name: str, param_distribution: Any) -> Any:
        """Draw one by itself."""
        return self._of(trial).sample_independent(study, trial, param_name, param_distribution)


def pruner_for(search: Search) -> "optuna.pruners.BasePruner":
    """Return what ends a search's trials early."""
    rungs = search.rungs()
    if not rungs:
        return optuna.pruners.NopPruner()
    if search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(
            min_resource=rungs[0], max_resource=search.config.epochs, reduction_factor=REDUCTION
        )
    return optuna.pruners.SuccessiveHalvingPruner(min_resource=rungs[0], reduction_factor=REDUCTION)


def suggest(
    trial: "optuna.trial.Trial",
    space: Space,
    config: RunConfig,
    *,
    only: Mapping[str, Any] | None = None,
    is_drawn: bool = True,
) -> dict[str, Any]:
    """Let the sampler choose a setting; momentum only where the optimizer has it.

    Args:
        trial: Optuna's.
        space: from what.
        config: what the space does not name.
        only: the parameters that this trial has, where not all.
        is_drawn: whether the sampler draws numbers, and nobody has fixed them.
    """
    chosen: dict[str, Any] = {}
    # The optimizer first, as another one depends on it.
    for name in sorted(space, key=lambda name: name == "momentum"):
        if only is not None and name not in only:
            continue
        if name == "momentum" and chosen.get("optimizer", config.optimizer) not in WITH_MOMENTUM:
            continue
        chosen[name] = _suggest_one(trial, name, space[name], is_drawn=is_drawn)
    return {name: chosen[name] for name in space if name in chosen}


def _suggest_one(trial: "optuna.trial.Trial", name: str, values: Choice | Range, *, is_drawn: bool) -> Any:
    if isinstance(values, Choice):
        return trial.suggest_categorical(name, values.values)
    if values.whole:
        return trial.suggest_int(name, int(values.low), int(values.high), log=values.log)
    drawn = trial.suggest_float(name, float(values.low), float(values.high), log=values.log)
    if not is_drawn:
        return drawn
    # People read and type these: three digits say as much as sixteen.
    return min(max(float(f"{drawn:.3g}"), values.low), values.high)
