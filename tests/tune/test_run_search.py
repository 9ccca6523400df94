"""A search: its trials are what training makes of their settings, nothing leaks, and nothing ends it but its end."""

import os
import signal
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pellucid.train.callbacks import EarlyStopping, TrainingDivergedError
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds import prepare
from pellucid.train.prepare import build_trainer
from pellucid.tune import Choice, NothingFoundError, Range, Search, objective, run_search
from pellucid.tune.space import chosen


def numbers(result):
    """Return what must be the same in the same search: all but the time."""
    return [replace(t, seconds=0.0) for t in result.trials]


def test_a_trials_score_is_the_mean_of_what_training_reaches_on_each_fold(make_search):
    search = make_search(trials=2, pruner="none")
    trial = run_search(search).trials[1]
    config = chosen(trial.parameters, search.config)
    scores = []
    for fold in prepare(search.config).folds(search.config, 2):
        trainer = build_trainer(config, fold, [EarlyStopping(patience=config.patience)])
        trainer.fit(fold.part("train"), fold.part("validation"), epochs=6, batch_size=32)
        scores.append(fold.score(trainer.model, "validation", 0.0)[0]["accuracy"])
    assert trial.scores == tuple(scores)
    assert trial.score == pytest.approx(np.mean(scores))
    assert trial.spread == pytest.approx(np.std(scores, ddof=1))
    assert trial.seconds > 0
    assert trial.seed == 0


@pytest.mark.parametrize("method", ["tpe", "random", "grid"])
def test_the_same_seed_gives_the_same_search_and_another_seed_another(make_search, method):
    trials = 13 if method == "tpe" else 4  # the estimator begins after ten
    first, again, other = (
        run_search(make_search(method=method, trials=trials, seed=seed, epochs=3, cv=1)) for seed in (0, 0, 1)
    )
    assert numbers(first) == numbers(again)
    assert [t.parameters for t in first.trials] != [t.parameters for t in other.trials]
    assert [t.number for t in first.trials] == list(range(trials))


@pytest.mark.parametrize("pruner", ["halving", "hyperband"])
def test_a_search_continued_is_the_undisturbed_one(make_search, tmp_path, pruner):
    def search(trials):
        return make_search(trials=trials, pruner=pruner, epochs=9, cv=1)

    whole = run_search(search(13), str(tmp_path / "a.journal"))
    for trials in (3, 11, 13):
        parts = run_search(search(trials), str(tmp_path / "b.journal"))
    assert numbers(parts) == numbers(whole)
    assert {t.state for t in whole.trials} == {"complete", "pruned"}


def test_the_first_trial_is_the_settings_as_given(make_search):
    result = run_search(make_search(config={"hidden": (8,), "lr": 0.005}, trials=3))
    assert result.trials[0].parameters == {"lr": 0.005, "units": 8, "layers": 1}
    assert result.given == result.trials[0]
    assert result.best.score >= result.given.score


def test_the_estimator_finds_better_settings_than_chance(make_search):
    # Only the learning rate counts: most of its range learns nothing in three epochs.
    space = {"lr": Range(1e-6, 1.0, log=True)}
    late = {}
    for method in ("random", "tpe"):
        result = run_search(
            make_search(space=space, method=method, trials=24, epochs=3, pruner="none", metric="loss", cv=1)
        )
        late[method] = np.median([t.score for t in result.trials[12:] if t.score is not None])
    assert late["tpe"] < 0.8 * late["random"]


@pytest.mark.parametrize("pruner", ["halving", "hyperband"])
def test_hopeless_trials_end_early_and_say_so(make_search, pruner):
    space = {"lr": Choice((1e-6, 0.02))}
    result = run_search(make_search(space=space, pruner=pruner, trials=12, epochs=27, method="random", cv=1))
    ended = [t for t in result.trials if t.state == "pruned"]
    assert ended
    assert all(t.score is None and t.scores == () for t in ended)
    assert all("others were better after" in t.error for t in ended)
    assert result.best.parameters["lr"] == 0.02
    assert all(t.state == "complete" for t in run_search(make_search(pruner="none", space=space)).trials)


