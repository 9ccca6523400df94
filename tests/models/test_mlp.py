import numpy as np
import pytest
import torch

import pellucid as pl
from pellucid import nn
from pellucid.models import MLP, make_activation


def names(model):
    return [name for name, _ in model.layers.named_children()]


def test_the_layers_of_a_plain_mlp_are_linear_and_activation_and_a_plain_output():
    model = MLP([4, 8, 3])
    assert names(model) == ["linear1", "activation1", "output"]
    assert isinstance(model.layers.activation1, nn.ReLU)
    assert [tuple(p.shape) for p in model.parameters()] == [(8, 4), (8,), (3, 8), (3,)]


def test_norm_stands_before_the_activation_and_dropout_after_it_in_every_hidden_layer():
    model = MLP([4, 8, 6, 3], activation="tanh", dropout=0.25, batch_norm=True)
    assert names(model) == [
        *("linear1", "norm1", "activation1", "dropout1"),
        *("linear2", "norm2", "activation2", "dropout2"),
        "output",
    ]
    assert isinstance(model.layers.activation2, nn.Tanh)
    assert model.layers.dropout2.p == 0.25
    assert model.layers.norm2.num_features == 6


def test_without_hidden_sizes_it_is_a_linear_model():
    assert names(MLP([4, 3], dropout=0.5, batch_norm=True)) == ["output"]


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "leaky_relu"])
def test_values_and_gradients_are_those_of_the_same_network_in_pytorch(activation, batch_norm):
    rng = np.random.default_rng(0)
    model = MLP([5, 7, 6, 3], activation=activation, batch_norm=batch_norm).double()
    layers = []
    for n_in, n_out in [(5, 7), (7, 6)]:
        layers.append(torch.nn.Linear(n_in, n_out))
        if batch_norm:
            layers.append(torch.nn.BatchNorm1d(n_out))
        layers.append(
            {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "gelu": torch.nn.GELU}.get(activation, torch.nn.LeakyReLU)()
        )
    theirs = torch.nn.Sequential(*layers, torch.nn.Linear(6, 3)).double()
    with torch.no_grad():
        for p, q in zip(model.parameters(), theirs.parameters(), strict=True):
            q.copy_(torch.from_numpy(p.detach().numpy()))
    x, dy = rng.normal(size=(11, 5)), rng.normal(size=(11, 3))
    y, expected = model(pl.tensor(x)), theirs(torch.from_numpy(x))
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    y.backward(pl.tensor(dy))
    expected.backward(torch.from_numpy(dy))
    for p, q in zip(model.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_dropout_acts_in_training_only():
    pl.manual_seed(0)
    model, x = MLP([4, 64, 2], dropout=0.5), pl.randn(3, 4)
    assert not np.array_equal(model(x).detach().numpy(), model(x).detach().numpy())
    model.eval()
    assert np.array_equal(model(x).detach().numpy(), model(x).detach().numpy())


def test_each_argument_changes_the_output():
    def output(**arguments):
        pl.manual_seed(0)
        model = MLP([3, 16, 2], **arguments)
        return model(pl.linspace(-2, 2, 12).reshape(4, 3)).detach().numpy()

    plain = output()
    for arguments in ({"activation": "tanh"}, {"dropout": 0.5}, {"batch_norm": True}):
        assert np.abs(output(**arguments) - plain).max() > 1e-2


def test_the_same_seed_gives_the_same_weights():
    pl.manual_seed(7)
    first = MLP([3, 4, 2]).state_dict()
    pl.manual_seed(7)
    second = MLP([3, 4, 2]).state_dict()
    assert all(np.array_equal(first[k].numpy(), second[k].numpy()) for k in first)
    third = MLP([3, 4, 2]).state_dict()
    assert not np.array_equal(first["layers.linear1.weight"].numpy(), third["layers.linear1.weight"].numpy())


def test_sizes_may_come_from_numpy_and_any_sequence():
    assert MLP(np.array([3, 4, 2])).sizes == (3, 4, 2)
    assert MLP(range(1, 4)).sizes == (1, 2, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sizes": [4]}, ValueError, "at least two sizes"),
        ({"sizes": [4, 0, 2]}, ValueError, r"every size is at least 1, got \[4, 0, 2\]"),
        ({"sizes": [4, 2.5, 2]}, TypeError, "list of integers"),
        ({"sizes": 4}, TypeError, "list of integers"),
        ({"sizes": "42"}, TypeError, "list of integers"),
        ({"sizes": [4, 2], "activation": "rleu"}, ValueError, "did you mean 'relu'"),
        ({"sizes": [4, 3, 2], "activation": "heaviside"}, ValueError, "no activation 'heaviside'"),
        ({"sizes": [4, 3, 2], "dropout": 1.0}, ValueError, r"in \[0, 1\), got 1.0"),
        ({"sizes": [4, 3, 2], "dropout": -0.1}, ValueError, r"in \[0, 1\)"),
        ({"sizes": [4, 3, 2], "dropout": float("nan")}, ValueError, r"in \[0, 1\)"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_reason(arguments, error, message):
    with pytest.raises(error, match=message):
        MLP(**arguments)


def test_an_input_of_the_wrong_width_is_refused():
    with pytest.raises((ValueError, RuntimeError), match="4"):
        MLP([4, 3, 2])(pl.zeros(5, 3))


def test_every_named_activation_makes_a_layer_that_passes_gradients():
    from pellucid.models import ACTIVATIONS

    for name in ACTIVATIONS:
        x = pl.tensor([-1.5, -0.5, 0.5, 2.0], requires_grad=True)
        make_activation(name)(x).sum().backward()
        assert np.abs(x.grad.numpy()).sum() > 0, name
