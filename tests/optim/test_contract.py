"""What every optimizer owes, found by the registry: a new one is tested by existing."""

import inspect
import json

import numpy as np
import pytest
import torch
from tests.optim import runs

import pellucid
from pellucid import optim

TOLERANCE = 1e-12
NAMES = sorted(optim.REGISTRY)


def hyperparameters(name):
    _, optimizer = runs.build(optim.REGISTRY[name], runs.ours, {})
    return sorted(optimizer.defaults)


EACH = [(name, h) for name in NAMES for h in hyperparameters(name) if runs.changed(name, h) is not None]


@pytest.mark.parametrize("name", NAMES)
def test_twenty_steps_with_two_groups_equal_pytorch_with_default_settings(name):
    steps = runs.gradients(20)
    assert runs.distance(runs.run_ours(name, {}, steps)[0], runs.run_theirs(name, {}, steps)[0]) < TOLERANCE


@pytest.mark.parametrize(("name", "hyperparameter"), EACH)
def test_each_hyperparameter_changes_the_result_and_as_in_pytorch(name, hyperparameter):
    steps, settings = runs.gradients(20), runs.changed(name, hyperparameter)
    base, _ = runs.run_ours(name, runs.BASE[name], steps)
    got, _ = runs.run_ours(name, settings, steps)
    assert runs.distance(got, base) > 1e4 * TOLERANCE
    assert runs.distance(got, runs.run_theirs(name, settings, steps)[0]) < TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_all_other_values_together_equal_pytorch(name):
    parameters = inspect.signature(optim.REGISTRY[name]).parameters
    settings = {h: runs.OTHER[h] for h in hyperparameters(name) if h in parameters}
    if name == "sgd":
        settings["dampening"] = 0  # Nesterov's variant excludes it
    steps = runs.gradients(20)
    got, expected = runs.run_ours(name, settings, steps)[0], runs.run_theirs(name, settings, steps)[0]
    assert runs.distance(got, expected) < TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_pytorchs(name):
    got = inspect.signature(optim.REGISTRY[name]).parameters
    expected = inspect.signature(runs.TORCH[name]).parameters
    assert [(p.name, p.default, p.kind) for p in got.values()] == [
        (p.name, p.default, p.kind) for p in expected.values()
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("switch", ["foreach", "fused", "capturable", "differentiable"])
def test_a_switch_that_is_not_supported_is_refused_by_name(name, switch):
    kind, w = optim.REGISTRY[name], pellucid.ones(2, requires_grad=True)
    if switch in inspect.signature(kind).parameters:
        with pytest.raises(NotImplementedError, match=f"{switch}=True"):
            kind([w], **{switch: True})
        kind([w], **{switch: False})
    else:
        with pytest.raises(TypeError, match=switch):
            kind([w], **{switch: True})


@pytest.mark.parametrize("name", NAMES)
def test_the_state_has_pytorchs_layout_names_and_values(name):
    steps = runs.gradients(5)
    got = runs.run_ours(name, runs.BASE[name], steps)[1].state_dict()
    expected = runs.run_theirs(name, runs.BASE[name], steps)[1].state_dict()
    assert list(got["state"]) == list(expected["state"]) == [0, 1, 2]
    for number, state in expected["state"].items():
        assert set(got["state"][number]) == set(state)
        for key, value in state.items():
            np.testing.assert_allclose(np.asarray(got["state"][number][key]), value.numpy(), rtol=1e-12, atol=1e-15)
    for mine, torchs in zip(got["param_groups"], expected["param_groups"], strict=True):
        assert mine == {key: torchs[key] for key in mine}


@pytest.mark.parametrize("name", NAMES)
def test_a_run_saved_midway_goes_on_bit_for_bit(name):
    steps, settings = runs.gradients(20), runs.BASE[name]
    whole, _ = runs.run_ours(name, settings, steps)
    half, optimizer = runs.run_ours(name, settings, steps[:9])
    saved = optimizer.state_dict()
    # The way through a file: numbers as JSON, arrays by name.
    numbers = {str(i): {k: v for k, v in s.items() if isinstance(v, (int, float))} for i, s in saved["state"].items()}
    arrays = {
        (str(i), k): v.numpy().copy()
        for i, s in saved["state"].items()
        for k, v in s.items()
        if k not in numbers[str(i)]
    }
    text = json.dumps({"state": numbers, "param_groups": saved["param_groups"]})
    loaded = json.loads(text)
    for (i, key), value in arrays.items():
        loaded["state"][i][key] = value

    parameters, fresh = runs.build(optim.REGISTRY[name], runs.ours, {}, half)
    fresh.load_state_dict(loaded)
    runs.walk(parameters, fresh, steps[9:], pellucid.tensor)
    for p, expected in zip(parameters, whole, strict=True):
        assert np.array_equal(p.array, expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_begun_in_pytorch_goes_on_here(name):
    steps, settings = runs.gradients(20), runs.BASE[name]
    whole, _ = runs.run_theirs(name, settings, steps)
    half, theirs = runs.run_theirs(name, settings, steps[:9])
    parameters, optimizer = runs.build(optim.REGISTRY[name], runs.ours, {}, half)
    optimizer.load_state_dict(theirs.state_dict())
    runs.walk(parameters, optimizer, steps[9:], pellucid.tensor)
    assert runs.distance([p.array for p in parameters], whole) < TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_a_step_without_its_state_goes_elsewhere(name):
    """The two tests above would see a state that is not loaded."""
    steps, settings = runs.gradients(20), runs.BASE[name]
    whole, _ = runs.run_ours(name, settings, steps)
    half, _ = runs.run_ours(name, settings, steps[:9])
    parameters, fresh = runs.build(optim.REGISTRY[name], runs.ours, settings, half)
    runs.walk(parameters, fresh, steps[9:], pellucid.tensor)
    assert runs.distance([p.array for p in parameters], whole) > 1e4 * TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_the_same_run_twice_gives_the_same_bits(name):
    steps = runs.gradients(10)
    first, second = runs.run_ours(name, runs.BASE[name], steps)[0], runs.run_ours(name, runs.BASE[name], steps)[0]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_quadratic_is_minimised(name):
    settings = {"adadelta": {"lr": 1.0, "eps": 1e-2}, "adagrad": {"lr": 0.5}, "sgd": {"lr": 0.05, "momentum": 0.5}}
    scales, goal = pellucid.tensor([1.0, 3.0, 0.5]), pellucid.tensor([1.0, -2.0, 0.5])
    w = pellucid.zeros(3, requires_grad=True)
    optimizer = optim.REGISTRY[name]([w], **({"lr": 0.05, "weight_decay": 0} | settings.get(name, {})))
    for _ in range(400):
        optimizer.zero_grad()
        (scales * (w - goal) ** 2).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), goal.numpy(), atol=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32_and_near_pytorch(name):
    rng = np.random.default_rng(3)
    value = rng.normal(size=(5, 3)).astype("f4")
    w, v = runs.ours(value), torch.tensor(value, requires_grad=True)
    mine, torchs = optim.REGISTRY[name]([w], **runs.BASE[name]), runs.TORCH[name]([v], **runs.BASE[name])
    for _ in range(20):
        g = rng.normal(size=value.shape).astype("f4")
        w.grad, v.grad = pellucid.tensor(g), torch.tensor(g)
        mine.step()
        torchs.step()
    assert w.dtype == np.float32
    assert {a.dtype for a in mine.state[w].values() if isinstance(a, np.ndarray)} <= {np.dtype("f4")}
    np.testing.assert_allclose(w.detach().numpy(), v.detach().numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_writes_in_place_and_leaves_gradient_and_frozen_parameters_alone(name):
    w, frozen = pellucid.ones(2, 3, requires_grad=True), pellucid.ones(2, requires_grad=True)
    optimizer = optim.REGISTRY[name]([w, frozen], **runs.BASE[name], maximize=True)
    array, g = w.array, np.full((2, 3), 0.5, "f4")
    w.grad = pellucid.tensor(g)
    kept = w.grad.array
    for _ in range(3):
        optimizer.step()
    assert w.array is array
    assert (array != 1).all()
    assert w.grad.array is kept
    assert np.array_equal(kept, g)
    assert (frozen.array == 1).all()
    assert list(optimizer.state_dict()["state"]) in ([0], [])


@pytest.mark.parametrize("name", NAMES)
def test_a_tape_recorded_before_the_step_is_refused_after_it(name):
    w = pellucid.ones(2, requires_grad=True)
    optimizer = optim.REGISTRY[name]([w])
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(RuntimeError, match="overwritten in place"):
        loss.backward()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("values", [np.ones((3, 4)).T, np.ones((4, 6))[::2, ::3], np.ones(()), np.ones((0, 3))])
def test_every_memory_layout_and_size_takes_the_same_steps(name, values):
    plain = pellucid.Tensor(values.copy(), requires_grad=True)
    strided = pellucid.Tensor(values, requires_grad=True)
    for w in (plain, strided):
        optimizer = optim.REGISTRY[name]([w], weight_decay=0.1)
        for k in range(3):
            w.grad = pellucid.Tensor(np.arange(1.0 + k, 1 + k + values.size).reshape(values.shape))
            optimizer.step()
    assert np.array_equal(plain.array, strided.array)
    assert (plain.array != 1).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [0.0, 1e-44, 1e30, np.inf, np.nan])
def test_no_gradient_brings_a_warning(name, size):
    w = pellucid.ones(2, requires_grad=True)
    optimizer = optim.REGISTRY[name]([w])
    w.grad = pellucid.full((2,), size)
    for _ in range(3):
        optimizer.step()
    assert np.isfinite(w.array).all() == (np.isfinite(size) and (name != "sgd" or size < 1e38))


@pytest.mark.parametrize(("name", "hyperparameter"), [e for e in EACH if not isinstance(runs.OTHER[e[1]], bool)])
@pytest.mark.parametrize("bad", [-0.5, float("nan"), float("inf")])
def test_a_senseless_hyperparameter_is_refused_by_name_as_default_and_in_a_group(name, hyperparameter, bad):
    value = (bad, 0.9) if hyperparameter == "betas" else bad
    w = pellucid.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match=hyperparameter):
        optim.REGISTRY[name]([w], **{hyperparameter: value})
    with pytest.raises(ValueError, match=hyperparameter):
        optim.REGISTRY[name]([{"params": [w], hyperparameter: value}])


@pytest.mark.parametrize("name", NAMES)
def test_a_tensor_or_a_flag_as_learning_rate_is_refused(name):
    for bad in (pellucid.tensor(0.1), True, "0.1", None):
        with pytest.raises(TypeError, match="lr to be a number"):
            optim.REGISTRY[name]([pellucid.ones(2, requires_grad=True)], lr=bad)
