"""Products of matrices by the native engine, on every instruction set, by one to four threads."""

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import _native
from pellucid.kernels import native, reference

ISAS = _native.available_isas().split(",")
SIZES = st.one_of(st.integers(0, 20), st.sampled_from([31, 33, 64, 100, 129, 257]))
LENGTHS = st.one_of(SIZES, st.sampled_from([449, 900, 1024]))
FEW = settings(max_examples=25, deadline=None)


@contextmanager
def instruction_set(name):
    before, threads = _native.isa(), native.get_num_threads()
    assert _native.choose_isa(name)
    try:
        yield
    finally:
        _native.choose_isa(before)
        native.set_num_threads(threads)


def by_any_threads(compute):
    """The arrays that compute() returns, which are the same bits for one to four threads."""
    results = []
    for threads in (1, 2, 3, 4):
        native.set_num_threads(threads)
        result = compute()
        results.append(result if isinstance(result, tuple) else (result,))
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            assert (a is None and b is None) or a.tobytes() == b.tobytes()
    return results[0] if len(results[0]) > 1 else results[0][0]


def numbers(seed, *shape, misaligned=False):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(shape, dtype=np.float32)
    if not misaligned:
        return a
    return np.frombuffer(b"\0\0\0\0" + a.tobytes(), dtype=np.float32, offset=4).reshape(shape)


def assert_product(z, x, y, bias=0.0):
    """|error| <= (K + 4) u (|x| |y| + |bias|), the bound of any order of summation in float32."""
    x, y, bias = x.astype(np.float64), y.astype(np.float64), np.asarray(bias, dtype=np.float64)
    assert z.dtype == np.float32
    error = np.abs(z - (x @ y + bias))
    assert np.all(error <= (x.shape[-1] + 4) * 2.0**-24 * (np.abs(x) @ np.abs(y) + np.abs(bias)))


@pytest.mark.parametrize("isa", ISAS)
@FEW
@given(m=SIZES, n=SIZES, k=LENGTHS, tx=st.booleans(), ty=st.booleans(), misaligned=st.booleans())
def test_matmul_of_matrices_and_their_transposes(isa, m, n, k, tx, ty, misaligned):
    x = numbers(1, k, m, misaligned=misaligned).T if tx else numbers(1, m, k, misaligned=misaligned)
    y = numbers(2, n, k, misaligned=misaligned).T if ty else numbers(2, k, n, misaligned=misaligned)
    with instruction_set(isa):
        z = by_any_threads(lambda: native.matmul(x, y))
    assert z.shape == (m, n)
    assert_product(z, x, y)


@pytest.mark.parametrize("isa", ISAS)
@FEW
@given(
    batch=st.sampled_from([(0,), (1,), (3,), (2, 3), (9,), (2, 0), (20,)]),
    m=SIZES,
    n=SIZES,
    k=SIZES,
    lies=st.tuples(*[st.sampled_from(["plain", "transposed", "heads", "reversed"])] * 2),
)
def test_matmul_of_batches_however_they_lie(isa, batch, m, n, k, lies):
    def operand(seed, how, rows, columns):
        if how == "transposed":
            return numbers(seed, *batch, columns, rows).swapaxes(-1, -2)
        if how == "heads":  # as attention splits them: (..., rows, batch, columns)
            return numbers(seed, *batch[:-1], rows, batch[-1], columns).swapaxes(-2, -3)
        a = numbers(seed, *batch, rows, columns)
        return a[..., ::-1] if how == "reversed" else a

    x, y = operand(1, lies[0], m, k), operand(2, lies[1], k, n)
    with instruction_set(isa):
        z = by_any_threads(lambda: native.matmul(x, y))
        one = native.matmul(x, y[(0,) * len(batch)]) if y.size else None
    assert z.shape == (*batch, m, n)
    assert_product(z, x, y)
    if one is not None:
        assert_product(one, x, y[(0,) * len(batch)])


