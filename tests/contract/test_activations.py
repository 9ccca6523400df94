"""Every activation function, found by being there: its corners, its extremes, its options, its refusals."""

import numpy as np
import pytest
import torch
import torch.nn.functional as torch_F

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F
from pellucid.ops import activation

FUNCTIONS = sorted([*activation.__all__, "sigmoid", "tanh"])

CASES: list[tuple[str, dict]] = [
    ("sigmoid", {}),
    ("tanh", {}),
    ("relu", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("relu6", {}),
    ("hardtanh", {}),
    ("hardtanh", {"min_val": -0.5, "max_val": 3.0}),
    ("hardsigmoid", {}),
    ("hardswish", {}),
    ("threshold", {"threshold": 0.5, "value": 7.0}),
    ("softshrink", {}),
    ("softshrink", {"lambd": 1.0}),
    ("hardshrink", {}),
    ("hardshrink", {"lambd": 1.0}),
    ("elu", {}),
    ("elu", {"alpha": 2.0}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 2.0}),
    ("gelu", {}),
    ("gelu", {"approximate": "tanh"}),
    ("silu", {}),
    ("mish", {}),
    ("softplus", {}),
    ("softplus", {"beta": 2.0, "threshold": 3.0}),
    ("softsign", {}),
    ("logsigmoid", {}),
    ("tanhshrink", {}),
    ("softmax", {"dim": 0}),
    ("log_softmax", {"dim": 0}),
    ("softmin", {"dim": 0}),
    ("glu", {"dim": 0}),
    ("prelu", {}),
    ("heaviside", {}),
]

ELSEWHERE = {
    "heaviside": lambda x: torch.heaviside(x, torch.ones((), dtype=x.dtype)),
    "prelu": lambda x: torch_F.prelu(x, torch.full((1,), 0.25, dtype=x.dtype)),
}
"""How PyTorch is asked where it is asked otherwise."""

CORNERS = [-6.0, -3.0, -1.0, -0.5, -0.3, -1e-8, 0.0, 1e-8, 0.3, 0.5, 1.0, 3.0, 6.0, 19.9, 20.1, 30.0]
EXTREMES = [-1e30, -1000.0, -100.0, 100.0, 1000.0, 1e30]

every_case = pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{n}-{o}" for n, o in CASES])
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def called(name, options, x):
    function = getattr(F, name)
    return function(x, pellucid.full((1,), 0.25, dtype=x.dtype)) if name == "prelu" else function(x, **options)


def ours(name, options, values):
    x = pellucid.tensor(values, requires_grad=True)
    y = called(name, options, x)
    y.backward(pellucid.tensor(cotangent(y.shape).astype(values.dtype)))
    return y.detach().numpy(), x.grad.numpy()


def theirs(name, options, values):
    x = torch.tensor(values, requires_grad=True)
    function = ELSEWHERE.get(name, getattr(torch_F, name, None))
    y = function(x, **options)
    if not y.requires_grad:
        return y.numpy(), np.zeros_like(values)
    y.backward(torch.tensor(cotangent(tuple(y.shape)).astype(values.dtype)))
    return y.detach().numpy(), x.grad.numpy()


def cotangent(shape):
    return np.random.default_rng(7).normal(size=tuple(shape))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_activation_has_cases_and_is_a_function_of_nn_functional(name):
    assert name in F.__all__
    assert name in {case for case, _ in CASES}


@every_case
def test_an_activation_is_pytorchs_at_and_around_its_corners(name, options):
    values = np.array(CORNERS)
    y, dx = ours(name, options, values)
    if name == "heaviside":
        y_expected, dx_expected = ELSEWHERE[name](torch.tensor(values)).numpy(), np.zeros_like(values)
    else:
        y_expected, dx_expected = theirs(name, options, values)
    np.testing.assert_allclose(y, y_expected, rtol=1e-12, atol=1e-15)
    # PyTorch computes hardsigmoid's 1/6 in float32, also for float64.
    np.testing.assert_allclose(dx, dx_expected, rtol=1e-7 if name == "hardsigmoid" else 1e-12, atol=1e-15)


@every_case
@both_types
def test_an_activation_is_finite_and_pytorchs_far_out_without_a_warning(name, options, dtype):
    values = np.array(EXTREMES, dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, dx = ours(name, options, values)
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    if name == "heaviside":
        return
    # In float64, as PyTorch's float32 gradients are NaN (gelu's tanh form at 1e30) or right to 3e-5 only (softsign).
    y_expected, dx_expected = theirs(name, options, values.astype(np.float64))
    np.testing.assert_allclose(y, y_expected, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(dx, dx_expected, rtol=1e-6, atol=1e-30)


@every_case
def test_an_activations_derivative_is_what_finite_differences_measure(name, options):
    values = np.random.default_rng(8).uniform(-8, 8, (4, 6))
    x = pellucid.tensor(values, requires_grad=True)
    assert gradcheck(lambda x: called(name, options, x), [x], atol=2e-7, rtol=1e-6)


@every_case
def test_an_activation_carries_nan_and_takes_infinity_and_nothing(name, options):
    if "softm" in name:  # one NaN spoils the row it is normalised with
        assert np.isnan(called(name, options, pellucid.tensor([np.nan, 1.0])).array).all()
    else:
        assert np.isnan(called(name, options, pellucid.tensor([np.nan, np.nan])).array[0])
    assert called(name, options, pellucid.zeros(0)).shape == (0,)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in ("glu", "prelu")])
