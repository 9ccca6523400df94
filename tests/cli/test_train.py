import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pellucid import _files
from pellucid.train.trainer import Trainer

QUICK = ("--epochs", "4", "--lr", "0.01")


def test_a_table_with_every_kind_of_column_is_learned_and_told(pellucid, customers):
    outcome = pellucid("train", customers.name, "--target", "left", "--epochs", "30", "--lr", "0.01")
    assert outcome.code == 0
    for row in (
        r"customer_id id left out: numbers the rows",
        r"age number 6",
        r"city category",
        r"member binary",
        r"joined date",
        r"currency constant left out: has one value only: EUR",
        r"target left, 2 classes: no, yes",
        r"rows 72 train, 24 validation, 24 test",
    ):
        assert row in " ".join(outcome.err.split())
    assert "epoch 30/30" in outcome.err
    table = {line.split("  ")[0]: line.split()[-4:] for line in outcome.out.splitlines() if line[:1].islower()}
    test_accuracy, guess = (float(n) for n in table["accuracy"][-2:])
    assert test_accuracy > guess + 0.1
    assert table["log loss"][-3:]
    assert "run folder  runs/customers-1" in outcome.out
    assert "report      runs/customers-1/report.html" in outcome.out
    files = {p.name for p in Path("runs/customers-1").iterdir()}
    assert {"config.json", "model.safetensors", "preprocessing.json", "history.csv", "metrics.json"} <= files
    assert {"environment.json", "report.html", "checkpoints"} <= files
    metrics = json.loads(Path("runs/customers-1/metrics.json").read_text())
    assert list(metrics) == ["train", "validation", "test"]
    assert f"{metrics['test']['accuracy']:.4f}" == table["accuracy"][-2]


def test_a_number_is_predicted_in_its_own_unit(pellucid):
    outcome = pellucid("train", "diabetes", "--epochs", "60", "--lr", "0.01")
    assert outcome.code == 0
    assert "target   progression, a number from 25 to 346" in outcome.err
    metrics = json.loads(Path("runs/diabetes-1/metrics.json").read_text())["test"]
    assert 30 < metrics["mae"] < 60
    assert f"{metrics['rmse']:.2f}" in outcome.out


def test_a_network_that_learned_nothing_is_called_so(pellucid):
    rng = np.random.default_rng(0)
    pd.DataFrame({"x": rng.normal(size=60), "y": rng.normal(size=60)}).to_csv("noise.csv", index=False)
    useless = "warning: On the test rows the network is no better than the simplest guess"
    assert useless in pellucid("train", "noise.csv", "--target", "y", "--epochs", "1").out
    assert useless not in pellucid("train", "iris", "--epochs", "30", "--lr", "0.01").out


def test_a_gap_between_a_few_rows_is_not_called_learning_by_heart(pellucid):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(200, 20))).assign(y=rng.integers(0, 2, 200)).add_prefix("c")
    options = ("--target", "cy", "--epochs", "200", "--lr", "0.01", "--patience", "200", "--hidden", "64")
    for rows, said in ((100, False), (200, True)):
        table.iloc[:rows].to_csv("noise.csv", index=False)
        warned = "learned its rows by heart" in pellucid("train", "noise.csv", *options).out
        assert warned == said


