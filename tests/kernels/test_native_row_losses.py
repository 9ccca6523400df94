"""Losses of rows, weighted means and the penalty of the native engine against the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

LOSSES = ["mse_of_rows", "bce_with_logits_of_rows"]
SHAPES = [(0, 3), (1, 1), (7, 1), (33, 5), (17, 70), (9000, 3)]
pytestmark = pytest.mark.usefixtures("each_isa")


def numbers(shape, seed=0):
    rng = np.random.default_rng(seed)
    x, t = rng.standard_normal(shape).astype(np.float32) * 3, rng.random(shape).astype(np.float32)
    return x, t, rng.random(shape[0]).astype(np.float32) + 0.1


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_losses_of_rows_and_their_gradients_are_the_references(name, shape):
    x, t, w = numbers(shape)
    x64, t64, w64 = (a.astype(np.float64) for a in (x, t, w))
    losses = getattr(native, name)(x, t, 0.7)
    np.testing.assert_allclose(losses, getattr(reference, name)(x64, t64, 0.7), rtol=2e-6)
    assert losses.dtype == np.float32
    dx = getattr(native, f"{name}_backward")(x, t, w, 0.7)
    np.testing.assert_allclose(dx, getattr(reference, f"{name}_backward")(x64, t64, w64, 0.7), rtol=2e-5, atol=1e-6)
    same_bits_for_any_threads(lambda: getattr(native, name)(x, t, 0.7))
    same_bits_for_any_threads(lambda: getattr(native, f"{name}_backward")(x, t, w, 0.7))


@given(st.sampled_from(LOSSES), st.integers(1, 9), st.integers(1, 30), st.integers(0, 2**32 - 1))
@few
def test_any_shape_and_layout(name, rows, columns, seed):
    x, t, w = numbers((rows, columns), seed)
    expected = getattr(reference, name)(x.astype(np.float64), t.astype(np.float64), 1.0)
    slope = getattr(reference, f"{name}_backward")(x.astype(np.float64), t.astype(np.float64), w, 1.0)
    x, t, w = laid_out(x, seed), laid_out(t, seed // 5), laid_out(w, seed // 7)
    np.testing.assert_allclose(getattr(native, name)(x, t, 1.0), expected, rtol=2e-6)
    np.testing.assert_allclose(getattr(native, f"{name}_backward")(x, t, w, 1.0), slope, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, 1e-40])
@pytest.mark.parametrize("name", LOSSES)
def test_nan_and_infinity_stay_in_their_row(name, value):
    x, t, _ = numbers((5, 3))
    x[2, 1] = value
    found, expected = getattr(native, name)(x, t, 1.0), getattr(reference, name)(x, t, 1.0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_probability_outside_the_unit_interval_gives_none():
    x, t, _ = numbers((40, 3))
    t[31, 2] = 1.5
    for engine in (native, reference):
        assert engine.bce_with_logits_of_rows(x, t, 1.0) is None


@pytest.mark.parametrize("n", [1, 2, 33, 5000])
@pytest.mark.parametrize("weighted", [True, False])
def test_a_weighted_mean_and_its_shares_are_the_references(n, weighted):
    l, _, w = numbers((n, 1))
    l, w = l[:, 0], w if weighted else None
    expected = reference.weighted_mean(l.astype(np.float64), None if w is None else w.astype(np.float64))
    for found, right in zip(native.weighted_mean(l, w), expected, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-6, atol=1e-7)
    assert native.weighted_mean(l, w)[0].shape == ()


def test_the_penalty_is_added_over_all_arrays():
    xs = [numbers(shape)[0] for shape in ((3, 4), (700, 300), (5, 1))]
    loss = np.array(0.25, np.float32)
    expected = 0.25 + 0.01 * sum((x.astype(np.float64) ** 2).sum() for x in xs)
    for engine in (native, reference):
        found = engine.add_squares(loss, xs, 0.01)
        assert (found.dtype, found.shape) == (np.float32, ())
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    same_bits_for_any_threads(lambda: native.add_squares(loss, xs, 0.01))


def test_other_types_are_the_references_business():
    x, t, w = (a.astype(np.float64) for a in numbers((4, 3)))
    np.testing.assert_array_equal(native.mse_of_rows(x, t, 1.0), reference.mse_of_rows(x, t, 1.0))
    np.testing.assert_array_equal(native.weighted_mean(w, w)[1], reference.weighted_mean(w, w)[1])
    assert native.add_squares(np.array(1.0), [x], 1.0) == reference.add_squares(np.array(1.0), [x], 1.0)


def test_the_binding_refuses_what_does_not_fit():
    x, t, w = numbers((4, 3))
    number = np.zeros((), np.float32)
    for call in (
        lambda: _native.mse_of_rows(x, t[:3], 1.0, w),
        lambda: _native.mse_of_rows(x, t, 1.0, w[:3]),
        lambda: _native.mse_of_rows_backward(x, t, w, 1.0, x[:3].copy()),
        lambda: _native.weighted_mean(w, w[:3], number, w),
    ):
        with pytest.raises(ValueError, match=r"row_losses|weighted_mean"):
            call()
