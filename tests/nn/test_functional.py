"""Functions that have no layer of their own, and what nn.functional promises as a whole."""

import inspect

import numpy as np
import pytest
import torch
import torch.nn.functional as torch_F

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F

OURS_ALONE = {"apply_rotary", "heaviside"}
"""Names that PyTorch keeps elsewhere (torch.heaviside) or lacks."""


def test_every_function_is_one_of_pytorchs():
    assert {name for name in F.__all__ if not hasattr(torch_F, name)} == OURS_ALONE


def test_every_function_can_be_called():
    assert all(callable(getattr(F, name)) for name in F.__all__)


@pytest.mark.parametrize(
    "pad", [(1, 2), (0, 1, 2, 0), (1, 1, 0, 2, 3, 0), (-1, 2), (-1, -1), (2, -1, -1, 1), (), (3, -3)]
)
@pytest.mark.parametrize("value", [None, 1.5])
def test_pad_is_pytorchs_also_where_it_cuts_off(pad, value):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    a, b = torch.tensor(x, requires_grad=True), pellucid.tensor(x, requires_grad=True)
    expected = torch_F.pad(a, pad, value=value)
    y = F.pad(b, pad, value=value)
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy(), strict=True)
    dy = np.random.default_rng(1).normal(size=y.shape)
    expected.backward(torch.tensor(dy))
    y.backward(pellucid.tensor(dy))
    np.testing.assert_array_equal(b.grad.numpy(), a.grad.numpy(), strict=True)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("pad", [(1, 2), (3, 0), (0, 3), (2, 1, 1, 2), (-1, 2), (-1, -1), (1, 1, 1, 0, 1, 1)])
def test_pad_repeats_elements_as_pytorch_does(mode, pad):
    x = np.random.default_rng(0).normal(size=(2, 2, 3, 3, 4)[-len(pad) // 2 - 2 :])
    a, b = torch.tensor(x, requires_grad=True), pellucid.tensor(x, requires_grad=True)
    expected = torch_F.pad(a, pad, mode=mode)
    y = F.pad(b, pad, mode=mode)
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy(), strict=True)
    dy = np.random.default_rng(1).normal(size=y.shape)
    expected.backward(torch.tensor(dy))
    y.backward(pellucid.tensor(dy))
    np.testing.assert_allclose(b.grad.numpy(), a.grad.numpy(), rtol=1e-13, strict=True)


def test_pad_keeps_integers_and_refuses_what_it_cannot_do():
    assert F.pad(pellucid.tensor([1, 2]), (1, 1)).dtype == np.int64
    x = pellucid.ones(2, 3)
    with pytest.raises(ValueError, match=r"modes 'constant', 'reflect', 'replicate' and 'circular', got 'mirror'"):
        F.pad(x, (1, 1), mode="mirror")
    with pytest.raises(ValueError, match=r"a value \(2\) has no meaning in mode 'circular'"):
        F.pad(x, (1, 1), mode="circular", value=2)
    for mode, border in [("reflect", 3), ("circular", 4)]:
        with pytest.raises(ValueError, match=rf"'{mode}' makes no borders of \(0, {border}\) from the 3 elements"):
            F.pad(x, (0, border), mode=mode)
    with pytest.raises(ValueError, match="from the 0 elements"):
        F.pad(pellucid.ones(2, 0), (1, 1), mode="replicate")
    for pad in [(1,), (1, 1, 1, 1, 1, 1)]:
        with pytest.raises(ValueError, match=r"\(before, after\) for at most the 2 axes"):
            F.pad(x, pad)
    for pad in [(-4, 0), (-2, -2), (-4, 4)]:
        with pytest.raises(ValueError, match="cuts more off"):
            F.pad(x, pad)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("dim", [0, 1, -1, (0, 2)])
def test_normalize_is_pytorchs(p, dim):
    if isinstance(dim, tuple) and p not in (1.0, 2.0):
        dim = 2
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    a, b = torch.tensor(x, requires_grad=True), pellucid.tensor(x, requires_grad=True)
    expected, y = torch_F.normalize(a, p, dim), F.normalize(b, p, dim)
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-12)
    dy = np.random.default_rng(1).normal(size=y.shape)
    expected.backward(torch.tensor(dy))
    y.backward(pellucid.tensor(dy))
    np.testing.assert_allclose(b.grad.numpy(), a.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_normalize_leaves_a_zero_vector_at_zero():
    x = pellucid.zeros(1, 3, requires_grad=True)
    y = F.normalize(x)
    y.sum().backward()
    assert y.tolist() == [[0, 0, 0]]
    assert np.isfinite(x.grad.array).all()
    assert F.normalize(pellucid.full((1, 4), 1.0), eps=8.0).tolist() == [[0.125, 0.125, 0.125, 0.125]]


def test_cosine_similarity_below_eps_has_the_gradient_of_what_it_computes():
    # PyTorch computes the same values, with the gradient as if the lengths had not been held at eps.
    x1, x2 = np.random.default_rng(0).normal(size=(2, 4, 3))
    y = F.cosine_similarity(pellucid.tensor(x1), pellucid.tensor(x2), eps=4.0)
    expected = torch_F.cosine_similarity(torch.tensor(x1), torch.tensor(x2), eps=4.0)
    np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-12)
    inputs = [pellucid.tensor(x, requires_grad=True) for x in (x1, x2)]
    assert gradcheck(lambda a, b: F.cosine_similarity(a, b, eps=4.0), inputs, atol=1e-7, rtol=1e-6)


