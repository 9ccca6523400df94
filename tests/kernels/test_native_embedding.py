"""Rows looked up and added up by the native engine against the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

pytestmark = pytest.mark.usefixtures("each_isa")


def same(rows, shape, width, seed=0, low=0):
    rng = np.random.default_rng(seed)
    W = laid_out(rng.standard_normal((rows, width)).astype(np.float32), seed)
    index = laid_out(rng.integers(low, rows, shape), seed // 4) if shape else np.array(rows - 1)
    values = laid_out(rng.standard_normal((*index.shape, width)).astype(np.float32), seed // 16) if width else W[index]
    np.testing.assert_array_equal(native.take_rows(W, index), reference.take_rows(W, index))
    # One after the other, as NumPy adds them: the same bits.
    np.testing.assert_array_equal(native.add_at(W.shape, index, values), reference.add_at(W.shape, index, values))
    return W, index, values


@pytest.mark.parametrize(
    ("rows", "shape", "width"), [(1, (1,), 1), (5, (3,), 7), (300, (40, 25), 130), (4, (0,), 3), (3, (), 5)]
)
def test_rows_are_taken_and_added_as_by_the_reference(rows, shape, width):
    W, index, values = same(rows, shape, width)
    same_bits_for_any_threads(lambda: native.take_rows(W, index))
    same_bits_for_any_threads(lambda: native.add_at(W.shape, index, values))


@given(
    st.integers(1, 50), st.lists(st.integers(0, 9), min_size=1, max_size=3), st.integers(0, 70), st.integers(0, 2**20)
)
@few
def test_any_shape_and_layout_and_places_from_the_end(rows, shape, width, seed):
    same(rows, tuple(shape), width, seed, low=-rows)


def test_vectors_and_tables_of_more_axes_are_added_up():
    index = np.array([2, 0, 2])
    assert native.add_at((3,), index, np.array([1, 2, 4], np.float32)).tolist() == [2, 0, 5]
    values = np.random.default_rng(0).standard_normal((3, 2, 5)).astype(np.float32)
    np.testing.assert_array_equal(
        native.add_at((4, 2, 5), (index,), values), reference.add_at((4, 2, 5), index, values)
    )


def test_nan_and_infinity_are_added_as_numpy_adds_them():
    values = np.array([[np.nan, 1], [np.inf, np.inf], [1, -np.inf]], np.float32)
    index = np.array([0, 1, 1])
    np.testing.assert_array_equal(native.add_at((2, 2), index, values), reference.add_at((2, 2), index, values))


@pytest.mark.parametrize("wrong", [5, -6, 2**62, -(2**63)])
def test_a_number_out_of_range_is_never_looked_up(wrong):
    W, index = np.zeros((5, 3), np.float32), np.array([0, wrong, 4])
    with pytest.raises(IndexError):
        native.take_rows(W, index)
    with pytest.raises(IndexError):
        native.add_at((5, 3), index, np.zeros((3, 3), np.float32))


def test_other_indices_and_types_are_the_references_business():
    values = np.ones((2, 3), np.float32)
    for index in (slice(0, 2), np.array([True, True, False]), (np.array([0, 1]), slice(None)), [0, 1]):
        np.testing.assert_array_equal(native.add_at((3, 3), index, values), reference.add_at((3, 3), index, values))
    rows = np.array([[0, 1], [1, 1]])
    for W in (np.arange(6.0).reshape(2, 3), np.arange(2, dtype=np.float32)):
        np.testing.assert_array_equal(native.take_rows(W, rows), W[rows])
    assert native.add_at((2,), np.array([0, 1], np.int32), np.ones(2)).dtype == np.float64


def test_the_binding_refuses_what_does_not_fit():
    W, index = np.zeros((5, 3), np.float32), np.zeros(2, np.int64)
    for call in (
        lambda: _native.take_rows(W, index, W),
        lambda: _native.take_rows(W, index, W[:2, :2].copy()),
        lambda: _native.add_rows(W, index, W),
        lambda: _native.add_rows(W[:2, :2].copy(), index, W),
    ):
        with pytest.raises(ValueError, match="_rows"):
            call()
    with pytest.raises(TypeError):
        _native.take_rows(W, index.astype(np.int32), W[:2])
