"""Grid search and random search for any function that trains: as the textbooks have them, and NumPy is enough."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from pellucid import random
from pellucid.train.callbacks import TrainingDivergedError
from pellucid.tune.k_folds import k_folds
from pellucid.tune.space import Choice, Range
from pellucid.tune.trial import State, Trial, mean_and_spread

__all__ = ["Drawn", "Folds", "TrainFunction", "grid_search", "random_search"]

TrainFunction = Callable[[dict[str, Any], Any, Any], float]
"""A function of (parameters, training rows, validation rows) that trains and returns the score."""

Folds = int | Sequence[tuple[Any, Any]]
"""How many random folds, or pairs of training and validation rows of one's own."""

Drawn = Choice | Range | Sequence[Any]
"""Where a parameter comes from: a list of values, or a range."""


def grid_search(
    train_fn: TrainFunction,
    space: Mapping[str, Drawn],
    rows: int,
    *,
    folds: Folds = 5,
    seed: int = 0,
    watch: Callable[[Trial], None] | None = None,
) -> list[Trial]:
    """Train with every combination of values on every fold, the last parameter changing fastest.

    Args:
        train_fn: trains with parameters on some rows and returns the score on others.
        space: lists of values by parameter, or ranges, of which their `points` are taken.
        rows: how many rows there are.
        folds: how many folds; every row is for validation exactly once. Or pairs of one's own.
        seed: of the folds and of what is drawn from `pellucid.random` in a trial.
        watch: told of every trial when it has ended; it may keep what an interruption would lose.

    Returns:
        a record of every trial. One whose function raises an error is "failed", one whose score or loss is no
        number "diverged"; neither ends the search.

    Raises:
        TypeError: when `train_fn` is no function, or a parameter has neither list nor range.
        ValueError: for an empty space or list, or folds that make no sense.

    Example:
        >>> from pellucid.tune import best_of
        >>> def train_fn(parameters, train, validation):
        ...     return -abs(parameters["lr"] - 0.1) * len(validation)
        >>> trials = grid_search(train_fn, {"lr": [0.01, 0.1, 1.0]}, rows=10)
        >>> best_of(trials, maximize=True).parameters
        {'lr': 0.1}
    """
    pairs = _checked(train_fn, space, rows, folds, seed)
    grids = [kind.grid() if isinstance(kind, Range) else _values(kind) for kind in space.values()]
    settings = (dict(zip(space, values, strict=True)) for values in product(*grids))
    return _run(train_fn, settings, pairs, seed, watch)


def random_search(
    train_fn: TrainFunction,
    space: Mapping[str, Drawn],
    rows: int,
    *,
    trials: int = 20,
    folds: Folds = 5,
    seed: int = 0,
    watch: Callable[[Trial], None] | None = None,
) -> list[Trial]:
    """Train with combinations that are drawn independently, on every fold.

    Where only a few of many parameters matter, this finds good values of them sooner than a grid of as many trials,
    which tries each parameter at few different values.

    Source: Bergstra and Bengio, "Random search for hyper-parameter optimization", 2012.

    Args:
        train_fn: as for `grid_search`.
        space: lists of values by parameter, each as likely as the others, or ranges (with `log`, of the logarithm).
        rows: how many rows there are.
        trials: how many combinations; trial i is the same whatever their number.
        folds: as for `grid_search`.
        seed: of the combinations, too.
        watch: as for `grid_search`.

    Returns:
        as `grid_search`.

    Raises:
        TypeError: as `grid_search`.
        ValueError: as `grid_search`, and when `trials` is less than 1.

    Example:
        >>> from pellucid.tune import best_of
        >>> def train_fn(parameters, train, validation):
        ...     return -abs(parameters["lr"] - 0.1)
        >>> trials = random_search(train_fn, {"lr": Range(0.001, 1.0, log=True)}, rows=10, trials=30)
        >>> 0.05 < best_of(trials, maximize=True).parameters["lr"] < 0.2
        True
    """
    pairs = _checked(train_fn, space, rows, folds, seed)
    if isinstance(trials, bool) or not isinstance(trials, (int, np.integer)) or trials < 1:
        raise ValueError(f"trials must be a whole number of at least 1, got {trials!r}")
    drawn = (_draw(space, random.generator_for(seed, "tune.random", number)) for number in range(trials))
    return _run(train_fn, drawn, pairs, seed, watch)


