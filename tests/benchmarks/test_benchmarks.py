import os
from dataclasses import asdict
from statistics import median, quantiles

import numpy as np
import pytest
from benchmarks.__main__ import main
from benchmarks.goals import Goal, goals
from benchmarks.measure import Row, Timings, time_work
from benchmarks.reference import first_gradients, first_losses
from benchmarks.report import digits_table, training_table
from benchmarks.runner import Group, Process, RivalError, Settings, Turn, alternate
from benchmarks.scaling import Point, scaling
from benchmarks.tables import bytes_text, ratio_text, spread, table, time_text
from benchmarks.workloads import TRAINING, Work

XOR, MLP = TRAINING[0], TRAINING[2]


def _cells(text, first):
    return [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in text.splitlines()
        if line.startswith(f"| {first}")
    ]


def test_the_quick_machinery_times_xor_by_pellucid_alone(tmp_path):
    page = tmp_path / "page.md"
    text = main(["--quick", "--only", "xor", "--rivals", "pellucid", "--output", str(page)])
    assert page.read_text(encoding="utf-8") == text.rstrip("\n") + "\n"
    assert "`python -m benchmarks --quick --only xor --rivals pellucid" in text
    training = text.split("## xor: 2-3-1, batch 4")[1].split("##")[0]
    rows = _cells(training, "Pellucid")
    assert [row[1] for row in rows] == ["own loop", "Trainer.fit"]
    assert all(" to " in row[2] for row in rows)
    assert "## Goals" not in text  # nobody to compare with


