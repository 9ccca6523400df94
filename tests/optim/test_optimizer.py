import copy
import pickle

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn, optim
from pellucid.optim import SGD, Adam, AdamW


def parameter(*shape):
    return pellucid.ones(*shape, requires_grad=True)


def test_no_parameters_and_a_generator_walked_twice_are_refused():
    with pytest.raises(ValueError, match=r"empty list of parameters; model\.parameters"):
        SGD([], lr=0.1)
    walked = nn.Linear(2, 3).parameters()
    SGD(walked, lr=0.1)
    with pytest.raises(ValueError, match="walked once only"):
        SGD(walked, lr=0.1)
    with pytest.raises(ValueError, match="group is empty"):
        SGD([{"params": []}], lr=0.1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (lambda: parameter(2), "got one tensor"),
        (lambda: nn.Linear(2, 3), r"got a Linear; write model.parameters\(\)"),
        (lambda: {parameter(2)}, "fixed order"),
        (lambda: [{"params": {parameter(2)}}], "fixed order"),
        (lambda: {"params": [parameter(2)]}, "list of groups"),
        (lambda: 3, "got int"),
        (lambda: [np.ones(2)], "parameter 0 must be a Tensor, got ndarray"),
        (lambda: [("w", 3)], "parameter w must be a Tensor, got int"),
        (lambda: [{"parameters": []}], 'key "params"'),
    ],
)
def test_what_is_no_list_of_parameters_is_a_type_error(params, message):
    with pytest.raises(TypeError, match=message):
        SGD(params(), lr=0.1)


def test_a_computed_tensor_and_integers_cannot_be_trained():
    with pytest.raises(ValueError, match="computed from other tensors"):
        SGD([parameter(2) * 2], lr=0.1)
    with pytest.raises(ValueError, match="type int64"):
        SGD([pellucid.tensor([1, 2])], lr=0.1)


def test_a_parameter_given_twice_is_refused_with_both_places():
    w = parameter(2)
    with pytest.raises(ValueError, match=r"parameter 1 of group 0 .*as parameter 0 of group 0"):
        SGD([w, w], lr=0.1)
    with pytest.raises(ValueError, match=r"parameter 0 of group 1 .*as parameter 0 of group 0"):
        SGD([{"params": [w]}, {"params": w}], lr=0.1)
    optimizer = SGD([w], lr=0.1)
    with pytest.raises(ValueError, match="already given"):
        optimizer.add_param_group({"params": [w]})
    assert len(optimizer.param_groups) == 1


def test_a_misspelled_hyperparameter_of_a_group_is_refused():
    with pytest.raises(ValueError, match="no hyperparameter 'learning_rate'; it has dampening, lr"):
        SGD([{"params": [parameter(2)], "learning_rate": 0.1}])
    group = {"params": [parameter(2)], "name": "head", "lr": 0.5}
    optimizer = SGD([group], lr=0.1)
    assert (optimizer.param_groups[0]["name"], optimizer.param_groups[0]["lr"]) == ("head", 0.5)
    assert set(group) == {"params", "name", "lr"}


def test_a_group_added_later_is_trained_with_its_own_rate():
    a, b = parameter(2), parameter(2)
    optimizer = SGD([a], lr=0.1)
    optimizer.add_param_group({"params": b, "lr": 0.5})
    (a.sum() + b.sum()).backward()
    optimizer.step()
    np.testing.assert_allclose(a.detach().numpy(), 0.9)
    np.testing.assert_allclose(b.detach().numpy(), 0.5)


def test_named_parameters_are_kept_and_named_in_errors():
    model = nn.Linear(2, 3)
    optimizer = SGD(model.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    model.bias.grad = pellucid.ones(3)
    model.bias.data = pellucid.ones(4)
    with pytest.raises(RuntimeError, match=r"'bias' has shape \(4,\).*gradient has \(3,\)"):
        optimizer.step()
    with pytest.raises(ValueError, match="either all groups have named parameters"):
        optimizer.add_param_group({"params": [parameter(2)]})
    with pytest.raises(ValueError, match="either all parameters are"):
        SGD([("w", parameter(2)), parameter(2)])


@pytest.mark.parametrize("values", [pellucid.ones(1, 2), pellucid.ones(2, dtype=pellucid.float64)])
def test_a_gradient_of_another_shape_or_type_moves_nothing(values):
    a, b = parameter(2), parameter(2)
    optimizer = Adam([a, b], lr=0.1)
    a.grad, b.grad = pellucid.ones(2), pellucid.ones(2)
    b.data = values
    with pytest.raises(RuntimeError, match=r"parameter 1 of group 0 has shape"):
        optimizer.step()
    assert (a.array == 1).all()
    assert optimizer.state_dict()["state"] == {}


def test_the_closure_is_called_once_with_gradients_on_and_its_loss_returned():
    w, calls = parameter(2), []
    optimizer = SGD([w], lr=0.25)

    def closure():
        calls.append(1)
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with pellucid.no_grad():
        loss = optimizer.step(closure)
    assert (loss.item(), len(calls), optimizer.step()) == (2.0, 1, None)


def test_zero_grad_forgets_or_zeroes():
    w = parameter(2)
    optimizer = SGD([w], lr=0.25)
    w.sum().backward()
    before = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0.0, 0.0]
    assert before.tolist() == [1.0, 1.0]
    optimizer.zero_grad()
    assert w.grad is None


