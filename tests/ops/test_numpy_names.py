"""NumPy's names of parameters; the values are compared with PyTorch's in the cases of each operation."""

import inspect

import pytest

import pellucid as pl


def test_one_parameter_under_two_names_is_refused():
    x = pl.ones(2, 3)
    with pytest.raises(TypeError, match="both dim and axis"):
        x.sum(dim=0, axis=1)
    with pytest.raises(TypeError, match="both keepdim and keepdims"):
        x.mean(0, keepdim=True, keepdims=False)
    with pytest.raises(TypeError, match="'dim'"):
        x.sum(0, axis=1)


def test_functions_without_keepdim_take_no_keepdims():
    with pytest.raises(TypeError, match="keepdim"):
        pl.cat([pl.ones(2)], keepdims=True)


def test_the_signature_stays_the_documented_one():
    assert list(inspect.signature(pl.amax).parameters) == ["x", "dim", "keepdim"]


@pytest.mark.parametrize("name", ["any", "all", "unsqueeze", "squeeze", "softmax", "log_softmax"])
def test_the_axis_of_every_other_function_has_both_names(name):
    x = pl.tensor([[[True], [False]]]) if name in ("any", "all") else pl.tensor([[[1.0], [2.0]]])
    assert pl.equal(getattr(pl, name)(x, axis=0), getattr(pl, name)(x, dim=0))


def test_joining_and_taking_apart_have_both_names():
    x = pl.arange(6).reshape(2, 3)
    assert pl.cat([x, x], axis=1).shape == (2, 6)
    assert pl.stack([x, x], axis=1).shape == (2, 2, 3)
    assert [part.tolist() for part in x.unbind(axis=1)] == [[0, 3], [1, 4], [2, 5]]
    assert [tuple(part.shape) for part in x.chunk(3, axis=1)] == [(2, 1)] * 3
