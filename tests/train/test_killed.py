"""A run killed by SIGKILL at any moment, also in the middle of a write, is resumed to the same bits."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from pellucid.train.config import RunConfig
from pellucid.train.run import train_run
from pellucid.train.run_folder import load_run, read_status

SETTINGS = {"data": "iris", "epochs": 3, "hidden": (8,), "dropout": 0.2, "patience": 2, "schedule": "onecycle"}

# Trains or resumes, and kills itself at the n-th write: with half of the bytes written, before the rename, after it.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from pellucid.train.config import RunConfig
from pellucid.train.run import resume_run, train_run
from pellucid.train.run_folder import read_status

folder, moment, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
writes = 0


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def it_is_time():
    global writes
    writes += 1
    return writes == number


if moment == "half-written":
    fdopen = os.fdopen

    class Half:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, data):
            if it_is_time():
                self.file.write(data[: len(data) // 2])
                self.file.flush()
                die()
            self.file.write(data)

    os.fdopen = lambda *a, **k: Half(fdopen(*a, **k))
else:
    replace = Path.replace

    def dying(self, target):
        now = it_is_time()
        if now and moment == "before-rename":
            die()
        replace(self, target)
        if now:
            die()

    Path.replace = dying

if (Path(folder) / "config.json").exists():
    if read_status(folder)["status"] != "finished":  # else it was killed after its very last write
        resume_run(folder)
else:
    train_run(RunConfig(**SETTINGS), folder, checkpoint_every_steps=2)
""".replace("SETTINGS", repr(SETTINGS))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    train_run(RunConfig(**SETTINGS), folder)
    return (folder / "model.safetensors").read_bytes()


def run_to_the_end(folder, moment, number, *, again):
    """Start again after every kill, to be killed at the same write `again`; return how often it was killed."""
    for kills in range(200):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder), moment, str(number)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != -signal.SIGKILL:
            assert done.returncode == 0, done.stderr
            return kills
        if not (folder / "config.json").exists():
            shutil.rmtree(folder)  # killed before it was a run
            again = False
        number = number if again else -1
    raise AssertionError("the run never ended")


@pytest.mark.parametrize(("moment", "number"), [("half-written", 9), ("before-rename", 8), ("after-rename", 7)])
def test_a_run_killed_while_it_writes_is_resumed_bit_for_bit(tmp_path, undisturbed, moment, number):
    assert run_to_the_end(tmp_path / "run", moment, number, again=False) == 1
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == undisturbed
    assert load_run(tmp_path / "run").config.epochs == 3
    assert not list((tmp_path / "run").rglob("*.tmp"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 10, 11, 13, 15])
@pytest.mark.parametrize("moment", ["half-written", "before-rename", "after-rename"])
def test_a_run_killed_at_any_write_is_resumed_bit_for_bit(tmp_path, undisturbed, moment, number):
    run_to_the_end(tmp_path / "run", moment, number, again=number > 7)
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == undisturbed


@pytest.mark.slow
def test_a_command_killed_from_outside_at_many_moments_is_resumed_bit_for_bit(tmp_path):
    settings = ["iris", "--epochs", "300", "--patience", "300", "--dropout", "0.1", "--hidden", "16", "--quiet"]
    command = [sys.executable, "-m", "pellucid"]
    subprocess.run([*command, "train", *settings, "--out", tmp_path / "whole"], check=True, capture_output=True)
    process = subprocess.Popen(
        [*command, "train", *settings, "--out", tmp_path / "cut", "--checkpoint-every-steps", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline, kills = time.monotonic() + 60, 0
    while not (tmp_path / "cut" / "checkpoints" / "last.safetensors").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for pause in (0.3, 0.1, 0.5, 0.2, 0.4):  # a while into the writing of checkpoints, wherever that is
        time.sleep(pause)
        process.kill()
        process.wait()
        if read_status(tmp_path / "cut")["status"] == "finished":
            break
        kills += 1
        process = subprocess.Popen(
            [*command, "train", "--resume", tmp_path / "cut", "--quiet"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(3.0)  # long enough to begin, and to get somewhere
    assert process.wait(timeout=300) in (0, -signal.SIGKILL)
    assert kills >= 1
    assert (tmp_path / "cut" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()
