"""Every loss that pellucid.nn exports, found by being there: numbers, gradients, options, refusals."""

import inspect
import warnings

import numpy as np
import pytest
import torch
from tests.contract.loss_cases import CASES, SMOOTH

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

LOSSES = sorted(n for n in nn.__all__ if isinstance(getattr(nn, n), type) and issubclass(getattr(nn, n), Loss))
FUNCTIONS = sorted(n for n in F.__all__ if n.endswith("_loss") or n in ("cross_entropy", "kl_div") or "_cross_" in n)
REDUCTIONS = ["none", "mean", "sum"]

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_loss = pytest.mark.parametrize("name", LOSSES)
every_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def built(package, make, case, reduction, without=None):
    options = {k: v for k, v in case.options.items() if k != without}
    options = {k: make(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    return getattr(package, case.loss)(**options, reduction=reduction)


def ours(case, reduction="mean", dtype=np.float64, arguments=None, without=None):
    """Return the value and the gradients of a case in Pellucid, under a fixed random cotangent."""
    values = [a.astype(dtype) if a.dtype.kind == "f" else a for a in arguments or case.arguments]
    tensors = [pellucid.Tensor(a.copy(), requires_grad=i < case.differentiable) for i, a in enumerate(values)]
    loss = built(nn, lambda w: pellucid.Tensor(w.astype(dtype)), case, reduction, without)
    y = loss(*tensors)
    if case.differentiable:
        y.backward(pellucid.Tensor(cotangent(y.shape).astype(dtype)))
    return y.detach().numpy(), [x.grad.numpy() for x in tensors[: case.differentiable]]


def theirs(case, reduction="mean", arguments=None):
    """Return the same in PyTorch; it warns of its own conventions, which is not ours to fix."""
    values = arguments or case.arguments
    tensors = [torch.tensor(a, requires_grad=i < case.differentiable) for i, a in enumerate(values)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = built(torch.nn, torch.tensor, case, reduction)(*tensors)
    if case.differentiable:
        y.backward(torch.tensor(cotangent(tuple(y.shape))))
    return y.detach().numpy(), [x.grad.numpy() for x in tensors[: case.differentiable]]


def cotangent(shape):
    return np.asarray(np.random.default_rng(7).normal(size=shape))


def assert_same(a, b, rtol=1e-10, atol=1e-13):
    for one, other in zip([a[0], *a[1]], [b[0], *b[1]], strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)


def test_every_exported_loss_has_cases_and_no_case_is_of_a_loss_that_is_not_exported():
    assert {case.loss for case in CASES} == set(LOSSES)
    assert len(LOSSES) >= 20


@every_reduction
@every_case
def test_value_and_gradients_equal_pytorch(case, reduction):
    assert_same(ours(case, reduction), theirs(case, reduction))


@pytest.mark.parametrize("case", [c for c in SMOOTH if c.differentiable], ids=str)
def test_gradients_equal_finite_differences(case):
    loss = built(nn, pellucid.Tensor, case, "none")
    tensors = [pellucid.Tensor(a.copy(), requires_grad=i < case.differentiable) for i, a in enumerate(case.arguments)]
    assert gradcheck(loss, tensors, rtol=1e-6, atol=1e-7)


@every_case
def test_float32_stays_float32_and_agrees_with_float64(case):
    value, gradients = ours(case, dtype=np.float32)
    assert {value.dtype, *(g.dtype for g in gradients)} == {np.dtype(np.float32)}
    assert_same((value, gradients), ours(case), rtol=2e-5, atol=2e-6)


@every_loss
def test_constructor_has_the_parameters_and_defaults_of_pytorch(name):
    def parameters(package):
        return [(p.name, p.default) for p in inspect.signature(getattr(package, name)).parameters.values()]

    assert parameters(nn) == parameters(torch.nn)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_the_parameters_and_defaults_of_pytorch(name):
    def parameters(package):
        return [(p.name, p.default) for p in inspect.signature(getattr(package, name)).parameters.values()]

    assert parameters(F) == parameters(torch.nn.functional)


def test_every_loss_has_its_function():
    assert len(FUNCTIONS) == len(LOSSES)


@every_loss
def test_every_option_appears_in_a_case(name):
    options = set(inspect.signature(getattr(nn, name)).parameters) - {"size_average", "reduce", "reduction"}
    assert options == {option for case in CASES if case.loss == name for option in case.options}


@pytest.mark.parametrize(
    ("case", "option"), [pytest.param(c, o, id=f"{c}-without-{o}") for c in CASES for o in c.options]
)
def test_every_option_changes_the_result(case, option):
    with_it, without_it = ours(case, "none")[0], ours(case, "none", without=option)[0]
    assert np.max(np.abs(with_it - without_it)) > 1e-4  # the comparison with PyTorch holds to 1e-10


@every_reduction
@pytest.mark.parametrize("case", [c for c in CASES if c.arguments[0].ndim == 2 and not c.options], ids=str)
def test_an_empty_batch_gives_what_pytorch_gives_and_its_mean_is_nan(case, reduction):
    nothing = [a[:0] for a in case.arguments]
    found = ours(case, reduction, arguments=nothing)
    if reduction == "mean":
        assert np.isnan(found[0])
    # Two of PyTorch's margin losses call the mean of nothing 0, unlike all others.
    if reduction != "mean" or case.loss not in ("MultiMarginLoss", "MultiLabelMarginLoss"):
        assert_same(found, theirs(case, reduction, arguments=nothing))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@every_case
def test_nan_is_never_hidden(case, reduction):
    first, *others = case.arguments
    value, _ = ours(case, reduction, arguments=[np.full_like(first, np.nan), *others])
    assert np.isnan(value)


def enlarged(case, size):
    """The case's arguments with the first as large as `size`, or at the ends of what it may be."""
    first, *others = case.arguments
    if case.loss == "BCELoss":
        return [np.round(first), *others]
    if "log_input" in case.options:
        return [np.full_like(first, size), *others]
    return [np.where(first > 0, size, -size), *others]


@every_case
def test_large_inputs_give_the_value_of_pytorch(case):
    # e^500 is finite in float64, e^1000 is not: PyTorch's soft margin loss itself overflows beyond.
    large = enlarged(case, 500.0)
    np.testing.assert_allclose(ours(case, arguments=large)[0], theirs(case, arguments=large)[0], rtol=1e-10)


@every_case
def test_the_largest_inputs_give_no_warning(case):
    value, gradients = ours(case, dtype=np.float32, arguments=enlarged(case, 3e38))
    assert {value.dtype, *(g.dtype for g in gradients)} == {np.dtype(np.float32)}


@every_loss
def test_an_unknown_reduction_is_refused(name):
    with pytest.raises(ValueError, match=r"'none', 'mean' or 'sum', got 'average'"):
        getattr(nn, name)(reduction="average")


@pytest.mark.parametrize("old", ["size_average", "reduce"])
@every_loss
def test_the_deprecated_reductions_are_refused_by_name(name, old):
    if old not in inspect.signature(getattr(nn, name)).parameters:
        with pytest.raises(TypeError, match=old):
            getattr(nn, name)(**{old: True})
    else:
        with pytest.raises(NotImplementedError, match=old):
            getattr(nn, name)(**{old: False})


@pytest.mark.parametrize("case", [c for c in SMOOTH if c.arguments[0].shape == (4, 3) and not c.options], ids=str)
def test_shapes_that_would_broadcast_are_refused(case):
    first, *others = [pellucid.Tensor(a) for a in case.arguments]
    loss = getattr(nn, case.loss)()
    with pytest.raises((ValueError, IndexError), match=r"shape|out of range for 1 classes"):
        loss(first[:, :1], *others)
    with pytest.raises(ValueError, match="shape"):
        loss(first, *[x[:1] for x in others])


@every_loss
def test_state_has_the_keys_of_pytorch(name):
    cases = [case for case in CASES if case.loss == name]
    for case in cases:
        mine, torchs = built(nn, pellucid.Tensor, case, "mean"), built(torch.nn, torch.tensor, case, "mean")
        assert set(mine.state_dict()) == set(torchs.state_dict())


@every_case
def test_the_sum_is_the_sum_of_what_none_returns(case):
    each, total = ours(case, "none")[0], ours(case, "sum")[0]
    np.testing.assert_allclose(total, each.sum(), rtol=1e-12, atol=1e-13)
