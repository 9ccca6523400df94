import inspect
import math

import numpy as np
import pytest
from tests.optim.lr_scheduler import runs

import pellucid
from pellucid import optim
from pellucid.optim import lr_scheduler as s

# Another value of every parameter of every schedule; a new one must be added here or its test fails.
OTHER = {
    "ConstantLR": {"factor": 0.2, "total_iters": 9},
    "CosineAnnealingLR": {"T_max": 13, "eta_min": 0.05},
    "CosineAnnealingWarmRestarts": {"T_0": 11, "T_mult": 3, "eta_min": 0.05},
    "CyclicLR": {
        "base_lr": 0.02,
        "max_lr": 0.4,
        "step_size_up": 3,
        "step_size_down": 9,
        "mode": "triangular2",
        "gamma": 0.9,
        "scale_fn": runs.slowly,
        "scale_mode": "iterations",
        "cycle_momentum": False,
        "base_momentum": 0.5,
        "max_momentum": 0.95,
    },
    "ExponentialLR": {"gamma": 0.8},
    "LambdaLR": {"lr_lambda": runs.half_after_three},
    "LinearLR": {"start_factor": 0.2, "end_factor": 0.7, "total_iters": 9},
    "MultiStepLR": {"milestones": [2, 8], "gamma": 0.3},
    "MultiplicativeLR": {"lr_lambda": runs.slowly},
    "OneCycleLR": {
        "max_lr": 0.7,
        "total_steps": 90,
        "epochs": 9,
        "steps_per_epoch": 11,
        "pct_start": 0.5,
        "anneal_strategy": "linear",
        "cycle_momentum": False,
        "base_momentum": 0.5,
        "max_momentum": 0.9,
        "div_factor": 5.0,
        "final_div_factor": 10.0,
        "three_phase": True,
    },
    "PolynomialLR": {"total_iters": 40, "power": 2.0},
    "StepLR": {"step_size": 4, "gamma": 0.5},
}
EACH = [
    (name, parameter)
    for name in sorted(OTHER)
    for parameter in inspect.signature(getattr(s, name)).parameters
    if parameter not in {"optimizer", "last_epoch"}
]
# What another parameter needs before it does anything.
NEEDS = {
    ("CyclicLR", "gamma"): {"mode": "exp_range"},
    ("CyclicLR", "scale_mode"): {"scale_fn": runs.slowly},
    ("OneCycleLR", "epochs"): {"total_steps": None, "steps_per_epoch": 7},
    ("OneCycleLR", "steps_per_epoch"): {"total_steps": None, "epochs": 9},
}


@pytest.mark.parametrize(("name", "parameter"), EACH)
def test_each_parameter_changes_the_rates_and_as_in_pytorch(name, parameter):
    base = runs.CASES[name][0] | {"OneCycleLR": {"epochs": 8, "steps_per_epoch": 8}}.get(name, {})
    base |= NEEDS.get((name, parameter), {})
    traces = []
    for optimizer, library, settings in (
        (runs.optimizers()[0], runs.OURS, base),
        (runs.optimizers()[0], runs.OURS, base | {parameter: OTHER[name][parameter]}),
        (runs.optimizers()[1], runs.THEIRS, base | {parameter: OTHER[name][parameter]}),
    ):
        traces.append(np.array(runs.flat(runs.walk(optimizer, getattr(library, name)(optimizer, **settings), 55))))
    assert np.abs(traces[1] - traces[0]).max() > 1e-6
    np.testing.assert_allclose(traces[1], traces[2], rtol=1e-12, atol=1e-15)


