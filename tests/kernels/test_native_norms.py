"""Normalisation by the native engine against the reference in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

INF, NAN = np.inf, np.nan
CASES = [
    ((2, 1), (0,)),
    ((33, 10), (0,)),
    ((300, 130), (0,)),
    ((3, 1), (-1,)),
    ((5, 7), (-1,)),
    ((64, 16), (1,)),
    ((300, 130), (-1,)),
    ((4, 6, 33), (-1,)),
    ((4, 6, 33), (-2, -1)),
    ((2, 3000), (-1,)),
    ((3000, 2), (0,)),
]
pytestmark = pytest.mark.usefixtures("each_isa")


def inner(shape, axis):
    return shape[1:] if axis == (0,) else shape[len(shape) - len(axis) :]


def operands(shape, axis, seed=0):
    rng = np.random.default_rng(seed)
    x, dy = rng.standard_normal((2, *shape)) + 0.5
    w, b = rng.standard_normal((2, *inner(shape, axis)))
    return [a.astype(np.float32) for a in (x, w, b, dy)]


def backward(engine, x, w, dy, axis):
    _, mean, _, r = engine.normalize(x, axis, 1e-5, w, None)
    dx, dw, db = engine.normalize_backward(x, mean, r, w, dy, axis)
    over = tuple(range(x.ndim - len(inner(x.shape, axis))))
    return dx, *(d if d.ndim < x.ndim else d.sum(axis=over) for d in (dw, db))


def wide(*arrays):
    return [None if a is None else a.astype(np.float64) for a in arrays]


def compare(x, w, b, dy, axis):
    made, expected = native.normalize(x, axis, 1e-5, w, b), reference.normalize(*wide(x), axis, 1e-5, *wide(w, b))
    for y, y64 in zip(made, expected, strict=True):
        assert y.shape == y64.shape
        np.testing.assert_allclose(y, y64, rtol=5e-5, atol=1e-5)
    # What cancels in dx is as large as r dy w.
    scale = max(1, expected[3].max()) * np.abs(dy).max() * (1 if w is None else np.abs(w).max())
    for d, d64 in zip(backward(native, x, w, dy, axis), backward(reference, *wide(x, w, dy), axis), strict=True):
        assert d.shape == d64.shape
        np.testing.assert_allclose(d, d64, rtol=5e-5, atol=1e-5 * scale)


@pytest.mark.parametrize(("shape", "axis"), CASES)
@pytest.mark.parametrize("affine", [False, True])
def test_values_and_gradients_are_the_references(shape, axis, affine):
    x, w, b, dy = operands(shape, axis)
    w, b = (w, b) if affine else (None, None)
    compare(x, w, b, dy, axis)
    for i in range(3):
        same_bits_for_any_threads(lambda i=i: native.normalize(x, axis, 1e-5, w, b)[i])
        same_bits_for_any_threads(lambda i=i: backward(native, x, w, dy, axis)[i])


@pytest.mark.parametrize(("shape", "axis"), [c for c in CASES if c[1] != (0,)])
@pytest.mark.parametrize("affine", [False, True])
def test_rms_norm_is_the_references(shape, axis, affine):
    x, w, _, dy = operands(shape, axis)
    w = w if affine else None
    (y, r), (y64, r64) = native.rms_normalize(x, axis, 1e-5, w), reference.rms_normalize(*wide(x), axis, 1e-5, *wide(w))
    np.testing.assert_allclose(y, y64, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(r, r64, rtol=1e-5)
    dx, dw = native.rms_normalize_backward(x, r, w, dy, axis)
    dx64, dw64 = reference.rms_normalize_backward(*wide(x, r, w, dy), axis)
    np.testing.assert_allclose(dx, dx64, rtol=5e-5, atol=1e-5 * max(1, r64.max()))
    np.testing.assert_allclose(dw, dw64.sum(axis=tuple(range(x.ndim - len(axis)))), rtol=5e-5, atol=1e-4)
    same_bits_for_any_threads(lambda: native.rms_normalize(x, axis, 1e-5, w)[0])
    same_bits_for_any_threads(lambda: native.rms_normalize_backward(x, r, w, dy, axis)[1])


@given(st.integers(4, 40), st.integers(4, 70), st.sampled_from([(0,), (-1,)]), st.integers(0, 2**32 - 1))
@few
def test_any_shape_and_layout(rows, columns, axis, seed):
    x, w, b, dy = operands((rows, columns), axis, seed)
    compare(laid_out(x, seed), laid_out(w, seed // 4), laid_out(b, seed // 16), laid_out(dy, seed // 64), axis)


@pytest.mark.parametrize("axis", [(0,), (-1,)])
@pytest.mark.parametrize("value", [NAN, INF, -INF, 1e30])
@pytest.mark.parametrize("place", [(0, 0), (4, 18)])
def test_nan_and_infinity_are_carried_as_numpy_carries_them(axis, value, place):
    x, w, b, dy = operands((5, 19), axis)
    x[place] = value
    for y, expected in zip(
        native.normalize(x, axis, 1e-5, w, b), reference.normalize(x, axis, 1e-5, w, b), strict=True
    ):
        np.testing.assert_allclose(y, expected, rtol=2e-5, atol=5e-6)
    for d, expected in zip(backward(native, x, w, dy, axis), backward(reference, x, w, dy, axis), strict=True):
        np.testing.assert_array_equal(np.isnan(d), np.isnan(expected))


def test_a_large_mean_does_not_take_the_digits_of_the_variance():
    for axis, shape in (((-1,), (2, 400)), ((0,), (400, 2))):
        x = (np.random.default_rng(0).standard_normal(shape) + 3000).astype(np.float32)
        _, _, var, _ = native.normalize(x, axis, 0.0)
        np.testing.assert_allclose(var, x.astype(np.float64).var(axis=axis, keepdims=True), rtol=1e-4)


def test_what_is_neither_rows_nor_columns_is_the_references_business():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 4, 5)).astype(np.float32)
    for a, axis in ((x, (0, 1)), (x, (1,)), (x, (0, 1, 2)), (x.astype(float), (2,)), (x[:0], (2,))):
        for y, expected in zip(native.normalize(a, axis, 1e-5), reference.normalize(a, axis, 1e-5), strict=True):
            np.testing.assert_array_equal(y, expected)
        assert y.dtype == a.dtype


def test_the_binding_refuses_what_does_not_fit():
    x, two, three = np.zeros((2, 3), np.float32), np.zeros(2, np.float32), np.zeros(3, np.float32)
    for call in (
        lambda: _native.norm(x, two, None, 0.0, True, x, two, two, two),
        lambda: _native.norm(x, None, two, 0.0, True, x, two, two, two),
        lambda: _native.norm(x, None, None, 0.0, True, x, three, two, two),
        lambda: _native.norm(x, None, None, 0.0, True, x[:1], two, two, two),
        lambda: _native.norm_backward(x, two, two, two, x, True, x, three, three),
        lambda: _native.norm_backward(x, two, two, None, x[:1], True, x, three, three),
        lambda: _native.norm_backward(x, two, two, None, x, True, x, two, three),
        lambda: _native.norm_backward(x, three, two, None, x, True, x, three, three),
    ):
        with pytest.raises(ValueError, match="norm"):
            call()
    with pytest.raises(TypeError):
        _native.norm(x.astype(float), None, None, 0.0, True, x, two, two, two)
