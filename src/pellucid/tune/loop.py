"""The search itself: trial after trial, until enough are finished, time is up, or Ctrl-C comes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pellucid.train.interrupt import DeferredInterrupt, Interrupted
from pellucid.train.kinds import Prepared
from pellucid.tune.objective import Folds, metric_for, run_trial
from pellucid.tune.search import DIRECTIONS, Search
from pellucid.tune.trial import Trial

__all__ = ["NothingFoundError", "SearchResult", "Snapshot", "Watch", "best_of", "run_search"]

POLL = 0.5


class NothingFoundError(RuntimeError):
    """No trial of a search came to a score."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """How far a search is, for whoever watches it.

    Attributes:
        search: with its metric.
        trials: the finished ones, by number.
        running: the parameters of those that some process is at, by number.
        best: the best complete trial so far.
        ended: the trial that this process has just finished.
    """

    search: Search
    trials: list[Trial]
    running: Mapping[int, Mapping[str, Any]]
    best: Trial | None
    ended: Trial | None = None


Watch = Callable[[Snapshot], None]


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What a search came to.

    Attributes:
        search: as run, with its metric.
        study: where its trials are kept; None for memory only.
        trials: the finished ones, by number, also those of other processes and earlier sittings.
        best: the best complete trial.
        given: the trial of the settings as given; None for a grid, or where it failed.
        seconds: of this sitting.
        interrupted: whether Ctrl-C ended it.
        complete: whether all trials that were wanted are finished.
        repeated: trials that were begun twice, because their process died or was interrupted.
        elsewhere: whether another process finishes the search, or has finished it: the best is its to retrain.
    """

    search: Search
    study: str | None
    trials: list[Trial]
    best: Trial
    given: Trial | None
    seconds: float
    interrupted: bool
    complete: bool
    repeated: int
    elsewhere: bool

    @property
    def maximize(self) -> bool:
        """Whether a greater score is a better one."""
        return _maximize(self.search)


def run_search(search: Search, study: str | None = None, watch: Watch | None = None) -> SearchResult:
    """Run the trials of a search that are not yet finished.

    The same seed gives the same search, trial by trial, also when it is interrupted and continued. Several
    processes, on one machine or many, that are given the same study share its trials; who has nothing left to do
    waits for the others, to take over what a killed one leaves.

    Args:
        search: what is looked for.
        study: where the trials are kept: see `pellucid.tune.place.open_study`; None for memory only.
        watch: told how far the search is whenever that changes.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
        StudyError: when the study cannot be opened, or is one of another search.
        NothingFoundError: when no trial came to a score, with what ended the last one.
        KeyboardInterrupt: after Ctrl-C, when there is no score yet.
        ImportError: when Optuna is absent.

    Example:
        >>> from pellucid.train.config import RunConfig
        >>> found = run_search(Search(config=RunConfig(data="iris", epochs=5), trials=2, cv=2))
        >>> len(found.trials), found.search.metric, found.best.state
        (2, 'log_loss', 'complete')
    """
    from pellucid.tune.study import Study

    folds = Folds(search)
    first = folds.of(search.config)[0]
    search = replace(search, metric=metric_for(search, first))
    shared = Study(search, study, str(folds.sha256), _hidden(first, search))
    ran = interrupted = False
    began = time.monotonic()  # the time is the trials': reading large data takes none of it
    with DeferredInterrupt() as interrupt:
        try:
            while search.timeout is None or time.monotonic() - began < search.timeout:
                interrupt.check()
                claim = shared.claim()
                if claim is None:
                    _tell(watch, shared)
                    if shared.is_complete():
                        break
                    time.sleep(POLL)
                    continue
                ran = True
                try:
                    _tell(watch, shared)
                    with shared.alive(claim):
                        outcome = run_trial(search, folds, claim.parameters, shared.report_of(claim), interrupt.check)
                except BaseException:
                    shared.give_back(claim)
                    raise
                if shared.tell(claim, outcome):
                    _tell(watch, shared, claim.number)
        except Interrupted:
            interrupted = True
    trials = shared.trials()
    best = best_of(trials, maximize=_maximize(search))
    if best is None and interrupted:
        raise KeyboardInterrupt
    if best is None:
        raise _nothing(trials)
    return SearchResult(
        search=search,
        study=study,
        trials=trials,
        best=best,
        given=next((t for t in trials if t.number == 0 and t.score is not None and search.method != "grid"), None),
        seconds=time.monotonic() - began,
        interrupted=interrupted,
        complete=shared.is_complete(),
        repeated=shared.repeated(),
        elsewhere=bool(shared.running()) or (shared.is_complete() and ran and not shared.was_completed_here()),
    )


def _maximize(search: Search) -> bool:
    return DIRECTIONS[str(search.metric)] == "maximize"


def best_of(trials: list[Trial], *, maximize: bool) -> Trial | None:
    """Return the complete trial with the best score, the first of equals; None where there is none."""
    scored = [(t.score if maximize else -t.score, -t.number, t) for t in trials if t.score is not None]
    return max(scored)[2] if scored else None


def _hidden(prepared: Prepared, search: Search) -> tuple[int, ...] | None:
    """Return the sizes of the hidden layers that the settings as given come to; None where that is no such net."""
    settings = prepared.model_settings(search.config)
    return tuple(settings["sizes"][1:-1]) if settings["kind"] == "MLP" else None


def _tell(watch: Watch | None, shared: Any, ended: int | None = None) -> None:
    if watch is None:
        return
    trials = shared.trials()
    watch(
        Snapshot(
            search=shared.search,
            trials=trials,
            running=shared.running(),
            best=best_of(trials, maximize=_maximize(shared.search)),
            ended=next((t for t in trials if t.number == ended), None),
        )
    )


def _nothing(trials: list[Trial]) -> NothingFoundError:
    if not trials:
        return NothingFoundError("the time was up before a trial was finished; give it more")
    last = trials[-1]
    return NothingFoundError(f"no trial came to a score; the last of {len(trials)} {last.state}: {last.error}")
