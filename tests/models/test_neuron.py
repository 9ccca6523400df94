import numpy as np
import pytest
import torch

import pellucid as pl
from pellucid.models import Neuron


def neuron_with(weight, bias, activation="sigmoid"):
    neuron = Neuron(len(weight), activation)
    neuron.load_state_dict({"weight": np.array(weight), "bias": np.array(bias)})
    return neuron


def test_it_is_the_activation_of_the_weighted_sum():
    # w · x + b = 0.5 * 2 - 1 * 3 + 0.25 = -1.75
    x = pl.tensor([[2.0, 3.0]])
    assert neuron_with([0.5, -1.0], 0.25, "identity")(x).tolist() == [-1.75]
    assert neuron_with([0.5, -1.0], 0.25, "relu")(x).tolist() == [0.0]
    assert neuron_with([0.5, -1.0], 0.25)(x).item() == pytest.approx(1 / (1 + np.exp(1.75)), rel=1e-6)


def test_the_step_neuron_computes_and():
    gate = neuron_with([1.0, 1.0], -1.5, "heaviside")
    assert gate(pl.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])).tolist() == [0, 0, 0, 1]


def test_one_row_and_many_axes_keep_their_leading_shape():
    neuron = Neuron(3)
    assert tuple(neuron(pl.zeros(3)).shape) == ()
    assert tuple(neuron(pl.zeros(5, 2, 3)).shape) == (5, 2)
    assert tuple(neuron(pl.zeros(0, 3)).shape) == (0,)


def test_its_gradients_are_those_of_pytorch():
    rng = np.random.default_rng(0)
    x, dy, neuron = rng.normal(size=(4, 3)), rng.normal(size=4), Neuron(3, "tanh").double()
    tx, w, b = (
        torch.tensor(a, dtype=torch.float64, requires_grad=True)
        for a in (x, neuron.weight.tolist(), neuron.bias.tolist())
    )
    torch.tanh(tx @ w + b).backward(torch.from_numpy(dy))
    px = pl.tensor(x, requires_grad=True)
    neuron(px).backward(pl.tensor(dy))
    for mine, theirs in ((px, tx), (neuron.weight, w), (neuron.bias, b)):
        np.testing.assert_allclose(mine.grad.numpy(), theirs.grad.numpy(), rtol=1e-10)


def test_weights_start_within_one_over_the_root_of_the_inputs():
    neuron = Neuron(10_000)
    assert 0.0099 < np.abs(neuron.weight.detach().numpy()).max() <= 0.01
    assert abs(neuron.bias.item()) <= 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "at least one input"),
        ((2, "sigmiod"), "did you mean 'sigmoid'"),
        ((2, ["relu"]), r"no activation \['relu'\]"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Neuron(*arguments)


@pytest.mark.parametrize("shape", [(4, 2), (3, 1), (1,), ()])
def test_an_input_that_would_broadcast_is_refused(shape):
    with pytest.raises(ValueError, match="3 inputs"):
        Neuron(3)(pl.zeros(shape))
