"""The native elementwise maps: their errors in units of the last place, and that they carry what NumPy carries."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import _native
from pellucid.kernels import native, reference

MAPS = ["erf", "exp", "gelu", "gelu_tanh", "log", "log1p", "mish", "relu", "sigmoid", "silu", "softplus", "tanh"]
GRADIENTS = ["gelu", "gelu_tanh", "mish", "relu", "sigmoid", "silu", "tanh"]
TINY, EPS = np.finfo(np.float32).tiny, np.finfo(np.float32).eps
SPECIAL = np.array(
    [0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-30, -1e-30, 20, -20, 80, -80, 1e4, -1e4, 3e38, -3e38],
    dtype=np.float32,
)

rng = np.random.default_rng(5)


@pytest.fixture(params=_native.available_isas().split(","))
def isa(request):
    before = _native.isa()
    assert _native.choose_isa(request.param)
    yield request.param
    _native.choose_isa(before)


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = native.get_num_threads()
    yield
    native.set_num_threads(before)


def samples():
    """Numbers of every magnitude, and many of those where the functions bend or end; no denormal ones."""
    rng, n = np.random.default_rng(5), 100_000
    x = np.concatenate(
        [
            rng.integers(0, 2**32, n, dtype=np.uint32).view(np.float32),
            *(rng.uniform(-w, w, n) for w in (1, 5, 20, 100)),
            np.exp(rng.uniform(-60, 5, n)) * rng.choice([-1, 1], n),
            *(centre + rng.uniform(-1e-3, 1e-3, 2000) for centre in (-87.3365, 88.7228, -1, 1, 0.875, -0.875, 9, 18)),
            [0.0],
        ],
        dtype=np.float32,
        casting="unsafe",
    )
    return x[np.isfinite(x) & ((np.abs(x) >= TINY) | (x == 0))]


def ulps(y, exact):
    """Return the distances in units of the last place; terms below the smallest normal number may be taken for 0."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
        error = np.abs(y.astype(np.float64) - exact)
        d = error / np.spacing(np.maximum(np.abs(rounded), TINY))
    d[(error <= TINY) | (y == rounded) | (np.isnan(y) & np.isnan(exact))] = 0
    return d


# Measured over 16 million numbers: exp 1.05, log 0.83, log1p 0.86, tanh 2.47, sigmoid 2.48, erf 1.33, softplus 1.69,
# silu 2.31, mish 4.57.
@pytest.mark.parametrize(
    ("name", "bound", "low"),
    [
        ("exp", 1.1, -np.inf),
        ("log", 1, -np.inf),
        ("log1p", 1, -np.inf),
        ("tanh", 2.6, -np.inf),
        ("sigmoid", 2.6, -np.inf),
        ("erf", 1.5, -np.inf),
        ("softplus", 2, -np.inf),
        ("silu", 3, -87),  # below, e^-x overflows before the quotient is 0
        ("mish", 5, -87),
    ],
)
def test_errors_are_a_few_units_in_the_last_place_from_end_to_end(isa, name, bound, low):
    x = samples()
    x = x[x > low]
    exact = exactly(name, x.astype(np.float64))
    assert ulps(getattr(native, name)(x), exact).max() <= bound


def exactly(name, x):
    """Return the reference in double precision, where it keeps its digits."""
    with np.errstate(all="ignore"):
        if name == "mish":
            n = np.exp(np.minimum(x, 20)) * (np.exp(np.minimum(x, 20)) + 2)
            return x * (n / (n + 2))
        return getattr(reference, name)(x)


@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "relu"])
def test_other_maps_are_the_references_within_a_few_roundings_of_the_argument(isa, name):
    x = samples()
    exact = getattr(reference, name)(x.astype(np.float64))
    assert (np.abs(getattr(native, name)(x) - exact) <= 2 * EPS * np.abs(x) + TINY).all()


def test_gelu_keeps_its_digits_in_the_tail(isa):
    x = np.linspace(-12.9, -1, 10_000, dtype=np.float32)
    exact = [v * 0.5 * math.erfc(-v / math.sqrt(2)) for v in x.astype(np.float64)]
    np.testing.assert_allclose(native.gelu(x), exact, rtol=1e-5)


@pytest.mark.parametrize("name", [f"{name}_backward" for name in GRADIENTS])
def test_gradients_are_the_references_within_a_few_roundings(isa, name):
    x = samples()
    if name in {"tanh_backward", "sigmoid_backward"}:
        x = x[np.abs(x) <= 1]
    dy = rng.normal(size=x.size).astype(np.float32)
    exact = getattr(reference, name)(x.astype(np.float64), dy.astype(np.float64))
    assert (np.abs(getattr(native, name)(x, dy) - exact) <= 5 * EPS * np.abs(dy)).all()


