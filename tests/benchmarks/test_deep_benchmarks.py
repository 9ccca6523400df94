"""The deep networks of the benchmarks: the same in both libraries, and as large as is said."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from benchmarks.deep import DEEP, drawn
from benchmarks.goals import goals
from benchmarks.measure import Row, Timings, time_work
from benchmarks.networks import network
from benchmarks.report import inference_table
from benchmarks.rivals.rival import Rival
from benchmarks.runner import Process, RivalError, Settings
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import pellucid as pl
from benchmarks import measure

BY_NAME = {work.name: replace(work, batch=2) for work in DEEP}


def test_no_network_has_the_name_of_another():
    assert len(BY_NAME) == len(DEEP) == 7


@pytest.mark.parametrize("name", BY_NAME)
def test_both_libraries_have_the_same_names_shapes_and_order(name):
    ours, theirs = (
        [(key, tuple(value.shape)) for key, value in network(lib.nn, name).state_dict().items()] for lib in (pl, torch)
    )
    assert ours == theirs


def test_what_is_drawn_depends_on_the_shapes_alone_and_fits_norms():
    shapes = {"0.weight": (4, 3), "1.weight": (4,), "1.running_var": (4,), "1.bias": (4,), "1.num_batches_tracked": ()}
    found = drawn(shapes)
    assert all(np.array_equal(a, b) for a, b in zip(found.values(), drawn(shapes).values(), strict=True))
    assert 0.3 < np.abs(found["0.weight"]).max() <= 3**-0.5
    assert found["1.weight"].tolist() == found["1.running_var"].tolist() == [1] * 4
    assert 0 < np.abs(found["1.bias"]).max() <= 0.1
    assert found["1.num_batches_tracked"].dtype == np.int64


@pytest.mark.parametrize("name", ["cnn", "encoder", "resnet18"])
def test_products_are_those_that_pytorch_counts(name):
    work, model = BY_NAME[name], network(torch.nn, name)
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:  # fused attention is not counted
        model(torch.tensor(work.rows(2)))
    assert counter.get_total_flops() == 2 * 2 * work.products
    assert work.flops() == 3 * counter.get_total_flops()


def test_products_of_recurrent_networks_are_counted_by_gates_and_ways():
    lstm, gru, both = (BY_NAME[name].products for name in ("lstm", "gru", "bilstm"))
    assert lstm == 50 * (4 * 64 * 65 + 4 * 32 * 96) + 320
    assert gru - 320 == (lstm - 320) * 3 / 4
    assert both == 50 * 2 * (4 * 64 * 65 + 4 * 32 * 160) + 640


def test_both_libraries_compute_the_same_in_float64():
    found = []
    for rival in ("pellucid", "torch"):
        with Process(rival, 1) as process:
            found.append(process.call("compare", work=asdict(BY_NAME["encoder-dropout"]), steps=2))
        assert found[-1]["gradients"] < 1e-5
        assert 0 < found[-1]["losses"] < 1e-5
    assert found[0]["float64"] == pytest.approx(found[1]["float64"], rel=1e-11, abs=1e-14)


def test_a_deep_network_is_timed_in_a_loop_by_fit_and_asked():
    settings = Settings(threads=1, processes=1, rounds=2, seconds=0.001, rivals=("pellucid",))
    timings = time_work(BY_NAME["cnn"], settings, ("loop", "fit", "infer 1", "infer 2"))
    assert [(row.path, len(row.times)) for row in timings.rows] == [
        (p, 2) for p in ("loop", "fit", "infer 1", "infer 2")
    ]
    assert timings.errors["pellucid"]["float64"] == 0
    assert "cnn, 2 rows" in inference_table([timings], {})


def test_who_computes_another_network_is_refused():
    class Other:
        name, title = "torch", "T"

        def call(self, what, **_):
            return ["loop"] if what == "load" else {"gradients": 0.0, "losses": 0.0, "float64": [1.0, 2.0001]}

    found = Timings(BY_NAME["cnn"], doubles={"pellucid": [1.0, 2.0]})
    with pytest.raises(RuntimeError, match="T computes other float64 for cnn"):
        measure._load(found, Other(), compare=True)


def test_libraries_of_shallow_networks_alone_say_so():
    with pytest.raises(NotImplementedError, match="cnn is not compared here"):
        Rival.deep(BY_NAME["cnn"])
    with Process("pellucid-numpy", 1) as process, pytest.raises(RivalError, match="ValueError"):
        process.call("load", work={**asdict(BY_NAME["cnn"]), "batch": 0})


def test_goals_of_deep_networks_are_judged():
    times = {"pellucid": 1.0, "torch": 2.9, "torch-fused": 2.0}
    rows = [Row(name, name, path, (t,)) for name, t in times.items() for path in ("loop", "infer 2")]
    found = goals({"cnn": Timings(BY_NAME["cnn"], rows)})
    assert [(g.asked, g.measured, g.reached) for g in found] == [(3.0, 2.9, False), (pytest.approx(1.8), 2.0, True)]
    found = goals({"resnet18": Timings(BY_NAME["resnet18"], rows)})
    assert [(g.what.split(",")[1], g.measured) for g in found] == [
        (" a loop that the user writes", 2.9),
        (" a loop that the user writes", 2.0),
        (" asked", 2.9),
    ]