def test_quiet_shows_the_result_only(pellucid):
    outcome = pellucid("train", "iris", *QUICK, "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert "accuracy" in outcome.out


def test_many_columns_are_summed_up(pellucid):
    outcome = pellucid("train", "wine", "--epochs", "1")
    assert "13 columns: 13 number" in outcome.err


def test_every_run_gets_a_folder_of_its_own(pellucid):
    for number in (1, 2):
        assert f"runs/iris-{number}" in pellucid("train", "iris", *QUICK, "--quiet").out


def test_every_option_reaches_the_settings(pellucid, customers):
    options = {
        "model": ("mlp", "mlp"),
        "task": ("classification", "classification"),
        "hidden": ("5,4", [5, 4]),
        "activation": ("tanh", "tanh"),
        "dropout": ("0.1", 0.1),
        "optimizer": ("sgd", "sgd"),
        "lr": ("0.02", 0.02),
        "momentum": ("0.8", 0.8),
        "weight_decay": ("0.001", 0.001),
        "l1": ("0.002", 0.002),
        "schedule": ("cosine", "cosine"),
        "clip_norm": ("2", 2),
        "epochs": ("2", 2),
        "batch_size": ("10", 10),
        "patience": ("7", 7),
        "class_weight": ("balanced", "balanced"),
        "scaling": ("robust", "robust"),
        "drop": ('city,"currency"', ["city", "currency"]),
        "split": ("time", "time"),
        "split_column": ("joined", "joined"),
        "test_size": ("20", 20),
        "validation_size": ("0.25", 0.25),
        "seed": ("3", 3),
        "target": ("left", "left"),
    }
    words = [word for name, (text, _) in options.items() for word in (f"--{name.replace('_', '-')}", text)]
    outcome = pellucid(
        "train", "customers.csv", *words, "--batch-norm", "--no-stratify", "--kind", "member=category", "--out", "r"
    )
    assert outcome.code == 0, outcome.err
    expected = {name: value for name, (_, value) in options.items()}
    expected |= {"data": "customers.csv", "batch_norm": True, "stratify": False, "kinds": {"member": "category"}}
    assert json.loads(Path("r/config.json").read_text())["settings"] == expected


def test_a_runs_own_settings_repeat_it_bit_for_bit(pellucid, customers):
    options = ("--target", "left", "--hidden", "6", "--dropout", "0.2", "--seed", "5", *QUICK)
    assert pellucid("train", "customers.csv", *options, "--out", "first").code == 0
    assert pellucid("train", "--config", "first/config.json", "--out", "second").code == 0
    assert pellucid("train", "--config", "first", "--seed", "6", "--out", "other").code == 0
    model = {name: Path(name, "model.safetensors").read_bytes() for name in ("first", "second", "other")}
    assert model["first"] == model["second"]
    assert model["first"] != model["other"]
    assert json.loads(Path("other/config.json").read_text())["settings"]["dropout"] == 0.2


def test_repeating_a_run_with_changed_data_is_pointed_out(pellucid, customers):
    assert pellucid("train", "customers.csv", "--target", "left", *QUICK, "--out", "first").code == 0
    pd.read_csv("customers.csv").iloc[:-1].to_csv("customers.csv", index=False)
    outcome = pellucid("train", "--config", "first", "--quiet")
    assert outcome.code == 0
    assert outcome.err == "note: customers.csv has changed since the run of first; this is no exact repetition\n"


def test_settings_come_from_a_file_and_are_overridden_by_options(pellucid):
    Path("run.json").write_text('{"data": "iris", "epochs": 1, "hidden": [3]}')
    assert pellucid("train", "--config", "run.json", "--epochs", "2", "--out", "r").code == 0
    settings = json.loads(Path("r/config.json").read_text())["settings"]
    assert (settings["epochs"], settings["hidden"]) == (2, [3])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"data": "iris", "epoch": 1}', "run.json: there is no setting 'epoch'; did you mean 'epochs'?"),
        ('{"data": "iris", "lr": "fast"}', "run.json: lr must be a positive number, got 'fast'"),
        ('{"lr": 0.1}', "DATA is missing: give a file, a folder of pictures, or one of digits, iris,"),
        ("[1]", "run.json holds no settings"),
        ("{", "run.json is not a valid JSON file"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_named(pellucid, text, complaint):
    Path("run.json").write_text(text)
    outcome = pellucid("train", "--config", "run.json")
    assert outcome.code == 2
    assert outcome.err.startswith(f"error: {complaint}")


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_without_pictures_a_run_succeeds_and_says_how_to_get_a_report(pellucid, monkeypatch, library):
    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == library:
                raise ModuleNotFoundError(f"No module named {library!r}", name=library)

    for module in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    outcome = pellucid("train", "iris", *QUICK)
    assert outcome.code == 0
    assert (
        f'report      none: {library} is needed for this; install it with: pip install "pellucid[plot]"' in outcome.out
    )


def interrupt_at_step(monkeypatch, step):
    original = Trainer._step

    def patched(self, *batch):
        if self.step == step:
            os.kill(os.getpid(), signal.SIGINT)
        return original(self, *batch)

    monkeypatch.setattr(Trainer, "_step", patched)


def test_after_ctrl_c_a_run_is_kept_and_continues_to_the_same_weights(pellucid, monkeypatch):
    options = ("train", "iris", "--epochs", "6", "--lr", "0.01", "--hidden", "8")
    assert pellucid(*options, "--out", "undisturbed").code == 0
    with monkeypatch.context() as patch:
        interrupt_at_step(patch, 2)  # one of the first steps, which are never replayed
        outcome = pellucid(*options, "--out", "run")
    assert outcome.code == 130
    assert "the best weights so far are kept" in outcome.err
    assert "pellucid train --resume run" in outcome.err
    assert "status   interrupted" in pellucid("info", "run").out
    assert pellucid("evaluate", "run", "iris").code == 0
    assert pellucid("train", "--resume", "run", "--quiet").code == 0
    assert "status   finished" in pellucid("info", "run").out
    assert Path("run/model.safetensors").read_bytes() == Path("undisturbed/model.safetensors").read_bytes()


def test_ctrl_c_from_outside_ends_a_training_after_its_step(folder):
    command = [sys.executable, "-m", "pellucid", "train", "digits", "--epochs", "500", "--patience", "500"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said = ""
    while "epoch 1/" not in said and process.poll() is None:
        said += process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Continue with: pellucid train --resume runs/digits-1" in err
    assert "accuracy" in out


def test_a_diverging_training_says_what_to_try_and_keeps_its_folder(pellucid):
    outcome = pellucid("train", "iris", "--optimizer", "sgd", "--lr", "1e30", "--epochs", "3")
    assert outcome.code == 2
    lines = outcome.err[outcome.err.index("parameters\n") :].splitlines()[2:]
    assert len(lines) == 2
    assert lines[0].startswith("error: the loss became nan in epoch 1, step 2: ")
    assert "try a smaller learning rate" in lines[0]
    assert lines[1].startswith("The epochs until then are in runs/iris-1; train anew with")
    assert "status   failed" in pellucid("info", "runs/iris-1").out


def fail_writes_from(monkeypatch, number):
    """Let every atomic write from the given one on find the disk full."""
    count = iter(range(1_000_000))
    original = os.fsync

    def fsync(descriptor):
        # Each write syncs its file and then its folder.
        if next(count) >= 2 * number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(descriptor)

    monkeypatch.setattr(_files.os, "fsync", fsync)


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_disk_that_is_full_before_training_leaves_nothing(pellucid, monkeypatch, folder, writes):
    fail_writes_from(monkeypatch, writes)
    outcome = pellucid("train", "iris", *QUICK, "--quiet")
    assert outcome.code == 2
    assert outcome.err == "error: the disk is full, and what was begun is not written; free some space and try again\n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("writes", [5, 9, 12])
def test_a_disk_that_fills_while_training_loses_nothing(pellucid, writes, monkeypatch):
    assert pellucid("train", "iris", *QUICK, "--out", "undisturbed").code == 0
    with monkeypatch.context() as patch:
        fail_writes_from(patch, writes)
        outcome = pellucid("train", "iris", *QUICK, "--out", "run", "--quiet")
    assert outcome.code == 2
    assert outcome.err.startswith("error: the disk is full")
    assert outcome.err.splitlines()[1] == "Continue with: pellucid train --resume run"
    assert not [p for p in Path("run").rglob("*") if p.suffix == ".tmp"]
    assert pellucid("train", "--resume", "run", "--quiet").code == 0
    assert Path("run/model.safetensors").read_bytes() == Path("undisturbed/model.safetensors").read_bytes()


def test_a_folder_that_is_in_use_is_refused_and_stays_as_it_is(pellucid, trained, contents):
    before = contents(trained)
    outcome = pellucid("train", "iris", "--out", trained)
    assert outcome.code == 2
    assert outcome.err.startswith("error: run already exists and is not empty; choose another folder")
    assert contents(trained) == before


def test_a_finished_run_is_not_resumed(pellucid, trained, contents):
    before = contents(trained)
    outcome = pellucid("train", "--resume", trained)
    assert (outcome.code, outcome.err) == (
        2,
        "error: run is finished, there is nothing to resume; train anew into another folder\n",
    )
    assert contents(trained) == before


def test_resuming_takes_no_other_settings(pellucid, trained):
    outcome = pellucid("train", "iris", "--resume", "run", "--lr", "3", "--out", "x")
    assert outcome.code == 2
    assert outcome.err == "error: --resume continues run with its own settings; leave out DATA, --lr, --out\n"


def test_a_damaged_checkpoint_or_changed_data_are_not_continued(pellucid, customers, monkeypatch, contents):
    with monkeypatch.context() as patch:
        interrupt_at_step(patch, 2)  # one of the first steps, which are never replayed
        assert pellucid("train", "customers.csv", "--target", "left", *QUICK, "--out", "run").code == 130
    shutil.copytree("run", "damaged")
    checkpoint = Path("damaged/checkpoints/last.safetensors")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-10])
    before = contents("damaged")
    outcome = pellucid("train", "--resume", "damaged")
    assert outcome.code == 2
    assert outcome.err.startswith("error: damaged/checkpoints/last.safetensors cannot be continued from: ")
    assert contents("damaged") == before
    with customers.open("a") as file:
        file.write("999,30,Rome,yes,50,2024-01-01,EUR,no\n")
    before = contents("run")
    outcome = pellucid("train", "--resume", "run")
    assert outcome.code == 2
    assert "customers.csv has changed since run was begun" in outcome.err
    assert contents("run") == before


@pytest.mark.slow
def test_digits_are_learned_in_less_than_a_minute(folder):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", "train", "digits"], capture_output=True, text=True, check=True
    )
    assert time.monotonic() - began < 60
    assert json.loads(Path("runs/digits-1/metrics.json").read_text())["test"]["accuracy"] >= 0.97
    assert Path("runs/digits-1/report.html").stat().st_size > 50_000
    assert "runs/digits-1/report.html" in done.stdout