@pytest.mark.parametrize("slope", [0.01, 0.0, -0.5, 1.5])
def test_leaky_relu_and_its_gradient_are_the_references(isa, slope):
    x = np.concatenate([samples(), SPECIAL])
    dy = rng.normal(size=x.size).astype(np.float32)
    np.testing.assert_allclose(native.leaky_relu(x, slope), reference.leaky_relu(x, slope), rtol=0, atol=TINY)
    expected = reference.leaky_relu_backward(x, dy, slope)
    np.testing.assert_array_equal(native.leaky_relu_backward(x, dy, slope), expected)


@pytest.mark.parametrize("name", MAPS)
def test_infinity_and_nan_come_out_as_from_the_reference(isa, name):
    expected = getattr(reference, name)(SPECIAL)
    np.testing.assert_allclose(getattr(native, name)(SPECIAL), expected, rtol=1e-6, atol=TINY)


@pytest.mark.parametrize("name", [f"{name}_backward" for name in GRADIENTS])
def test_infinity_and_nan_in_either_factor_of_a_gradient_come_out_as_from_the_reference(isa, name):
    x, dy = (a.ravel().copy() for a in np.meshgrid(SPECIAL, [1, -2, np.inf, -np.inf, np.nan, 0]))
    dy = dy.astype(np.float32)
    expected = getattr(reference, name)(x, dy)
    np.testing.assert_allclose(getattr(native, name)(x, dy), expected, rtol=1e-6, atol=1e-6)


def test_the_logarithm_of_a_denormal_number_is_finite(isa):
    x = np.array([1e-45, 1e-40, -1e-40, 1.1e-38], dtype=np.float32)
    np.testing.assert_allclose(native.log(x), reference.log(x), rtol=2e-7)


@pytest.mark.parametrize("name", MAPS)
def test_every_element_is_computed_alike_wherever_it_stands(isa, name):
    x = np.abs(rng.normal(size=70).astype(np.float32) * 3)
    each = np.concatenate([getattr(native, name)(x[i : i + 1].copy()) for i in range(70)])
    for n in range(71):
        np.testing.assert_array_equal(getattr(native, name)(x[:n]), each[:n])


@pytest.mark.parametrize("name", MAPS)
def test_the_bits_do_not_depend_on_the_number_of_threads(isa, name):
    x = np.abs(rng.normal(size=600_001).astype(np.float32))
    dy = rng.normal(size=600_001).astype(np.float32)
    bits = set()
    for threads in (1, 2, 3, 4):
        native.set_num_threads(threads)
        y = getattr(native, name)(x)
        dx = getattr(native, f"{name}_backward")(x, dy) if name in GRADIENTS else y
        bits.add(y.tobytes() + dx.tobytes())
    assert len(bits) == 1


@settings(max_examples=25, deadline=None)
@given(
    shape=st.lists(st.integers(0, 9), max_size=4),
    offset=st.integers(0, 5),
    name=st.sampled_from(GRADIENTS),
    layout=st.sampled_from(["rows", "columns", "every other", "repeated", "read-only", "double"]),
    seed=st.integers(0, 1000),
)
def test_any_shape_and_any_layout_gives_the_references_results(shape, offset, name, layout, seed):
    r = np.random.default_rng(seed)

    def array():
        values = r.uniform(-0.9, 0.9, shape).astype(np.float32)
        # At a distance of `offset` bytes, which may be no multiple of four.
        a = np.frombuffer(bytearray(offset) + bytearray(values.tobytes()), np.float32, values.size, offset)
        a = a.reshape(shape)
        if layout == "columns":
            return a.T.copy().T
        if layout == "every other":
            return a[..., ::2] if a.ndim else a
        if layout == "repeated":
            return np.broadcast_to(a, (2, *shape))
        if layout == "read-only":
            return np.frombuffer(a.tobytes(), np.float32).reshape(shape)
        return a.astype(np.float64) if layout == "double" else a

    x, dy = array(), array()
    y, dx = getattr(native, name)(x), getattr(native, f"{name}_backward")(x, dy)
    assert y.shape == dx.shape == x.shape
    assert y.dtype == dx.dtype == x.dtype
    np.testing.assert_allclose(y, getattr(reference, name)(x), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dx, getattr(reference, f"{name}_backward")(x, dy), rtol=1e-5, atol=1e-6)


def test_inputs_stay_as_they_were_and_integers_are_left_to_the_reference():
    x, dy = np.arange(-3, 4, dtype=np.float32), np.ones(7, dtype=np.float32)
    before = x.copy(), dy.copy()
    native.relu(x), native.relu_backward(x, dy)
    np.testing.assert_array_equal((x, dy), before)
    assert native.relu(np.array([-1, 2])).tolist() == [0, 2]


def test_the_binding_refuses_arrays_of_other_shapes_and_types():
    x = np.ones((2, 3), np.float32)
    for out in (np.ones((3, 2), np.float32), np.ones(6, np.float32), np.ones((2, 2), np.float32)):
        with pytest.raises(ValueError, match="another shape"):
            _native.exp(x, out)
        with pytest.raises(ValueError, match="the shapes differ"):
            _native.tanh_backward(x, out, x)
    with pytest.raises(TypeError):
        _native.exp(x.astype(np.float64), x)
    with pytest.raises(TypeError):
        _native.exp(x, x.T)
