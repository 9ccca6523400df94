"""`pellucid tune`: from data to the best of many settings, trained and left as a run."""

import io
import json
import os
import re
import shlex
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from pellucid.cli.trials import live_table
from pellucid.train.config import RunConfig
from pellucid.tune import Search, Snapshot, Trial, loop, objective, run_search
from pellucid.tune.study import Study

QUICK = ("--epochs", "4", "--cv", "2", "--hidden", "8")


@pytest.fixture
def space(folder):
    (folder / "space.json").write_text(json.dumps({"lr": {"low": 0.001, "high": 0.1, "log": True}}))
    return "space.json"


def test_the_best_of_many_settings_is_left_as_an_ordinary_run(pellucid, folder):
    done = pellucid("tune", "iris", "--trials", "3", *QUICK)
    assert done.code == 0
    assert "best trial of 3" in done.out
    assert "settings as given  log loss" in done.out
    assert "run folder  runs/iris-1" in done.out
    assert [line.split()[:3] for line in done.err.splitlines() if line.startswith("trial")] == [
        ["trial", str(i), f"{i + 1}/3"] for i in range(3)
    ]
    files = {p.name for p in Path("runs/iris-1").iterdir()}
    assert {"config.json", "model.safetensors", "report.html", "tune.json", "trials.csv", "metrics.json"} <= files
    told = json.loads(Path("runs/iris-1/tune.json").read_text())
    assert json.loads(Path("runs/iris-1/config.json").read_text())["settings"]["lr"] == told["best"]["parameters"]["lr"]
    assert told["study"] == "runs/iris-1.journal"
    # What was given is not searched.
    assert {"hidden", "layers", "units", "epochs"} & set(told["space"]) == set()
    assert pellucid("evaluate", "runs/iris-1", "iris").code == 0
    page = Path("runs/iris-1/search.html").read_text()
    assert "the search  runs/iris-1/search.html" in done.out
    assert "pellucid tune iris --hidden 8 --epochs 4 --space runs/iris-1/tune.json --trials 3 --cv 2" in page
    assert 'href="report.html"' in page


def test_the_command_on_the_page_of_a_search_repeats_it(pellucid, space):
    assert pellucid("tune", "iris", "--trials", "3", *QUICK, "--space", space, "--metric", "loss").code == 0
    page = Path("runs/iris-1/search.html").read_text()
    command = re.search(r"pellucid (tune iris [^<]*)<", page)[1]
    assert pellucid(*shlex.split(command)).code == 0
    first, second = (json.loads(Path(f"runs/iris-{i}/tune.json").read_text()) for i in (1, 2))
    for told in (first, second):
        told["best"].pop("seconds")
    assert first["best"] == second["best"]
    assert first["space"] == second["space"]


def test_it_is_quiet_when_asked(pellucid, folder):
    done = pellucid("tune", "iris", "--trials", "1", *QUICK, "--quiet")
    assert (done.code, done.err) == (0, "")
    assert "best trial of 1" in done.out


