"""Two processes share a study, are killed by SIGKILL and started again: each trial is finished once."""

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from pellucid.train.config import RunConfig
from pellucid.tune import Choice, Range, Search, run_search

PROGRAM = """
import sys
from pellucid.train.config import RunConfig
from pellucid.tune import Choice, Range, Search, run_search

space = {"lr": Range(1e-3, 0.1, log=True), "units": Choice((4, 8)), "layers": Choice((1,))}
config = RunConfig(data="iris", epochs=int(sys.argv[3]), patience=1000)
search = Search(config=config, space=space, trials=int(sys.argv[2]), cv=2, method="random", pruner="none")
print("ready", flush=True)
result = run_search(search, sys.argv[1], lambda s: s.ended is not None and print(s.ended.number, flush=True))
print("last" if not result.elsewhere else "not last", flush=True)
"""


def begin(place, trials, epochs):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place), str(trials), str(epochs)], stdout=subprocess.PIPE, text=True
    )


def undisturbed(trials, epochs):
    space = {"lr": Range(1e-3, 0.1, log=True), "units": Choice((4, 8)), "layers": Choice((1,))}
    config = RunConfig(data="iris", epochs=epochs, patience=1000)
    return run_search(Search(config=config, space=space, trials=trials, cv=2, method="random", pruner="none"))


def numbers(trials):
    return [replace(t, seconds=0.0) for t in trials]


def check(place, trials, epochs):
    """Look that the study holds the trials of an undisturbed search, each once."""
    whole = undisturbed(trials, epochs)
    shared = run_search(whole.search, str(place))
    assert numbers(shared.trials) == numbers(whole.trials)
    return shared


def test_a_killed_processs_trial_is_taken_over_by_the_other_one(tmp_path):
    place, trials, epochs = tmp_path / "a.journal", 8, 150
    doomed = begin(place, trials, epochs)
    assert doomed.stdout.readline() == "ready\n"
    assert doomed.stdout.readline() == "0\n"
    other = begin(place, trials, epochs)
    time.sleep(0.1)  # into the next trial
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    out, _ = other.communicate(timeout=120)
    assert other.returncode == 0
    assert out.splitlines()[-1] == "last"
    assert check(place, trials, epochs).repeated <= 1


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a.journal", "a.db"])
def test_two_processes_killed_and_restarted_again_and_again_finish_every_trial_once(tmp_path, place):
    rng, trials, epochs = random.Random(0), 30, 200
    path = tmp_path / place
    kills = 0
    processes = [begin(path, trials, epochs), begin(path, trials, epochs)]
    while kills < 8:
        time.sleep(rng.uniform(0.5, 4.0))
        i = rng.randrange(2)
        if processes[i].poll() is not None:
            break
        processes[i].send_signal(signal.SIGKILL)
        processes[i].communicate()
        kills += 1
        processes[i] = begin(path, trials, epochs)
    outs = [p.communicate(timeout=600)[0].splitlines() for p in processes]
    assert [p.returncode for p in processes] == [0, 0]
    assert kills >= 4
    assert "last" in {out[-1] for out in outs}
    assert check(path, trials, epochs).repeated >= 1


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a.journal", "a.db"])
def test_two_processes_that_begin_at_the_same_moment_share_the_work(tmp_path, place):
    trials, epochs = 20, 100
    processes = [begin(tmp_path / place, trials, epochs) for _ in range(2)]
    outs = [p.communicate(timeout=600)[0].splitlines() for p in processes]
    assert [p.returncode for p in processes] == [0, 0]
    done = [[int(line) for line in out[1:-1]] for out in outs]
    assert sorted(done[0] + done[1]) == list(range(trials))
    assert all(done)
    assert sorted(out[-1] for out in outs) == ["last", "not last"]
    check(tmp_path / place, trials, epochs)
