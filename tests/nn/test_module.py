"""Module: what is found by attribute, modes, types, state, hooks, messages."""

import copy
import pickle

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn


def net(package, zeros):
    """Build the same model in either library: layers, a shared one, a bare parameter, buffers of both kinds."""

    class Net(package.Module):
        def __init__(self):
            super().__init__()
            self.first = package.Linear(3, 4)
            self.scale = package.Parameter(zeros(4))
            self.register_buffer("seen", zeros(2))
            self.register_buffer("scratch", zeros(1), persistent=False)
            self.register_parameter("absent", None)
            self.norm = package.BatchNorm1d(4)
            self.again = self.first
            self.inner = package.Sequential(package.Linear(4, 2), package.ReLU())

        def forward(self, x):
            return self.inner(self.norm(self.first(x)) * self.scale)

    return Net()


def both():
    return net(nn, pellucid.zeros), net(torch.nn, torch.zeros)


def test_a_tree_is_walked_in_pytorchs_order_and_names():
    ours, theirs = both()
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    assert [n for n, _ in ours.named_parameters(recurse=False)] == ["scale"]
    assert [n for n, _ in ours.named_buffers()] == [n for n, _ in theirs.named_buffers()]
    assert [n for n, _ in ours.named_modules()] == [n for n, _ in theirs.named_modules()]
    assert [n for n, _ in ours.named_modules(prefix="p")] == [n for n, _ in theirs.named_modules(prefix="p")]
    assert [n for n, _ in ours.inner.named_children()] == ["0", "1"]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert len(list(ours.modules())) == len(list(theirs.modules()))
    assert repr(ours) == repr(theirs)


def test_a_path_names_a_submodule_or_parameter():
    ours, _ = both()
    assert ours.get_submodule("inner.0") is ours.inner[0]
    assert ours.get_submodule("") is ours
    assert ours.get_parameter("inner.0.bias") is ours.inner[0].bias
    with pytest.raises(AttributeError, match=r"no submodule '9' \(of path 'inner.9'\)"):
        ours.get_submodule("inner.9")
    with pytest.raises(AttributeError, match="no parameter 'absent'"):
        ours.get_parameter("absent")


def test_modes_reach_the_whole_tree():
    ours, _ = both()
    assert ours.eval() is ours
    assert not any(m.training for m in ours.modules())
    ours.inner.train()
    assert ours.inner[0].training
    assert not ours.norm.training
    assert all(m.training for m in ours.train().modules())


def test_freezing_and_forgetting_gradients():
    ours, _ = both()
    ours.first.requires_grad_(False)
    ours(pellucid.randn(5, 3)).sum().backward()
    assert ours.first.weight.grad is None
    assert ours.inner[0].weight.grad is not None
    ours.zero_grad(set_to_none=False)
    assert not ours.inner[0].weight.grad.array.any()
    ours.zero_grad()
    assert ours.inner[0].weight.grad is None


def test_types_are_converted_with_their_buffers_and_gradients_and_integers_stay():
    ours, _ = both()
    ours(pellucid.randn(5, 3)).sum().backward()
    weight = ours.inner[0].weight
    assert ours.double() is ours
    assert ours.inner[0].weight is weight
    assert weight.dtype == weight.grad.dtype == ours.norm.running_mean.dtype == np.float64
    assert ours.norm.num_batches_tracked.dtype == np.int64
    assert ours.to(pellucid.float32).scale.dtype == np.float32
    assert ours.to("cpu").cpu() is ours
    with pytest.raises(RuntimeError, match="cuda"):
        ours.to("cuda")


def test_apply_reaches_children_before_their_parents():
    ours, theirs = both()
    seen, expected = [], []
    del ours.again, theirs.again
    ours.apply(lambda m: seen.append(type(m).__name__))
    theirs.apply(lambda m: expected.append(type(m).__name__))
    assert seen == expected


def test_a_state_goes_from_model_to_model_and_from_pytorch():
    ours, theirs = both()
    with torch.no_grad():
        for p in theirs.parameters():
            p.normal_()
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    expected = theirs.eval()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.eval()(pellucid.tensor(x)).detach().numpy(), expected, rtol=1e-5, atol=1e-6)
    other, _ = both()
    loaded = other.load_state_dict(ours.state_dict())
    assert loaded == ([], [])
    assert repr(loaded) == "<All keys matched successfully>"
    np.testing.assert_array_equal(other.eval()(pellucid.tensor(x)).array, ours(pellucid.tensor(x)).array)


def test_a_state_that_does_not_fit_is_refused_whole_and_every_reason_listed():
    ours, _ = both()
    before = {k: v.array.copy() for k, v in ours.state_dict().items()}
    state = dict(ours.state_dict())
    state = {k: v.array + 1 for k, v in state.items()}
    del state["inner.0.bias"]
    state["extra"] = np.zeros(1)
    state["first.weight"] = np.zeros((4, 9))
    with pytest.raises(RuntimeError) as caught:
        ours.load_state_dict(state)
    for reason in ("missing: inner.0.bias", "unexpected: extra", "first.weight: this model has (4, 3), the state has"):
        assert reason in str(caught.value)
    with pytest.raises(RuntimeError, match="wrong shape"):
        ours.load_state_dict(state, strict=False)
    for name, value in ours.state_dict().items():
        np.testing.assert_array_equal(value.array, before[name])
    del state["first.weight"]
    loaded = ours.load_state_dict(state, strict=False)
    assert loaded.missing_keys == ["first.weight", "inner.0.bias"]
    assert loaded.unexpected_keys == ["extra"]
    assert repr(loaded) == "LoadedKeys(missing_keys=['first.weight', 'inner.0.bias'], unexpected_keys=['extra'])"
    np.testing.assert_array_equal(ours.scale.array, before["scale"] + 1)


