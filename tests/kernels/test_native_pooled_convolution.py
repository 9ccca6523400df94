"""Convolution, ReLU and pooling as one, by the native engine: every instruction set, one to four threads."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.kernels.native_support import same_bits_for_any_threads

from pellucid.kernels import native, reference

few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
axis = st.tuples(
    st.sampled_from([1, 2, 3, 5, 8, 13]),  # size
    st.integers(1, 4),  # kernel
    st.integers(1, 3),  # stride
    st.integers(0, 3),  # padding
    st.integers(1, 2),  # dilation
    st.integers(1, 3),  # window
)
axes = st.integers(1, 2).flatmap(lambda dims: st.lists(axis, min_size=dims, max_size=dims))
channels = st.sampled_from([1, 2, 3, 8, 16, 17, 33])
ALL = (True, True, True)


def drawn(axes, samples, inputs, outputs, bias=True, last=False):
    """Arrays of these sizes: x and W and b, dy, and stride, padding, dilation and window."""
    size, kernel, stride, padding, dilation, window = zip(*axes, strict=True)
    rng = np.random.default_rng(1)
    pooled = [((n + 2 * p - d * (k - 1) - 1) // s + 1) // w for n, k, s, p, d, w in axes]
    x, W = (rng.standard_normal(s, dtype=np.float32) for s in [(samples, inputs, *size), (outputs, inputs, *kernel)])
    dy = rng.standard_normal((samples, outputs, *pooled), dtype=np.float32)
    if last:
        x, dy = (np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1) for a in (x, dy))
    b = rng.standard_normal(outputs, dtype=np.float32) if bias else None
    return x, W, b, dy, (stride, padding, dilation, window)


def wide(*arrays, magnitudes=False):
    return [a if a is None else np.abs(a).astype(float) if magnitudes else a.astype(float) for a in arrays]


def check(x, W, b, dy, geometry):
    """Compare with float64: each error is at most (terms + 8) u times the same sum of magnitudes."""
    y, which = native.convolve_relu_pool(x, W, b, *geometry)
    exact, _ = reference.convolve_relu_pool(*wide(x, W, b), *geometry)
    size, _ = reference.convolve_relu_pool(*wide(x, W, b, magnitudes=True), *geometry)
    bound = (W[0].size + 9) * 2.0**-24 * size
    assert y.dtype == np.float32
    assert np.all(np.abs(y - exact) <= bound)
    np.testing.assert_array_equal(which >= 0, y > 0)
    # What was chosen is the largest, but for rounding: dy of 1 goes to it, and the convolution is as large there.
    z = reference.convolve(*wide(x, W, b), *geometry[:3], 1)
    windows = (z.shape, *(geometry[3],) * 2, (0,) * len(geometry[3]), (1,) * len(geometry[3]))
    at = reference.max_pool_backward(np.ones(y.shape), which, *windows) > 0
    limit = reference.max_pool_backward(exact - 2 * bound, which, *windows)
    assert np.all(z[at] >= limit[at])
    assert at.sum() == (y > 0).sum()

    same_bits_for_any_threads(lambda: native.convolve_relu_pool(x, W, b, *geometry)[0])
    mine = native.convolve_relu_pool_backward(dy, x, W, which, *geometry, ALL)
    exact = reference.convolve_relu_pool_backward(*wide(dy, x, W), which, *geometry, ALL)
    sizes = reference.convolve_relu_pool_backward(*wide(dy, x, W, magnitudes=True), which, *geometry, ALL)
    windows = dy[:, 0].size
    for i, terms in enumerate((W.size // W.shape[1], windows, windows)):
        assert np.all(np.abs(mine[i] - exact[i]) <= (terms + 8) * 2.0**-24 * sizes[i])
        alone = tuple(j == i for j in range(3))  # each by itself has the same bits
        one = native.convolve_relu_pool_backward(dy, x, W, which, *geometry, alone)
        assert [g is None for g in one] == [not wanted for wanted in alone]
        np.testing.assert_array_equal(one[i], mine[i])
        same_bits_for_any_threads(lambda i=i: native.convolve_relu_pool_backward(dy, x, W, which, *geometry, ALL)[i])


@few
@given(axes=axes, samples=st.integers(1, 3), inputs=channels, outputs=channels, bias=st.booleans(), last=st.booleans())
def test_convolutions_pooled_of_any_size(each_isa, axes, samples, inputs, outputs, bias, last):
    assume(all((n + 2 * p - d * (k - 1) - 1) // s + 1 >= w for n, k, s, p, d, w in axes))
    check(*drawn(axes, samples, inputs, outputs, bias, last))


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "window", "samples", "inputs", "outputs"),
    [
        ((28, 28), (3, 3), (1, 1), (0, 0), (1, 1), (2, 2), 9, 1, 32),  # outputs side by side in vectors
        ((13, 13), (3, 3), (1, 1), (0, 0), (1, 1), (2, 2), 9, 32, 64),  # a last row and column that are left out
        ((8, 8), (3, 3), (1, 1), (1, 1), (1, 1), (2, 2), 5, 64, 40),
        ((9, 9), (3, 3), (1, 1), (1, 1), (1, 1), (2, 2), 2, 500, 20),  # more than one slab of windows, many pieces
        ((12, 11), (5, 5), (1, 2), (2, 1), (2, 1), (3, 1), 3, 20, 33),
        ((40, 70), (3, 3), (1, 1), (1, 1), (1, 1), (2, 2), 2, 16, 17),  # several bands
        ((300,), (5,), (1,), (2,), (1,), (4,), 3, 20, 40),
        ((20, 20), (2, 2), (1, 1), (0, 0), (1, 1), (9, 9), 2, 3, 8),  # more elements than are looked up
    ],
)
def test_convolutions_pooled_in_networks(
    each_isa, size, kernel, stride, padding, dilation, window, samples, inputs, outputs
):
    axes = list(zip(size, kernel, stride, padding, dilation, window, strict=True))
    check(*drawn(axes, samples, inputs, outputs))


@pytest.mark.parametrize("inputs", [1, 20])
def test_nan_and_infinity_come_out_where_the_reference_has_them(each_isa, inputs):
    x, W, b, dy, geometry = drawn([(9, 3, 1, 1, 1, 2)] * 2, 3, inputs, 20)
    x[0, 0, 2, 3], x[1, 0, 0, 0], x[2, 0, 8, 8] = np.nan, np.inf, np.nan
    y, which = native.convolve_relu_pool(x, W, b, *geometry)
    with np.errstate(all="ignore"):
        expected, chosen = reference.convolve_relu_pool(x, W, b, *geometry)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(y), np.isposinf(expected))
    np.testing.assert_array_equal(which, chosen)
    assert np.isnan(y).any()

    x = np.nan_to_num(x, posinf=0)
    which = native.convolve_relu_pool(x, W, b, *geometry)[1]
    dy[0, 1, 2, 3], dy[1, 2, 0, 0], dy[2, 3, 3, 3] = np.nan, np.inf, -np.inf
    mine = native.convolve_relu_pool_backward(dy, x, W, which, *geometry, ALL)
    with np.errstate(all="ignore"):
        expected = reference.convolve_relu_pool_backward(dy, x, W, which, *geometry, ALL)
    for one, other in zip(mine, expected, strict=True):
        assert np.isfinite(one).any()
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
        np.testing.assert_array_equal(np.isposinf(one), np.isposinf(other))


def test_of_equal_elements_the_first_is_chosen_and_of_none_above_zero_none(each_isa):
    x, W = np.full((1, 1, 4, 4), 2, np.float32), np.array([1, -1, 0], np.float32).reshape(3, 1, 1, 1)
    y, which = native.convolve_relu_pool(x, W, None, (1, 1), (0, 0), (1, 1), (2, 2))
    assert y[0, :, 0, 0].tolist() == [2, 0, 0]
    assert which[0, :, 0, 0].tolist() == [0, -1, -1]


def test_what_it_is_not_made_for_is_left_to_the_reference():
    x, W, b, dy, geometry = drawn([(5, 3, 1, 1, 2, 2)] * 2, 2, 2, 3)
    assert native.convolve_relu_pool(*wide(x, W, b), *geometry)[0].dtype == np.float64
    y, which = native.convolve_relu_pool(x, W, b, *geometry)
    np.testing.assert_array_equal(y, reference.convolve_relu_pool(x, W, b, *geometry)[0])
    for gradient in native.convolve_relu_pool_backward(dy, x, W, which, *geometry, ALL):
        assert gradient.dtype == np.float32
    y, which = native.convolve_relu_pool(x[:0], W, b, *geometry)
    assert y.shape == (0, 3, 1, 1)
    assert not native.convolve_relu_pool_backward(dy[:0], x[:0], W, which, *geometry, ALL)[1].any()
