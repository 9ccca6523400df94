"""Batch norm by the native engine against the reference in float64: channels first, last, and rows of them."""

import numpy as np
import pytest
from tests.kernels.native_support import same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

SHAPES = [
    (2, 1),
    (300, 10),
    (33, 3),
    (8, 130),
    (4, 3, 5),
    (3, 64, 7, 9),
    (2, 17, 2, 3, 4),
    (40, 24, 9, 9),
    (1, 128, 33, 1),
]
pytestmark = pytest.mark.usefixtures("each_isa")


def operands(shape, last):
    """x, w, b and dy of this shape in float32, x and dy with the channels last in memory where `last` says so."""
    rng = np.random.default_rng(0)
    inner = (shape[1], *(1,) * (len(shape) - 2))
    x, dy = (rng.standard_normal(shape).astype(np.float32) + np.float32(0.5) for _ in range(2))
    w, b = (rng.standard_normal(inner).astype(np.float32) for _ in range(2))
    if last:
        x, dy = (np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1) for a in (x, dy))
    return x, w, b, dy


def wide(*arrays):
    return [None if a is None else a.astype(np.float64) for a in arrays]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("affine", [False, True])
def test_values_and_gradients_are_the_references(shape, last, affine):
    x, w, b, dy = operands(shape, last)
    w, b = (w, b) if affine else (None, None)
    axis = (0, *range(2, len(shape)))
    made, expected = native.normalize(x, axis, 1e-5, w, b), reference.normalize(*wide(x), axis, 1e-5, *wide(w, b))
    for y, y64 in zip(made, expected, strict=True):
        assert y.shape == y64.shape
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, y64, rtol=5e-5, atol=1e-5)
    dx, dw, db = native.normalize_backward(x, made[1], made[3], w, dy, axis)
    dx64, dw64, db64 = reference.normalize_backward(*wide(x, made[1], made[3], w, dy), axis)
    scale = max(1, expected[3].max()) * (1 if w is None else np.abs(w).max())
    np.testing.assert_allclose(dx, dx64, rtol=5e-5, atol=2e-5 * scale)
    for d, d64 in ((dw, dw64), (db, db64)):
        assert d.shape == (shape[1], *(1,) * (len(shape) - 2))
        np.testing.assert_allclose(d.ravel(), d64.sum(axis=axis), rtol=5e-5, atol=1e-4)
    for i in range(3):
        same_bits_for_any_threads(lambda i=i: native.normalize(x, axis, 1e-5, w, b)[i])
        same_bits_for_any_threads(lambda i=i: native.normalize_backward(x, made[1], made[3], w, dy, axis)[i])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("last", [False, True])
def test_scaled_channels_are_the_references(shape, last):
    x, w, b, _ = operands(shape, last)
    numbers = (b.ravel(), w.ravel(), b.ravel())
    np.testing.assert_allclose(
        native.scale_channels(x, *numbers), reference.scale_channels(*wide(x, *numbers)), rtol=1e-5, atol=1e-5
    )
    same_bits_for_any_threads(lambda: native.scale_channels(x, *numbers))
    doubled = native.scale_channels(*wide(x, *numbers))
    np.testing.assert_array_equal(doubled, reference.scale_channels(*wide(x, *numbers)))


def test_results_lie_as_the_next_convolution_reads_them():
    x, w, b, dy = operands((3, 5, 4, 4), True)
    y, mean, _, r = native.normalize(x, (0, 2, 3), 1e-5, w, b)
    dx = native.normalize_backward(x, mean, r, w, dy, (0, 2, 3))[0]
    for a in (y, dx, native.scale_channels(x, b.ravel(), w.ravel(), b.ravel())):
        assert a.transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("shape", [(3, 5, 7, 7), (200, 5)])
def test_nan_and_infinity_stay_in_their_channel(value, shape):
    x, w, b, _ = operands(shape, False)
    x[1, 2] = value
    axis = (0, *range(2, len(shape)))
    made, expected = (engine.normalize(x, axis, 1e-5, w, b) for engine in (native, reference))
    for y, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(y), np.isnan(other))
        assert np.isfinite(np.delete(y, 2, axis=1)).all()


def test_a_large_mean_does_not_take_the_digits_of_the_variance():
    x = (np.random.default_rng(0).standard_normal((40, 3, 20, 20)) + 3000).astype(np.float32)
    _, _, var, _ = native.normalize(x, (0, 2, 3), 0.0)
    np.testing.assert_allclose(var, x.astype(np.float64).var(axis=(0, 2, 3), keepdims=True), rtol=1e-4)


def test_the_binding_refuses_what_does_not_fit():
    x, two, three = np.zeros((2, 3), np.float32), np.zeros(2, np.float32), np.zeros(3, np.float32)
    for call in (
        lambda: _native.channel_norm(x, two, None, 0.0, x, three, three, three),
        lambda: _native.channel_norm(x, None, two, 0.0, x, three, three, three),
        lambda: _native.channel_norm(x, None, None, 0.0, x[:1], three, three, three),
        lambda: _native.channel_norm(x, None, None, 0.0, x, three, two, three),
        lambda: _native.channel_norm(x[:0], None, None, 0.0, x[:0], three, three, three),
        lambda: _native.channel_norm_backward(x, three, three, two, x, x, three, three),
        lambda: _native.channel_norm_backward(x, three, three, None, x[:1], x, three, three),
        lambda: _native.channel_norm_backward(x, three, three, None, x, x, two, three),
        lambda: _native.channel_scale(x, three, two, three, x),
        lambda: _native.channel_scale(x, three, three, three, x[:1]),
    ):
        with pytest.raises(ValueError, match="channel_norm: "):
            call()
