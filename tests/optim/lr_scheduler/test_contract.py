"""What every schedule owes: the numbers of PyTorch, and a state that goes on."""

import inspect
import json

import pytest
from tests.optim.lr_scheduler import runs

from pellucid.optim import lr_scheduler

STEPS = 60
NAMES = sorted(set(lr_scheduler.__all__) - {"REGISTRY", "LRScheduler", "ReduceLROnPlateau"})

PLAIN = [(name, case) for name, case in runs.EACH if not callable(runs.CASES[name][case])]


def near(trace):
    return pytest.approx(runs.flat(trace), rel=1e-12, abs=1e-15)


def test_every_schedule_has_cases():
    assert sorted(runs.CASES) == NAMES


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize(("name", "case"), runs.EACH)
def test_sixty_steps_equal_pytorch_in_rates_and_momentum(name, case, kind):
    mine, torchs = runs.optimizers(kind)
    got = runs.walk(mine, runs.make(runs.OURS, mine, name, case), STEPS)
    expected = runs.walk(torchs, runs.make(runs.THEIRS, torchs, name, case), STEPS)
    assert runs.flat(got) == near(expected)
    assert len({entry[0] for entry in got}) > 1, "a schedule that changes nothing would pass"


@pytest.mark.parametrize(("name", "case"), runs.EACH)
def test_a_rate_changed_by_hand_is_treated_as_in_pytorch(name, case):
    traces = []
    for optimizer, library in zip(runs.optimizers(), (runs.OURS, runs.THEIRS), strict=True):
        schedule = runs.make(library, optimizer, name, case)
        trace = runs.walk(optimizer, schedule, 13)
        optimizer.param_groups[0]["lr"] *= 0.5
        traces.append(trace + runs.walk(optimizer, schedule, 30))
    assert runs.flat(traces[0]) == near(traces[1])


@pytest.mark.parametrize("saved_after", [0, 1, 6, 23])
@pytest.mark.parametrize(("name", "case"), runs.EACH)
def test_a_state_saved_midway_goes_on_bit_for_bit_through_json(name, case, saved_after):
    optimizer, _ = runs.optimizers()
    schedule = runs.make(runs.OURS, optimizer, name, case)
    runs.walk(optimizer, schedule, saved_after)
    text = json.dumps([schedule.state_dict(), optimizer.state_dict()["param_groups"]])
    expected = runs.walk(optimizer, schedule, STEPS - saved_after)

    fresh, _ = runs.optimizers()
    resumed = runs.make(runs.OURS, fresh, name, case)
    state, groups = json.loads(text)
    resumed.load_state_dict(state)
    fresh.load_state_dict({"state": {}, "param_groups": groups})
    fresh.step()  # a resumed run has stepped
    assert runs.walk(fresh, resumed, STEPS - saved_after) == expected


@pytest.mark.parametrize(("name", "case"), [e for e in PLAIN if "T_mult" not in runs.CASES[e[0]][e[1]]])
def test_going_on_by_last_epoch_equals_pytorch(name, case):
    # With T_mult, PyTorch loses its place; the next test says what ours gives. Composed ones go on by their state.
    given = runs.CASES[name][case]
    traces = []
    for optimizer, library in zip(runs.optimizers(), (runs.OURS, runs.THEIRS), strict=True):
        schedule = runs.make(library, optimizer, name, case)
        runs.walk(optimizer, schedule, 9)
        again = getattr(library, name)(optimizer, **given, last_epoch=schedule.last_epoch)
        traces.append(runs.walk(optimizer, again, 20))
    assert runs.flat(traces[0]) == near(traces[1])


@pytest.mark.parametrize("case", range(3))
def test_warm_restarts_go_on_by_last_epoch_as_if_undisturbed(case):
    given = runs.CASES["CosineAnnealingWarmRestarts"][case]
    optimizer, twin = runs.optimizers()[0], runs.optimizers()[0]
    expected = runs.walk(twin, runs.OURS.CosineAnnealingWarmRestarts(twin, **given), 30)
    schedule = runs.OURS.CosineAnnealingWarmRestarts(optimizer, **given)
    runs.walk(optimizer, schedule, 9)
    again = runs.OURS.CosineAnnealingWarmRestarts(optimizer, **given, last_epoch=schedule.last_epoch)
    assert runs.flat(runs.walk(optimizer, again, 20)) == near(expected[10:])


@pytest.mark.parametrize("name", sorted({*NAMES, "ReduceLROnPlateau"}))
def test_the_signature_is_pytorchs(name):
    got = inspect.signature(getattr(runs.OURS, name)).parameters
    expected = inspect.signature(getattr(runs.THEIRS, name)).parameters
    assert [(p.name, p.default, p.kind) for p in got.values()] == [
        (p.name, p.default, p.kind) for p in expected.values()
    ]


@pytest.mark.parametrize(("name", "case"), runs.EACH)
def test_the_state_of_another_schedule_is_refused_and_changes_nothing(name, case):
    optimizer, other = runs.optimizers()[0], runs.optimizers()[0]
    schedule = runs.make(runs.OURS, optimizer, name, case)
    before = repr(schedule.state_dict())
    stranger = "StepLR" if name != "StepLR" else "LinearLR"
    with pytest.raises(ValueError, match="does not fit"):
        schedule.load_state_dict(runs.make(runs.OURS, other, stranger, 0).state_dict())
    assert repr(schedule.state_dict()) == before


@pytest.mark.parametrize(("name", "case"), [(name, 0) for name in NAMES])
def test_stepping_before_the_optimizer_warns(name, case):
    optimizer, _ = runs.optimizers()
    schedule = runs.make(runs.OURS, optimizer, name, case)
    with pytest.warns(UserWarning, match=r"before the first optimizer.step\(\)"):
        schedule.step()


@pytest.mark.parametrize("name", sorted({name for name, _ in PLAIN}))
def test_something_that_is_no_optimizer_is_refused(name):
    given = runs.CASES[name][0]
    with pytest.raises(TypeError, match=f"{name} needs an Optimizer, got list"):
        getattr(runs.OURS, name)([1], **given)


def test_the_registry_holds_all_schedules_that_text_can_describe():
    needs_python = {"ChainedScheduler", "SequentialLR", "LambdaLR", "MultiplicativeLR"}
    assert {kind.__name__ for kind in lr_scheduler.REGISTRY.values()} == {*NAMES, "ReduceLROnPlateau"} - needs_python
    assert all(hasattr(lr_scheduler, name) for name in lr_scheduler.__all__)