def test_a_study_is_continued_without_saying_again_what_it_is(pellucid, space):
    assert pellucid("tune", "iris", "--trials", "2", *QUICK, "--space", space, "--study", "a.journal").code == 0
    more = pellucid("tune", "--study", "a.journal", "--trials", "4")
    assert more.code == 0
    assert "trial 2  3/4" in more.err
    assert "trial 1 " not in more.err
    first, second = (json.loads(Path(f"runs/iris-{i}/tune.json").read_text()) for i in (1, 2))
    assert first["space"] == second["space"] == {"lr": {"low": 0.001, "high": 0.1, "log": True, "points": 4}}
    assert second["trials"]["wanted"] == 4
    other = pellucid("tune", "iris", "--study", "a.journal", "--epochs", "5")
    assert other.code == 2
    assert other.err == ("error: the study a.journal was begun with epochs 4, not 5; give the same, or begin another\n")
    assert not Path("runs/iris-3").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--method", "bayes"), "error: --method 'bayes' is not known; choose one of tpe, random, grid"),
        (("--trials", "0"), "error: --trials must be a whole number of at least 1, got 0"),
        (("--timeout", "-1"), "error: --timeout must be a positive number of seconds, got -1.0"),
        (("--metric", "r2"), "error: --metric 'r2' is none of this data's: loss, accuracy"),
        (
            ("--cv", "80"),
            "error: iris: 40 rows of the rarest class are too few: at least 80 are needed; use fewer folds",
        ),
        (("--space", "none.json"), "error: --space none.json: No such file or directory"),
        (("--space", "bad.json"), "error: --space bad.json: the space names 'lrr', which cannot be searched; did you"),
        (("--space", "torn.json"), "error: torn.json is not a valid JSON file"),
        (("--study", "a.txt"), "error: the study a.txt must end in .journal, in .db, .sqlite, .sqlite3, or be a"),
        (("--out", "full"), "error: full already exists and is not empty; choose another folder"),
        (("--target", "nothing"), "error: iris: there is no column 'nothing'"),
        (
            ("--method", "grid", "--lr", "0.1", "--hidden", "8", "--dropout", "0"),
            "error: nothing is left to search: all that the default space names is given; write a --space FILE",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_leaves_nothing(pellucid, folder, contents, arguments, message):
    Path("bad.json").write_text('{"lrr": [1]}')
    Path("torn.json").write_text('{"lr": [')
    Path("full").mkdir()
    Path("full/file").touch()
    before = contents(".")
    before.pop(Path())
    done = pellucid("tune", "iris", *arguments)
    assert done.code == 2
    assert done.err.startswith(message)
    assert done.err.count("\n") == 1
    after = contents(".")
    after.pop(Path())
    assert after == before


def test_data_that_are_missing_are_asked_for(pellucid, folder):
    done = pellucid("tune")
    assert done.code == 2
    assert done.err.startswith("error: DATA is missing")


def test_ctrl_c_trains_the_best_so_far_and_says_how_to_go_on(pellucid, folder, monkeypatch):
    real = objective._fold_score
    calls = []

    def press(*args):
        calls.append(args)
        if len(calls) == 5:  # in the third trial
            os.kill(os.getpid(), signal.SIGINT)
        return real(*args)

    monkeypatch.setattr(objective, "_fold_score", press)
    done = pellucid("tune", "iris", "--trials", "9", *QUICK, "--pruner", "none")
    assert done.code == 130
    assert "Interrupted; the best so far is now trained" in done.err
    assert "2 of 9 trials are done. Continue with: pellucid tune --study runs/iris-1.journal" in done.err
    assert Path("runs/iris-1/model.safetensors").exists()
    assert len(Path("runs/iris-1/trials.csv").read_text().splitlines()) == 3
    monkeypatch.setattr(objective, "_fold_score", real)
    more = pellucid("tune", "--study", "runs/iris-1.journal", "--trials", "3")
    assert more.code == 0
    assert "best trial of 3" in more.out
    assert Path("runs/iris-2/model.safetensors").exists()


def test_ctrl_c_before_anything_is_known_says_how_to_go_on(pellucid, folder, monkeypatch):
    def press(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(objective, "_fold_score", press)
    done = pellucid("tune", "iris", *QUICK)
    assert done.code == 130
    assert done.err.endswith(
        "Interrupted.\nThe trials until then are kept. Continue with: pellucid tune --study runs/iris-1.journal\n"
    )
    monkeypatch.undo()
    # The next search is another one, and does not go on with this by chance.
    os.chdir(folder)
    assert pellucid("tune", "iris", "--trials", "1", *QUICK).code == 0
    assert Path("runs/iris-2/tune.json").exists()


def test_a_search_in_which_all_fails_says_why(pellucid, folder):
    Path("space.json").write_text('{"lr": [1e30, 1e31]}')
    done = pellucid("tune", "iris", *QUICK, "--space", "space.json", "--method", "grid", "--quiet")
    assert done.code == 2
    first, second = done.err.splitlines()
    assert first.startswith("error: no trial came to a score; the last of 2 diverged: the loss became")
    assert second == "The trials until then are kept. Continue with: pellucid tune --study runs/iris-1.journal"
    assert not Path("runs/iris-1").exists()


def test_the_search_of_another_process_is_left_to_it(pellucid, folder, monkeypatch):
    monkeypatch.setattr(loop, "POLL", 0.01)
    search = Search(
        config=RunConfig(data="iris", epochs=4, hidden=(8,)),
        cv=2,
        space={"lr": Search(config=RunConfig(data="iris")).space["lr"]},
        trials=1,
    )
    run_search(search, "a.journal")
    folds = objective.Folds(search)
    folds.of(search.config)
    other = Study(replace(search, metric="log_loss", trials=2), "a.journal", folds.sha256)
    assert other.claim().number == 1
    done = pellucid("tune", "--study", "a.journal", "--trials", "2", "--timeout", "0.2", "--quiet")
    assert done.code == 0
    assert done.out == "1 trials are done; another process finishes this search.\n"
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    "split",
    [
        ("--split", "time", "--split-column", "joined"),
        ("--split", "group", "--split-column", "city", "--validation-size", "1", "--test-size", "1"),
    ],
    ids=["time", "group"],
)
def test_rows_in_time_and_groups_are_searched_too(pellucid, customers, split):
    done = pellucid("tune", customers, "--target", "left", "--trials", "2", *QUICK, *split, "--quiet")
    assert done.code == 0, done.err
    assert "best trial of 2" in done.out


def snapshot(trials=40):
    search = Search(config=RunConfig(data="iris"), metric="accuracy", trials=50)
    made = [
        Trial(
            number=i, parameters={"lr": 0.1 / (i + 1), "optimizer": "adam"}, scores=(0.9, 0.8), score=0.85, spread=0.07
        )
        for i in range(trials - 1)
    ]
    made.append(Trial(number=trials - 1, parameters={"lr": 9.0}, state="diverged", error="the loss became nan"))
    return Snapshot(search=search, trials=made, running={40: {"lr": 0.5}}, best=made[3])


@pytest.mark.parametrize("width", [60, 120])
def test_the_live_table_fits_the_terminal_and_says_how_far_the_search_is(width):
    console = Console(file=io.StringIO(), width=width, height=24, force_terminal=True, record=True)
    console.print(live_table(snapshot(), 12.0, console))
    lines = console.export_text().splitlines()
    text = "\n".join(lines)
    assert all(len(line) <= width for line in lines)
    assert len(lines) <= 23
    for whole in ("trial", "state", "accuracy", "time", "complete", "diverged", "running", "0.8500 ± 0.0700", " s "):
        assert whole in text
    # The best is the first of 40 and out of sight; the last of those that are shown are not marked.
    assert "*" not in text
    few = live_table(snapshot(trials=6), 12.0, console)
    console.print(few)
    assert [line.split()[:2] for line in console.export_text().splitlines() if "*" in line] == [["*", "3"]]
    assert "40 of 50 trials (1 diverged), best 0.8500 ± 0.0700 by trial 3, 12 s" in " ".join(text.split())
