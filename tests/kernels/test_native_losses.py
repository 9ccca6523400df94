"""Mean losses and dropout of the native engine against the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

INF, NAN = np.inf, np.nan
SIZES = [0, 1, 7, 16, 33, 1023, 1025, 100_001]
LOSSES = ["mse", "bce", "bce_with_logits"]
pytestmark = pytest.mark.usefixtures("each_isa")


def pair(name, shape, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.random(shape) if name == "bce" else rng.standard_normal(shape) * 5
    return x.astype(np.float32), rng.random(shape).astype(np.float32)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("size", SIZES[1:])
def test_mean_losses_and_their_gradients_are_the_references(name, size):
    x, t = pair(name, size)
    x64, t64 = x.astype(np.float64), t.astype(np.float64)
    loss = getattr(native, name)(x, t)
    assert (loss.dtype, loss.shape) == (np.float32, ())
    np.testing.assert_allclose(loss, getattr(reference, name)(x64, t64), rtol=5e-7)
    dx, expected = (getattr(e, f"{name}_backward")(a, b, 0.3) for e, a, b in ((native, x, t), (reference, x64, t64)))
    np.testing.assert_allclose(dx, expected, rtol=2e-5, atol=1e-7)
    same_bits_for_any_threads(lambda: getattr(native, name)(x, t))
    same_bits_for_any_threads(lambda: getattr(native, f"{name}_backward")(x, t, 0.3))


@given(st.sampled_from(LOSSES), st.integers(1, 9), st.integers(1, 70), st.integers(0, 2**32 - 1))
@few
def test_any_shape_and_layout(name, rows, columns, seed):
    x, t = pair(name, (rows, columns), seed)
    expected = getattr(reference, name)(x.astype(np.float64), t.astype(np.float64))
    slope = getattr(reference, f"{name}_backward")(x.astype(np.float64), t.astype(np.float64), 1.0)
    x, t = laid_out(x, seed), laid_out(t, seed // 5)
    np.testing.assert_allclose(getattr(native, name)(x, t), expected, rtol=1e-6)
    dx = getattr(native, f"{name}_backward")(x, t, 1.0)
    assert dx.shape == x.shape
    np.testing.assert_allclose(dx, slope, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("value", [0.0, 1.0, NAN, INF, -INF, 1e30, -1e30, 1e-40])
@pytest.mark.parametrize("target", [0.0, 1.0, NAN])
def test_nan_infinity_and_the_ends_are_carried_as_numpy_carries_them(name, value, target):
    if name == "bce" and (value < 0 or value > 1):
        return
    for place in (0, 20):
        x, t = pair(name, 21)
        x[place], t[place] = value, target
        np.testing.assert_allclose(getattr(native, name)(x, t), getattr(reference, name)(x, t), rtol=1e-6)
        dx = getattr(native, f"{name}_backward")(x, t, 0.5)
        np.testing.assert_allclose(dx, getattr(reference, f"{name}_backward")(x, t, 0.5), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("wrong", [-1e-6, 1.000001, INF, -INF])
@pytest.mark.parametrize("place", [0, 20, 5000])
def test_a_probability_outside_the_unit_interval_gives_none(wrong, place):
    x, t = pair("bce", 5001)
    t[place] = wrong
    for engine in (native, reference):
        assert engine.bce(x, t) is None
        assert engine.bce(t, x) is None
        assert engine.bce_with_logits(x, t) is None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1 - 2**-33, 1.0])
@pytest.mark.parametrize("key", [0, 2**64 - 1, 12345678901234567890123])
def test_dropout_draws_the_references_bits(size, p, key):
    kept = native.dropout_mask(key, size, p)
    assert kept.dtype == np.bool_
    np.testing.assert_array_equal(kept, reference.dropout_mask(key, size, p))
    x = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    x[:3] = (NAN, INF, -INF)[: len(x)]
    np.testing.assert_array_equal(native.dropout(x, key, p), reference.dropout(x, key, p))
    same_bits_for_any_threads(lambda: native.dropout(x, key, p))
    same_bits_for_any_threads(lambda: native.dropout_mask(key, size, p))


@given(st.integers(0, 9), st.integers(0, 70), st.integers(0, 2**70), st.floats(0, 1))
@few
def test_dropout_of_any_shape_and_layout(rows, columns, key, p):
    x = laid_out(np.random.default_rng(0).standard_normal((rows, columns)).astype(np.float32), key)
    np.testing.assert_array_equal(native.dropout(x, key, p), reference.dropout(x, key, p))


def test_other_types_are_the_references_business():
    x, t = np.random.default_rng(0).random((2, 3, 4))
    for name in LOSSES:
        assert getattr(native, name)(x, t) == getattr(reference, name)(x, t)
        np.testing.assert_array_equal(
            getattr(native, f"{name}_backward")(x, t, 1.0), getattr(reference, f"{name}_backward")(x, t, 1.0)
        )
    np.testing.assert_array_equal(native.dropout(x, 3, 0.5), reference.dropout(x, 3, 0.5))


def test_the_binding_refuses_what_does_not_fit():
    two, three, mean = np.zeros(2, np.float32), np.zeros(3, np.float32), np.zeros((), np.float32)
    for call in (
        lambda: _native.mse(two, three, mean),
        lambda: _native.mse_backward(two, three, 1.0, two),
        lambda: _native.mse_backward(two, two, 1.0, three),
        lambda: _native.dropout(two, three, 1, 0.5, 2.0),
        lambda: _native.dropout(two, two, 1, 1.5, 2.0),
        lambda: _native.dropout_mask(np.zeros(2, bool), 1, NAN),
    ):
        with pytest.raises(ValueError, match=r"loss|dropout"):
            call()
    for call in (
        lambda: _native.mse(two, two, two),
        lambda: _native.mse(two.astype(float), two, mean),
        lambda: _native.dropout(three[::2], two, 1, 0.5, 2.0),
        lambda: _native.dropout_mask(two, 1, 0.5),
    ):
        with pytest.raises(TypeError):
            call()