def test_a_diverging_and_a_failing_trial_are_marked_and_end_nothing(make_search):
    # A rate of 1e30 loses its numbers; 79 training rows in batches of 78 leave one row over, which batch norm refuses.
    space = {"lr": Choice((0.01, 1e30)), "batch_size": Choice((16, 59)), "batch_norm": Choice((True,))}
    search = make_search(space=space, method="grid", trials=None)
    result = run_search(search)
    found = {(t.parameters["lr"], t.parameters["batch_size"]): t for t in result.trials}
    assert found[0.01, 16].state == "complete"
    assert found[1e30, 16].state == "diverged"
    assert "loss became" in found[1e30, 16].error
    assert {found[lr, 59].state for lr in (0.01, 1e30)} == {"failed"}
    assert "batch_norm needs at least two rows" in found[0.01, 59].error
    assert result.complete
    assert result.best == found[0.01, 16]


def test_a_search_in_which_every_trial_fails_says_why(make_search):
    with pytest.raises(NothingFoundError, match="no trial came to a score; the last of 2 diverged: the loss became"):
        run_search(make_search(space={"lr": Choice((1e30, 1e31))}, method="grid", trials=2))


def test_memory_that_runs_out_fails_one_trial(make_search, monkeypatch):
    real, calls = objective.build_trainer, []

    def build(*args):
        calls.append(args)
        if len(calls) == 4:  # one shows the metrics, two are the first trial's folds
            raise MemoryError("no room for the weights")
        return real(*args)

    monkeypatch.setattr(objective, "build_trainer", build)
    result = run_search(make_search(trials=3, pruner="none"))
    assert [t.state for t in result.trials] == ["complete", "failed", "complete"]
    assert result.trials[1].error == "MemoryError: no room for the weights"


