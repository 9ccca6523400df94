"""Convolutions by the native engine, on every instruction set, by one to four threads."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.kernels.native_support import same_bits_for_any_threads

from pellucid.kernels import native, reference
from pellucid.kernels.native._arrays import as_plain, channels_first, channels_last

few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
axis = st.tuples(
    st.sampled_from([1, 2, 3, 5, 8, 13]),  # size
    st.integers(1, 4),  # kernel
    st.integers(1, 3),  # stride
    st.integers(0, 3),  # padding
    st.integers(1, 3),  # dilation
)
axes = st.integers(1, 3).flatmap(lambda dims: st.lists(axis, min_size=dims, max_size=dims))
channels = st.sampled_from([1, 2, 3, 8, 16, 17, 33])

LIES = ("plain", "channels last", "backwards", "misaligned")


def numbers(seed, *shape, lies="plain"):
    a = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    if lies == "channels last":
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1)
    if lies == "backwards":
        return np.ascontiguousarray(a[..., ::-1])[..., ::-1]
    if lies == "misaligned":
        return np.frombuffer(b"\0\0\0\0" + a.tobytes(), dtype=np.float32, offset=4).reshape(shape)
    return a


def assert_near(mine, name, terms, *arrays, options):
    """|error| <= (terms + 8) u times the same sum of absolute values, the bound of any order of summation."""
    exact = getattr(reference, name)(*(a if a is None else a.astype(np.float64) for a in arrays), *options)
    sizes = getattr(reference, name)(*(a if a is None else np.abs(a).astype(np.float64) for a in arrays), *options)
    assert mine.dtype == np.float32
    assert mine.shape == exact.shape
    assert np.all(np.abs(mine - exact) <= (terms + 8) * 2.0**-24 * sizes)


def check(x, W, b, dy, stride, padding, dilation, groups):
    """Compare all three products, and see that any number of threads gives the same bits."""
    geometry = (stride, padding, dilation, groups)
    kernel, size = W.shape[2:], x.shape[2:]
    window, places = W[0].size, dy[:, 0].size
    same_bits_for_any_threads(lambda: native.convolve(x, W, b, *geometry))
    same_bits_for_any_threads(lambda: native.convolve_dx(dy, W, size, *geometry))
    same_bits_for_any_threads(lambda: native.convolve_dW(x, dy, kernel, *geometry))
    assert_near(native.convolve(x, W, b, *geometry), "convolve", window + 1, x, W, b, options=geometry)
    reached = W.size // W.shape[1]
    assert_near(native.convolve_dx(dy, W, size, *geometry), "convolve_dx", reached, dy, W, options=(size, *geometry))
    assert_near(native.convolve_dW(x, dy, kernel, *geometry), "convolve_dW", places, x, dy, options=(kernel, *geometry))
    assert_near(native.sum_channels(dy), "sum_channels", places, dy, options=())


def drawn(axes, samples, groups, inputs, outputs, bias=True, lies=LIES[:1] * 3):
    """Arrays of these sizes, laid out in these ways."""
    size, kernel, stride, padding, dilation = zip(*axes, strict=True)
    places = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes]
    x = numbers(1, samples, groups * inputs, *size, lies=lies[0])
    W = numbers(2, groups * outputs, inputs, *kernel, lies=lies[1])
    b = numbers(3, groups * outputs) if bias else None
    dy = numbers(4, samples, groups * outputs, *places, lies=lies[2])
    return x, W, b, dy, stride, padding, dilation, groups


@few
@given(
    axes=axes,
    samples=st.integers(1, 3),
    groups=st.integers(1, 2),
    inputs=channels,
    outputs=channels,
    bias=st.booleans(),
    lies=st.tuples(*[st.sampled_from(LIES)] * 3),
)
def test_convolutions_of_any_size_however_they_lie(each_isa, axes, samples, groups, inputs, outputs, bias, lies):
    assume(all(n + 2 * p >= d * (k - 1) + 1 for n, k, _, p, d in axes))
    check(*drawn(axes, samples, groups, inputs, outputs, bias, lies))


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "samples", "groups", "inputs", "outputs"),
    [
        ((28, 28), (3, 3), (1, 1), (0, 0), (1, 1), 5, 1, 1, 32),
        ((13, 13), (3, 3), (1, 1), (0, 0), (1, 1), 7, 1, 32, 64),
        ((12, 10), (3, 3), (2, 1), (1, 0), (1, 2), 4, 1, 3, 40),  # few numbers in a window
        ((4, 6, 5), (2, 2, 2), (1, 2, 1), (1, 0, 1), (2, 1, 1), 3, 1, 3, 17),
        ((21, 21), (7, 7), (2, 2), (3, 3), (1, 1), 2, 1, 3, 64),  # ResNet's first
        ((8, 8), (3, 3), (2, 2), (1, 1), (1, 1), 3, 1, 64, 128),
        ((8, 8), (1, 1), (2, 2), (0, 0), (1, 1), 3, 1, 64, 128),  # no tap reaches three of four places
        ((6, 6), (1, 1), (1, 1), (0, 0), (1, 1), 3, 1, 70, 90),  # read where it lies
        ((2, 2), (3, 3), (1, 1), (1, 1), (1, 1), 4, 1, 500, 130),  # more channels than are gathered at once
        ((9, 9), (3, 3), (1, 1), (2, 2), (2, 2), 2, 1, 150, 30),
        ((9, 9), (3, 3), (2, 2), (1, 1), (1, 1), 2, 48, 1, 1),  # one channel a group
        ((12, 12), (5, 5), (1, 1), (2, 2), (1, 1), 2, 35, 1, 1),
        ((14, 7), (3, 3), (2, 1), (0, 2), (2, 1), 2, 16, 1, 1),
        ((23, 23), (22, 22), (1, 1), (2, 2), (1, 1), 1, 3, 1, 1),  # more taps than are looked up at once
        ((60,), (7,), (2,), (3,), (1,), 2, 20, 1, 1),
        ((9, 9), (3, 3), (1, 1), (1, 1), (1, 1), 2, 24, 1, 2),
        ((6, 6), (3, 3), (1, 1), (1, 1), (1, 1), 2, 8, 4, 4),
        ((300,), (5,), (1,), (2,), (1,), 3, 1, 20, 40),
        ((4, 6, 5), (3, 3, 3), (1, 2, 1), (1, 1, 1), (1, 1, 1), 2, 1, 20, 20),
    ],
)
def test_convolutions_of_networks(each_isa, size, kernel, stride, padding, dilation, samples, groups, inputs, outputs):
    check(*drawn(list(zip(size, kernel, stride, padding, dilation, strict=True)), samples, groups, inputs, outputs))


def test_results_lie_channels_last_and_are_taken_so_without_a_copy():
    x, W, b, dy, *geometry = drawn([(8, 3, 1, 1, 1)] * 2, 2, 1, 4, 6)
    y = native.convolve(x, W, b, *geometry)
    assert np.moveaxis(y, 1, -1).flags.c_contiguous
    assert np.moveaxis(native.convolve_dx(dy, W, (8, 8), *geometry), 1, -1).flags.c_contiguous
    assert native.convolve_dW(x, dy, (3, 3), *geometry).flags.c_contiguous


def test_nan_and_infinity_are_carried_as_numpy_carries_them(each_isa):
    x, W, b, dy, *geometry = drawn([(8, 3, 1, 1, 1)] * 2, 2, 1, 4, 20)
    x[0, 1, 2, 3], x[1, 0, 0, 0], dy[1, 2, 3, 4], dy[0, 0, 0, 0] = np.nan, np.inf, np.nan, -np.inf
    for name, arrays, options in [
        ("convolve", (x, W, b), geometry),
        ("convolve_dx", (dy, W), ((8, 8), *geometry)),
        ("convolve_dW", (x, dy), ((3, 3), *geometry)),
    ]:
        mine = getattr(native, name)(*arrays, *options)
        with np.errstate(all="ignore"):
            expected = getattr(reference, name)(*arrays, *options)
        np.testing.assert_array_equal(np.isnan(mine), np.isnan(expected))
        np.testing.assert_array_equal(np.isposinf(mine), np.isposinf(expected))
        assert np.isnan(expected).any()


def test_what_it_is_not_made_for_is_left_to_the_reference():
    x, W, b, dy, *geometry = drawn([(5, 3, 1, 1, 1)] * 2, 2, 1, 2, 3)
    exact = native.convolve(x.astype(np.float64), W.astype(np.float64), None, *geometry)
    assert exact.dtype == np.float64
    assert native.convolve(x[:0], W, b, *geometry).shape == (0, 3, 5, 5)
    assert not native.convolve_dW(x[:0], dy[:0], (3, 3), *geometry).any()
    assert native.convolve_dx(dy[:0], W, (5, 5), *geometry).shape == (0, 2, 5, 5)


def test_the_room_of_a_transposed_convolution_may_be_larger_than_what_x_reaches():
    x, W, _, dy, *geometry = drawn([(9, 2, 1, 0, 3)], 2, 1, 3, 4)
    fewer = np.ascontiguousarray(dy[..., :3])
    expected = reference.convolve_dW(x, fewer, (2,), *geometry)
    np.testing.assert_allclose(native.convolve_dW(x, fewer, (2,), *geometry), expected, rtol=1e-5, atol=1e-5)
    expected = reference.convolve_dx(dy, W, (11,), *geometry)
    np.testing.assert_allclose(native.convolve_dx(dy, W, (11,), *geometry), expected, rtol=1e-5, atol=1e-5)


@few
@given(samples=st.integers(1, 3), channels=st.integers(1, 70), size=st.sampled_from([(5,), (3, 7), (9, 8), (2, 3, 4)]))
def test_arrays_are_turned_to_channels_last_and_back(each_isa, samples, channels, size):
    a = numbers(5, samples, channels, *size)
    last = channels_last(a)
    np.testing.assert_array_equal(last, np.moveaxis(a, 1, -1))
    view = channels_first(last)
    assert last.flags.c_contiguous
    assert channels_last(view) is not None
    assert np.shares_memory(channels_last(view), last)
    np.testing.assert_array_equal(as_plain(view), a)
    assert as_plain(view).flags.c_contiguous
    same_bits_for_any_threads(lambda: channels_last(a))


@pytest.mark.parametrize("lies", [("plain", "channels last"), ("channels last", "plain"), ("channels last",) * 2])
@pytest.mark.parametrize("name", ["relu", "gelu", "leaky_relu", "tanh", "dropout"])
def test_maps_take_channels_last_as_they_are(name, lies):
    x, dy = (numbers(6 + i, 3, 20, 5, 4, lies=way) for i, way in enumerate(lies))
    options = {"leaky_relu": (0.1,), "dropout": (7, 0.3)}.get(name, ())
    y = getattr(native, name)(x, *options)
    np.testing.assert_allclose(y, getattr(reference, name)(x, *options), rtol=1e-5, atol=1e-6)
    if name != "dropout":  # whose mask is drawn in the order of the axes
        assert y.strides == x.strides
        dx = getattr(native, f"{name}_backward")(x, dy, *options)
        expected = getattr(reference, f"{name}_backward")(x, dy, *options)
        np.testing.assert_allclose(dx, expected, rtol=1e-4, atol=1e-5)
        assert np.moveaxis(dx, 1, -1).flags.c_contiguous


def test_the_mask_of_dropout_does_not_depend_on_how_the_input_lies():
    x = numbers(8, 3, 20, 5, 4)
    other = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    np.testing.assert_array_equal(native.dropout(x, 9, 0.5), native.dropout(other, 9, 0.5))


def test_images_become_rows_in_the_order_of_the_axes():
    a = numbers(9, 3, 5, 4, 2, lies="channels last")
    rows = native.reshape(a, (3, 40))
    np.testing.assert_array_equal(rows, a.reshape(3, 40))
    assert rows.flags.c_contiguous
    assert np.shares_memory(native.reshape(a, (3, 5, 8)), a)  # a view, as NumPy gives
    with pytest.raises(ValueError, match="reshape"):
        native.reshape(a, (3, 41))
