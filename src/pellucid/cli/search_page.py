"""The page of a search, put together from what the search and its best run came to."""

import shlex
from pathlib import Path
from typing import Any

from pellucid.cli.settings import command_of
from pellucid.train.run import RunResult
from pellucid.train.run_folder import RunFiles
from pellucid.tune import SearchResult, importance

__all__ = ["write"]


def write(result: SearchResult, run: RunResult) -> Path:
    """Write `search.html` into the run's folder, beside the run's own report.

    Args:
        result: of the search.
        run: of its best setting, with `tune.json`.

    Raises:
        ImportError: when matplotlib or jinja2 is absent.
    """
    from pellucid.plot import SearchReport, write_search_report
    from pellucid.tune.place import shown

    search = result.search
    settings: dict[str, Any] = {
        "method": search.method,
        "pruner": search.pruner,
        "folds": search.folds,
        "seed": search.config.seed,
        "study": shown(result.study),
    }
    warnings = []
    if not result.complete:
        warnings.append(f"{len(result.trials)} of the {search.wanted} trials that were wanted are done.")
    if result.best == result.given:
        warnings.append("Nothing better than the settings as given was found.")
    if search.folds == 1:
        warnings.append("Trials were judged by one validation part, whose choice of rows is part of their scores.")
    data = SearchReport(
        name=run.prepared.name,
        metric=str(search.metric),
        maximize=result.maximize,
        trials=result.trials,
        best=result.best,
        command=_command(result, run),
        seconds=sum(t.seconds for t in result.trials),
        settings=settings,
        held_out={k: v for k, v in run.metrics["test"].items() if "/" not in k},
        importance=importance(result.trials),
        given=None if result.given is None else result.given.score,
        page=RunFiles(run.folder).report.name if RunFiles(run.folder).report.exists() else "",
        warnings=warnings,
    )
    return write_search_report(run.folder / "search.html", data)


def _command(result: SearchResult, run: RunResult) -> str:
    """Return what to type to repeat the search; the space is read from what it left."""
    search = result.search
    options = {"space": run.folder / "tune.json", "trials": search.wanted, "cv": search.folds, "method": search.method}
    options |= {"pruner": search.pruner, "metric": search.metric}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return f"{command_of(search.config).replace(' train ', ' tune ', 1)} {shlex.join(words)}"