def test_loading_after_a_forward_makes_its_backward_refuse():
    layer = nn.Linear(2, 2)
    y = layer(pellucid.ones(1, 2, requires_grad=True)).sum()
    layer.load_state_dict({k: v.array + 1 for k, v in layer.state_dict().items()})
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


def test_hooks_see_and_replace_inputs_and_outputs():
    layer, seen = nn.ReLU(), []
    x = pellucid.tensor([-1.0, 2.0])
    pre = layer.register_forward_pre_hook(lambda module, args: (args[0] + 1,))

    def note(module, args, out):
        seen.append((args[0].tolist(), out.tolist()))
        return out * 10

    post = layer.register_forward_hook(note)
    assert layer(x).tolist() == [0, 30]
    assert seen == [([0.0, 3.0], [0.0, 3.0])]
    pre.remove()
    assert layer(x).tolist() == [0, 20]
    with post:
        pass
    assert layer(x).tolist() == [0, 2]


def test_an_error_names_the_layer_that_it_comes_from():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(5, 2)))

        def forward(self, x):
            return self.body(x)

    with pytest.raises(RuntimeError, match=r"in layer 'body.1.1' \(Linear\): .*5 inputs.*\(7, 4\)"):
        Net()(pellucid.ones(7, 3))


def test_attributes_move_between_the_tables():
    module = nn.Module()
    module.w = nn.Parameter(pellucid.ones(2))
    module.w = None
    assert module.w is None
    assert list(module.parameters()) == []
    module.w = nn.ReLU()
    assert [n for n, _ in module.named_children()] == ["w"]
    module.w = nn.Buffer(pellucid.ones(1))
    assert list(module.state_dict()) == ["w"]
    assert "w" in dir(module)
    del module.w
    assert not hasattr(module, "w")
    module.plain = 3
    del module.plain
    assert not hasattr(module, "plain")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda m: setattr(m, "scale", pellucid.ones(4)), TypeError, "'scale' can be replaced by a Parameter or None"),
        (lambda m: setattr(m, "seen", 3.0), TypeError, "'seen' can be replaced by a Tensor or None, got float"),
        (lambda m: setattr(m, "first", 3.0), TypeError, "'first' can be replaced by a Module or None, got float"),
        (lambda m: m.register_parameter("a.b", None), KeyError, "no dot"),
        (lambda m: m.register_parameter("", None), KeyError, "not empty"),
        (lambda m: m.register_parameter("a", pellucid.ones(1)), TypeError, "must be a Parameter or None, got Tensor"),
        (lambda m: m.register_buffer("a", 3.0), TypeError, "must be a Tensor or None, got float"),
        (lambda m: m.add_module("a", 3.0), TypeError, "must be a Module or None, got float"),
        (lambda m: m.missing, AttributeError, "Net has no attribute 'missing'"),
    ],
)
def test_what_a_module_cannot_hold_is_refused(change, error, message):
    ours, _ = both()
    with pytest.raises(error, match=message):
        change(ours)


def test_a_forgotten_super_init_is_told():
    class Forgetful(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    class Silent(nn.Module):
        def __init__(self):
            self.size = 3

    with pytest.raises(AttributeError, match=r"Forgetful.__init__\(\) must call super\(\).__init__\(\) before 'layer'"):
        Forgetful()
    with pytest.raises(RuntimeError, match=r"Silent.__init__\(\) must call super\(\).__init__\(\) first"):
        Silent()(1)


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1)


def test_a_copy_is_independent_and_a_pickle_complete():
    ours, _ = both()
    x = pellucid.randn(5, 3)
    expected = ours.eval()(x).detach().numpy()
    for other in (copy.deepcopy(ours), copy.deepcopy(ours.inner)):
        for p in other.parameters():
            p.data = p.array + 1
    np.testing.assert_array_equal(ours(x).detach().numpy(), expected)
    assert copy.deepcopy(ours).again is not ours.first
    copied = copy.deepcopy(ours)
    assert copied.again is copied.first
    layers = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout())
    restored = pickle.loads(pickle.dumps(layers.eval()))
    np.testing.assert_array_equal(restored(x).detach().numpy(), layers(x).detach().numpy())
    assert not restored[2].training


def test_a_parameter_of_integers_is_refused_and_one_of_a_list_is_made():
    with pytest.raises(RuntimeError, match="floating-point"):
        nn.Parameter(pellucid.tensor([1, 2]))
    assert nn.Parameter([1.0, 2.0]).dtype == np.float32
    assert not nn.Parameter(pellucid.ones(1), requires_grad=False).requires_grad
    assert repr(nn.Parameter(pellucid.ones(1))).startswith("Parameter containing:\ntensor(")