def test_an_absent_library_is_named(monkeypatch, tmp_path):
    (tmp_path / "keras.py").write_text("raise ModuleNotFoundError(\"No module named 'keras'\")\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with Group(["keras"], 1) as group:
        assert not group.processes
    assert group.absent == {"keras": "not installed (No module named 'keras')"}
    text = training_table(Timings(XOR), 1e9, {"keras": "not installed (No module named 'keras')"})
    assert _cells(text, "keras")[0][1] == "absent: not installed (No module named 'keras')"


def test_a_process_tells_what_went_wrong_and_lives_on():
    with Process("pellucid", 1) as process:
        with pytest.raises(RivalError, match="KeyError: 'no such path'"):
            process.call("time", path="no such path", seconds=0.1)
        assert process.call("compare", work=asdict(XOR), steps=3)["gradients"] < 1e-5


def test_growth_is_measured_in_a_process_for_every_size():
    points = scaling(["pellucid"], Settings(threads=1, seconds=0.01, quick=True), [1])
    batch = [p for p in points if p.axis == "batch"]
    assert [p.value for p in batch] == [1, 4096]
    assert batch[1].seconds > 5 * batch[0].seconds
    activations = 4096 * (784 + 128 + 64 + 10) * 4
    assert batch[1].memory - batch[0].memory > activations / 2


def test_operations_are_those_of_three_products_a_layer_but_the_first_has_two():
    assert Work("w", (3, 5, 7), batch=11).flops() == 2 * 11 * (2 * 15 + 3 * 35)


@pytest.mark.parametrize("work", [XOR, Work("small", (5, 4, 3), batch=6)], ids=["binary", "classes"])
def test_the_reference_gradients_are_those_of_finite_differences(work):
    gradients = first_gradients(work)
    for k, (_, gradient) in enumerate(zip(range(2 * len(work.weights)), gradients, strict=True)):
        changed = {}
        for sign in (1, -1):
            other = Work(work.name, work.sizes, work.batch, activation=work.activation)
            pair = [p.astype(np.float64) for p in other.weights[k // 2]]
            pair[k % 2].flat[1 % pair[k % 2].size] += sign * 1e-6
            other.weights[k // 2] = tuple(pair)
            changed[sign] = first_losses(other, 1)[0]
        expected = (changed[1] - changed[-1]) / 2e-6
        assert gradient.flat[1 % gradient.size] == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_ratios_and_shares_are_those_of_the_medians():
    times = {"pellucid": (2e-4, 1e-4, 4e-4), "torch": (9e-4, 8e-4, 1e-3), "torch-fused": (5e-4, 5e-4, 5e-4)}
    timings = Timings(MLP, [Row(name, name, "loop", t) for name, t in times.items()])
    text = training_table(timings, peak=4 * MLP.flops() / 2e-4, absent={})
    row = _cells(text, "pellucid")[0]
    assert row[2:5] == ["200 µs (150 µs to 300 µs)", "4.5x", "2.5x"]
    assert row[6] == "25%"
    assert float(row[5]) == pytest.approx(MLP.flops() / 2e-4 / 1e9, rel=0.02)
    assert _cells(text, "torch ")[0][3:5] == ["1.0x", "0.56x"]


def test_every_process_adds_its_times():
    settings = Settings(threads=1, processes=2, rounds=3, seconds=0.001, rivals=("pellucid",))
    timings = time_work(XOR, settings, ("loop", "infer 1"))
    assert [(row.path, len(row.times)) for row in timings.rows] == [("loop", 6), ("infer 1", 6)]
    assert timings.errors["pellucid"]["gradients"] < 1e-5


def test_what_does_not_work_is_a_row_with_the_reason():
    text = training_table(Timings(XOR, [Row("torch-compile", "T", "loop", failure="no | compiler")]), 1.0, {})
    assert _cells(text, "T")[0][2] == "does not work here: no / compiler"


def test_the_first_time_of_the_digits_is_not_in_the_median():
    rows = [
        Row("torch", "A", "digits", (9.0, 2.0, 2.0), accuracy=0.9),
        Row("x", "B", "digits", (7.0, 1.0, 1.0), accuracy=1),
    ]
    assert _cells(digits_table(rows, {}), "B")[0][1:] == ["7.00 s", "1.00 s (1.00 s to 1.00 s)", "2.0x", "1.000"]


def test_goals_are_ratios_of_the_rival_to_pellucid():
    mine, theirs = Row("pellucid", "P", "loop", (1.0,)), Row("torch", "T", "loop", (7.9,))
    found = goals({"xor": Timings(XOR, [mine, theirs])})
    assert [(g.asked, g.measured, g.reached) for g in found] == [(8.0, 7.9, False)]
    assert Goal("", 1.0, 1.0).reached


def test_memory_is_judged_size_by_size():
    points = [Point("batch", 8, name, name, 1.0, memory) for name, memory in (("torch", 3e6), ("pellucid", 2e6))]
    found = goals({}, points=[*points, Point("batch", 64, "pellucid", "P", 1.0, 2e6)])
    assert [(g.what, g.measured) for g in found] == [("memory of a step, batch 8, against PyTorch", 1.5)]


def test_who_fails_in_the_first_round_is_out_and_says_why():
    with Process("pellucid", 1) as process:
        process.call("load_product", n=8)
        turns = [Turn(process, "product"), Turn(process, "no such path")]
        alternate(turns, rounds=3, seconds=0.001)
    assert len(turns[0].times) == 3
    assert (turns[1].times, turns[1].failure) == ([], "KeyError: 'no such path'")


def test_numbers_have_three_digits_and_a_unit():
    assert [time_text(t) for t in (4.5e-7, 3.14159e-5, 0.0123, 2.5, 123.4)] == [
        "0.45 µs",
        "31.4 µs",
        "12.3 ms",
        "2.50 s",
        "123 s",
    ]
    assert bytes_text(12_345_678) == "12.3 MB"
    assert (ratio_text(0.04), ratio_text(1.04), ratio_text(104.2)) == ("0.04x", "1.0x", "104x")
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    times = [1.0, 2.0, 4.0, 8.0, 16.0]
    low, _, high = quantiles(times, n=4, method="inclusive")
    assert spread(times) == f"{time_text(median(times))} ({time_text(low)} to {time_text(high)})"
