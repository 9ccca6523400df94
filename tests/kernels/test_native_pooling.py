"""Pooling by the native engine, on every instruction set, by one to four threads."""

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
    st.integers(1, 4),  # window
    st.integers(1, 4),  # stride
    st.integers(0, 2),  # padding
    st.integers(1, 3),  # dilation
    st.booleans(),  # one more window, over the end
)
axes = st.integers(1, 3).flatmap(lambda dims: st.lists(axis, min_size=dims, max_size=dims))


def numbers(seed, *shape, last=False):
    """Few different numbers, so that there are equal ones."""
    a = np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32) / 8
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1) if last else a


def geometry(axes, dilated):
    """The sizes, and how many windows there are along each axis."""
    size, window, stride, padding, dilation, _ = zip(*axes, strict=True)
    dilation = dilation if dilated else (1,) * len(axes)
    out = []
    for (n, k, s, p, _, more), d in zip(axes, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        count = room // s + 1 if room >= 0 else 0
        out.append(count + (more and room % s != 0 and count * s - p < n))
    return size, tuple(map(int, out)), window, stride, padding, dilation


@few
@given(axes=axes, samples=st.integers(1, 9), channels=st.sampled_from([1, 3, 16, 17, 70]), last=st.booleans())
def test_the_largest_of_windows_of_any_size(each_isa, axes, samples, channels, last):
    size, out, *rest = geometry(axes, dilated=True)
    assume(min(out) > 0)
    x = numbers(1, samples, channels, *size, last=last)
    dy = numbers(2, samples, channels, *out, last=last)
    y, place = native.max_pool(x, out, *rest)
    expected, expected_place = reference.max_pool(x, out, *rest)
    np.testing.assert_array_equal(y, expected, strict=True)
    np.testing.assert_array_equal(place, expected_place, strict=True)
    dx = native.max_pool_backward(dy, place, x.shape, *rest)
    np.testing.assert_array_equal(dx, reference.max_pool_backward(dy, place, x.shape, *rest), strict=True)
    same_bits_for_any_threads(lambda: native.max_pool(x, out, *rest)[0])
    same_bits_for_any_threads(lambda: native.max_pool_backward(dy, place, x.shape, *rest))


@few
@given(axes=axes, samples=st.integers(1, 9), channels=st.sampled_from([1, 3, 16, 17, 70]), last=st.booleans())
def test_the_means_of_windows_of_any_size(each_isa, axes, samples, channels, last):
    size, out, *rest, _ = geometry(axes, dilated=False)
    assume(min(out) > 0)
    x = numbers(1, samples, channels, *size, last=last)
    dy = numbers(2, samples, channels, *out, last=last)
    count = np.random.default_rng(3).integers(1, 9, out).astype(np.float32)
    y, dx = native.avg_pool(x, count, *rest), native.avg_pool_backward(dy, count, x.shape, *rest)
    np.testing.assert_allclose(y, reference.avg_pool(x, count, *rest), rtol=1e-6, strict=True)
    expected = reference.avg_pool_backward(dy, count, x.shape, *rest)
    np.testing.assert_allclose(dx, expected, rtol=1e-6, atol=1e-6, strict=True)
    same_bits_for_any_threads(lambda: native.avg_pool(x, count, *rest))
    same_bits_for_any_threads(lambda: native.avg_pool_backward(dy, count, x.shape, *rest))


def test_nan_is_the_largest_as_in_the_reference(each_isa):
    x = numbers(4, 2, 20, 6, 6)
    x[0, 3, 2, 2], x[0, 3, 2, 3], x[1, 19, 5, 5], x[1, 0, 0, 0] = np.nan, np.nan, np.nan, -np.inf
    given_ = ((3, 3), (2, 2), (2, 2), (0, 0), (1, 1))
    for mine, expected in zip(native.max_pool(x, *given_), reference.max_pool(x, *given_), strict=True):
        np.testing.assert_array_equal(mine, expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_other_types_are_left_to_the_reference(dtype):
    x = numbers(5, 2, 3, 4).astype(dtype)
    y, place = native.max_pool(x, (2,), (2,), (2,), (0,), (1,))
    assert y.dtype == dtype
    assert native.max_pool_backward(y, place, x.shape, (2,), (2,), (0,), (1,)).dtype == dtype
    assert native.avg_pool(x, np.full(2, 2, dtype), (2,), (2,), (0,)).dtype == dtype
    assert native.max_pool(x[:0].astype(np.float32), (2,), (2,), (2,), (0,), (1,))[0].shape == (0, 3, 2)
