import json
import re
import sys

import pellucid as pl
from pellucid import kernels
from pellucid.cli import info


def test_info_says_what_is_in_use(pellucid, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    outcome = pellucid("info")
    assert outcome.code == 0
    facts = dict(line.split("  ", 1) for line in outcome.out.splitlines())
    assert facts["pellucid"].strip() == pl.__version__
    assert facts["python"].strip() == f"{sys.version.split()[0]} ({sys.executable})"
    assert facts["engine"].strip() == kernels.describe_engine()
    assert "OMP_NUM_THREADS=1" in facts["threads"]
    assert facts["extra cli"].strip() == "found"


def test_an_absent_extra_is_listed_with_the_command_that_brings_it(pellucid, monkeypatch):
    monkeypatch.setattr(info, "found", lambda extra: extra != "plot")
    assert 'extra plot         absent; pip install "pellucid[plot]" brings matplotlib, jinja2\n' in pellucid("info").out


def test_a_run_is_described(pellucid, trained):
    outcome = pellucid("info", trained)
    assert outcome.code == 0
    assert "data     customers.csv, 120 rows" in outcome.out
    assert "target   left, binary" in outcome.out
    assert "command  pellucid train customers.csv --target left --lr 0.01 --epochs 8\n" in outcome.out
    assert "status   finished: All 8 epochs were trained." in outcome.out
    assert re.search(r"steps    (\d+ steps were replayed|every step was computed one by one: )", outcome.out)
    assert "model.safetensors (" in outcome.out
    metrics = json.loads((trained / "metrics.json").read_text())
    accuracies = [f"{metrics[part]['accuracy']:.4f}" for part in ("train", "validation", "test")]
    assert ["accuracy", *accuracies] in [line.split() for line in outcome.out.splitlines()]


def test_a_run_without_metrics_is_described_as_far_as_it_goes(pellucid, trained):
    (trained / "metrics.json").unlink()
    outcome = pellucid("info", trained)
    assert outcome.code == 0
    assert "accuracy" not in outcome.out


def test_damaged_files_of_a_run_are_named(pellucid, trained):
    for name, content in (
        ("metrics.json", "[]"),
        ("environment.json", '{"run": 3}'),
        ("environment.json", "{"),
        ("config.json", "{}"),
    ):
        path = trained / name
        before = path.read_text()
        path.write_text(content)
        outcome = pellucid("info", trained)
        assert outcome.code == 2
        assert outcome.err.startswith("error: ")
        assert name in outcome.err
        path.write_text(before)


def test_settings_that_are_not_settings_are_named(pellucid, trained):
    path = trained / "config.json"
    path.write_text(path.read_text().replace('"lr": 0.01', '"lr": -1'))
    outcome = pellucid("info", trained)
    assert (outcome.code, outcome.err.split(":")[1].strip()) == (2, "run/config.json was changed or damaged")