LOSSES = [3.0, 2.0, 2.0, 2.0, 1.99995, 1.9999, 2.1, 2.2, 1.5, 1.5, 1.5, float("nan"), 1.6, 1.4999, 1.4] + [1.4] * 40


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 2},
        {"patience": 0, "factor": 0.5},
        {"patience": 2, "mode": "max"},
        {"patience": 2, "threshold": 0.3},
        {"patience": 2, "threshold": 0.01, "threshold_mode": "abs"},
        {"patience": 2, "threshold": 0.01, "threshold_mode": "abs", "mode": "max"},
        {"patience": 2, "threshold": 0.3, "mode": "max"},
        {"patience": 2, "cooldown": 3},
        {"patience": 2, "min_lr": 0.004},
        {"patience": 2, "min_lr": [0.004, 0.2]},
        {"patience": 2, "eps": 0.002},
    ],
    ids=str,
)
@pytest.mark.parametrize("saved_after", [0, 7, 30])
def test_plateaus_are_found_as_in_pytorch_also_after_a_resume(settings, saved_after):
    mine, torchs = runs.optimizers()
    schedule, expected = s.ReduceLROnPlateau(mine, **settings), runs.THEIRS.ReduceLROnPlateau(torchs, **settings)
    for k, loss in enumerate(LOSSES):
        if k == saved_after:
            state = schedule.state_dict()
            schedule = s.ReduceLROnPlateau(mine)
            schedule.load_state_dict(state)
        schedule.step(loss)
        expected.step(loss)
        assert schedule.get_last_lr() == expected.get_last_lr()
    assert schedule.get_last_lr() != [0.1, 0.3]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("mode", "max"),
        ("factor", 0.5),
        ("patience", 3),
        ("threshold", 0.4),
        ("threshold_mode", "abs"),
        ("cooldown", 4),
        ("min_lr", 0.01),
        ("eps", 0.05),
    ],
)
def test_each_parameter_of_the_plateau_changes_the_rates(parameter, value):
    base = {"patience": 1, "threshold": 0.3} if parameter == "threshold_mode" else {"patience": 1}
    traces = []
    for settings in (base, base | {parameter: value}):
        optimizer = runs.optimizers()[0]
        schedule = s.ReduceLROnPlateau(optimizer, **settings)
        traces.append([])
        for loss in LOSSES:
            schedule.step(loss)
            traces[-1].append(schedule.get_last_lr())
    assert traces[0] != traces[1]


def test_the_plateau_takes_a_tensor_and_refuses_an_epoch():
    schedule = s.ReduceLROnPlateau(runs.optimizers()[0], patience=0)
    schedule.step(pellucid.tensor(1.0))
    assert schedule.best == 1.0
    with pytest.raises(NotImplementedError, match="epoch"):
        schedule.step(1.0, epoch=3)


