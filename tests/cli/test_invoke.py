import os
import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.cli import invoke as module
from pellucid.train import run as runs

GOOD = "x,y\n" + "".join(f"{i % 7},{'ab'[i % 2]}\n" for i in range(40))


@pytest.mark.parametrize(
    ("content", "target", "complaint"),
    [
        (None, "y", "table.csv does not exist; check the path"),
        (b"", "y", "table.csv is empty; a table needs a header line with the column names, and rows"),
        (b"x,y\n", "y", "table.csv has a header but no rows; a table needs at least one row below it"),
        (GOOD.encode(), "z", "table.csv: there is no column 'z'; the columns are x, y"),
        (b"x,y\n1,a\n2,a\n3,a\n", "y", "table.csv: the target 'y' has one class only, 'a'; two or more are needed"),
        (b"x,y\n1,a\n2\n", "y", "table.csv, line 3: expected 2 fields as in the header, found 1; mend the line"),
        (bytes(range(256)), "y", "table.csv is a binary file, not a CSV table; give a CSV or Parquet file"),
        (b"x,y\n1,\n2,\n", "y", "table.csv: the target 'y' is missing in all 2 rows; there is nothing to learn"),
        (
            GOOD.encode(),
            None,
            "--target is missing: which column of table.csv is to be predicted? Its columns are x, y",
        ),
    ],
)
def test_a_table_that_cannot_be_learned_is_told_in_one_line(pellucid, folder, content, target, complaint):
    if content is not None:
        Path("table.csv").write_bytes(content)
    before = sorted(folder.iterdir())
    outcome = pellucid("train", "table.csv", *([] if target is None else ["--target", target]))
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith(f"error: {complaint}")
    assert outcome.err.count("\n") == 1
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--epoch", "3"), "No such option: --epoch"),
        (("--epochs", "-3"), "--epochs must be a whole number of at least 1, got -3"),
        (("--epochs", "1.5"), "--epochs must be a whole number of at least 1, got 1.5"),
        (("--lr", "-1"), "--lr must be a positive number, got -1"),
        (("--lr", "nan"), "--lr must be a positive number, got nan"),
        (("--lr", "fast"), "--lr must be a number, got 'fast'"),
        (("--batch-size", "0"), "--batch-size must be a whole number of at least 1, got 0"),
        (
            ("--hidden", "4,x"),
            "--hidden must be numbers of units such as 64,32, or none for no hidden layer, got '4,x'",
        ),
        (("--hidden", "4,-2"), "--hidden must be positive numbers of units, such as 64,32, got (4, -2)"),
        (("--optimizer", "adm"), "--optimizer 'adm' is not known; did you mean 'adam'?"),
        (("--activation", "rellu"), "--activation 'rellu' is not known; did you mean 'relu'?"),
        (("--schedule", "cosin"), "--schedule 'cosin' is not known; did you mean 'cosine'?"),
        (("--momentum", "0.9"), "--momentum is a setting of sgd and rmsprop, not of adam"),
        (("--test-size", "2.5"), "--test-size must be a share between 0 and 1, or a whole number of rows, got 2.5"),
        (("--test-size", "many"), "--test-size must be a share such as 0.2 or a number of rows, got 'many'"),
        (("--kind", "age"), "--kind must be given as COLUMN=KIND, such as age=number, got 'age'"),
        (("--kind", "age=numbr"), "--kind 'numbr' is not known; did you mean 'number'?"),
        (("--kind", "age=number"), "--kind names 'age', which is no input column; they are sepal length (cm),"),
        (("--drop", "age"), "--drop names 'age', which is no input column; they are sepal length (cm),"),
        (("--split", "time"), "--split 'time' needs a --split-column"),
        (("--checkpoint-every-steps", "0"), "--checkpoint-every-steps must be at least 1, got 0"),
    ],
)
def test_an_option_that_cannot_be_is_named(pellucid, folder, options, complaint):
    outcome = pellucid("train", "iris", *options)
    assert outcome.code == 2
    assert outcome.err.startswith(f"error: {complaint}")
    assert outcome.err.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_a_mistyped_option_brings_the_nearest_one(pellucid):
    assert "--epochs" in pellucid("train", "iris", "--epohcs", "3").err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("trian", "iris"), "No such command 'trian'"),
        (("train",), "DATA is missing: give a file, a folder of pictures, or one of digits, iris, wine"),
        (("train", "irsi"), "there is no embedded data set 'irsi' (did you mean 'iris'?)"),
        (("train", "-"), "a run must be able to read its data again, so not from standard input; give a file"),
        (("train", "."), ". is the folder in which runs/ is made, which would be a class"),
        (("train", "--config", "none.json"), "--config none.json: No such file or directory"),
        (("train", "--resume", "none"), "there is no run folder 'none'"),
        (("predict", "none", "iris"), "there is no run folder 'none'"),
        (("evaluate", "none", "iris"), "there is no run folder 'none'"),
        (("info", "none"), "there is no run folder 'none'"),
        (("info", "."), ". is no run folder: it has no config.json"),
        (("predict", "run"), "Missing argument"),
    ],
)
def test_a_command_that_cannot_be_done_is_told_in_one_line(pellucid, folder, arguments, complaint):
    outcome = pellucid(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith(f"error: {complaint}")
    assert outcome.err.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_an_unreadable_file_is_named(pellucid, monkeypatch):
    Path("table.csv").write_text(GOOD)

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # the tests may run as a user who can read everything
    outcome = pellucid("train", "table.csv", "--target", "y")
    assert (outcome.code, outcome.err) == (2, "error: table.csv cannot be read: Permission denied\n")


def test_debug_shows_where_an_error_came_from(pellucid):
    plain, debug = pellucid("train", "irsi"), pellucid("train", "irsi", "--debug")
    assert "Traceback" not in plain.err
    assert debug.err.startswith("Traceback")
    assert debug.err.endswith(plain.err)
    assert plain.code == debug.code == 2


def test_a_fault_of_pellucids_own_is_called_one(pellucid, monkeypatch):
    def broken(folder):
        raise KeyError("weights")

    monkeypatch.setattr("pellucid.cli.info.read_config", broken)
    outcome = pellucid("info", "run")
    assert outcome.code == 1
    assert outcome.err == "error: KeyError: 'weights'. This is a fault of Pellucid's own; --debug shows where\n"


def test_ctrl_c_before_training_leaves_nothing(pellucid, folder, monkeypatch):
    def interrupt(config):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "prepare", interrupt)
    outcome = pellucid("train", "iris")
    assert (outcome.code, outcome.err) == (130, "Interrupted.\n")
    assert list(folder.iterdir()) == []


