"""`pellucid lr-find` on every kind of data that `pellucid train` takes."""

import re
import shlex
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from tests.cli.test_kinds import CASES

NAMES = ("model", "target", "horizon", "text_column", "time", "context")


def suggested(outcome):
    return float(re.search(r"^middle of valley\s+(\S+)$", outcome.out, re.MULTILINE)[1])


def test_a_table_gets_a_picture_and_a_command_that_trains(pellucid, customers):
    outcome = pellucid("lr-find", "customers.csv", "--target", "left", "--hidden", "16")
    assert outcome.code == 0, outcome.err
    assert 1e-4 < suggested(outcome) < 0.3
    assert "where the loss flew off" in outcome.out
    pixels = matplotlib.image.imread("customers-lr.png")
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20
    assert {p.name for p in Path().iterdir()} == {"customers.csv", "customers-lr.png"}
    command = re.search(r"^train with\s+pellucid (.*)$", outcome.out, re.MULTILINE)[1]
    assert f"--lr {suggested(outcome):g}" in command
    assert pellucid(*shlex.split(command), "--epochs", "1").code == 0


@pytest.mark.parametrize("kind", CASES)
def test_every_kind_of_data_is_tried(kind, pellucid, folder):
    make, settings = CASES[kind]
    data = make(folder)
    words = [w for name in NAMES if name in settings for w in (f"--{name.replace('_', '-')}", settings[name])]
    outcome = pellucid("lr-find", data, *words, "--hidden", ",".join(map(str, settings["hidden"])), "-o", "lr.png")
    assert outcome.code == 0, outcome.err
    assert suggested(outcome) > 1e-6
    assert Path("lr.png").stat().st_size > 5000


def test_settings_come_from_a_run_and_the_suggestion_suits_the_schedule(pellucid, trained):
    plain = pellucid("lr-find", "--config", "run")
    cycle = pellucid("lr-find", "--config", "run", "--schedule", "onecycle")
    assert plain.code == cycle.code == 0
    assert f"--lr {suggested(plain):g}" in plain.out
    rate = float(re.search(r"--lr (\S+)", cycle.out)[1])
    assert rate == pytest.approx(suggested(cycle) / 10, rel=0.05)  # one cycle climbs to ten times --lr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["iris", "-o", "lr.svg"], "must end in .png"),
        (["iris", "-o", "nowhere/lr.png"], "a folder that exists"),
        (["iris", "--steps", "3"], "steps must be a whole number of at least 10"),
        (["iris", "--start-lr", "1", "--end-lr", "0.1"], "0 < start_lr < end_lr"),
        (["iris", "--lr", "no"], "--lr must be a number"),
        (["-"], "not from standard input"),
        (["nothing.csv"], "nothing.csv"),
        ([], "DATA is missing"),
    ],
)
def test_what_cannot_be_tried_is_refused_and_nothing_is_written(words, message, pellucid, folder):
    outcome = pellucid("lr-find", *words)
    assert outcome.code == 2
    assert message in outcome.err
    assert list(folder.iterdir()) == []


def test_where_the_loss_falls_nowhere_or_to_the_very_end_that_is_said(pellucid, folder):
    outcome = pellucid("lr-find", "iris", "--optimizer", "sgd", "--clip-norm", "1e-30")
    assert outcome.code == 2
    assert "The loss fell at no rate" in outcome.out
    assert "train with" not in outcome.out
    outcome = pellucid("lr-find", "iris", "--end-lr", "1e-3")
    assert outcome.code == 0
    assert "was still falling at the last rate" in outcome.out
    assert "still falling" not in pellucid("lr-find", "iris").out


def test_the_suggestion_is_among_the_rates_that_a_grid_found_good(pellucid, folder):
    assert 1e-3 < suggested(pellucid("lr-find", "digits")) < 2e-2  # see docs/log.md
