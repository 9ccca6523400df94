"""Recurrent nets by the native engine against the reference in float64, both ways through time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.native_support import few, laid_out, same_bits_for_any_threads

from pellucid import _native
from pellucid.kernels import native, reference

KINDS = {"rnn_tanh": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}
# T, B, I, H: one of each, odd, whole vectors and one more, many inputs, enough for several pieces of the batch, and
# more weights than the walk itself multiplies x with.
SIZES = [(1, 1, 1, 1), (3, 2, 5, 7), (4, 33, 1, 16), (2, 5, 40, 17), (3, 1, 3, 65), (5, 16, 300, 33), (30, 32, 14, 48)]
SIZES += [(3, 17, 700, 90)]
pytestmark = pytest.mark.usefixtures("each_isa")
every_kind = pytest.mark.parametrize("kind", KINDS)


def operands(kind, T, B, I, H, seed=0):
    rng = np.random.default_rng(seed)
    gates = KINDS[kind] * H
    shapes = {"x": (T, B, I), "h0": (B, H), "c0": (B, H), "W_ih": (gates, I), "W_hh": (gates, H), "b_ih": (gates,)}
    shapes |= {"b_hh": (gates,), "dy": (T, B, H), "dh": (B, H), "dc": (B, H)}
    given = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    for name in ("W_ih", "W_hh"):  # states that neither fade nor explode
        given[name] *= np.float32(0.7 / np.sqrt(given[name].shape[1]))
    return given


def both_ways(engine, kind, a, lengths=None, reverse=False, dy=True, last=True, need=(True, True)):
    """Return the outputs and all gradients."""
    biases = a.get("b_ih"), a.get("b_hh")
    dys = a["dy"] if dy else None, a["dh"] if last else None
    if kind == "lstm":
        given = a["x"], a["h0"], a["c0"], a["W_ih"], a["W_hh"]
        *outputs, kept = engine.lstm(*given, *biases, None, lengths, reverse)
        dc = a["dc"] if last else None
        return [*outputs, *engine.lstm_backward(*given, None, lengths, reverse, kept, *dys, dc, *need)]
    given = a["x"], a["h0"], a["W_ih"], a["W_hh"]
    if kind == "gru":
        *outputs, kept = engine.gru(*given, *biases, lengths, reverse)
        return [*outputs, *engine.gru_backward(*given, lengths, reverse, kept, *dys, *need)]
    relu = kind == "rnn_relu"
    *outputs, kept = engine.rnn(*given, *biases, relu, lengths, reverse)
    return [*outputs, *engine.rnn_backward(*given, relu, lengths, reverse, kept, *dys, *need)]


def compare(kind, a, **options):
    made = both_ways(native, kind, a, **options)
    expected = both_ways(reference, kind, {k: v.astype(np.float64) for k, v in a.items()}, **options)
    for i, (y, y64) in enumerate(zip(made, expected, strict=True)):
        if y64 is None:
            assert y is None
            continue
        assert y.dtype == np.float32
        assert y.shape == y64.shape
        np.testing.assert_allclose(y, y64, rtol=2e-5, atol=1e-5 * max(1, np.abs(y64).max(initial=0)), err_msg=str(i))


@every_kind
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_walk_and_the_way_back_are_the_references(kind, size, reverse):
    compare(kind, operands(kind, *size), reverse=reverse)


@few
@given(
    kind=st.sampled_from(sorted(KINDS)),
    T=st.integers(1, 5),
    B=st.integers(1, 20),
    I=st.integers(1, 20),
    H=st.integers(1, 35),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_any_sizes_lengths_and_layouts(kind, T, B, I, H, seed, data):
    a = {name: laid_out(v, seed + i) for i, (name, v) in enumerate(operands(kind, T, B, I, H, seed).items())}
    if data.draw(st.booleans()):
        del a["b_ih"], a["b_hh"]
    lengths = np.asarray(data.draw(st.lists(st.integers(0, T), min_size=B, max_size=B)))
    flags = {name: data.draw(st.booleans()) for name in ("reverse", "dy", "last")}
    need = data.draw(st.booleans()), data.draw(st.booleans())
    compare(kind, a, lengths=lengths if data.draw(st.booleans()) else None, need=need, **flags)


@every_kind
def test_a_batch_that_comes_first_is_read_where_it_lies(kind):
    a = operands(kind, 6, 4, 3, 20)
    plain = both_ways(native, kind, a)
    wide = np.zeros((4, 6, 40), np.float32)
    wide[:, :, 10:30] = a["dy"].swapaxes(0, 1)
    for dy in (np.ascontiguousarray(a["dy"].swapaxes(0, 1)).swapaxes(0, 1), wide[:, :, 10:30].swapaxes(0, 1)):
        for y, expected in zip(both_ways(native, kind, a | {"dy": dy}), plain, strict=True):
            if y is not None:
                np.testing.assert_array_equal(y, expected)


@every_kind
@pytest.mark.parametrize("size", [(5, 4, 3, 20), (3, 17, 700, 90), (9, 3, 1, 8)], ids=str)
def test_inputs_that_lie_batch_first_or_in_wider_rows_are_read_in_place(kind, size):
    a = operands(kind, *size)
    T, B, I, _ = size
    plain = both_ways(native, kind, a)
    wide = np.full((B, T, I + 7), np.nan, np.float32)
    wide[:, :, 3 : 3 + I] = a["x"].swapaxes(0, 1)
    for y, expected in zip(
        both_ways(native, kind, a | {"x": wide[:, :, 3 : 3 + I].swapaxes(0, 1)}), plain, strict=True
    ):
        if y is not None:
            np.testing.assert_array_equal(y, expected)


@every_kind
def test_results_are_the_same_for_any_number_of_threads(kind):
    for size in ((20, 37, 3, 48), (6, 5, 200, 64), (40, 3, 16, 32), (3, 17, 700, 90)):
        a = operands(kind, *size)

        def bits(a=a):
            return np.concatenate([y.ravel() for y in both_ways(native, kind, a) if y is not None])

        same_bits_for_any_threads(bits)


@every_kind
def test_nan_and_infinity_stay_with_their_sequence(kind):
    a = operands(kind, 4, 9, 3, 20)
    a["x"][1, 2, 0], a["x"][2, 4, 1] = np.nan, np.inf
    y = both_ways(native, kind, a)[0]
    wild = ~np.isfinite(both_ways(reference, kind, a)[0])
    np.testing.assert_array_equal(~np.isfinite(y), wild)
    assert not wild[:, [0, 1, 3, 5]].any()
    assert wild[1:, 2].all()


@every_kind
def test_large_numbers_saturate_as_in_the_reference(kind):
    a = operands(kind, 3, 4, 2, 9)
    a["x"] *= np.float32(1e4 if kind != "rnn_relu" else 1)
    compare(kind, a)


def test_the_extension_refuses_what_does_not_fit():
    a = operands("lstm", 3, 2, 4, 5)
    gates, c, h = (np.empty((3, 2, n), np.float32) for n in (20, 5, 5))
    given = [2, a["x"], a["h0"], a["c0"], a["W_ih"], a["W_hh"], a["b_ih"], a["b_hh"], None, False, gates, c, h]
    _native.recurrence(*given)
    wrong = {
        0: (7, -1, 3),
        1: (a["x"][:0], a["x"][:, :, :3].copy(), np.asfortranarray(a["x"]), a["x"][::-1]),
        2: (a["h0"][:1],),
        3: (None, a["c0"][:, :4].copy()),
        5: (a["W_ih"],),
        6: (None, a["b_ih"][:3]),
        8: (np.zeros(3, np.int64),),
        10: (None, c),
        11: (None, gates),
        12: (gates,),
    }
    for place, values in wrong.items():
        for value in values:
            with pytest.raises(ValueError, match="recurrence"):
                _native.recurrence(*given[:place], value, *given[place + 1 :])


def test_the_extension_refuses_gradients_that_do_not_fit():
    a = operands("gru", 3, 2, 4, 5)
    gates, h = (np.zeros((3, 2, n), np.float32) for n in (20, 5))
    dx, dW_ih, dW_hh, db = (np.empty_like(a[k]) for k in ("x", "W_ih", "W_hh", "b_ih"))
    kept = [3, a["x"], a["h0"], None, a["W_ih"], a["W_hh"], None, False, gates, None, h]
    given = [*kept, a["dy"], a["dh"], None, np.empty((2, 5), np.float32), None, dx, dW_ih, dW_hh, db, db]
    _native.recurrence_backward(*given)
    wrong = {
        11: (a["x"], np.asfortranarray(a["dy"])),
        12: (a["x"][0],),
        14: (a["x"][0],),
        15: (given[14],),
        16: (gates,),
        17: (None, dW_hh),
        18: (None, dW_ih),
        19: (None, db[:3]),
        20: (None, db[:3]),
    }
    for place, values in wrong.items():
        for value in values:
            with pytest.raises(ValueError, match="recurrence"):
                _native.recurrence_backward(*given[:place], value, *given[place + 1 :])


def test_what_the_extension_is_not_made_for_is_the_references():
    a = operands("lstm", 3, 2, 4, 5)
    wide = {k: v.astype(np.float64) for k, v in a.items()}
    for y, expected in zip(both_ways(native, "lstm", wide), both_ways(reference, "lstm", wide), strict=True):
        if y is not None:
            np.testing.assert_array_equal(y, expected)