def test_cosine_similarity_knows_equal_opposite_and_zero_vectors():
    x = pellucid.tensor([[3.0, 4.0], [3.0, 4.0], [0.0, 0.0]])
    w = pellucid.tensor([[6.0, 8.0], [-3.0, -4.0], [1.0, 1.0]])
    np.testing.assert_allclose(F.cosine_similarity(x, w).array, [1, -1, 0], atol=1e-6)


def test_distances_broadcast_as_pytorchs():
    x1, x2 = np.random.default_rng(0).normal(size=(4, 3)), np.random.default_rng(1).normal(size=3)
    for name in ("pairwise_distance", "cosine_similarity"):
        expected = getattr(torch_F, name)(torch.tensor(x1), torch.tensor(x2))
        np.testing.assert_allclose(
            getattr(F, name)(pellucid.tensor(x1), pellucid.tensor(x2)).numpy(), expected.numpy(), rtol=1e-10
        )


def test_bilinear_by_hand():
    # y = x1 W x2 + b = 2 * 3 * 5 + 1 for single numbers.
    one = [pellucid.tensor([v]) for v in (2.0, 5.0)]
    assert F.bilinear(*one, pellucid.tensor([[[3.0]]]), pellucid.tensor([1.0])).tolist() == [31]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 3), (4, 2), (5, 3, 3)), r"inputs of shapes \(4, 3\) and \(4, 2\) with a weight of \(5, 3, 3\)"),
        (((4, 3), (5, 2), (5, 3, 2)), r"the inputs alike before their last axis"),
        (((4, 3), (4, 2), (3, 2)), r"a weight of \(3, 2\)"),
        (((4, 3), (4, 2), (5, 3, 2), (4,)), r"needs a bias of \(5,\), got \(4,\)"),
    ],
)
def test_bilinear_refuses_what_does_not_fit(shapes, message):
    with pytest.raises(ValueError, match=message):
        F.bilinear(*(pellucid.ones(*shape) for shape in shapes))


def test_linear_layers_refuse_what_does_not_fit_with_both_shapes():
    with pytest.raises(RuntimeError, match=r"3 inputs and 2 outputs got an input of shape \(5, 4\)"):
        nn.Linear(3, 2)(pellucid.ones(5, 4))
    with pytest.raises(RuntimeError, match="float64"):
        nn.Linear(3, 2)(pellucid.ones(5, 3, dtype=pellucid.float64))
    with pytest.raises(ValueError, match="at least 1, got 0 inputs and 2 outputs"):
        nn.Linear(0, 2)
    with pytest.raises(ValueError, match="at least 1, got 3 and 0 inputs and 2 outputs"):
        nn.Bilinear(3, 0, 2)


def test_rearranging_layers_refuse_what_does_not_fit():
    with pytest.raises(RuntimeError, match="cannot be reshaped"):
        nn.Unflatten(1, (2, 2))(pellucid.ones(2, 6))
    with pytest.raises(RuntimeError, match="start_dim 2 comes after end_dim 1"):
        nn.Flatten(2, 1)(pellucid.ones(2, 3, 4))
    with pytest.raises(IndexError, match="out of range"):
        nn.Flatten()(pellucid.ones(2))
    with pytest.raises(TypeError, match="axis as an integer, got str"):
        nn.Unflatten("features", (2, 2))
    with pytest.raises(TypeError, match="tuple of sizes, got 3"):
        nn.Unflatten(1, 3)
    with pytest.raises(TypeError, match="tuple of sizes"):
        nn.Unflatten(1, (2, 1.5))


def test_every_function_has_pytorchs_parameters_and_defaults():
    # But for the first one's name, and for what only PyTorch's own machinery reads.
    checked = 0
    for name in F.__all__:
        try:
            # Pooling chooses one of two functions by return_indices; this one has the parameters of both.
            function = getattr(torch_F, f"{name}_with_indices", getattr(torch_F, name, None))
            theirs = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):  # written in C++, without a signature
            continue
        expected = [(p.name, p.default) for p in theirs if p.name not in ("_stacklevel", "out")]
        ours = [(p.name, p.default) for p in inspect.signature(getattr(F, name)).parameters.values()]
        assert ours[1 : len(expected)] == expected[1:], name
        checked += 1
    assert checked > 40
