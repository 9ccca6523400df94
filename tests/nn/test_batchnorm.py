"""Batch normalisation: running statistics over steps, rebinding, refusals."""

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def batches(n=4, shape=(5, 3)):
    generator = np.random.default_rng(0)
    return [generator.normal(i, 1 + i, shape) for i in range(n)]


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2)])
@pytest.mark.parametrize("momentum", [0.1, 0.7, None, 0.0])
def test_running_statistics_follow_pytorchs_step_by_step(momentum, shape):
    layer, expected = nn.BatchNorm1d(3, momentum=momentum).double(), torch.nn.BatchNorm1d(3, momentum=momentum).double()
    for x in batches(shape=shape):
        layer(pellucid.tensor(x))
        expected(torch.tensor(x))
        for name, value in expected.state_dict().items():
            np.testing.assert_allclose(layer.state_dict()[name].numpy(), value.numpy(), rtol=1e-12, err_msg=name)


def test_running_statistics_by_hand():
    # One channel, values 1 and 3: mean 2, variance 1 (of the batch) and 2 (unbiased). With momentum 0.1:
    # running mean 0.9 * 0 + 0.1 * 2 = 0.2, running variance 0.9 * 1 + 0.1 * 2 = 1.1.
    layer = nn.BatchNorm1d(1, eps=0.0, dtype=pellucid.float64)
    y = layer(pellucid.tensor([[1.0], [3.0]], dtype=pellucid.float64))
    np.testing.assert_allclose(y.detach().numpy(), [[-1], [1]], rtol=1e-15)
    np.testing.assert_allclose(layer.running_mean.array, [0.2], rtol=1e-15)
    np.testing.assert_allclose(layer.running_var.array, [1.1], rtol=1e-15)
    # In evaluation (2 - 0.2) / √1.1.
    y = layer.eval()(pellucid.tensor([[2.0]], dtype=pellucid.float64))
    np.testing.assert_allclose(y.detach().numpy(), [[1.8 / np.sqrt(1.1)]], rtol=1e-15)


def test_a_state_taken_earlier_keeps_its_running_statistics():
    layer = nn.BatchNorm1d(3)
    before = layer.state_dict()
    layer(pellucid.randn(5, 3) + 4)
    assert before["running_mean"].tolist() == [0, 0, 0]
    assert before["num_batches_tracked"].item() == 0
    assert layer.running_mean.array.min() > 0.1
    assert layer.num_batches_tracked.dtype == np.int64
    assert set(dict(layer.named_buffers())) == {"running_mean", "running_var", "num_batches_tracked"}


def test_evaluation_leaves_the_running_statistics_alone():
    layer = nn.BatchNorm1d(3).eval()
    layer(pellucid.randn(5, 3))
    assert layer.running_mean.tolist() == [0, 0, 0]
    assert layer.num_batches_tracked.item() == 0


def test_reset_starts_anew():
    layer = nn.BatchNorm1d(3)
    layer(pellucid.randn(5, 3))
    layer.weight.data = layer.weight.array + 1
    layer.reset_parameters()
    fresh = nn.BatchNorm1d(3).state_dict()
    assert {k: v.tolist() for k, v in layer.state_dict().items()} == {k: v.tolist() for k, v in fresh.items()}


def test_the_function_moves_the_running_statistics_given_to_it():
    x = batches()[1]
    mean, var = pellucid.zeros(3, dtype=pellucid.float64), pellucid.ones(3, dtype=pellucid.float64)
    old = mean.array
    y = F.batch_norm(pellucid.tensor(x), mean, var, training=True, momentum=0.3, eps=0.01)
    a, b = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    expected = torch.nn.functional.batch_norm(torch.tensor(x), a, b, training=True, momentum=0.3, eps=0.01)
    np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-12)
    np.testing.assert_allclose(mean.array, a.numpy(), rtol=1e-12)
    np.testing.assert_allclose(var.array, b.numpy(), rtol=1e-12)
    assert old.tolist() == [0, 0, 0]
    y = F.batch_norm(pellucid.tensor(x), mean, var)
    np.testing.assert_allclose(y.numpy(), torch.nn.functional.batch_norm(torch.tensor(x), a, b).numpy(), rtol=1e-12)
    assert F.batch_norm(pellucid.tensor(x), None, None, training=True).shape == (5, 3)


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1), (0, 3)])
def test_a_batch_of_one_value_a_channel_is_refused_in_training(shape):
    layer = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match=r"at least 2 values for each channel, got [01] .*drop_last=True"):
        layer(pellucid.ones(*shape))
    assert layer.num_batches_tracked.item() == 0
    assert layer.eval()(pellucid.ones(*shape)).shape == shape


@pytest.mark.parametrize("shape", [(5, 4), (3,), (5, 4, 2), (5, 3, 2, 2), ()])
def test_an_input_of_another_shape_is_refused_with_both_shapes(shape):
    with pytest.raises(ValueError, match=r"BatchNorm1d\(3\) needs an input of shape \(N, 3\) or \(N, 3, L\), got "):
        nn.BatchNorm1d(3)(pellucid.ones(*shape))


def test_sizes_and_types_that_do_not_fit_are_refused():
    x = pellucid.randn(5, 3)
    with pytest.raises(ValueError, match="at least 1 channel, got num_features=0"):
        nn.BatchNorm1d(0)
    with pytest.raises(ValueError, match=r"needs weight \(3,\), got \(1,\)"):
        F.batch_norm(x, None, None, pellucid.ones(1), training=True)
    with pytest.raises(ValueError, match=r"needs running_mean \(3,\), got \(4,\)"):
        F.batch_norm(x, pellucid.zeros(4), pellucid.ones(3))
    with pytest.raises(ValueError, match="needs running_mean and running_var"):
        F.batch_norm(x, None, None)
    with pytest.raises(RuntimeError, match=r"input of float64 and weight of float32; convert one with \.float\(\)"):
        nn.BatchNorm1d(3)(x.double())