def test_batches_that_broadcast_vectors_and_other_types_are_the_references():
    x, y = numbers(1, 3, 4, 5), numbers(2, 5)
    np.testing.assert_allclose(native.matmul(x, y), x @ y, rtol=1e-5)
    np.testing.assert_allclose(native.matmul(y, x.swapaxes(1, 2)), y @ x.swapaxes(1, 2), rtol=1e-5)
    np.testing.assert_allclose(native.matmul(x[:1], x.swapaxes(1, 2)), x[:1] @ x.swapaxes(1, 2), rtol=1e-4)
    np.testing.assert_allclose(native.matmul(x[0], x.swapaxes(1, 2)), x[0] @ x.swapaxes(1, 2), rtol=1e-4)
    assert native.matmul(x.astype(np.float64), x.astype(np.float64).swapaxes(1, 2)).dtype == np.float64
    with pytest.raises(ValueError, match="matmul"):
        native.matmul(x, x)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3, 4), (2, 5, 2), (2, 3, 2)), "inner sizes"),
        (((2, 3, 4), (3, 4, 2), (2, 3, 2)), "batches differ"),
        (((2, 3, 4), (2, 4, 2), (3, 3, 2)), "batches differ"),
        (((2, 3, 4), (2, 4, 2), (2, 3, 3)), "out has another shape"),
    ],
)
def test_the_binding_refuses_batches_that_do_not_fit(shapes, message):
    x, y, out = (np.zeros(shape, np.float32) for shape in shapes)
    with pytest.raises(ValueError, match=message):
        _native.gemms(x, y, out, False, False)


@pytest.mark.parametrize("isa", ISAS)
@FEW
@given(batch=SIZES, inputs=LENGTHS, outputs=SIZES, bias=st.booleans())
def test_linear_with_and_without_bias(isa, batch, inputs, outputs, bias):
    x, W, b = numbers(1, batch, inputs), numbers(2, outputs, inputs), numbers(3, outputs) if bias else None
    with instruction_set(isa):
        y = by_any_threads(lambda: native.linear(x, W, b))
    assert_product(y, x, W.T, b if bias else 0.0)


@pytest.mark.parametrize("isa", ISAS)
@FEW
@given(
    batch=LENGTHS, inputs=SIZES, outputs=SIZES, x=st.booleans(), W=st.booleans(), b=st.booleans(), leading=st.booleans()
)
def test_the_gradients_of_linear_that_are_needed(isa, batch, inputs, outputs, x, W, b, leading):
    shape = (batch, 1) if leading else (batch,)
    xs, Ws, dy = numbers(1, *shape, inputs), numbers(2, outputs, inputs), numbers(3, *shape, outputs)
    with instruction_set(isa):
        dx, dW, db = by_any_threads(lambda: native.linear_backward(xs, Ws, dy, x, W, b))
    rows = dy.reshape(batch, outputs)
    assert ((dx is None), (dW is None), (db is None)) == (not x, not W, not b)
    if x:
        assert dx.shape == xs.shape
        assert_product(dx, dy, Ws)
    if W:
        assert dW.shape == Ws.shape
        assert_product(dW, rows.T, xs.reshape(batch, inputs))
    if b:
        assert db.shape == (outputs,)
        assert_product(db, np.ones(batch), rows)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("shape", [(256, 784, 128), (40, 3000, 2100), (2100, 40, 1030)])
