"""Softmax, its kin and the cross-entropy of the native engine, against the reference in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import SHAPES, few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

INF, NAN = np.inf, np.nan
SPECIAL = np.array(
    [[NAN, 0, 1], [INF, 0, 1], [INF, INF, 0], [-INF, 0, 1], [-INF, -INF, -INF], [1e4, -1e4, 0], [3e38, -3e38, 0]],
    dtype=np.float32,
)
MAPS = ["softmax", "log_softmax"]
pytestmark = pytest.mark.usefixtures("each_isa")


def numbers(shape, seed=0, scale=4.0):
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_softmax_and_its_logarithm_are_the_references(name, shape):
    x = numbers(shape)
    y = getattr(native, name)(x, axis=-1)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, getattr(reference, name)(x.astype(np.float64), axis=-1), rtol=3e-6, atol=1e-6)
    same_bits_for_any_threads(lambda: getattr(native, name)(x, axis=-1))


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_their_gradients_are_the_references(name, shape):
    y, dy = getattr(reference, name)(numbers(shape), axis=-1), numbers(shape, 1, 1.0)
    dx = getattr(native, f"{name}_backward")(y, dy, -1)
    expected = getattr(reference, f"{name}_backward")(y.astype(np.float64), dy.astype(np.float64), -1)
    np.testing.assert_allclose(dx, expected, rtol=2e-5, atol=2e-6 * max(1, shape[-1]) ** 0.5)
    same_bits_for_any_threads(lambda: getattr(native, f"{name}_backward")(y, dy, -1))


@pytest.mark.parametrize("shape", [s for s in SHAPES if s[-1]])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_is_the_references(shape, keepdims):
    x = numbers(shape)
    y = native.logsumexp(x, (len(shape) - 1,), keepdims)
    expected = reference.logsumexp(x.astype(np.float64), (len(shape) - 1,), keepdims)
    assert y.shape == expected.shape
    np.testing.assert_allclose(y, expected, rtol=2e-6, atol=1e-6)
    same_bits_for_any_threads(lambda: native.logsumexp(x, (len(shape) - 1,), keepdims))


@pytest.mark.parametrize("copies", [1, 20, 400])  # rows side by side and rows that are wider than a block of these
def test_nan_and_infinity_are_carried_as_numpy_carries_them(copies):
    x = np.tile(SPECIAL, copies)
    for name in MAPS:
        with np.errstate(all="ignore"):
            expected = getattr(reference, name)(x, axis=1)
        np.testing.assert_allclose(getattr(native, name)(x, axis=1), expected, rtol=3e-6, atol=1e-6)
    np.testing.assert_allclose(native.logsumexp(x, (1,), False), reference.logsumexp(x, (1,), False), rtol=3e-6)
    for t in (0, 1, 2):
        classes = np.full(len(x), t)
        losses, shift = native.cross_entropy(x, classes, 1)
        expected, expected_shift = reference.cross_entropy(x, classes, 1)
        np.testing.assert_allclose(losses, expected, rtol=3e-6, atol=1e-6)
        dz = native.cross_entropy_backward(x, classes, shift, 0.5, 1)
        expected_dz = reference.cross_entropy_backward(x, classes, expected_shift, 0.5, 1)
        np.testing.assert_allclose(dz, expected_dz, rtol=3e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [s for s in SHAPES if len(s) == 2 and s[-1]])
def test_cross_entropy_and_its_gradient_are_the_references(shape):
    z, t, dy = numbers(shape), np.random.default_rng(1).integers(0, shape[1], shape[0]), numbers(shape[:1], 2, 1.0)
    z64 = z.astype(np.float64)
    losses, shift = native.cross_entropy(z, t, 1)
    expected, shift64 = reference.cross_entropy(z64, t, 1)
    np.testing.assert_allclose(losses, expected, rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(shift, shift64, rtol=2e-6, atol=1e-6)
    for d in (dy, 0.25):
        dz = native.cross_entropy_backward(z, t, shift, d, 1)
        np.testing.assert_allclose(dz, reference.cross_entropy_backward(z64, t, shift64, d, 1), rtol=3e-6, atol=5e-7)
        same_bits_for_any_threads(lambda d=d: native.cross_entropy_backward(z, t, shift, d, 1))
    mean, mean_shift = native.mean_cross_entropy(z, t)
    assert mean.dtype == np.float32
    np.testing.assert_allclose(mean, losses.astype(np.float64).mean() if len(z) else NAN, rtol=1e-7)
    np.testing.assert_array_equal(mean_shift, shift)
    same_bits_for_any_threads(lambda: native.mean_cross_entropy(z, t)[0])
    same_bits_for_any_threads(lambda: native.cross_entropy(z, t, 1)[0])


@given(
    st.integers(0, 40), st.integers(1, 200), st.integers(0, 2**32 - 1), st.sampled_from([np.int64, np.int32, np.uint8])
)
@few
def test_any_shape_layout_and_type_of_classes(rows, columns, seed, kind):
    rng = np.random.default_rng(seed)
    z = laid_out(rng.standard_normal((rows, columns)).astype(np.float32) * 3, seed)
    t = laid_out(rng.integers(0, min(columns, 256), rows).astype(kind), seed // 7)
    z64 = z.astype(np.float64)
    losses, shift = native.cross_entropy(z, t, 1)
    expected, shift64 = reference.cross_entropy(z64, t, 1)
    np.testing.assert_allclose(losses, expected, rtol=3e-6, atol=2e-6)
    dz = native.cross_entropy_backward(z, t, shift, 1.0, 1)
    np.testing.assert_allclose(dz, reference.cross_entropy_backward(z64, t, shift64, 1.0, 1), rtol=3e-6, atol=5e-7)
    np.testing.assert_allclose(native.softmax(z, -1), reference.softmax(z64, -1), rtol=3e-6)
    np.testing.assert_allclose(native.log_softmax(z, -1), reference.log_softmax(z64, -1), rtol=3e-6, atol=1e-6)


@pytest.mark.parametrize("columns", [3, 300])
@pytest.mark.parametrize("wrong", [-1, -(2**63), 2**62, None])
def test_a_class_out_of_range_is_never_looked_up(columns, wrong):
    z, t = numbers((37, columns)), np.zeros(37, dtype=np.int64)
    _, shift = native.cross_entropy(z, t, 1)
    t[30] = columns if wrong is None else wrong
    assert native.mean_cross_entropy(z, t) is None
    with pytest.raises(IndexError, match="out of range"):
        native.cross_entropy(z, t, 1)
    with pytest.raises(IndexError, match="out of range"):
        native.cross_entropy_backward(z, t, shift, 1.0, 1)


def test_either_engine_takes_what_the_other_kept_for_the_gradient():
    z, t = numbers((6, 5)), np.array([0, 1, 2, 3, 4, 0])
    for forward, backward in ((native, reference), (reference, native)):
        _, shift = forward.mean_cross_entropy(z, t)
        dz = backward.cross_entropy_backward(z, t, shift, 1.0, 1)
        onehot = np.arange(5) == t[:, None]
        np.testing.assert_allclose(dz, reference.softmax(z.astype(np.float64), 1) - onehot, rtol=3e-6, atol=5e-7)


def test_other_types_and_axes_are_the_references_business():
    x = np.random.default_rng(0).standard_normal((4, 3, 5))
    for a in (x, np.float32(x)):
        for axis in (0, 1):
            np.testing.assert_array_equal(native.softmax(a, axis), reference.softmax(a, axis))
            np.testing.assert_array_equal(native.log_softmax(a, axis), reference.log_softmax(a, axis))
        np.testing.assert_array_equal(native.logsumexp(a, (0, 2), False), reference.logsumexp(a, (0, 2), False))
    assert native.softmax(x, -1).dtype == np.float64


def test_the_binding_refuses_what_does_not_fit():
    f32, i64 = np.zeros((2, 3), np.float32), np.zeros(2, np.int64)
    one, two = np.zeros(1, np.float32), np.zeros((2, 2), np.float32)
    for call in (
        lambda: _native.softmax(f32, f32[:1]),
        lambda: _native.logsumexp(f32, one),
        lambda: _native.softmax_backward(f32, f32[:1], f32),
        lambda: _native.softmax_backward(f32, f32, f32[:1]),
        lambda: _native.cross_entropy(f32, i64[:1], two[0], two),
        lambda: _native.cross_entropy(f32, i64, one, two),
        lambda: _native.mean_cross_entropy(f32, i64, two[0, :1].reshape(()), f32),
        lambda: _native.cross_entropy_backward(f32, i64, two, one, 0.0, f32),
        lambda: _native.cross_entropy_backward(f32, i64, two, None, 0.0, f32[:1]),
    ):
        with pytest.raises(ValueError, match=r"rows|logsumexp|cross_entropy"):
            call()
    for call in (
        lambda: _native.softmax(f32.astype(np.float64), f32),
        lambda: _native.softmax(f32[:, ::2], f32[:, :2]),
        lambda: _native.mean_cross_entropy(f32, i64.astype(np.int32), two[0, :1].reshape(()), two),
    ):
        with pytest.raises(TypeError):
            call()
