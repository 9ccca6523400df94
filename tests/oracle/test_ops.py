"""Every operation against PyTorch: values, dtypes, gradients with a random cotangent; then finite differences."""

import importlib
import types

import numpy as np
import pytest
import torch
from tests.ops import (
    cases_arithmetic,
    cases_creation,
    cases_derived,
    cases_elementwise,
    cases_indexing,
    cases_reduction,
    cases_shape,
)

import pellucid
from pellucid.ops.methods import TensorMethods

FAMILIES = (
    cases_arithmetic,
    cases_creation,
    cases_derived,
    cases_elementwise,
    cases_indexing,
    cases_reduction,
    cases_shape,
)
CASES = [case for family in FAMILIES for case in family.CASES]
ROOMS = (
    "arithmetic",
    "comparison",
    "conversion",
    "creation",
    "derived",
    "elementwise",
    "indexing",
    "inplace",
    "linalg",
    "ordering",
    "reduction",
    "shape",
)
# Random numbers cannot be compared with PyTorch's; tests/test_random.py tests their laws.
DRAWN = {"bernoulli", "multinomial", "normal", "rand", "rand_like", "randint", "randn", "randn_like", "randperm"}
DRAWN |= {"uniform_", "normal_", "bernoulli_"}


def tensors(library, case, kind):
    """The inputs as tensors of the library; floats in the given dtype, requiring gradients."""
    made = []
    for array in case.inputs():
        x = library.from_numpy(np.array(array))
        made.append(x.to(getattr(library, kind)).requires_grad_() if array.dtype == np.float64 else x)
    return made


def outputs(result):
    """The result as a flat list of tensors and plain values."""
    return [part for item in result for part in outputs(item)] if isinstance(result, (tuple, list)) else [result]


def is_tensor(value):
    return isinstance(value, (pellucid.Tensor, torch.Tensor))


def array_of(value):
    return value.detach().numpy() if is_tensor(value) else value


def run(library, case, kind, cotangents=None):
    """The outputs, and the gradients of their sum weighted by random cotangents."""
    inputs = tensors(library, case, kind)
    found = outputs(case.call(library, *inputs))
    rng = np.random.default_rng(7)
    loss = None
    for y in found:
        if is_tensor(y) and y.requires_grad:
            c = library.from_numpy(np.asarray(rng.standard_normal(tuple(y.shape)))).to(y.dtype)
            term = (y * c).sum().to(getattr(library, kind))
            loss = term if loss is None else loss + term
    leaves = [x for x in inputs if x.requires_grad]
    if loss is not None:
        loss.backward()
    grads = [np.zeros(tuple(x.shape)) if x.grad is None else x.grad.numpy() for x in leaves]
    return found, grads, loss


def tolerance(dtype):
    return {"float16": (1e-3, 0), "float32": (1e-5, 1e-6)}.get(dtype, (1e-10, 1e-12))


@pytest.mark.filterwarnings(r"ignore:(var|std)\(\). degrees of freedom:UserWarning")  # PyTorch's
@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_values_dtypes_and_gradients_are_pytorchs(case, kind):
    ours, our_grads, our_loss = run(pellucid, case, kind)
    theirs, their_grads, their_loss = run(torch, case, kind)
    assert len(ours) == len(theirs)
    for y, z in zip(ours, theirs, strict=True):
        assert is_tensor(y) == is_tensor(z)
        rtol, atol = tolerance(kind if not is_tensor(y) else str(y.dtype))
        np.testing.assert_allclose(array_of(y), array_of(z), rtol=rtol, atol=atol)
        assert np.shape(array_of(y)) == np.shape(array_of(z))
        if is_tensor(z):
            assert str(z.dtype) == f"torch.{y.dtype}"
            assert y.requires_grad == z.requires_grad
    assert (our_loss is None) == (their_loss is None)
    for dx, dz in zip(our_grads, their_grads, strict=True):
        rtol, atol = tolerance(kind)
        np.testing.assert_allclose(dx, dz, rtol=10 * rtol, atol=10 * atol)


@pytest.mark.parametrize("case", [c for c in CASES if c.smooth and c.draws], ids=lambda c: c.name)
def test_gradients_are_the_limits_of_differences(case):
    found, grads, loss = run(pellucid, case, "float64")
    arrays = case.inputs()
    floats = [i for i, a in enumerate(arrays) if a.dtype == np.float64]
    rng = np.random.default_rng(7)
    weights = [rng.standard_normal(tuple(y.shape)) if is_tensor(y) and y.requires_grad else None for y in found]

    def weighted(changed):
        with pellucid.no_grad():
            ys = outputs(case.call(pellucid, *(pellucid.from_numpy(np.array(a)) for a in changed)))
        return sum(float((y.array * c).sum()) for y, c in zip(ys, weights, strict=True) if c is not None)

    for i, dx in zip(floats, grads, strict=True):
        if loss is None:
            break
        h = 1e-6
        for place in np.ndindex(arrays[i].shape):
            ends = []
            for step in (h, -h):
                changed = [a.copy() for a in arrays]
                changed[i][place] += step
                ends.append(weighted(changed))
            assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(dx[place], rel=1e-5, abs=1e-6)


def public(module):
    return [n for n in module.__all__ if isinstance(getattr(module, n), types.FunctionType)]


@pytest.mark.parametrize("room", ROOMS)
def test_every_operation_has_cases(room):
    tested = {case.op for case in CASES} | DRAWN
    assert sorted(set(public(importlib.import_module(f"pellucid.ops.{room}"))) - tested) == []


def test_every_method_of_a_tensor_is_an_operation_with_cases():
    tested = {case.op for case in CASES} | DRAWN
    modules = [importlib.import_module(f"pellucid.ops.{room}") for room in ROOMS]
    functions = {getattr(m, n): n for m in modules for n in public(m)}
    elsewhere = {"relu", "softmax", "log_softmax"}
    augmented = {"__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__"}
    bare = [
        name
        for name, method in vars(TensorMethods).items()
        if isinstance(method, (types.FunctionType, property))
        and functions.get(method, name) not in tested
        and name not in elsewhere | augmented
    ]
    assert bare == []
