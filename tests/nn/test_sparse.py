"""Embedding and one-hot: rows by number, their gradients, refusals."""

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_rows_named_twice_add_up_their_gradients():
    W = pellucid.tensor(np.arange(6.0).reshape(3, 2), requires_grad=True)
    y = F.embedding(pellucid.tensor([[2, 0], [2, 2]]), W)
    assert y.tolist() == [[[4, 5], [0, 1]], [[4, 5], [4, 5]]]
    y.backward(pellucid.tensor(np.arange(8.0).reshape(2, 2, 2)))
    assert W.grad.tolist() == [[2, 3], [0, 0], [0 + 4 + 6, 1 + 5 + 7]]


def test_the_paddings_vector_starts_at_zero_and_stays_there():
    layer = nn.Embedding(4, 3, padding_idx=-1)
    assert layer.padding_idx == 3
    assert layer.weight[3].tolist() == [0, 0, 0]
    assert (layer.weight.array[:3] != 0).all()
    layer(pellucid.tensor([0, 3, 3])).sum().backward()
    assert layer.weight.grad.tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert layer.weight.is_leaf


def test_a_pretrained_table_is_frozen_unless_told_otherwise():
    table = pellucid.randn(4, 3)
    layer = nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    assert repr(layer) == repr(torch.nn.Embedding(4, 3))
    np.testing.assert_array_equal(layer(pellucid.tensor([2])).array[0], table.array[2])
    layer = nn.Embedding.from_pretrained(table.array, freeze=False, padding_idx=1, scale_grad_by_freq=True)
    assert layer.weight.requires_grad
    assert layer.padding_idx == 1
    assert layer.scale_grad_by_freq


def test_a_weight_given_is_the_table():
    W = pellucid.randn(4, 3)
    layer = nn.Embedding(4, 3, _weight=W)
    assert layer.weight.array is W.array


@pytest.mark.parametrize("index", [4, -1, 100])
def test_a_number_that_is_no_row_is_refused(index):
    with pytest.raises(IndexError, match=rf"embedding: {index} is out of range for 4 rows, which are numbered 0 to 3"):
        nn.Embedding(4, 3)(pellucid.tensor([0, index]))


@pytest.mark.parametrize(
    ("option", "value"),
    [("max_norm", 1.0), ("norm_type", 1.0), ("sparse", True)],
    ids=["max_norm", "norm_type", "sparse"],
)
def test_what_is_not_supported_is_refused_by_name(option, value):
    with pytest.raises(NotImplementedError, match=option):
        nn.Embedding(4, 3, **{option: value})
    with pytest.raises(NotImplementedError, match=option):
        nn.Embedding.from_pretrained(pellucid.ones(4, 3), **{option: value})
    with pytest.raises(NotImplementedError, match=option):
        F.embedding(pellucid.tensor([0]), pellucid.ones(4, 3), **{option: value})


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Embedding(0, 3), ValueError, "at least 1, got 0 and 3"),
        (lambda: nn.Embedding(4, 3, padding_idx=4), ValueError, "padding_idx 4 is no row of 4"),
        (lambda: nn.Embedding(4, 3, _weight=pellucid.ones(3, 4)), ValueError, "weight of shape"),
        (lambda: nn.Embedding.from_pretrained(pellucid.ones(3)), ValueError, r"needs a matrix, got shape \(3,\)"),
        (lambda: F.embedding(pellucid.tensor([0]), pellucid.ones(4, 3), padding_idx=9), ValueError, "no row"),
        (lambda: F.embedding(pellucid.tensor([0]), pellucid.ones(4)), ValueError, r"\(rows, features\), got \(4,\)"),
        (lambda: nn.Embedding(4, 3)(pellucid.ones(2)), TypeError, r"integers, got float32; convert them with \.long"),
        (lambda: F.one_hot(pellucid.ones(2)), TypeError, "integers, got float32"),
        (lambda: F.one_hot(pellucid.tensor([2]), 2), IndexError, "one_hot: 2 is out of range for 2"),
        (lambda: F.one_hot(pellucid.tensor([-1, 0])), IndexError, "one_hot: -1 is out of range"),
        (lambda: F.one_hot(pellucid.zeros(0, dtype=pellucid.int64)), ValueError, "give num_classes"),
        (lambda: F.one_hot(pellucid.tensor([0]), 0), ValueError, "at least 1, or -1 to count them, got 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
@pytest.mark.parametrize("n", [-1, 4, 6])
def test_one_hot_is_pytorchs(shape, n):
    x = np.asarray(np.random.default_rng(0).integers(0, 4, shape))
    if n == -1 and x.size == 0:
        return
    y, expected = F.one_hot(pellucid.tensor(x), n), torch.nn.functional.one_hot(torch.tensor(x), n).numpy()
    np.testing.assert_array_equal(y.array, expected, strict=True)
