"""Keys and orders of the native engine are hashlib's and NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few

from pellucid import _native
from pellucid.kernels import native, reference
from pellucid.random import generator_for, key_for

seeds = st.integers(0, 2**63 - 1)
counters = st.one_of(st.integers(0, 1200), st.integers(0, 2**62))


@few
@given(seeds, counters, st.integers(0, 5), st.integers(0, 3))
def test_keys_are_the_hash_of_the_text(seed, first, steps, draws):
    expected = reference.draw_keys(f"{seed}/dropout/", first, steps, draws)
    found = native.draw_keys(f"{seed}/dropout/", first, steps, draws)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@few
@given(seeds, counters, st.integers(0, 5), st.one_of(st.integers(0, 70), st.just(1025)))
def test_orders_are_the_permutations_of_numpys_philox(seed, first, epochs, rows):
    found = np.zeros((epochs, rows), np.int64)
    _native.shuffles(f"{seed}/shuffle/", first, found)
    assert np.array_equal(found, reference.shuffles(f"{seed}/shuffle/", first, epochs, rows))
    assert np.array_equal(found, native.shuffles(f"{seed}/shuffle/", first, epochs, rows))


def test_a_seed_of_many_digits_is_left_to_the_reference():
    prefix = f"{10**90}/s/"
    assert np.array_equal(native.draw_keys(prefix, 3, 2, 2), reference.draw_keys(prefix, 3, 2, 2))
    assert np.array_equal(native.shuffles(prefix, 3, 2, 5), reference.shuffles(prefix, 3, 2, 5))
    with pytest.raises(ValueError, match="too long"):
        _native.shuffles(prefix, 3, np.zeros((2, 5), np.int64))


def test_a_prefix_of_the_longest_kind_still_fits_with_its_counters():
    prefix, last = "s" * 79 + "/", 2**64 - 5
    assert np.array_equal(native.draw_keys(prefix, last, 2, 2), reference.draw_keys(prefix, last, 2, 2))


def test_both_are_those_of_counted_randomness():
    keys = reference.draw_keys("7/dropout/", 9, 2, 2).astype(np.uint64)
    assert int(keys[1, 1, 0] | keys[1, 1, 1] << np.uint64(32)) == key_for(7, "dropout", 10, 1) % 2**64
    order = generator_for(7, "shuffle", 10).permutation(50)
    assert np.array_equal(reference.shuffles("7/shuffle/", 9, 2, 50)[1], order)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="two words"):
        _native.draw_keys("0/s/", 0, np.zeros((2, 2, 3), np.uint32))
    with pytest.raises(TypeError):
        _native.shuffles("0/s/", 0, np.zeros((2, 2), np.int32))
    with pytest.raises(TypeError):
        _native.draw_keys("0/s/", -1, np.zeros((2, 2, 2), np.uint32))
