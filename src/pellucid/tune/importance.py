"""Which parameters of a search mattered."""

import math
from collections.abc import Sequence
from typing import Any

from pellucid._extras import require
from pellucid.tune.trial import Trial

__all__ = ["importance"]

_FEWEST = 8  # trials of which a forest learns anything
_MOST_LACK = 0.3  # share of the trials that may lack a parameter that counts


def importance(trials: Sequence[Trial], *, seed: int = 0) -> dict[str, float]:
    """Return which share of the variance of the scores each parameter explains by itself, the largest first.

    A random forest learns the score from the parameters, and the variance of what it says is divided among them:
    fANOVA, as Optuna has it. What parameters do only together is no single one's share. Parameters that had one
    value only, or that many trials lack, do not count; trials that lack one of those that count are left out, and so
    are trials without a score.

    Source: Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter importance", 2014.

    Args:
        trials: of one search.
        seed: of the forest; the same seed gives the same shares.

    Returns:
        shares by parameter; empty where there are fewer than 8 trials to learn from, or all have the same score.

    Raises:
        ImportError: when Optuna or scikit-learn is absent.

    Example:
        >>> trials = [
        ...     Trial(number=i, parameters={"lr": 0.01 * (i + 1), "seed": i * 7 % 5}, score=abs(i - 15.0))
        ...     for i in range(30)
        ... ]
        >>> list(importance(trials))
        ['lr', 'seed']
    """
    done = [t for t in trials if t.state == "complete" and t.score is not None and math.isfinite(t.score)]
    names = list(dict.fromkeys(name for t in done for name in t.parameters))
    names = [n for n in names if sum(n not in t.parameters for t in done) <= _MOST_LACK * len(done)]
    done = [t for t in done if all(n in t.parameters for n in names)]
    names = [n for n in names if len({str(t.parameters[n]) for t in done}) > 1]
    if len(done) < _FEWEST or not names or len({t.score for t in done}) == 1:
        return {}
    optuna = require("optuna", "tune")
    require("sklearn", "tabular")
    values = {n: [_plain(t.parameters[n]) for t in done] for n in names}
    kinds = {n: _distribution(values[n]) for n in names}
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(direction="minimize")  # the direction has no say in a variance
    finally:
        optuna.logging.set_verbosity(verbosity)
    for i, trial in enumerate(done):
        parameters = {n: values[n][i] for n in names}
        study.add_trial(optuna.trial.create_trial(params=parameters, distributions=kinds, value=trial.score))
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    shares = evaluator.evaluate(study, params=names)
    return {name: float(share) for name, share in sorted(shares.items(), key=lambda item: -item[1])}


def _plain(value: Any) -> Any:
    """Return a number as float; anything else as text, which is what a forest can tell apart."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _distribution(values: list[Any]) -> Any:
    """Return from where the values seem to come: a range, logarithmic where it spans decades, or a list."""
    optuna = require("optuna", "tune")
    if all(isinstance(v, float) and math.isfinite(v) for v in values):
        low, high = min(values), max(values)
        return optuna.distributions.FloatDistribution(low, high, log=low > 0 and high / low >= 30)
    values[:] = [str(v) for v in values]
    return optuna.distributions.CategoricalDistribution(sorted(set(values)))
