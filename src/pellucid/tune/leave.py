"""What a search leaves: the best setting trained once more, as a run folder with the record of the search."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pellucid import __version__
from pellucid._files import atomic_write, write_json
from pellucid.train.callbacks import Callback
from pellucid.train.config import RunConfig
from pellucid.train.kinds import Prepared
from pellucid.train.run import RunResult, train_run
from pellucid.train.trainer import Trainer
from pellucid.tune.loop import SearchResult
from pellucid.tune.space import chosen, space_json
from pellucid.tune.trial import Trial

__all__ = ["best_config", "retrain", "write_trials"]

FORMAT = 1


def best_config(result: SearchResult) -> RunConfig:
    """Return the settings of a run that are the best that were found."""
    return chosen(result.best.parameters, result.search.config)


def retrain(
    result: SearchResult,
    folder: str | Path,
    callbacks: Iterable[Callback] = (),
    *,
    on_prepared: Callable[[Prepared, Trainer], None] | None = None,
) -> RunResult:
    """Train the best setting once more and leave it as a run folder, with `tune.json` and `trials.csv`.

    It is the run that `pellucid train` makes of these settings: trained on the training rows, stopped by the
    validation rows, measured on the test rows, which no trial has seen. The validation rows are not trained on too,
    because then nothing would say when to stop; `config.json` repeats it without the search.

    Args:
        result: of the search.
        folder: a new folder, as for `train_run`.
        callbacks: further callbacks, such as a progress display.
        on_prepared: told the data and the trainer before the first step.

    Raises:
        RunError: when the folder is not empty.
        TrainingDivergedError: when the loss is no longer a number.

    Example:
        >>> from pellucid.tune import Search, run_search
        >>> found = run_search(Search(config=RunConfig(data="iris", epochs=5), trials=1, cv=2))
        >>> sorted(retrain(found, "best").metrics)
        ['test', 'train', 'validation']
    """
    run = train_run(best_config(result), folder, callbacks, on_prepared=on_prepared)
    write_trials(result.trials, run.folder / "trials.csv")
    write_json(run.folder / "tune.json", _described(result))
    return run


def write_trials(trials: list[Trial], path: str | Path) -> None:
    """Write the records of trials as CSV: a row for each, a column for each fold and each parameter."""
    parameters = list(dict.fromkeys(name for t in trials for name in t.parameters))
    folds = max((len(t.scores) for t in trials), default=0)
    fixed = ("number", "state", "score", "spread", "seconds", "seed")
    with atomic_write(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*fixed, *(f"fold_{i + 1}" for i in range(folds)), *parameters, "error"])
        for t in trials:
            scores = [*t.scores, *[None] * (folds - len(t.scores))]
            chosen = (t.parameters.get(name) for name in parameters)
            writer.writerow([*(getattr(t, name) for name in fixed), *scores, *chosen, t.error])


def _described(result: SearchResult) -> dict[str, Any]:
    from pellucid.tune.place import shown

    search = result.search
    states = [t.state for t in result.trials]
    return {
        "format": FORMAT,
        "pellucid": __version__,
        **search.to_json(),
        "space": space_json(search.space),
        "direction": "maximize" if result.maximize else "minimize",
        "trials": {"wanted": search.wanted, **{state: states.count(state) for state in dict.fromkeys(states)}},
        "repeated": result.repeated,
        "interrupted": result.interrupted,
        "seconds": sum(t.seconds for t in result.trials),
        "study": shown(result.study),
        "best": result.best.to_json(),
        "given": None if result.given is None else result.given.to_json(),
    }
