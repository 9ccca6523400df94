"""Grid and random search for any function, and the folds they judge by."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

import pellucid as pl
from pellucid.data import fold_rows, load_iris
from pellucid.train import Trainer, TrainingDivergedError
from pellucid.tune import Choice, Range, best_of, grid_search, k_folds, random_search


@pytest.mark.parametrize(("n", "folds"), [(2, 2), (7, 3), (10, 5), (11, 5), (101, 10), (6, 6)])
def test_every_row_is_for_validation_exactly_once(n, folds):
    pairs = k_folds(n, folds, seed=3)
    assert len(pairs) == folds
    counts = Counter(int(row) for _, validation in pairs for row in validation)
    assert counts == Counter(range(n))
    for train, validation in pairs:
        assert sorted([*train, *validation]) == list(range(n))
        assert abs(len(validation) - n / folds) < 1


def test_folds_are_drawn_by_the_seed():
    same = [[v.tolist() for _, v in k_folds(20, 4, seed=s)] for s in (0, 0, 1)]
    assert same[0] == same[1] != same[2]
    assert same[0][0] != list(range(5))


@pytest.mark.parametrize(("n", "folds"), [(10, 1), (10, True), (10, 2.0), (1, 2), (3, 4), ("ten", 2)])
def test_senseless_folds_are_refused(n, folds):
    with pytest.raises(ValueError, match=r"whole number of at least|need as many rows"):
        k_folds(n, folds)


def score(parameters, train, validation):
    return parameters["a"] * 10 + parameters["b"] + 0 * len(train) * len(validation)


def test_a_grid_is_every_combination_in_order():
    trials = grid_search(score, {"a": [1, 2], "b": Choice((5, 6, 7))}, rows=9, folds=3)
    assert [(t.parameters["a"], t.parameters["b"]) for t in trials] == [(1, 5), (1, 6), (1, 7), (2, 5), (2, 6), (2, 7)]
    assert [t.number for t in trials] == list(range(6))
    assert [t.score for t in trials] == [15, 16, 17, 25, 26, 27]
    assert all(t.scores == (t.score,) * 3 and t.spread == 0 and t.state == "complete" for t in trials)
    assert best_of(trials, maximize=True).number == 5
    assert best_of(trials, maximize=False).number == 0
    values = [t.parameters["lr"] for t in grid_search(lambda p, t, v: 0, {"lr": Range(0.01, 1, log=True, points=3)}, 5)]
    assert values == [0.01, 0.1, 1]
    assert [t.parameters["x"] for t in grid_search(lambda p, t, v: 0, {"x": np.array([1, 2])}, 4, folds=2)] == [1, 2]


def test_folds_and_rows_reach_the_function_which_may_spoil_its_own_copies():
    seen = []

    def spoil(parameters, train, validation):
        seen.append((train.tolist(), validation.tolist()))
        parameters["a"] = train[:] = validation[:] = -1
        return 1.0

    trials = grid_search(spoil, {"a": [1, 2]}, rows=7, folds=3, seed=5)
    expected = [(t.tolist(), v.tolist()) for t, v in k_folds(7, 3, seed=5)]
    assert seen == expected * 2
    assert [t.parameters for t in trials] == [{"a": 1}, {"a": 2}]
    own = fold_rows(10, 2, labels=np.arange(10) % 2)
    seen.clear()
    grid_search(spoil, {"a": [1]}, rows=10, folds=own)
    assert seen == [(t.tolist(), v.tolist()) for t, v in own]


def test_random_values_fill_their_ranges():
    space = {
        "lr": Range(1e-4, 1.0, log=True),
        "share": Range(0.25, 0.75),
        "layers": Range(1, 3, whole=True),
        "name": ["a", "b", "c"],
    }
    trials = random_search(lambda p, t, v: 0.0, space, rows=4, folds=2, trials=600)
    drawn = {name: [t.parameters[name] for t in trials] for name in space}
    logs = np.log10(drawn["lr"])
    assert logs.min() >= -4
    assert logs.max() <= 0
    assert abs(logs.mean() + 2) < 0.2
    assert abs(np.mean(drawn["share"]) - 0.5) < 0.03
    assert min(drawn["share"]) >= 0.25
    assert max(drawn["share"]) <= 0.75
    for name, values in (("layers", (1, 2, 3)), ("name", "abc")):
        counts = Counter(drawn[name])
        assert set(counts) == set(values)
        assert min(counts.values()) > 150
    assert abs(np.corrcoef(logs, drawn["share"])[0, 1]) < 0.15


def test_the_same_seed_gives_the_same_search_and_more_trials_only_add_to_it():
    def noisy(parameters, train, validation):
        return parameters["x"] + pl.rand(1).item() + validation[0]

    def run(trials, seed):
        pl.rand(3)  # whatever is drawn outside must not matter
        found = random_search(noisy, {"x": Range(0, 1)}, rows=8, folds=2, trials=trials, seed=seed)
        return [(t.parameters, t.scores, t.seed) for t in found]

    assert run(3, 0) == run(3, 0) == run(6, 0)[:3]
    assert run(3, 0) != run(3, 1)
    before = pl.get_rng_state()
    run(2, 0)
    after = pl.get_rng_state()
    assert after["counter"] == before["counter"] + 1  # the draw outside alone


def test_failing_and_diverging_trials_are_marked_and_end_nothing():
    def troubled(parameters, train, validation):
        match parameters["what"]:
            case "raises" if 0 in validation:
                raise ZeroDivisionError("no rows")
            case "diverges":
                raise TrainingDivergedError("the loss became nan in epoch 1")
            case "nan":
                return float("nan")
            case "nothing":
                return None
            case "yes":
                return True
        return np.float32(0.5)

    names = ["fine", "raises", "diverges", "nan", "nothing", "yes", "fine"]
    watched = []
    trials = grid_search(troubled, {"what": names}, rows=6, folds=3, watch=watched.append)
    assert watched == trials
    assert [t.state for t in trials] == ["complete", "failed", "diverged", "diverged", "failed", "failed", "complete"]
    assert trials[1].error == "ZeroDivisionError: no rows"
    assert trials[2].error == "the loss became nan in epoch 1"
    assert trials[3].error == "the score is nan"
    assert "must return the score as a number, got None" in trials[4].error
    assert [t.score for t in trials] == [0.5, None, None, None, None, None, 0.5]
    judged = next(i for i, (_, v) in enumerate(k_folds(6, 3)) if 0 in v)
    assert trials[1].scores == (0.5,) * judged


def test_ctrl_c_ends_a_search_and_what_was_watched_is_kept():
    def interrupted(parameters, train, validation):
        if parameters["a"] == 3:
            raise KeyboardInterrupt
        return 1.0

    kept = []
    with pytest.raises(KeyboardInterrupt):
        grid_search(interrupted, {"a": [1, 2, 3, 4]}, rows=4, folds=2, watch=kept.append)
    assert [t.number for t in kept] == [0, 1]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"train_fn": 3}, TypeError, "train_fn must be a function"),
        ({"space": {}}, ValueError, "the space must be lists"),
        ({"space": [1, 2]}, ValueError, "the space must be lists"),
        ({"space": {"a": []}}, ValueError, "'a' has no value to try"),
        ({"space": {"a": "relu"}}, TypeError, "'a' must have a list of values or a Range, got 'relu'"),
        ({"space": {"a": 0.1}}, TypeError, "'a' must have a list of values"),
        ({"space": {"a": Range(1, 0)}}, ValueError, "must go from a number to one not below it"),
        ({"space": {"a": Range(0, 1, log=True)}}, ValueError, "logarithmic and must be positive"),
        ({"rows": 1}, ValueError, "n must be a whole number of at least 2"),
        ({"folds": 7}, ValueError, "7 folds need as many rows"),
        ({"folds": []}, ValueError, "no pair"),
        ({"folds": [([0, 1], [1, 2])]}, ValueError, "fold 0 has rows that are for training and for validation"),
        ({"folds": [([0, 1], [9])]}, ValueError, "rows from 0 to 5"),
        ({"folds": [([0, 1], [])]}, ValueError, "at least one in each part"),
        ({"folds": [([0], [1], [2])]}, ValueError, "got 3 parts"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number"),
    ],
)
def test_senseless_arguments_are_refused(change, error, message):
    given = {"train_fn": lambda p, t, v: 0.0, "space": {"a": [1]}, "rows": 6} | change
    for search in (grid_search, random_search):
        with pytest.raises(error, match=message):
            search(**given)
    with pytest.raises(ValueError, match="trials must be a whole number"):
        random_search(lambda p, t, v: 0.0, {"a": [1]}, 6, trials=0)


def test_networks_are_searched():
    data = load_iris()
    frame = data.frame
    X = frame.drop(columns=[data.target]).to_numpy(np.float32)
    names, y = np.unique(frame[data.target].to_numpy(), return_inverse=True)

    def train_fn(parameters, train, validation):
        mean, spread = X[train].mean(0), X[train].std(0)  # of the training rows alone
        model = pl.nn.Sequential(pl.nn.Linear(4, 8), pl.nn.ReLU(), pl.nn.Linear(8, len(names)))
        trainer = Trainer(model, pl.nn.CrossEntropyLoss(), pl.optim.Adam(model.parameters(), lr=parameters["lr"]))
        trainer.fit(((X[train] - mean) / spread, y[train]), epochs=25)
        return (trainer.predict((X[validation] - mean) / spread).argmax(1) == y[validation]).mean()

    trials = grid_search(train_fn, {"lr": [1e-5, 0.02]}, rows=len(X), folds=3)
    assert trials[0].score < 0.7
    assert trials[1].score > 0.88
    assert trials[1].spread is not None


def test_numpy_is_enough():
    code = (
        "import sys\n"
        "for name in ('optuna', 'sklearn', 'pandas'): sys.modules[name] = None\n"
        "from pellucid.tune import grid_search, random_search\n"
        "t = grid_search(lambda p, t, v: p['a'], {'a': [1, 2]}, 6) + random_search(lambda p, t, v: 1, {'a': [1]}, 6)\n"
        "assert all(x.state == 'complete' for x in t)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