CLOSED = ["ConstantLR", "CosineAnnealingLR", "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "PolynomialLR"]


@pytest.mark.parametrize("name", [*CLOSED, "StepLR", "CyclicLR", "OneCycleLR"])
@pytest.mark.parametrize("epoch", [0, 1, 4, 5, 6, 30, 55])
def test_a_jump_to_an_epoch_gives_the_rates_of_the_walk_there(name, epoch):
    jumped, walked = runs.optimizers()[0], runs.optimizers()[0]
    schedule = runs.make(runs.OURS, jumped, name, 0)
    jumped.step()
    schedule.step(epoch)
    trace = runs.walk(walked, runs.make(runs.OURS, walked, name, 0), epoch)
    assert runs.flat([runs.settings_of(jumped)]) == pytest.approx(runs.flat(trace[-1:]), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("settings", [{"T_0": 7}, {"T_0": 5, "T_mult": 2}, {"T_0": 1, "T_mult": 3}])
def test_warm_restarts_take_fractions_of_epochs_as_pytorch_does(settings):
    mine, torchs = runs.optimizers()
    got, expected = (
        s.CosineAnnealingWarmRestarts(mine, **settings),
        runs.THEIRS.CosineAnnealingWarmRestarts(torchs, **settings),
    )
    for k in range(1, 120):
        got.step(k / 3)
        expected.step(k / 3)
        assert got.get_last_lr() == pytest.approx(expected.get_last_lr(), rel=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: s.StepLR(o, 0), "step_size to be an integer of at least 1, got 0"),
        (lambda o: s.StepLR(o, 2.5), "step_size"),
        (lambda o: s.StepLR(o, 2, gamma=-1), "gamma=-1"),
        (lambda o: s.MultiStepLR(o, [3, -1]), r"milestones .* got \[3, -1\]"),
        (lambda o: s.MultiStepLR(o, [3], gamma=math.nan), "gamma=nan"),
        (lambda o: s.ConstantLR(o, factor=0), r"factor in \(0, 1\]"),
        (lambda o: s.ConstantLR(o, factor=1.5), r"factor in \(0, 1\]"),
        (lambda o: s.ConstantLR(o, total_iters=0), "total_iters"),
        (lambda o: s.LinearLR(o, start_factor=0), "start_factor"),
        (lambda o: s.LinearLR(o, end_factor=1.5), "end_factor"),
        (lambda o: s.LinearLR(o, total_iters=0), "total_iters"),
        (lambda o: s.ExponentialLR(o, gamma=-0.1), "gamma"),
        (lambda o: s.PolynomialLR(o, total_iters=0), "total_iters"),
        (lambda o: s.PolynomialLR(o, power=-1), "power"),
        (lambda o: s.CosineAnnealingLR(o, 0), "T_max"),
        (lambda o: s.CosineAnnealingLR(o, 5, eta_min=-1), "eta_min"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 0), "T_0"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 2, T_mult=0), "T_mult"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 2, eta_min=-1), "eta_min"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 2).step(-1), "at least 0, got -1"),
        (lambda o: s.CyclicLR(o, 0.1, 0.2, mode="round"), "mode to be one of triangular, triangular2, exp_range"),
        (lambda o: s.CyclicLR(o, 0.1, 0.2, scale_mode="round"), "scale_mode"),
        (lambda o: s.CyclicLR(o, 0.1, 0.2, step_size_up=0), "step_size_up"),
        (lambda o: s.CyclicLR(o, 0.1, 0.2, step_size_down=0), "step_size_down"),
        (lambda o: s.CyclicLR(o, 0.3, 0.2), "0 <= base_lr <= max_lr"),
        (lambda o: s.CyclicLR(o, [0.1], 0.2), "base_lr for 2 parameter groups, got 1"),
        (lambda o: s.CyclicLR(o, 0.1, 0.2, max_momentum=1.5), r"momentum in \[0, 1\)"),
        (lambda o: s.OneCycleLR(o, 0.1), "total_steps, or both epochs and steps_per_epoch"),
        (lambda o: s.OneCycleLR(o, 0.1, total_steps=0), "total_steps"),
        (lambda o: s.OneCycleLR(o, 0.1, epochs=3, steps_per_epoch=0), "steps_per_epoch"),
        (lambda o: s.OneCycleLR(o, 0.1, 10, pct_start=2.0), "pct_start"),
        (lambda o: s.OneCycleLR(o, 0.1, 10, anneal_strategy="log"), "anneal_strategy"),
        (lambda o: s.OneCycleLR(o, 0.1, 10, div_factor=0), "div_factor=0"),
        (lambda o: s.OneCycleLR(o, [0.1, 0.1, 0.1], 10), "max_lr for 2 parameter groups, got 3"),
        (lambda o: s.LambdaLR(o, [runs.slowly]), "lr_lambda for 2 parameter groups, got 1"),
        (lambda o: s.ReduceLROnPlateau(o, mode="least"), "mode"),
        (lambda o: s.ReduceLROnPlateau(o, threshold_mode="least"), "threshold_mode"),
        (lambda o: s.ReduceLROnPlateau(o, factor=1.0), r"factor in \[0, 1\)"),
        (lambda o: s.ReduceLROnPlateau(o, patience=-1), "patience"),
        (lambda o: s.ReduceLROnPlateau(o, min_lr=[0.1]), "min_lr for 2"),
        (lambda o: s.SequentialLR(o, [], []), "at least one schedule"),
        (lambda o: s.SequentialLR(o, [s.ReduceLROnPlateau(o)], []), "cannot hold ReduceLROnPlateau"),
        (lambda o: s.SequentialLR(o, [s.StepLR(o, 3)], [4]), "one milestone fewer"),
        (lambda o: s.SequentialLR(o, [s.StepLR(o, 3)] * 3, [4, 4]), "rise from 1"),
        (lambda o: s.SequentialLR(o, [s.StepLR(runs.optimizers()[0], 3)], []), "one optimizer, number 0"),
        (lambda o: s.ChainedScheduler([]), "at least one schedule"),
        (lambda o: s.ChainedScheduler([s.StepLR(o, 3), s.ReduceLROnPlateau(o)]), "number 1"),
        (lambda o: s.ChainedScheduler([s.StepLR(o, 3), s.StepLR(runs.optimizers()[0], 3)]), "number 1"),
    ],
)
def test_senseless_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make(runs.optimizers()[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: s.SequentialLR(o, [s.ChainedScheduler([s.StepLR(o, 3)])], []), "write it flat"),
        (lambda o: s.SequentialLR(o, [s.StepLR(o, 3)], [], last_epoch=4), "last_epoch"),
        (lambda o: s.SequentialLR(o, [s.StepLR(o, 3)], []).step(4), r"step\(epoch\)"),
        (lambda o: s.ChainedScheduler([s.StepLR(o, 3)]).step(4), r"step\(epoch\)"),
        (lambda o: s.MultiplicativeLR(o, runs.slowly).step(4), r"step\(epoch\)"),
        (s.LRScheduler, r"no get_lr\(\)"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(make, message):
    with pytest.raises(NotImplementedError, match=message):
        make(runs.optimizers()[0])


def test_a_schedule_without_functions_or_schedules_is_a_type_error():
    optimizer = runs.optimizers()[0]
    with pytest.raises(TypeError, match="function of the epoch, got float"):
        s.LambdaLR(optimizer, 0.5)
    with pytest.raises(TypeError, match="number 0 is a SGD"):
        s.ChainedScheduler([optimizer])


@pytest.mark.parametrize("kind", ["Adagrad", "Adadelta"])
def test_momentum_cannot_be_cycled_where_there_is_none(kind):
    optimizer = getattr(optim, kind)([pellucid.ones(2, requires_grad=True)])
    with pytest.raises(ValueError, match=f"{kind} has neither momentum nor betas; set cycle_momentum=False"):
        s.OneCycleLR(optimizer, 0.1, 10)
    with pytest.raises(ValueError, match="cycle_momentum=False"):
        s.CyclicLR(optimizer, 0.1, 0.2)
    s.CyclicLR(optimizer, 0.1, 0.2, cycle_momentum=False)


def test_momentum_that_begins_later_is_taken_up_by_rmsprop():
    w = pellucid.ones(2, requires_grad=True)
    optimizer = optim.RMSprop([w])
    w.grad = pellucid.ones(2)
    optimizer.step()
    s.CyclicLR(optimizer, 0.1, 0.2)
    optimizer.step()
    assert optimizer.param_groups[0]["momentum"] == 0.9
    assert "momentum_buffer" in optimizer.state[w]


def test_a_cycle_that_is_over_says_so():
    optimizer = runs.optimizers()[0]
    schedule = s.OneCycleLR(optimizer, 0.1, total_steps=5)
    runs.walk(optimizer, schedule, 5)
    with pytest.raises(ValueError, match="total_steps=5, this is step 6"):
        schedule.step()


def test_going_on_needs_the_first_rates():
    with pytest.raises(KeyError, match="group 0 has no 'initial_lr'; load the optimizer's state first"):
        s.StepLR(runs.optimizers()[0], 3, last_epoch=4)


def test_a_group_added_later_asks_for_a_new_schedule():
    optimizer = runs.optimizers()[0]
    schedule, plateau = s.LambdaLR(optimizer, runs.slowly), s.ReduceLROnPlateau(optimizer, patience=0)
    optimizer.step()
    optimizer.add_param_group({"params": [pellucid.ones(2, requires_grad=True)]})
    with pytest.raises(RuntimeError, match="for 2 parameter groups, the optimizer now has 3"):
        schedule.step()
    plateau.step(1.0)
    with pytest.raises(RuntimeError, match="for 2 parameter groups, the optimizer now has 3"):
        plateau.step(1.0)


def test_a_state_of_fewer_groups_or_schedules_is_refused():
    optimizer = runs.optimizers()[0]
    one = optim.SGD([pellucid.ones(2, requires_grad=True)])
    with pytest.raises(ValueError, match="it is of 1 parameter groups, here are 2"):
        s.StepLR(optimizer, 3).load_state_dict(s.StepLR(one, 3).state_dict())
    with pytest.raises(ValueError, match="lr_lambdas for 1 groups, here are 2"):
        s.LambdaLR(optimizer, runs.slowly).load_state_dict(s.LambdaLR(one, runs.slowly).state_dict())
    with pytest.raises(ValueError, match="it holds 1 schedules, here are 2"):
        s.ChainedScheduler([s.StepLR(optimizer, 3)] * 2).load_state_dict(
            s.ChainedScheduler([s.StepLR(optimizer, 3)]).state_dict()
        )


def test_a_refused_state_leaves_every_schedule_of_a_chain_alone():
    optimizer = runs.optimizers()[0]
    chain = s.ChainedScheduler([s.StepLR(optimizer, 3), s.ExponentialLR(optimizer, 0.5)])
    state = chain.state_dict()
    before = repr(state)
    state["_schedulers"] = [state["_schedulers"][0] | {"gamma": 0.9}, {"step_size": 3}]
    with pytest.raises(ValueError, match="does not fit ExponentialLR"):
        chain.load_state_dict(state)
    assert repr(chain.state_dict()) == before


class Halving:
    def __init__(self):
        self.factor = 1.0

    def __call__(self, epoch):
        self.factor *= 0.5
        return self.factor


def test_a_function_that_remembers_is_saved_with_the_schedule():
    optimizer, fresh = runs.optimizers()[0], runs.optimizers()[0]
    schedule = s.LambdaLR(optimizer, Halving())
    runs.walk(optimizer, schedule, 3)
    resumed = s.LambdaLR(fresh, Halving())
    resumed.load_state_dict(schedule.state_dict())
    fresh.step()
    schedule.step()
    resumed.step()
    assert resumed.get_last_lr() == schedule.get_last_lr()