def test_an_activation_takes_integers(name):
    options = next(o for n, o in CASES if n == name)
    x = pellucid.tensor([-2, 0, 3])
    y = called(name, options, x)
    np.testing.assert_allclose(y.array, called(name, options, x.float()).array, rtol=1e-6)
    assert x.tolist() == [-2, 0, 3]


def test_integers_stay_integers_where_nothing_is_lost_by_it():
    x, theirs = pellucid.tensor([-2, 0, 3]), torch.tensor([-2, 0, 3])
    for name, args in [("relu", ()), ("relu6", ()), ("hardtanh", ()), ("hardtanh", (-3.0, 1)), ("threshold", (0.5, 7))]:
        y = getattr(F, name)(x, *args)
        assert y.dtype == np.int64
        assert y.tolist() == getattr(torch_F, name)(theirs, *args).tolist()
    assert F.hardtanh(x, -0.5, 0.5).tolist() == [-0.5, 0, 0.5]  # PyTorch's are 0, 0, 0
    assert F.threshold(x, 0, 0.5).tolist() == [0.5, 0.5, 3]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_activation_never_writes_into_its_input(name):
    options = next(o for n, o in CASES if n == name)
    values = np.array([-3.0, 0.5, 2.0, 30.0])
    x = pellucid.tensor(values, requires_grad=True)
    called(name, options, x).sum().backward()
    assert x.tolist() == values.tolist()


def test_softmax_of_any_axis_sums_to_one():
    x = pellucid.tensor(np.random.default_rng(1).normal(scale=500, size=(3, 4, 5)))
    for dim in (0, 1, 2, -1, -3):
        np.testing.assert_allclose(F.softmax(x, dim).sum(dim).array, 1, rtol=1e-12)


def test_softmax_by_hand():
    # x = (0, ln 2, ln 5): e^x = (1, 2, 5), which sums to 8.
    y = F.softmax(pellucid.tensor(np.log([1.0, 2.0, 5.0])), dim=0)
    np.testing.assert_allclose(y.array, [0.125, 0.25, 0.625], rtol=1e-12)


def test_softmax_takes_a_type_and_computes_in_it():
    assert F.softmax(pellucid.tensor([1, 2]), dim=0, dtype=pellucid.float64).dtype == np.float64
    assert F.log_softmax(pellucid.ones(2), dim=0, dtype=pellucid.float64).dtype == np.float64
    assert F.softmin(pellucid.ones(2), dim=0, dtype=pellucid.float64).dtype == np.float64


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_a_softmax_without_its_axis_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name} needs the axis .* dim=-1"):
        getattr(F, name)(pellucid.ones(2, 3))
    with pytest.raises(IndexError, match="dim 2 is out of range"):
        getattr(F, name)(pellucid.ones(2, 3), dim=2)


def test_softmax_layers_without_their_axis_are_refused_when_used():
    for layer in (nn.Softmax(), nn.LogSoftmax(), nn.Softmin()):
        with pytest.raises(ValueError, match="dim=None"):
            layer(pellucid.ones(2))


def test_the_step_has_the_value_given_at_zero_and_no_slope():
    x = pellucid.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    y = F.heaviside(x, 0.5)
    assert y.tolist() == [0, 0.5, 1]
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
    assert F.heaviside(x, pellucid.tensor([3.0, 4.0, 5.0])).tolist() == [0, 4, 1]
    assert nn.Heaviside(0.25)(x).tolist() == [0, 0.25, 1]
    assert repr(nn.Heaviside()) == "Heaviside(value=1.0)"


def test_prelu_learns_one_slope_or_one_for_each_channel():
    x = np.random.default_rng(3).normal(size=(4, 3, 5))
    for n in (1, 3):
        w = np.random.default_rng(4).normal(size=n)
        a, b = torch.tensor(w, requires_grad=True), pellucid.tensor(w, requires_grad=True)
        y = F.prelu(pellucid.tensor(x), b)
        y_expected = torch_F.prelu(torch.tensor(x), a)
        np.testing.assert_allclose(y.detach().numpy(), y_expected.detach().numpy(), rtol=1e-12)
        dy = cotangent(y.shape)
        y.backward(pellucid.tensor(dy))
        y_expected.backward(torch.tensor(dy))
        np.testing.assert_allclose(b.grad.numpy(), a.grad.numpy(), rtol=1e-11)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: F.hardtanh(x, 2.0, 1.0), "min_val <= max_val, got 2.0 and 1.0"),
        (lambda x: F.softshrink(x, -0.5), "lambd >= 0, got -0.5"),
        (lambda x: F.hardshrink(x, -0.5), "lambd >= 0, got -0.5"),
        (lambda x: F.celu(x, 0.0), "alpha > 0, got 0.0"),
        (lambda x: F.softplus(x, beta=0.0), "beta other than 0"),
        (lambda x: F.gelu(x, approximate="fast"), "'none' or 'tanh', got 'fast'"),
        (F.glu, r"length 3 is odd \(shape \(2, 3\)\)"),
        (lambda x: F.glu(x[0, 0]), "without axes"),
        (lambda x: F.prelu(x, pellucid.ones(2)), r"got 2 slopes for an input of shape \(2, 3\); it needs 1, or 3"),
        (lambda x: F.heaviside(x, float("nan")), "got NaN"),
        (lambda x: nn.Hardtanh(1.0, 1.0), "max_val above min_val"),
        (lambda x: nn.Softshrink(-1.0), "lambd >= 0, got -1.0"),
        (lambda x: nn.Hardshrink(-1.0), "lambd >= 0, got -1.0"),
        (lambda x: nn.PReLU(0), "at least 1 slope"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(pellucid.ones(2, 3))
