"""Dropout: how many are dropped, which, and what becomes of the others."""

import math

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F

N = 100_000


@pytest.fixture(autouse=True)
def _seeded():
    pellucid.manual_seed(0)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_share_p_is_dropped_and_the_others_are_scaled_up(p):
    y = nn.Dropout(p)(pellucid.ones(N, dtype=pellucid.float64)).array
    # The count is binomial; five standard deviations are passed once in two million seeds, and the seed is fixed.
    assert abs((y == 0).sum() - N * p) < 5 * math.sqrt(N * p * (1 - p))
    np.testing.assert_allclose(y[y != 0], 1 / (1 - p), rtol=1e-12)


def test_dropping_at_one_place_says_nothing_about_another():
    y = nn.Dropout(0.5)(pellucid.ones(500, 200)).array > 0
    limit = 5 / math.sqrt(500 * 200)
    for a, b in [(y[1:], y[:-1]), (y[:, 1:], y[:, :-1]), (y, (nn.Dropout(0.5)(pellucid.ones(500, 200)).array > 0))]:
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < limit


@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
def test_the_gradient_passes_where_the_forward_did(name):
    x = pellucid.ones(1000, dtype=pellucid.float64, requires_grad=True)
    y = getattr(nn, name)(0.3)(x)
    dropped = y.array == y.array.min()
    dy = np.random.default_rng(1).normal(size=1000)
    y.backward(pellucid.tensor(dy))
    slope = x.grad.array / dy
    assert 200 < dropped.sum() < 400
    assert (slope[dropped] == 0).all()
    assert np.ptp(slope[~dropped]) < 1e-12
    assert slope[~dropped][0] > 0.5


@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
def test_the_same_seed_drops_the_same_and_every_call_drops_anew(name):
    layer, x = getattr(nn, name)(), pellucid.ones(100)
    first, second = layer(x).array, layer(x).array
    assert not np.array_equal(first, second)
    pellucid.manual_seed(0)
    np.testing.assert_array_equal(layer(x).array, first)
    np.testing.assert_array_equal(layer(x).array, second)


@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
def test_evaluation_drops_nothing_and_draws_nothing(name):
    layer, x = getattr(nn, name)(0.9).eval(), pellucid.ones(10)
    state = pellucid.get_rng_state()
    assert layer(x) is x
    assert pellucid.get_rng_state() == state


def test_alpha_dropout_by_hand_and_as_pytorch_writes_it():
    p, floor = 0.25, -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717
    a = ((1 - p) * (1 + p * floor**2)) ** -0.5
    b = -a * p * floor
    x = np.random.default_rng(1).normal(size=1000)
    y = F.alpha_dropout(pellucid.tensor(x), p, training=True).array
    kept = np.isclose(y, a * x + b, rtol=1e-12)
    np.testing.assert_allclose(y[~kept], a * floor + b, rtol=1e-12)
    assert 200 < (~kept).sum() < 300
    torch.manual_seed(0)
    expected = torch.nn.functional.alpha_dropout(torch.zeros(100, dtype=torch.float64), p, training=True)
    np.testing.assert_allclose(sorted(set(expected.tolist())), sorted({a * floor + b, b}), rtol=1e-9)


def test_alpha_dropout_keeps_mean_zero_and_variance_one():
    x = np.random.default_rng(2).normal(size=N)
    y = nn.AlphaDropout(0.3)(pellucid.tensor(x)).array
    assert abs(y.mean()) < 5 / math.sqrt(N)
    assert abs(y.var() - 1) < 0.03  # dropout itself would give 1 / 0.7 = 1.43


@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_a_probability_that_is_none_is_refused(name, p):
    with pytest.raises(ValueError, match="between 0 and 1, got"):
        getattr(nn, name)(p)
    function = {"Dropout": F.dropout, "AlphaDropout": F.alpha_dropout}[name]
    with pytest.raises(ValueError, match="between 0 and 1, got"):
        function(pellucid.ones(2), p)


def test_a_function_trains_by_pytorchs_default():
    x = pellucid.ones(100)
    assert (F.dropout(x).array == 0).any()
    assert F.alpha_dropout(x) is x  # PyTorch's defaults differ for the two


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("Dropout1d", (50, 40, 3)),
        ("Dropout1d", (2000, 3)),
        ("Dropout2d", (50, 40, 2, 3)),
        ("Dropout2d", (50, 40, 3)),
        ("Dropout3d", (50, 40, 2, 1, 3)),
        ("Dropout3d", (2000, 2, 1, 3)),
        ("FeatureAlphaDropout", (50, 40, 2)),
    ],
)
def test_whole_channels_are_dropped_as_often_as_asked(name, shape):
    x = pellucid.ones(*shape, dtype=pellucid.float64, requires_grad=True)
    y = getattr(nn, name)(0.3)(x)
    channels = y.array.reshape(2000, -1)
    assert (channels == channels[:, :1]).all()
    dropped = channels[:, 0] == channels.min()
    assert abs(dropped.sum() - 600) < 5 * math.sqrt(2000 * 0.3 * 0.7)
    y.backward(pellucid.tensor(np.random.default_rng(0).normal(size=shape)))
    assert ((x.grad.array.reshape(2000, -1) == 0).all(axis=1) == dropped).all()
    if name != "FeatureAlphaDropout":
        np.testing.assert_allclose(channels[~dropped], 1 / 0.7)


def test_inputs_without_channels_to_drop_are_refused():
    for layer, shape in [(nn.Dropout1d, (3,)), (nn.Dropout2d, (3, 4)), (nn.Dropout3d, (2, 3, 4))]:
        with pytest.raises(ValueError, match=r"needs an input of \d or \d axes, got shape"):
            layer()(pellucid.ones(*shape))
    with pytest.raises(ValueError, match=r"shape \(N, C, ...\), got \(3,\)"):
        nn.FeatureAlphaDropout()(pellucid.ones(3))