def test_ctrl_c_after_training_says_how_to_come_to_the_result(pellucid, monkeypatch):
    def interrupt(prepared, trainer):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_judge", interrupt)
        outcome = pellucid("train", "iris", "--epochs", "2", "--quiet")
    assert outcome.code == 130
    assert outcome.err == "Interrupted.\nContinue with: pellucid train --resume runs/iris-1\n"
    assert pellucid("train", "--resume", "runs/iris-1").code == 0


def test_too_little_memory_is_told(pellucid, monkeypatch):
    def much(config):
        raise MemoryError

    monkeypatch.setattr(runs, "prepare", much)
    outcome = pellucid("train", "iris")
    assert (outcome.code, outcome.err.split(";")[0]) == (2, "error: there is not enough memory")


def test_an_absent_library_is_told_with_the_command_that_brings_it(pellucid, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)  # importing it now fails as if it were not installed
    outcome = pellucid("train", "xor")
    assert outcome.code == 2
    assert outcome.err == 'error: pandas is needed for this; install it with: pip install "pellucid[tabular]"\n'
    assert list(folder.iterdir()) == []


def test_names_that_a_terminal_cannot_show_end_nothing(trained):
    Path("r").mkdir()
    text = Path("customers.csv").read_text().replace("Rome", "Zürich").replace(",left", ",größe")
    Path("maße.csv").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", "train", "maße.csv", "--target", "größe", "--epochs", "1"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "gr\\xf6\\xdfe" in done.stderr
    assert "run folder  runs/ma\\xdfe-1" in done.stdout


def test_a_usage_error_is_found_whatever_the_version_of_typer():
    assert module.UsageError.__name__ == "UsageError"
