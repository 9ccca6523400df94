"""Layer, RMS and group normalisation: by hand, in extremes, refusals. Numbers and gradients stand in tests/contract."""

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_layer_norm_by_hand():
    # Row (1, 2, 6): mean 3, deviations (-2, -1, 3), variance 14 / 3.
    y = F.layer_norm(pellucid.tensor([[1.0, 2.0, 6.0]], dtype=pellucid.float64), (3,), eps=0.0)
    np.testing.assert_allclose(y.array, [np.array([-2, -1, 3]) / np.sqrt(14 / 3)], rtol=1e-14)


def test_rms_norm_by_hand():
    # Row (1, 7): mean of squares 25, root 5.
    y = F.rms_norm(pellucid.tensor([[1.0, 7.0]], dtype=pellucid.float64), (2,), eps=0.0)
    np.testing.assert_allclose(y.array, [[0.2, 1.4]], rtol=1e-14)


def test_group_norm_of_one_group_is_layer_norm_and_of_each_channel_instance_norm():
    x = pellucid.tensor(np.random.default_rng(0).normal(3, 2, (2, 4, 5)))
    np.testing.assert_allclose(F.group_norm(x, 1).array, F.layer_norm(x, (4, 5)).array, rtol=1e-12)
    np.testing.assert_allclose(F.group_norm(x, 4).array, F.layer_norm(x, (5,)).array, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rms_norms_own_eps_is_the_types_spacing(dtype):
    x = np.full((1, 2), 1e-4, dtype=dtype)
    y = F.rms_norm(pellucid.tensor(x), (2,)).array
    expected = torch.nn.functional.rms_norm(torch.tensor(x), (2,)).numpy()
    np.testing.assert_allclose(y, expected, rtol=1e-6)
    assert y.dtype == dtype


def test_a_constant_row_becomes_zero_not_nan():
    x = pellucid.full((2, 3), 7.0, requires_grad=True)
    y = F.layer_norm(x, (3,))
    y.sum().backward()
    assert y.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert np.isfinite(x.grad.array).all()


def test_rows_do_not_influence_each_other_and_training_is_evaluation():
    for layer in (nn.LayerNorm(3), nn.RMSNorm(3), nn.GroupNorm(1, 3)):
        x = pellucid.randn(4, 3)
        whole = layer(x).detach().numpy()
        np.testing.assert_array_equal(layer.eval()(x).detach().numpy(), whole)
        np.testing.assert_allclose(layer(x[1:2]).detach().numpy(), whole[1:2], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (nn.LayerNorm(5), ValueError, r"over \(5,\) needs an input of shape \(..., 5,\), got \(2, 6\)"),
        (nn.RMSNorm((2, 5)), ValueError, r"over \(2, 5\) needs .* \(..., 2, 5\), got \(2, 6\)"),
        (nn.GroupNorm(1, 5), ValueError, r"GroupNorm\(1, 5\) needs .*\(N, 5, ...\), got \(2, 6\)"),
        (lambda x: F.layer_norm(x, ()), ValueError, "needs an input"),
        (lambda x: F.layer_norm(x, (6,), pellucid.ones(1)), ValueError, r"needs weight \(6,\), got \(1,\)"),
        (lambda x: F.layer_norm(x, (6,), None, pellucid.ones(2, 6)), ValueError, r"needs bias \(6,\), got \(2, 6\)"),
        (lambda x: F.rms_norm(x, (6,), pellucid.ones(1)), ValueError, r"needs weight \(6,\), got \(1,\)"),
        (lambda x: F.group_norm(x, 4), ValueError, r"shape \(2, 6\) into 4 equal groups"),
        (lambda x: F.group_norm(x, 0), ValueError, "into 0 equal groups"),
        (lambda x: F.group_norm(x[0], 1), ValueError, r"shape \(6,\)"),
        (lambda x: F.group_norm(x, 2, pellucid.ones(2)), ValueError, r"needs weight \(6,\), got \(2,\)"),
        (lambda x: nn.LayerNorm(6)(x.double()), RuntimeError, "input of float64 and weight of float32"),
        (lambda x: nn.LayerNorm(0), ValueError, "at least 1, got normalized_shape=0"),
        (lambda x: nn.RMSNorm(()), ValueError, r"at least 1, got normalized_shape=\(\)"),
        (lambda x: nn.GroupNorm(4, 6), ValueError, "6 channels into 4 equal groups"),
    ],
)
def test_what_does_not_fit_is_refused_with_both_shapes(call, error, message):
    with pytest.raises(error, match=message):
        call(pellucid.ones(2, 6))
