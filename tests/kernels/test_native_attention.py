"""Attention by the native engine against the reference in float64."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

INF, NAN = np.inf, np.nan
# Queries, keys, features, values: one, odd, whole blocks and one more, several blocks, few and wide heads.
SIZES = [
    (1, 1, 1, 1),
    (5, 7, 4, 6),
    (128, 128, 32, 32),
    (129, 257, 33, 17),
    (300, 150, 16, 64),
    (1, 300, 64, 64),
    (70, 3, 8, 5),
]
pytestmark = pytest.mark.usefixtures("each_isa")


def operands(lead, sizes, seed=0):
    rng = np.random.default_rng(seed)
    queries, keys, features, values = sizes
    shapes = [(queries, features), (keys, features), (keys, values), (queries, values)]
    return [rng.standard_normal((*lead, *shape)).astype(np.float32) for shape in shapes]


def both_ways(engine, q, k, v, dy, *rest):
    y, l = engine.attention(q, k, v, *rest)
    return y, l, *engine.attention_backward(q, k, v, *rest, y, l, dy, False)[:3]


def compare(arrays, mask, causal=False, p=0.0):
    rest = (mask, causal, 0.4, p, 2**70 + 12345)
    made = both_ways(native, *arrays, *rest)
    expected = both_ways(reference, *(a.astype(np.float64) for a in arrays), *rest)
    largest = max(np.abs(d).max(initial=0, where=np.isfinite(d)) for d in expected[2:])
    for a, b in zip(made, expected, strict=True):
        assert a.shape == b.shape
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=3e-6 * max(1, largest))


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("p", [0.0, 0.3])
def test_attention_is_the_references_both_ways(sizes, causal, p):
    compare(operands((2, 3), sizes), None, causal, p)


@pytest.mark.parametrize("lead", [(), (3,), (2, 3), (2, 1, 2)])
def test_any_number_of_leading_axes_is_taken(lead):
    arrays = operands(lead, (9, 20, 8, 8))
    compare(arrays, None, causal=True, p=0.2)
    rng = np.random.default_rng(1)
    compare(arrays, rng.standard_normal((9, 20)).astype(np.float32))
    compare(arrays, rng.standard_normal((*lead, 9, 20)).astype(np.float32))
    compare(arrays, rng.random((9, 20)) < 0.5)


@pytest.mark.parametrize("shape", [(140, 150), (2, 3, 140, 150), (2, 1, 1, 150), (3, 140, 150), (140, 1), (150,), ()])
@pytest.mark.parametrize("causal", [False, True])
def test_masks_broadcast_and_go_with_the_causal_one(shape, causal):
    rng = np.random.default_rng(2)
    mask = np.where(rng.random(shape) < 0.3, -INF, rng.standard_normal(shape)).astype(np.float32)
    compare(operands((2, 3), (140, 150, 8, 8)), mask, causal)


def test_a_query_that_sees_nothing_gets_zeros_and_gives_none():
    q, k, v, dy = operands((1, 2), (5, 7, 4, 4))
    mask = np.ones((5, 7), np.bool_)
    mask[2] = False
    y, l, dq, dk, dv = both_ways(native, q, k, v, dy, mask, False, 1.0, 0.0, 0)
    assert not y[..., 2, :].any()
    assert not dq[..., 2, :].any()
    assert (l[..., 2] == -INF).all()
    dy[..., 2, :] = 1000
    for a, b in zip((dk, dv), both_ways(native, q, k, v, dy, mask, False, 1.0, 0.0, 0)[3:], strict=True):
        np.testing.assert_array_equal(a, b)


@few
@given(
    sizes=st.tuples(*(st.integers(1, 40),) * 4),
    lead=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    causal=st.booleans(),
    p=st.sampled_from([0.0, 0.5, 1.0]),
    layout=st.integers(0, 3),
)
def test_any_shape_and_layout_is_computed(sizes, lead, causal, p, layout):
    arrays = operands(lead, sizes)
    if layout == 1:  # heads side by side, as projections leave them
        arrays = [np.ascontiguousarray(a.swapaxes(1, 2)).swapaxes(1, 2) for a in arrays]
    elif layout == 2:  # columns apart: left to the reference
        arrays = [np.repeat(a, 2, -1)[..., ::2] for a in arrays]
    elif layout == 3:  # rows backwards: likewise
        arrays = [np.ascontiguousarray(a[..., ::-1, :])[..., ::-1, :] for a in arrays]
    compare(arrays, None, causal, p)


def test_what_is_empty_is_left_to_the_reference():
    for sizes in [(0, 3, 2, 2), (3, 0, 2, 2), (3, 3, 0, 2), (3, 3, 2, 0)]:
        compare(operands((2, 2), sizes), None)


@pytest.mark.parametrize("heads", [1, 3])
@pytest.mark.parametrize("batch_first", [True, False])
def test_self_attention_reads_and_writes_the_packed_projections(heads, batch_first):
    rng = np.random.default_rng(4)
    x, dy = (rng.standard_normal((2, 50, 12 * n)).astype(np.float32) for n in (3, 1))
    if not batch_first:
        x, dy = (np.ascontiguousarray(a.swapaxes(0, 1)).swapaxes(0, 1) for a in (x, dy))
    padding = rng.standard_normal((2, 1, 1, 50)).astype(np.float32)
    for rest in [(None, True, 0.5, 0.0, 0), (padding, False, 0.5, 0.3, 99)]:
        y, l = native.self_attention(x, heads, *rest)
        dx = native.self_attention_backward(x, heads, *rest, y, l, dy)
        y64, l64 = reference.self_attention(x.astype(np.float64), heads, *rest)
        dx64 = reference.self_attention_backward(x.astype(np.float64), heads, *rest, y64, l64, dy)
        for a, b in [(y, y64), (l, l64), (dx, dx64)]:
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
        assert y.strides[:2] == (y.swapaxes(0, 1).strides[1::-1])
        assert y.flags.c_contiguous == batch_first


@pytest.mark.parametrize("value", [NAN, INF, -INF])
@pytest.mark.parametrize("where", range(3))
def test_what_is_no_number_spoils_what_it_must(value, where):
    arrays = operands((1, 1), (150, 140, 8, 8))
    arrays[where][0, 0, 3, 2] = value
    y, l = native.attention(*arrays[:3], None, True, 0.5, 0.0, 0)
    y64, l64 = reference.attention(*(a.astype(np.float64) for a in arrays[:3]), None, True, 0.5, 0.0, 0)
    np.testing.assert_array_equal(np.isfinite(y), np.isfinite(y64))
    np.testing.assert_allclose(y[np.isfinite(y64)], y64[np.isfinite(y64)], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(np.isnan(l), ~np.isfinite(l64) & ~(l64 == -INF) if where < 2 else np.isnan(l64))


def test_large_scores_neither_overflow_nor_lose_the_largest():
    q, k, v, dy = operands((1, 1), (20, 300, 8, 8))
    y, l, *gradients = both_ways(native, q * 60, k * 60, v, dy, None, False, 0.4, 0.0, 0)
    y64, l64 = reference.attention(*((a * 60).astype(np.float64) for a in (q, k)), v, None, False, 0.4, 0.0, 0)
    np.testing.assert_allclose(y, y64, rtol=1e-2, atol=2e-3)  # scores of 10,000 are known to 1e-3
    np.testing.assert_allclose(l, l64, rtol=1e-6)
    assert all(np.isfinite(d).all() for d in gradients)


@pytest.mark.parametrize("p", [0.0, 0.4])
def test_any_number_of_threads_gives_the_same_bits(p):
    arrays = operands((3, 2), (150, 140, 16, 16))
    for i in range(5):
        same_bits_for_any_threads(lambda i=i: both_ways(native, *arrays, None, True, 0.3, p, 7)[i])


def test_memory_grows_with_the_length_and_not_with_its_square():
    def most(length):
        arrays = operands((1, 1), (length, length, 8, 8))
        tracemalloc.start()
        both_ways(native, *arrays, None, True, 0.3, 0.1, 7)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(10)
    assert most(2000) < 8 * 2000 * 8 * 4  # the matrix of weights would take 16 MB


def test_a_replay_draws_with_other_keys_in_both_directions():
    q, k, v, dy = operands((1, 2), (6, 6, 4, 4))
    rows = np.zeros((1, q.size), np.float32)
    plan = _native.Plan()
    plan.begin()
    try:
        plan.gather(q.reshape(1, -1).view(np.uint8), np.zeros(3, np.int64), rows.view(np.uint8))
        rest = (None, True, 0.5, 0.5, 1)
        made = both_ways(native, rows.reshape(q.shape), k, v, dy, *rest)
        plan.loss(made[0].swapaxes(1, 2).reshape(-1)[:1])
    finally:
        plan.end()
    assert plan.draws == 1
    keys = np.asarray([[[1, 0]], [[5, 9]]], np.uint32)
    for a in made[2:]:
        a[...] = 0
    assert plan.replay(0, 1, 0, [], np.zeros(2), None, keys) == 2
    for a, b in zip(made, both_ways(native, q, k, v, dy, None, True, 0.5, 0.5, 5 + 9 * 2**32), strict=True):
        np.testing.assert_array_equal(a, b)


def test_arguments_that_do_not_fit_are_refused():
    q, k, v, _ = operands((1, 2), (6, 7, 4, 5))
    y, l = np.empty((1, 2, 6, 5), np.float32), np.empty((1, 2, 6), np.float32)
    rest = (None, False, 1.0, 0.0, 1.0, 0)
    for wrong in [(k, q, v), (q, k, q), (q[:, :1], k, v), (q, k[..., ::2], v), (q[:, :, :0], k, v)]:
        with pytest.raises(ValueError, match="attention"):
            _native.attention(*wrong, *rest, y, l)
    for places in [(y[..., :4], l), (y, l[..., :5].copy())]:
        with pytest.raises(ValueError, match="attention"):
            _native.attention(q, k, v, *rest, *places)
    with pytest.raises(ValueError, match="p must lie between"):
        _native.attention(q, k, v, None, False, 1.0, 1.5, 1.0, 0, y, l)
    with pytest.raises(TypeError):
        _native.attention(q.astype(np.float64), k, v, *rest, y, l)
