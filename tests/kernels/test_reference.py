import math

import numpy as np
import pytest
import torch

from pellucid.kernels import reference as K

INF = np.inf


def ulps(y, z):
    """How many steps of the last place lie between two arrays."""
    return np.abs(y - z) / np.spacing(np.maximum(np.abs(z), np.finfo(z.dtype).tiny))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_erf_is_within_two_units_in_the_last_place(dtype):
    x = np.concatenate([np.linspace(-7, 7, 200_001), np.logspace(-300, 0, 1000), [0.46875, 4.0, 5.9, 6.0]])
    x = x.astype(dtype)
    exact = np.array([math.erf(v) for v in x.astype(np.float64)]).astype(dtype)
    y = K.erf(x)
    assert y.dtype == dtype
    assert ulps(y, exact).max() <= 2


def test_erf_is_odd_and_carries_special_values():
    x = np.linspace(0, 6, 1001)
    np.testing.assert_array_equal(K.erf(-x), -K.erf(x))
    np.testing.assert_array_equal(K.erf(np.array([INF, -INF, np.nan, 0.0, 1e300])), [1, -1, np.nan, 0, 1])
    assert math.copysign(1, K.erf(np.array([-0.0]))[0]) == -1
    assert K.erf(np.zeros((0, 2))).shape == (0, 2)
    assert K.erf(np.float64(0.5)).shape == ()


MAPS = {
    "exp": torch.exp,
    "log": torch.log,
    "log1p": torch.log1p,
    "sigmoid": torch.sigmoid,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "tanh": torch.tanh,
    "erf": torch.erf,
}
EXTREME = [
    0.0,
    -0.0,
    1e-300,
    -1e-300,
    1e-10,
    0.5,
    -0.5,
    20.0,
    -20.0,
    700.0,
    -700.0,
    1e4,
    -1e4,
    1e308,
    -1e308,
    INF,
    -INF,
]


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_maps_equal_pytorchs_without_warnings_at_every_magnitude(name, dtype):
    rng = np.random.default_rng(0)
    with np.errstate(over="ignore"):
        x = np.concatenate([EXTREME, [np.nan], rng.standard_normal(1000) * 10]).astype(dtype)
    y = getattr(K, name)(x)
    assert y.dtype == dtype
    expected = MAPS[name](torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(y, expected, rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


ROWS = [
    [1.0, 2.0, 3.0],
    [1000.0, 1000.0, -1000.0],
    [-1000.0, -1001.0, -1002.0],
    [1e308, -1e308, 0.0],
    [-INF, 0.0, 1.0],
    [0.0, 0.0, 0.0],
    [-745.0, 0.0, -50.0],
]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_and_its_logarithm_equal_pytorchs(name, axis):
    x = np.array(ROWS)
    y = getattr(K, name)(x, axis=axis)
    np.testing.assert_allclose(y, getattr(torch, name)(torch.from_numpy(x), axis).numpy(), rtol=1e-12)


def test_a_row_of_minus_infinity_or_with_infinity_or_nan_has_no_softmax():
    for row in ([-INF, -INF], [INF, 0.0], [np.nan, 0.0]):
        assert np.isnan(K.softmax(np.array(row), axis=0)).any()
        assert np.isnan(K.log_softmax(np.array(row), axis=0)).any()


def test_softmax_of_no_elements_is_empty():
    assert K.softmax(np.zeros((0, 3)), axis=0).shape == (0, 3)
    assert K.softmax(np.zeros((3, 0)), axis=1).shape == (3, 0)
    assert K.log_softmax(np.zeros((3, 0)), axis=1).shape == (3, 0)


def test_log_softmax_keeps_its_digits_where_softmax_is_zero():
    x = np.array([0.0, -800.0])
    assert K.softmax(x, axis=0)[1] == 0
    assert K.log_softmax(x, axis=0)[1] == -800


@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_equals_pytorchs(axis, keepdims):
    x = np.array([*ROWS, [-INF, -INF, -INF], [INF, -INF, 0.0]])
    expected = torch.logsumexp(torch.from_numpy(x), axis, keepdims).numpy()
    np.testing.assert_allclose(K.logsumexp(x, axis=axis, keepdims=keepdims), expected, rtol=1e-12)


def test_normalize_gives_rows_of_mean_zero_and_variance_one():
    x = np.random.default_rng(0).standard_normal((5, 40)) * 3 + 100
    y, mean, var, rstd = K.normalize(x, axis=(1,), eps=0.0)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(mean, x.mean(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(var, x.var(axis=1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(rstd, x.std(axis=1, keepdims=True) ** -1, rtol=1e-12)
    constant, *_ = K.normalize(np.ones((2, 3)), axis=(1,), eps=1e-5)
    np.testing.assert_array_equal(constant, 0)


def test_linear_is_x_times_w_transposed_plus_b_and_leaves_its_inputs_alone():
    rng = np.random.default_rng(0)
    x, W, b = rng.standard_normal((2, 5, 3)), rng.standard_normal((4, 3)), rng.standard_normal(4)
    before = [a.copy() for a in (x, W, b)]
    np.testing.assert_allclose(K.linear(x, W, b), np.einsum("bti,oi->bto", x, W) + b, rtol=1e-13)
    np.testing.assert_allclose(K.linear(x, W, None), np.einsum("bti,oi->bto", x, W), rtol=1e-13)
    for a, a0 in zip((x, W, b), before, strict=True):
        np.testing.assert_array_equal(a, a0)


def test_the_gradients_of_linear_are_summed_over_all_leading_axes_and_only_made_where_needed():
    rng = np.random.default_rng(0)
    x, W, dy = rng.standard_normal((2, 5, 3)), rng.standard_normal((4, 3)), rng.standard_normal((2, 5, 4))
    dx, dW, db = K.linear_backward(x, W, dy, True, True, True)
    np.testing.assert_allclose(dx, np.einsum("bto,oi->bti", dy, W), rtol=1e-13)
    np.testing.assert_allclose(dW, np.einsum("bto,bti->oi", dy, x), rtol=1e-13)
    np.testing.assert_allclose(db, dy.sum(axis=(0, 1)), rtol=1e-13)
    assert K.linear_backward(x, W, dy, False, False, False) == (None, None, None)


def test_products_that_overflow_give_infinity_without_a_warning():
    big = np.full((2, 2), 1e300)
    assert np.isinf(K.matmul(big, big)).all()
    assert np.isinf(K.linear(big, big, np.full(2, 1.0))).all()


def test_add_at_adds_up_places_named_twice():
    out = K.add_at((3, 2), (np.array([0, 0, 2]),), np.array([[1.0, 2], [3, 4], [5, 6]]))
    np.testing.assert_array_equal(out, [[4, 6], [0, 0], [5, 6]])
    assert K.add_at((3,), np.array([], dtype=int), np.zeros(0)).tolist() == [0, 0, 0]
