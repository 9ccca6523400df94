"""Every layer that takes the size of its input from the first one: like the plain layer that it turns into."""

import inspect
import pickle

import numpy as np
import pytest
import torch
from tests.contract.layer_cases import CASES
from tests.contract.test_layers import LAZY

import pellucid
from pellucid import nn, optim
from pellucid.nn.lazy import LazyModuleMixin, UninitializedParameter

PAIRS = [(name, case) for name in LAZY for case in CASES if case.layer == getattr(nn, name).cls_to_become.__name__]
every_pair = pytest.mark.parametrize(("name", "case"), PAIRS, ids=[f"Lazy{case}" for _, case in PAIRS])


def lazy(name, case):
    """The lazy layer of a case: its arguments are the plain layer's without the first."""
    return getattr(nn, name)(*case.args[1:], **case.options)


def inputs(case, dtype=np.float64):
    return [pellucid.tensor(a.astype(dtype)) for a in case.inputs]


@pytest.mark.parametrize("name", LAZY)
def test_every_lazy_layer_has_cases_of_its_plain_kind(name):
    assert any(n == name for n, _ in PAIRS)


@every_pair
def test_the_first_input_turns_a_lazy_layer_into_the_plain_one(name, case):
    pellucid.manual_seed(3)
    plain = case.build(nn)
    expected = plain(*inputs(case, np.float32))
    pellucid.manual_seed(3)
    layer = lazy(name, case)
    assert isinstance(layer, LazyModuleMixin)
    assert layer.has_uninitialized_params() == any(True for _ in layer.parameters())
    y = layer(*inputs(case, np.float32))
    assert type(layer) is type(plain)
    assert repr(layer) == repr(plain)
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy())
    state = plain.state_dict()
    assert {k: v.tolist() for k, v in layer.state_dict().items()} == {k: v.tolist() for k, v in state.items()}


@every_pair
def test_a_lazy_layer_prints_as_in_pytorch(name, case):
    assert repr(lazy(name, case)) == repr(getattr(torch.nn, name)(*case.args[1:], **case.options))


@every_pair
def test_a_lazy_layer_can_be_converted_and_pickled_before_its_first_input(name, case):
    layer = pickle.loads(pickle.dumps(lazy(name, case))).double()
    layer(*inputs(case))
    assert {p.dtype for p in layer.parameters()} <= {np.dtype(np.float64)}


@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_layer_has_pytorchs_parameters_and_defaults(name):
    mine, theirs = (
        [(p.name, p.default, p.kind) for p in inspect.signature(getattr(package, name)).parameters.values()]
        for package in (nn, torch.nn)
    )
    assert mine == theirs


def test_an_optimizer_made_before_the_first_input_trains_the_parameters():
    layer = nn.LazyConv1d(2, 3)
    optimizer = optim.Adam(layer.parameters(), lr=0.1)
    x = pellucid.ones(1, 2, 5)
    loss = layer(x).square().mean()
    before = layer.weight.array.copy()
    loss.backward()
    optimizer.step()
    assert np.abs(layer.weight.array - before).min() > 0.05


def test_a_parameter_without_a_shape_says_so_and_can_be_given_one():
    p = nn.LazyConv1d(2, 3).weight
    assert isinstance(p, UninitializedParameter)
    assert repr(p) == "<UninitializedParameter>"
    p.materialize((2, 4, 3))
    assert type(p) is nn.Parameter
    assert p.requires_grad
    assert p.shape == (2, 4, 3)


def test_a_lazy_convolution_refuses_inputs_without_channels():
    with pytest.raises(RuntimeError, match="4 axes"):
        nn.LazyConv2d(2, 3)(pellucid.ones(3, 3))
    with pytest.raises(ValueError, match="3 channels cannot be cut into groups=2"):
        nn.LazyConv2d(2, 3, groups=2)(pellucid.ones(1, 3, 5, 5))
