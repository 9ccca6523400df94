"""Bags of embeddings: hand-worked, against PyTorch where they agree, refusals."""

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F

TABLE = np.asarray([[1.0, 5.0], [2.0, 4.0], [3.0, 9.0]])


def test_each_mode_by_hand():
    x, offsets = pellucid.tensor([0, 2, 2, 1]), pellucid.tensor([0, 3, 3])
    for mode, expected in [
        ("sum", [[7, 23], [0, 0], [2, 4]]),
        ("mean", [[7 / 3, 23 / 3], [0, 0], [2, 4]]),
        ("max", [[3, 9], [0, 0], [2, 4]]),
    ]:
        np.testing.assert_allclose(F.embedding_bag(x, pellucid.tensor(TABLE), offsets, mode=mode).array, expected)


def test_weights_of_the_places_are_pytorchs_with_their_gradient():
    rng = np.random.default_rng(0)
    x, s, dy = rng.integers(0, 3, (2, 4)), rng.normal(size=(2, 4)), rng.normal(size=(2, 2))
    for padding in (None, 1):
        a, b = (torch.tensor(v, requires_grad=True) for v in (TABLE, s))
        options = {"mode": "sum", "padding_idx": padding}
        expected = torch.nn.functional.embedding_bag(torch.tensor(x), a, per_sample_weights=b, **options)
        expected.backward(torch.tensor(dy))
        W, w = (pellucid.tensor(v, requires_grad=True) for v in (TABLE, s))
        y = F.embedding_bag(pellucid.tensor(x), W, per_sample_weights=w, **options)
        y.backward(pellucid.tensor(dy))
        np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(W.grad.numpy(), a.grad.numpy(), rtol=1e-12)
        np.testing.assert_allclose(w.grad.numpy(), b.grad.numpy(), rtol=1e-12)


def test_a_gradient_scaled_by_frequency_is_divided_by_the_count_of_its_own_row():
    W = pellucid.tensor(TABLE, requires_grad=True)
    F.embedding_bag(pellucid.tensor([[0, 2, 2], [1, 2, 0]]), W, mode="sum", scale_grad_by_freq=True).backward(
        pellucid.tensor(np.asarray([[1.0, 10.0], [100.0, 1000.0]]))
    )
    # Row 0 occurs once in each bag, row 1 in the second alone, row 2 twice in the first and once in the second.
    np.testing.assert_allclose(W.grad.array, [[101 / 2, 1010 / 2], [100, 1000], [102 / 3, 1020 / 3]])


def test_a_pretrained_table_is_frozen_unless_told_otherwise():
    layer = nn.EmbeddingBag.from_pretrained(TABLE, mode="max")
    assert not layer.weight.requires_grad
    assert layer(pellucid.tensor([[0, 1]])).tolist() == [[2, 5]]
    assert nn.EmbeddingBag.from_pretrained(TABLE, freeze=False).weight.requires_grad
    assert nn.EmbeddingBag(3, 2, padding_idx=-1).weight[2].tolist() == [0, 0]
    assert repr(nn.EmbeddingBag(3, 2, padding_idx=1)) == repr(torch.nn.EmbeddingBag(3, 2, padding_idx=1))


def test_what_does_not_fit_is_refused():
    W, x, flat = pellucid.tensor(TABLE), pellucid.tensor([[0, 1]]), pellucid.tensor([0, 1])
    offsets = pellucid.tensor([0, 1])
    for message, call in [
        ("mode is one of sum, mean, max", lambda: F.embedding_bag(x, W, mode="min")),
        ("does not go with mode 'max'", lambda: F.embedding_bag(x, W, mode="max", scale_grad_by_freq=True)),
        ("need as many weights", lambda: F.embedding_bag(x, W, mode="sum", per_sample_weights=pellucid.ones(2))),
        ("without offsets, or", lambda: F.embedding_bag(x, W, offsets)),
        ("without offsets, or", lambda: F.embedding_bag(flat, W)),
        ("rising from 0 to at most 2", lambda: F.embedding_bag(flat, W, pellucid.tensor([0, 3]))),
        ("rising from 0", lambda: F.embedding_bag(flat, W, pellucid.tensor([1, 2]))),
        ("rising from 0", lambda: F.embedding_bag(flat, W, pellucid.tensor([0, 2, 1]))),
        ("ending with 2", lambda: F.embedding_bag(flat, W, offsets, include_last_offset=True)),
        ("in no bag", lambda: F.embedding_bag(flat, W, pellucid.tensor([]).long())),
        ("padding_idx 3 is no row", lambda: F.embedding_bag(x, W, padding_idx=3)),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(IndexError, match="3 is out of range"):
        F.embedding_bag(x + 2, W)
    with pytest.raises(TypeError, match="integers as offsets"):
        F.embedding_bag(flat, W, pellucid.tensor([0.0]))
    with pytest.raises(NotImplementedError, match="per_sample_weights is for mode 'sum'"):
        F.embedding_bag(x, W, per_sample_weights=pellucid.ones(1, 2))
    with pytest.raises(NotImplementedError, match="max_norm"):
        nn.EmbeddingBag(3, 2, max_norm=1.0)
