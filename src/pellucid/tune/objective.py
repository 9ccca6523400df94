"""One trial: a setting trained for each fold and judged on the rows that the fold keeps back."""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pellucid.train.callbacks import Callback, EarlyStopping, StopTraining, TrainingDivergedError
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.interrupt import Interrupted
from pellucid.train.kinds import Prepared, prepare
from pellucid.train.prepare import build_trainer
from pellucid.train.run_folder import RunError
from pellucid.tune.search import DIRECTIONS, Search
from pellucid.tune.space import chosen
from pellucid.tune.trial import State

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["Folds", "Outcome", "Report", "metric_for", "run_trial"]

Report = Callable[[int, float], bool]
"""Told an epoch and the score after it, says whether the trial should end."""

# Settings that change nothing in how the data are prepared; for others they are prepared again.
_OF_TRAINING = {
    *("lr", "momentum", "weight_decay", "l1", "optimizer", "schedule", "clip_norm", "epochs", "batch_size", "patience"),
    *("hidden", "activation", "dropout", "batch_norm", "class_weight"),
}
_KEPT = 4


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a trial; see `Trial`."""

    state: State
    scores: tuple[float, ...]
    seconds: float
    error: str = ""


class Folds:
    """The data of a search, divided and prepared; what was prepared last is kept for the next trials.

    Attributes:
        sha256: digest of the data as first read.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._prepared: dict[str, list[Prepared]] = {}
        self.sha256: str | None = None

    def of(self, config: RunConfig) -> list[Prepared]:
        """Return the data as these settings prepare them, once for each fold.

        Raises:
            RunError: when the data are no longer those that the search began with.
        """
        settings = {name: value for name, value in config.to_json().items() if name not in _OF_TRAINING}
        key = json.dumps(settings, sort_keys=True)
        if key not in self._prepared:
            prepared = prepare(config)
            if self.sha256 is None:
                self.sha256 = prepared.sha256
            if prepared.sha256 != self.sha256:
                raise RunError(f"{config.data} has changed since the search began; its trials cannot be compared")
            if len(self._prepared) == _KEPT:
                del self._prepared[next(iter(self._prepared))]
            cv = self._search.folds
            self._prepared[key] = [prepared] if cv == 1 else prepared.folds(config, cv)
        return self._prepared[key]


def metric_for(search: Search, prepared: Prepared) -> str:
    """Return what trials are compared by: as asked, else log_loss or r2 where the data have it, else the loss.

    Raises:
        ConfigError: when the data have no such metric.
    """
    # A network that has learned nothing shows which metrics there are. An autoencoder's depend on a threshold that
    # nobody has set before training has ended.
    known = ["loss"]
    if prepared.kind != "anomalies":
        trainer = build_trainer(search.config, prepared)
        found = _judged(prepared, trainer, trainer.evaluate(prepared.part("validation"))["loss"])
        known += [name for name in found if name in DIRECTIONS and name != "loss"]
    if search.metric is None:
        return next((name for name in ("log_loss", "r2") if name in known), "loss")
    if search.metric not in known:
        raise ConfigError(f"metric {search.metric!r} is none of this data's: {', '.join(known)}")
    return search.metric


def run_trial(
    search: Search, folds: Folds, parameters: Mapping[str, Any], report: Report, check: Callable[[], None]
) -> Outcome:
    """Train and judge one setting; whatever goes wrong with it is its outcome and ends nothing else.

    Args:
        search: with its metric.
        folds: the data.
        parameters: what was chosen.
        report: told the score at the search's rungs, in the first fold.
        check: called before each fold; raises Interrupted to end the trial.

    Raises:
        Interrupted: after Ctrl-C.
        RunError: when the data have changed.
    """
    began, scores = time.perf_counter(), []
    state: State = "complete"
    error = ""
    try:
        config = chosen(parameters, search.config)
        for number, prepared in enumerate(folds.of(config)):
            check()
            watching = _Rungs(search, prepared, report)
            score = _fold_score(search, config, prepared, [watching] if number == 0 else [])
            if watching.ended:
                state, error = "pruned", watching.ended
                break
            scores.append(score)
    except (Interrupted, RunError):
        raise
    except TrainingDivergedError as diverged:
        state, error = "diverged", str(diverged)
    except Exception as failure:  # noqa: BLE001 - a setting that cannot be is an outcome of the search
        state, error = "failed", f"{type(failure).__name__}: {failure}"
    return Outcome(state=state, scores=tuple(scores), seconds=time.perf_counter() - began, error=error)


def _fold_score(search: Search, config: RunConfig, prepared: Prepared, callbacks: Iterable[Callback]) -> float:
    trainer = build_trainer(config, prepared, [EarlyStopping(patience=config.patience), *callbacks])
    validation = prepared.part("validation")
    history = trainer.fit(prepared.part("train"), validation, epochs=config.epochs, batch_size=config.batch_size)
    if history.stopped.startswith("Interrupted"):
        raise Interrupted
    return _score(search, prepared, trainer, trainer.evaluate(validation)["loss"])


def _score(search: Search, prepared: Prepared, trainer: "Trainer", loss: float) -> float:
    assert search.metric is not None  # noqa: S101 - set when the search begins
    found = {"loss": loss} if search.metric == "loss" else _judged(prepared, trainer, loss)
    if search.metric not in found:
        raise ValueError(f"the validation {prepared.noun} have no {search.metric}: they lack a class; use fewer folds")
    score = found[search.metric]
    if not math.isfinite(score):
        raise ValueError(f"{search.metric} is {score} on the validation {prepared.noun}")
    return float(score)


def _judged(prepared: Prepared, trainer: "Trainer", loss: float) -> dict[str, float]:
    model: Any = trainer.model
    return {**prepared.score(model, "validation", loss)[0], "loss": loss}


class _Rungs(Callback):
    """Tells the score after some epochs, and ends training where whoever is told wants so."""

    def __init__(self, search: Search, prepared: Prepared, report: Report) -> None:
        self.search, self.prepared, self.report = search, prepared, report
        self.rungs = set(search.rungs())
        self.ended = ""

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Tell the score of this epoch's weights."""
        if trainer.epoch not in self.rungs:
            return
        score = _score(self.search, self.prepared, trainer, trainer.history.last()["validation_loss"])
        if self.report(trainer.epoch, score):
            self.ended = f"others were better after epoch {trainer.epoch}"
            raise StopTraining(self.ended)