def poisoned(tmp_path, name, poison):
    """Write a table whose test rows may be poisoned, and return its path."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=80), "b": rng.normal(size=80)})
    frame["y"] = frame["a"] - 2 * frame["b"] + 0.1 * rng.normal(size=80)
    path = tmp_path / f"{name}.csv"
    frame.to_csv(path, index=False)
    test = prepare(RunConfig(data=str(path), target="y")).split.test
    if poison:
        frame.loc[test, ["a", "b", "y"]] = rng.normal(size=(len(test), 3)) * 1e6
        frame.to_csv(path, index=False)
    return str(path)


def test_the_test_rows_are_never_seen(tmp_path, make_search):
    for cv in (2, 1):
        clean, bad = (
            run_search(
                make_search(data=poisoned(tmp_path, name, name == "bad"), config={"target": "y"}, cv=cv, metric=None)
            )
            for name in ("clean", "bad")
        )
        assert clean.search.metric == "r2"
        assert numbers(clean) == numbers(bad)


def test_preprocessing_is_fitted_inside_each_fold(tmp_path, make_search):
    # One row is a million times the others; scaled by all rows, every other row would look like zero.
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=80)})
    frame["y"] = frame["a"]
    search = make_search(data=str(tmp_path / "t.csv"), config={"target": "y", "lr": 0.05}, epochs=40, trials=1)
    frame.to_csv(tmp_path / "t.csv", index=False)
    prepared = prepare(search.config)
    fold = prepared.folds(search.config, 2)[0]
    outlier = fold.features.index[fold.split.validation[0]]
    frame.loc[outlier, "a"] = 1e6
    frame.to_csv(tmp_path / "t.csv", index=False)
    result = run_search(replace(search, metric="median_absolute_error"))
    # The fold that judges the outlier was fitted without it.
    assert result.trials[0].scores[0] < 0.3
    assert result.trials[0].scores[1] > 0.4


def test_a_metric_is_minimised_where_less_is_better(make_search):
    result = run_search(make_search(metric="log_loss"))
    assert not result.maximize
    assert result.best.score == min(t.score for t in result.trials if t.score is not None)


def test_classes_are_compared_by_their_log_loss_where_nothing_else_is_asked(make_search):
    result = run_search(make_search(metric=None, trials=1))
    assert (result.search.metric, result.maximize) == ("log_loss", False)


def test_a_metric_that_the_data_do_not_have_is_refused_before_the_first_trial(make_search):
    with pytest.raises(ConfigError, match="metric 'r2' is none of this data's: loss, accuracy"):
        run_search(make_search(metric="r2"))


def test_other_data_than_tables_are_judged_by_their_validation_part(tmp_path):
    (tmp_path / "book.txt").write_text("to be or not to be, that is the question. " * 60)
    config = RunConfig(
        data=str(tmp_path / "book.txt"), test_size=0.1, validation_size=0.1, context=8, hidden=(8,), epochs=1
    )
    result = run_search(Search(config=config, trials=2, space={"lr": Range(1e-3, 1e-2)}))
    assert result.search.metric == "loss"
    assert [len(t.scores) for t in result.trials if t.state == "complete"] == [1, 1]
    with pytest.raises(ConfigError, match="cv must be 1 for language, got 3"):
        run_search(Search(config=config, trials=2, cv=3))


def test_an_autoencoder_is_compared_by_its_loss(make_search):
    search = make_search(
        data="breast_cancer",
        config={"model": "autoencoder"},
        space={"lr": Range(1e-3, 1e-2)},
        cv=1,
        trials=2,
        metric=None,
    )
    assert run_search(search).search.metric == "loss"
    with pytest.raises(ConfigError, match="metric 'accuracy' is none of this data's: loss"):
        run_search(replace(search, metric="accuracy"))


def test_no_trial_begins_after_the_time_is_up(make_search):
    result = run_search(make_search(trials=500, timeout=0.3))
    assert 1 <= len(result.trials) < 500
    assert not result.complete
    assert not result.interrupted


def test_ctrl_c_keeps_the_best_so_far_and_the_search_goes_on_as_if_it_had_not_come(make_search, tmp_path):
    whole = run_search(make_search(trials=5), str(tmp_path / "whole.journal"))

    def press(snapshot):
        if snapshot.ended is not None and snapshot.ended.number == 1:
            os.kill(os.getpid(), signal.SIGINT)

    study = str(tmp_path / "a.journal")
    result = run_search(make_search(trials=5), study, press)
    assert result.interrupted
    assert numbers(result) == numbers(whole)[:2]
    assert result.best == max(result.trials, key=lambda t: (t.score or 0, -t.number))
    after = run_search(make_search(trials=5), study)
    assert numbers(after) == numbers(whole)


@pytest.mark.parametrize("moment", ["in an epoch", "between folds"])
def test_ctrl_c_inside_a_trial_leaves_it_to_who_continues(make_search, tmp_path, monkeypatch, moment):
    def search():
        # It is left in order, and needs nobody to be taken for dead: that would last longer.
        return make_search(trials=3, pruner="none", epochs=3, timeout=45)

    whole = run_search(search(), str(tmp_path / "whole.journal"))
    calls = []

    def press(*args):
        calls.append(args)
        if len(calls) == (8 if moment == "in an epoch" else 3):  # both in the first fold of the second trial
            os.kill(os.getpid(), signal.SIGINT)

    class Pressing(EarlyStopping):
        def on_epoch_end(self, trainer):
            super().on_epoch_end(trainer)
            press()

    real = objective._score
    study = str(tmp_path / "a.journal")
    with monkeypatch.context() as patch:
        if moment == "in an epoch":
            patch.setattr(objective, "EarlyStopping", Pressing)
        else:
            patch.setattr(objective, "_score", lambda *args: press() or real(*args))
        result = run_search(search(), study)
    assert result.interrupted
    assert numbers(result) == numbers(whole)[:1]
    after = run_search(search(), study)
    assert numbers(after) == numbers(whole)
    assert after.repeated == 1


def test_ctrl_c_before_anything_is_known_ends_the_search_as_python_does(make_search, tmp_path):
    def press(snapshot):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_search(make_search(), str(tmp_path / "a.journal"), press)
    assert len(run_search(make_search(), str(tmp_path / "a.journal")).trials) == 4


def test_whoever_watches_is_told_of_each_trial(make_search):
    seen = []
    result = run_search(make_search(trials=3), None, seen.append)
    assert [s.ended.number for s in seen if s.ended is not None] == [0, 1, 2]
    assert [set(s.running) for s in seen if s.ended is None][:3] == [{0}, {1}, {2}]
    assert seen[-1].best == result.best


def test_divergence_is_an_outcome_and_not_an_error_of_the_searchs(make_search, monkeypatch):
    def diverge(*args):
        raise TrainingDivergedError("the loss became nan")

    monkeypatch.setattr(objective, "_fold_score", diverge)
    with pytest.raises(NothingFoundError, match="the last of 4 diverged: the loss became nan"):
        run_search(make_search())
