"""What a search leaves: an ordinary run of the best setting, with the record of the search beside it."""

import csv
import json

import pytest

from pellucid.data import load_embedded
from pellucid.train.run import train_run
from pellucid.train.run_folder import RunError, load_run, read_status
from pellucid.tune import Trial, best_config, retrain, run_search, write_trials


@pytest.fixture
def found(make_search, tmp_path):
    return run_search(make_search(trials=3), str(tmp_path / "a.journal"))


def test_the_best_is_an_ordinary_run_that_training_its_settings_repeats(found, tmp_path):
    run = retrain(found, tmp_path / "best")
    loaded = load_run(tmp_path / "best")
    assert read_status(tmp_path / "best")["status"] == "finished"
    assert len(loaded.predict(load_embedded("iris").frame)) == 150
    assert loaded.config.lr == found.best.parameters["lr"]
    again = train_run(best_config(found), tmp_path / "again")
    assert again.metrics == run.metrics


def test_the_record_of_the_search_lies_beside_it(found, tmp_path):
    retrain(found, tmp_path / "best")
    told = json.loads((tmp_path / "best" / "tune.json").read_text())
    assert told["best"]["score"] == found.best.score
    assert told["given"]["number"] == 0
    assert (told["method"], told["pruner"], told["cv"], told["metric"]) == ("tpe", "halving", 2, "accuracy")
    assert told["direction"] == "maximize"
    assert told["trials"]["wanted"] == 3
    assert told["space"]["lr"] == {"low": 0.001, "high": 0.1, "log": True, "points": 4}
    assert told["settings"]["epochs"] == 6
    with (tmp_path / "best" / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == ["0", "1", "2"]
    assert [float(row["lr"]) for row in rows] == [t.parameters["lr"] for t in found.trials]
    assert float(rows[0]["fold_2"]) == found.trials[0].scores[1]


def test_an_earlier_run_is_left_as_it_was(found, tmp_path):
    retrain(found, tmp_path / "best")
    before = {p: p.read_bytes() for p in (tmp_path / "best").iterdir() if p.is_file()}
    with pytest.raises(RunError, match="already exists and is not empty"):
        retrain(found, tmp_path / "best")
    assert {p: p.read_bytes() for p in (tmp_path / "best").iterdir() if p.is_file()} == before


def test_trials_with_other_parameters_or_fewer_folds_leave_cells_empty(tmp_path):
    trials = [
        Trial(number=0, parameters={"lr": 0.1}, scores=(1.0, 0.5), score=0.75, spread=0.25, seconds=1.5),
        Trial(number=1, parameters={"momentum": 0.9}, state="failed", error="two\nlines, and a comma"),
    ]
    write_trials(trials, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["number", "state", "score", "spread", "seconds", "seed", "fold_1", "fold_2", "lr", "momentum", "error"],
        ["0", "complete", "0.75", "0.25", "1.5", "0", "1.0", "0.5", "0.1", "", ""],
        ["1", "failed", "", "", "0.0", "0", "", "", "", "0.9", "two\nlines, and a comma"],
    ]