def one_step(optimizer):
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = pellucid.ones(*p.shape)
    optimizer.step()


def test_the_state_dict_is_a_copy_that_later_steps_do_not_change():
    optimizer = Adam([parameter(2)], lr=0.1)
    one_step(optimizer)
    saved = optimizer.state_dict()
    before = copy.deepcopy(saved)
    one_step(optimizer)
    assert saved["state"][0]["step"] == 1
    assert saved["state"][0]["exp_avg"].tolist() == before["state"][0]["exp_avg"].tolist()
    fresh = Adam([parameter(2)], lr=0.1)
    fresh.load_state_dict(saved)
    one_step(fresh)
    assert saved["state"][0]["exp_avg"].tolist() == before["state"][0]["exp_avg"].tolist()


def test_loading_keeps_the_group_dicts_that_schedules_hold():
    first, second = SGD([parameter(2)], lr=0.5), SGD([parameter(2)], lr=0.1, momentum=0.9)
    held = first.param_groups[0]
    held["max_lr"] = 0.7
    first.load_state_dict(second.state_dict())
    assert held is first.param_groups[0]
    assert (held["lr"], held["momentum"], held["max_lr"]) == (0.1, 0.9, 0.7)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: s["param_groups"].append(s["param_groups"][0]), "has 1 parameter groups, the saved state has 2"),
        (lambda s: s["param_groups"][0].update(params=[0]), "group 0 has 2 parameters, in the saved state 1"),
        (lambda s: s["param_groups"][0].pop("betas"), "lacks betas"),
        (lambda s: s["param_groups"][0].update(lr=-1), "lr=-1"),
        (lambda s: s["state"].update({5: {}}), "speaks of parameter 5, this optimizer has 2"),
        (lambda s: s["state"][1].update(exp_avg=np.ones(7)), r"parameter 1: exp_avg has shape \(7,\)"),
        (lambda s: s["state"][0].pop("exp_avg_sq"), "parameter 0: the state lacks exp_avg_sq"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(spoil, message):
    optimizer = Adam([parameter(2), parameter(3)], lr=0.1)
    one_step(optimizer)
    spoiled = optimizer.state_dict()
    spoiled["param_groups"][0]["eps"] = 0.5
    spoil(spoiled)
    before = repr(optimizer.state_dict())
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(spoiled)
    assert repr(optimizer.state_dict()) == before


def test_the_state_of_another_optimizer_is_refused():
    with pytest.raises(ValueError, match="lacks betas"):
        Adam([parameter(2)]).load_state_dict(SGD([parameter(2)]).state_dict())


def test_a_copied_or_pickled_optimizer_goes_on_with_its_own_parameters():
    w = parameter(2)
    optimizer = AdamW([w], lr=0.1)
    one_step(optimizer)
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        before = w.tolist()
        one_step(twin)
        assert w.tolist() == before
    one_step(optimizer)
    assert twin.param_groups[0]["params"][0].tolist() == w.tolist()


def test_repr_shows_every_groups_hyperparameters():
    text = repr(SGD([{"params": [parameter(2)]}, {"params": [parameter(2)], "lr": 0.25}], lr=0.5))
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.5\n")
    assert "Parameter Group 1" in text
    assert "    lr: 0.25\n" in text


def test_infinite_and_nan_gradients_reach_the_weights_where_they_are_seen():
    w = parameter(2)
    w.grad = pellucid.tensor([float("nan"), 1.0])
    SGD([w], lr=0.5).step()
    assert np.isnan(w.array[0])
    assert w.array[1] == 0.5


def test_a_whole_training_loop_follows_pytorch():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    mine, theirs = nn.Linear(3, 2).double(), torch.nn.Linear(3, 2, dtype=torch.float64)
    theirs.weight.data, theirs.bias.data = torch.tensor(mine.weight.array), torch.tensor(mine.bias.array)
    ours_, torchs = Adam(mine.parameters(), lr=0.05), torch.optim.Adam(theirs.parameters(), lr=0.05)
    for _ in range(30):
        ours_.zero_grad()
        ((mine(pellucid.tensor(x)) - pellucid.tensor(y)) ** 2).mean().backward()
        ours_.step()
        torchs.zero_grad()
        ((theirs(torch.tensor(x)) - torch.tensor(y)) ** 2).mean().backward()
        torchs.step()
    np.testing.assert_allclose(mine.weight.array, theirs.weight.detach().numpy(), rtol=1e-10)


def test_every_public_name_is_found_and_the_registry_is_closed():
    assert all(hasattr(optim, name) for name in optim.__all__)
    public = {getattr(optim, n) for n in optim.__all__ if isinstance(getattr(optim, n), type)}
    assert public - {optim.Optimizer} == set(optim.REGISTRY.values())
    assert all(name == kind.__name__.lower() for name, kind in optim.REGISTRY.items())
