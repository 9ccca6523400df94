"""Dropout masks: their rate, and that nothing about one bit tells another.

Each statistic is compared with five standard errors: a right mask fails one such test in about two million.
"""

import itertools

import numpy as np
import pytest

from pellucid import kernels as K
from pellucid.random import key_for

N = 1_000_000


def mask(key, p=0.5, size=N):
    return K.dropout_mask(key, size, p)


@pytest.mark.parametrize("p", [0.001, 0.1, 0.25, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("key", [0, 1, key_for(0, "dropout", 3)])
def test_places_are_dropped_at_the_rate(p, key):
    assert 1 - mask(key, p).mean() == pytest.approx(p, abs=5 * (p * (1 - p) / N) ** 0.5)


def test_nothing_is_dropped_at_zero_and_everything_at_one():
    assert mask(5, 0.0).all()
    assert not mask(5, 1.0).any()


def test_a_place_is_kept_or_dropped_whatever_comes_after_it():
    whole = mask(7)
    for size in (0, 1, 1000, N - 1):
        np.testing.assert_array_equal(mask(7, size=size), whole[:size])


def test_the_same_key_gives_the_same_mask_and_its_bits_are_fixed():
    key = key_for(0, "dropout", 0, 0)
    np.testing.assert_array_equal(mask(key), mask(key))
    # Written down once: another engine, or a later version, must draw these.
    assert "".join(map(str, mask(key, 0.5, 32).astype(int))) == "11111110000011110000001000010010"


def agreement(a, b):
    """Standard errors by which two masks of rate 1/2 agree more or less often than half the time."""
    return abs((a == b).mean() - 0.5) * 2 * N**0.5


def test_masks_of_different_keys_are_independent():
    keys = [0, 1, 2, 3, 1 << 32, 1 << 33, (1 << 32) + 1, *(key_for(0, "dropout", i) for i in range(5))]
    masks = [mask(k) for k in keys]
    assert max(agreement(a, b) for a, b in itertools.combinations(masks, 2)) < 5


def test_a_mask_is_independent_of_its_own_shifts():
    m = mask(key_for(1, "dropout", 0))
    for lag in (1, 2, 3, 4, 7, 8, 16, 28, 32, 64, 100, 128, 255, 256, 1000, 1024, 4096, 65536):
        assert agreement(m, np.roll(m, lag)) < 5, lag


def test_masks_of_two_keys_are_no_shifts_of_each_other():
    # Counters that only move the start of one sequence would give masks that overlap after a shift.
    a, b = mask(key_for(0, "dropout", 0)).astype(np.float64) - 0.5, mask(key_for(0, "dropout", 1)) - 0.5
    correlation = np.fft.irfft(np.fft.rfft(a) * np.conj(np.fft.rfft(b)))
    # The largest of a million normal numbers lies near 4.9 standard deviations, above 6.5 once in 10,000.
    assert np.abs(correlation).max() / (0.25 * N**0.5) < 6.5


def test_words_of_eight_places_are_evenly_spread():
    words = np.packbits(mask(key_for(2, "dropout", 0)))
    counts = np.bincount(words, minlength=256)
    chi2 = ((counts - len(words) / 256) ** 2).sum() / (len(words) / 256)
    assert abs(chi2 - 255) < 5 * (2 * 255) ** 0.5


def test_rows_and_columns_of_a_matrix_are_dropped_evenly():
    m = mask(key_for(3, "dropout", 0), 0.3).reshape(1000, 1000)
    error = (0.3 * 0.7 / 1000) ** 0.5
    for axis in (0, 1):
        means = 1 - m.mean(axis=axis)
        assert np.abs(means - 0.3).max() < 5 * error
        assert means.std() == pytest.approx(error, rel=5 / (2 * 1000) ** 0.5)