def test_large_products_in_several_pieces(isa, shape):
    m, k, n = shape
    with instruction_set(isa):
        for tx, ty in ((False, False), (False, True), (True, False), (True, True)):
            x = numbers(1, k, m).T if tx else numbers(1, m, k)
            y = numbers(2, n, k).T if ty else numbers(2, k, n)
            assert_product(by_any_threads(lambda: native.matmul(x, y)), x, y)  # noqa: B023 - called at once


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("m", "n", "k"), [(1, 5, 40), (7, 300, 33), (40, 17, 5), (64, 10, 64)])
def test_nan_and_infinity_reach_their_row_and_column_only(isa, special, m, n, k):
    x, W, b = numbers(1, m, k), numbers(2, n, k), numbers(3, n)
    x[m // 2, k - 1] = special
    W[n - 1, 0] = special
    dy = numbers(4, m, n)
    dy[m - 1, n // 2] = special
    with instruction_set(isa):
        y, gradients = native.linear(x, W, b), native.linear_backward(x, W, dy, True, True, True)
    np.testing.assert_allclose(y, reference.linear(x, W, b), rtol=1e-4, atol=1e-4)
    for ours, theirs in zip(gradients, reference.linear_backward(x, W, dy, True, True, True), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("isa", ISAS)
def test_nothing_is_written_beside_the_result(isa):
    with instruction_set(isa):
        for m, n in ((1, 3), (5, 17), (30, 31), (3, 100)):
            memory = np.full(m * n + 64, 7, dtype=np.float32)
            x, W = numbers(1, m, 50), numbers(2, n, 50)
            _native.gemm(x, W, memory[32:-32].reshape(m, n), False, True, None)
            assert_product(memory[32:-32].reshape(m, n), x, W.T)
            assert (memory[:32] == 7).all()
            assert (memory[-32:] == 7).all()


def test_what_the_kernels_are_not_made_for_is_the_references():
    x, W = np.arange(12.0).reshape(3, 4), np.ones((2, 4))
    np.testing.assert_array_equal(native.linear(x, W, None), x @ W.T)
    gradients = native.linear_backward(x, W, np.ones((3, 2)), True, True, True)
    assert [g.dtype for g in gradients] == [np.float64] * 3
    strided = numbers(1, 6, 8)[::2, ::2]
    np.testing.assert_allclose(native.linear(strided, W.astype(np.float32), None), strided @ W.T, rtol=1e-5)
    np.testing.assert_allclose(native.matmul(strided, strided.T), strided @ strided.T, rtol=1e-5)
    np.testing.assert_array_equal(native.linear(np.ones(4, np.float32), W.astype(np.float32), None), [4, 4])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W": (2, 5)}, "x and W do not fit"),
        ({"dy": (3, 5)}, "dy has another shape"),
        ({"dx": (3, 5)}, "dx has another shape"),
        ({"dW": (4, 2)}, "dW has another shape"),
        ({"db": (3,)}, "db has another length"),
    ],
)
def test_the_binding_refuses_shapes_that_do_not_fit(change, message):
    shapes = {"x": (3, 4), "W": (2, 4), "dy": (3, 2), "dx": (3, 4), "dW": (2, 4), "db": (2,)} | change
    with pytest.raises(ValueError, match=message):
        _native.linear_backward(*(np.zeros(shape, np.float32) for shape in shapes.values()))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((3, 4), (5, 2), (3, 2), (2,)), "inner sizes"),
        (((3, 4), (4, 2), (3, 3), (2,)), "out has another shape"),
        (((3, 4), (4, 2), (3, 2), (3,)), "bias has another length"),
    ],
)
def test_the_binding_refuses_products_that_do_not_fit(shapes, message):
    x, y, out, bias = (np.zeros(shape, np.float32) for shape in shapes)
    with pytest.raises(ValueError, match=message):
        _native.gemm(x, y, out, False, False, bias)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("rows", [1, 5, 30, 65])
def test_narrow_products_both_ways(isa, rows):
    with instruction_set(isa):
        for n_out in (1, 2, 3, 4, 5, 7, 10, 15, 17, 31, 33):
            for n_in in (1, 2, 3, 7, 8, 9, 15, 17, 30):
                x, W, b = numbers(1, rows, n_in), numbers(2, n_out, n_in), numbers(3, n_out)
                dy = numbers(4, rows, n_out)
                assert_product(native.linear(x, W, b), x, W.T, b)
                dx, dW, db = native.linear_backward(x, W, dy, True, True, True)
                assert_product(dx, dy, W)
                assert_product(dW, dy.T, x)
                assert_product(db[None], np.ones((1, rows), dtype=np.float32), dy)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("n_in", "n_out"), [(3, 2), (20, 1), (30, 3), (20, 10), (9, 33)])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_stays_in_its_row(isa, n_in, n_out, value):
    x, W = numbers(1, 3 * n_in, n_in), numbers(2, n_out, n_in)
    x[np.arange(0, 3 * n_in, 3), np.arange(n_in)] = value
    with instruction_set(isa):
        y = native.linear(x, W, None)
    expected = x @ W.T
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(y), np.isposinf(expected))