def _checked(train_fn: Any, space: Any, rows: Any, folds: Any, seed: Any) -> list[tuple[Any, Any]]:
    """Check what every search is given, and return the folds."""
    if not callable(train_fn):
        raise TypeError(f"train_fn must be a function of (parameters, train, validation), got {train_fn!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be a whole number, got {seed!r}")
    if not isinstance(space, Mapping) or not space:
        raise ValueError(f"the space must be lists of values or ranges by parameter, got {space!r}")
    for name, kind in space.items():
        if isinstance(kind, Range):
            _check_range(name, kind)
        elif not len(_values(kind, name)):
            raise ValueError(f"the parameter {name!r} has no value to try")
    if isinstance(folds, Iterable):
        return _own_folds(list(folds), rows)
    return list(k_folds(rows, folds, seed=int(seed)))


def _check_range(name: str, kind: Range) -> None:
    if not (math.isfinite(kind.low) and math.isfinite(kind.high) and kind.low <= kind.high):
        raise ValueError(f"the range of {name!r} must go from a number to one not below it, got {kind}")
    if kind.log and kind.low <= 0:
        raise ValueError(f"the range of {name!r} is logarithmic and must be positive, got {kind}")


def _own_folds(pairs: list[Any], rows: int) -> list[tuple[Any, Any]]:
    """Check that no fold judges by rows that it trains on, or by rows that are not there."""
    if not pairs:
        raise ValueError("folds holds no pair of training and validation rows")
    for i, pair in enumerate(pairs):
        if len(pair) != 2:
            raise ValueError(f"fold {i} must be a pair of training and validation rows, got {len(pair)} parts")
        train, validation = (np.asarray(part) for part in pair)
        for part in (train, validation):
            if part.ndim != 1 or part.dtype.kind not in "iu" or not len(part) or part.min() < 0 or part.max() >= rows:
                raise ValueError(f"fold {i} must hold numbers of rows from 0 to {rows - 1}, at least one in each part")
        if np.intersect1d(train, validation).size:
            raise ValueError(f"fold {i} has rows that are for training and for validation")
    return pairs


def _values(kind: Any, name: str = "") -> Sequence[Any]:
    if isinstance(kind, Choice):
        return kind.values
    if isinstance(kind, np.ndarray) and kind.ndim == 1:
        return kind.tolist()
    if isinstance(kind, Sequence) and not isinstance(kind, (str, bytes)):
        return kind
    raise TypeError(f"the parameter {name!r} must have a list of values or a Range, got {kind!r}")


def _draw(space: Mapping[str, Drawn], generator: np.random.Generator) -> dict[str, Any]:
    """Draw one value for each parameter."""
    drawn = {}
    for name, kind in space.items():
        share = generator.random()
        if not isinstance(kind, Range):
            values = _values(kind, name)
            drawn[name] = values[int(share * len(values))]
        elif kind.whole and not kind.log:
            drawn[name] = int(kind.low + math.floor(share * (kind.high - kind.low + 1)))
        else:
            low, high = kind.low, kind.high
            value = low * (high / low) ** share if kind.log else low + (high - low) * share
            drawn[name] = round(value) if kind.whole else value
    return drawn


def _run(
    train_fn: TrainFunction,
    settings: Iterable[dict[str, Any]],
    pairs: list[tuple[Any, Any]],
    seed: int,
    watch: Callable[[Trial], None] | None,
) -> list[Trial]:
    trials = []
    for number, parameters in enumerate(settings):
        trials.append(_trial(train_fn, number, parameters, pairs, seed))
        if watch is not None:
            watch(trials[-1])
    return trials


def _trial(
    train_fn: TrainFunction, number: int, parameters: dict[str, Any], pairs: list[tuple[Any, Any]], seed: int
) -> Trial:
    """Train on every fold, until one fails."""
    own = random.key_for(seed, "tune.trial", number) >> 65
    began = time.perf_counter()
    scores: list[float] = []
    state: State = "complete"
    error = ""
    try:
        for fold, (train, validation) in enumerate(pairs):
            with random.default_generator.at(own, fold):
                # Copies: what a function changes in them is its own affair.
                scores.append(_number(train_fn(dict(parameters), np.array(train), np.array(validation))))
    except TrainingDivergedError as problem:
        state, error = "diverged", str(problem)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the other settings deserve their trials
        state, error = "failed", f"{type(problem).__name__}: {problem}"
    mean, spread = mean_and_spread(scores) if state == "complete" else (None, None)
    seconds = time.perf_counter() - began
    return Trial(
        number=number, parameters=parameters, scores=tuple(scores), score=mean, spread=spread, seconds=seconds,
        seed=own, state=state, error=error,
    )  # fmt: skip


def _number(score: Any) -> float:
    """Return what the function returned as a number.

    Raises:
        TypeError: when it is none.
        TrainingDivergedError: when it is NaN or infinite.
    """
    if isinstance(score, (bool, str, bytes)) or not hasattr(score, "__float__"):
        raise TypeError(f"the function must return the score as a number, got {score!r}")
    value = float(score)
    if not math.isfinite(value):
        raise TrainingDivergedError(f"the score is {value}")
    return value
