"""The native norm and scaling of many arrays against the reference."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid
from pellucid import _native
from pellucid.kernels import native, reference

ISAS = _native.available_isas().split(",")


@pytest.fixture(params=ISAS, autouse=True)
def isa(request):
    before, threads = _native.isa(), _native.thread_count()
    assert _native.choose_isa(request.param)
    yield request.param
    _native.choose_isa(before)
    _native.set_thread_count(threads)


def _drawn(shapes, scale=1.0):
    rng = np.random.default_rng(0)
    return [(scale * rng.standard_normal(s)).astype("f4") for s in shapes]


shapes = st.lists(st.lists(st.integers(0, 50), max_size=3).map(tuple), max_size=5)


@settings(max_examples=25, deadline=None)
@given(shapes, st.sampled_from([1.0, 1e-30, 1e30]))
def test_the_norm_is_that_of_the_reference(shapes, scale):
    xs = _drawn(shapes, scale)
    assert native.total_norm(xs, 2.0) == pytest.approx(reference.total_norm(xs, 2.0), rel=1e-14, abs=0)


@settings(max_examples=25, deadline=None)
@given(shapes, st.sampled_from([0.3, 0.0, math.nan, math.inf, 1e300]))
def test_scaled_arrays_have_the_bits_of_the_reference_and_are_new(shapes, factor):
    xs = _drawn(shapes)
    got, expected = native.scale_all(xs, factor), reference.scale_all(xs, factor)
    for x, a, b in zip(xs, got, expected, strict=True):
        assert a.shape == x.shape
        assert a.dtype == np.float32
        assert a is not x
        assert np.array_equal(a, b, equal_nan=True)


def test_the_bits_do_not_depend_on_the_number_of_threads():
    xs = _drawn([(300, 301), (7,), (40001,)])
    norms, scaled = set(), set()
    for threads in (1, 2, 3, 4):
        _native.set_thread_count(threads)
        norms.add(native.total_norm(xs, 2.0))
        scaled.add(b"".join(a.tobytes() for a in native.scale_all(xs, 0.1)))
    assert len(norms) == len(scaled) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 5, 99])
def test_nan_and_infinity_are_carried(value, place):
    x = np.ones(100, "f4")
    x[place] = value
    expected = reference.total_norm([np.ones(3, "f4"), x], 2.0)
    assert np.array_equal(native.total_norm([np.ones(3, "f4"), x], 2.0), expected, equal_nan=True)
    x[50] = math.nan
    assert math.isnan(native.total_norm([x], 2.0))


@pytest.mark.parametrize("p", [1.0, 3.0, math.inf])
def test_other_norms_are_those_of_the_reference(p):
    xs = _drawn([(4, 5), (3,)])
    assert native.total_norm(xs, p) == reference.total_norm(xs, p)


def test_arrays_of_other_types_and_layouts_go_the_way_of_the_reference():
    misaligned = np.frombuffer(bytes(range(1, 26)), dtype=np.uint8)[1:].view("f4")
    xs = [np.arange(3.0), np.arange(12.0, dtype="f4").reshape(3, 4).T, np.arange(6, dtype="f4")[::2], misaligned]
    for x in xs:
        assert native.total_norm([x], 2.0) == reference.total_norm([x], 2.0)
        (got,), (expected,) = native.scale_all([x], 0.3), reference.scale_all([x], 0.3)
        assert got.dtype == expected.dtype
        assert np.array_equal(got, expected)


def test_clipping_is_the_same_with_both_engines():
    def clipped(engine):
        with pellucid.use_engine(engine):
            ps = [pellucid.tensor(a, requires_grad=True) for a in _drawn([(30, 40), (5,), ()])]
            for p, g in zip(ps, _drawn([(30, 40), (5,), ()], 3.0), strict=True):
                p.grad = pellucid.tensor(g)
            before = [p.grad.array for p in ps]
            norm = pellucid.nn.utils.clip_grad_norm_(ps, 1.5)
            assert not any(p.grad.array is g for p, g in zip(ps, before, strict=True))
            return [norm.array, *(p.grad.array for p in ps)]

    for a, b in zip(clipped("native"), clipped("numpy"), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-7)


def test_the_binding_refuses_what_does_not_fit():
    x = np.ones(3, "f4")
    with pytest.raises(ValueError, match="differ in length"):
        _native.scale_all([x], 2.0, [])
    with pytest.raises(ValueError, match="another shape"):
        _native.scale_all([x], 2.0, [np.ones((3, 1), "f4")])
    with pytest.raises(TypeError):
        _native.total_norm(x)
    assert _native.total_norm([None]) is None
    assert not _native.scale_all([x], 2.0, [np.ones(3)])


@settings(max_examples=25, deadline=None)
@given(shapes, st.sampled_from([0.0, 1e-3, 5.0, 1e9]), st.sampled_from([1.0, 1e-30, 1e30]))
def test_clipped_arrays_have_the_bits_of_the_reference(shapes, max_norm, scale):
    xs = _drawn(shapes, scale)
    (total, got), (expected_total, expected) = native.clip_all(xs, max_norm, 2.0), reference.clip_all(xs, max_norm, 2.0)
    assert total == pytest.approx(expected_total, rel=1e-14, abs=0)
    assert (got is None) == (expected is None)
    for a, b in zip(got or (), expected or (), strict=True):
        assert np.allclose(a, b, rtol=2e-7, atol=1e-37)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_no_number_is_carried_into_every_array(bad):
    xs = _drawn([(3,), (2, 2)])
    xs[0][1] = bad
    for engine in (native, reference):
        total, clipped = engine.clip_all(xs, 1.0, 2.0)
        assert not math.isfinite(total)
        assert all(not (np.isfinite(a) & (a != 0)).any() for a in clipped)


def test_a_recorded_clipping_decides_anew_in_each_replay():
    x, plan = np.array([0.3, 0.4], np.float32), _native.Plan()
    plan.keep(x.view(np.uint8))
    plan.begin()
    total, (out,) = native.clip_all([x], 1.0, 2.0)  # nothing exceeds, but there must be a place for what may
    plan.end()
    assert total == pytest.approx(0.5)
    assert np.array_equal(out, x)
    for values in ([3.0, 4.0], [0.3, 0.4]):
        x[...] = values
        plan.replay(0, 0, 0, [], np.zeros(1), None, None)
        assert np.allclose(out, [0.6, 0.8] if values[0] == 3 else x)
    assert plan.foreign == 0


def test_clipping_that_is_left_to_the_reference_spoils_a_recording():
    plan = _native.Plan()
    plan.begin()
    native.clip_all([np.ones((4, 4), np.float32)[:, ::2]], 1e9, 2.0)
    plan.end()
    assert plan.foreign == 1
