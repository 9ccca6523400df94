import os
import subprocess
import sys

import pytest

import pellucid as pl
from pellucid import cli


def test_python_dash_m_is_the_command():
    done = subprocess.run([sys.executable, "-m", "pellucid", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pellucid {pl.__version__}\n"


def test_without_typer_the_command_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(cli, "found", lambda extra: False)
    assert cli.main(["--version"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == ('The command line needs typer and rich; install them with: pip install "pellucid[cli]"\n')


def test_importing_the_entry_point_loads_neither_typer_nor_networks():
    code = (
        "import sys, pellucid.cli; print([m for m in ('typer', 'rich', 'pellucid.nn', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_arguments_show_the_commands(pellucid):
    outcome = pellucid()
    assert outcome.code == 0
    for command in ("train", "evaluate", "predict", "info"):
        assert command in outcome.out


@pytest.mark.parametrize("command", ["train", "evaluate", "predict", "info"])
def test_every_command_explains_itself_in_80_columns(pellucid, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    outcome = pellucid(command, "--help")
    assert outcome.code == 0
    assert "Example: pellucid " + command in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_help_shows_the_defaults_of_the_settings(pellucid, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = pellucid("train", "--help").out
    assert "Learning rate. (default 0.003)" in text
    assert "Rows of a step. (default 32)" in text


def test_output_that_nobody_reads_ends_the_command_quietly(trained):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", "predict", trained, "customers.csv"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_full_disk_under_standard_output_is_an_error(trained):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "pellucid", "predict", trained, "customers.csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: the disk is full")
