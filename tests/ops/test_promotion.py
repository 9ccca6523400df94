"""The type of a result for every pair of operand types, as PyTorch chooses it."""

import itertools

import numpy as np
import pytest
import torch

import pellucid

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
NUMBERS = (True, 2, 2.5, np.float64(2.5))


def operand(library, dtype, shape):
    return library.ones(shape, dtype=getattr(library, dtype))


@pytest.mark.parametrize("operator", ["__add__", "__mul__", "__truediv__", "__lt__"])
@pytest.mark.parametrize(("left", "right"), list(itertools.product(((2,), ()), ((2,), ()))))
def test_two_tensors_give_pytorchs_type(operator, left, right):
    for a, b in itertools.product(DTYPES, DTYPES):
        y = getattr(operand(pellucid, a, left), operator)(operand(pellucid, b, right))
        z = getattr(operand(torch, a, left), operator)(operand(torch, b, right))
        assert f"torch.{y.dtype}" == str(z.dtype), (a, b)
        np.testing.assert_array_equal(y.numpy(), z.numpy())


@pytest.mark.parametrize("operator", ["__add__", "__radd__", "__mul__", "__truediv__", "__rtruediv__", "__lt__"])
@pytest.mark.parametrize("shape", [(2,), ()])
def test_a_tensor_and_a_python_number_give_pytorchs_type(operator, shape):
    for a, number in itertools.product(DTYPES, NUMBERS):
        y = getattr(operand(pellucid, a, shape), operator)(number)
        z = getattr(operand(torch, a, shape), operator)(number)
        assert f"torch.{y.dtype}" == str(z.dtype), (a, number)
        np.testing.assert_array_equal(y.numpy(), z.numpy())


@pytest.mark.parametrize("name", ["where", "maximum", "cat", "pow"])
def test_functions_of_two_tensors_give_pytorchs_type(name):
    for a, b in itertools.product(DTYPES, DTYPES):
        found = []
        for library in (pellucid, torch):
            x, w = operand(library, a, (2,)), operand(library, b, (2,))
            if name == "where":
                found.append(library.where(library.tensor([True, False]), x, w))
            elif name == "cat":
                found.append(library.cat([x, w]))
            elif a == b == "bool":  # PyTorch has no maximum and no power of two booleans; nothing to compare
                continue
            else:
                found.append(getattr(library, name)(x, w))
        if found:
            assert f"torch.{found[0].dtype}" == str(found[1].dtype), (a, b)


@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "exp", "sqrt", "sigmoid", "abs", "floor", "square"])
def test_functions_of_one_tensor_give_pytorchs_type(name):
    for a in DTYPES:
        if a == "bool" and name in ("abs", "floor"):
            continue  # refused by PyTorch
        args = (0,) if name == "cumsum" else ()
        y = getattr(operand(pellucid, a, (2,)), name)(*args)
        z = getattr(operand(torch, a, (2,)), name)(*args)
        assert f"torch.{y.dtype}" == str(z.dtype), a


def test_the_default_type_decides_what_python_floats_and_integers_become():
    before = pellucid.get_default_dtype()
    try:
        pellucid.set_default_dtype(pellucid.float64)
        assert pellucid.tensor([1.5]).dtype == pellucid.zeros(2).dtype == pellucid.float64
        assert (pellucid.tensor([1, 2]) / 2).dtype == pellucid.float64
        assert (pellucid.tensor([1.5], dtype=pellucid.float32) * 2.5).dtype == pellucid.float32
    finally:
        pellucid.set_default_dtype(before)
    with pytest.raises(TypeError, match=r"float16, float32, float64.*int64"):
        pellucid.set_default_dtype(pellucid.int64)


def test_integers_beyond_the_type_wrap_around_as_in_pytorch():
    x, z = pellucid.tensor([200], dtype=pellucid.uint8), torch.tensor([200], dtype=torch.uint8)
    assert (x + 100).tolist() == (z + 100).tolist() == [44]


def test_a_gradient_has_the_type_of_its_tensor():
    x = pellucid.ones(3, requires_grad=True)
    w = pellucid.ones(3, dtype=pellucid.float64, requires_grad=True)
    (x * w).sum().backward()
    assert x.grad.dtype == pellucid.float32
    assert w.grad.dtype == pellucid.float64
