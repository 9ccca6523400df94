"""Padding and packing against PyTorch, with gradients."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import rnn as torch_rnn

import pellucid
from pellucid.nn.utils import rnn


def same(a, b):
    if a is None:
        assert b is None
        return
    np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy(), strict=True)


def both(array):
    return pellucid.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)


lists_of_lengths = st.lists(st.integers(1, 5), min_size=1, max_size=6, unique=True)  # PyTorch's sort is not stable


@settings(max_examples=20, deadline=None)
@given(
    lengths=lists_of_lengths,
    batch_first=st.booleans(),
    inner=st.sampled_from([(), (2,), (2, 1)]),
    more=st.integers(0, 2),
)
def test_packing_and_padding_are_pytorchs_both_ways(lengths, batch_first, inner, more):
    T, B = max(lengths) + 1, len(lengths)
    array = np.random.default_rng(0).normal(size=(B, T, *inner) if batch_first else (T, B, *inner))
    x, x_expected = both(array)
    packed = rnn.pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False)
    expected = torch_rnn.pack_padded_sequence(x_expected, torch.tensor(lengths), batch_first, enforce_sorted=False)
    for a, b in zip(packed, expected, strict=True):
        same(a, b)
    total = max(lengths) + more
    padded, steps = rnn.pad_packed_sequence(packed, batch_first, 9.5, total)
    padded_expected, steps_expected = torch_rnn.pad_packed_sequence(expected, batch_first, 9.5, total)
    same(padded, padded_expected)
    same(steps, steps_expected)
    dy = np.random.default_rng(1).normal(size=padded.shape)
    padded.backward(pellucid.tensor(dy))
    padded_expected.backward(torch.tensor(dy))
    same(x.grad, x_expected.grad)


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("padding_side", ["left", "right"])
def test_padding_is_pytorchs_on_either_side(batch_first, padding_side):
    pairs = [both(np.random.default_rng(n).normal(size=(n, 2))) for n in (2, 4, 0, 1)]
    ours, theirs = zip(*pairs, strict=True)
    y = rnn.pad_sequence(ours, batch_first, -1.0, padding_side)
    y_expected = torch_rnn.pad_sequence(theirs, batch_first, -1.0, padding_side)
    same(y, y_expected)
    dy = np.random.default_rng(1).normal(size=y.shape)
    y.backward(pellucid.tensor(dy))
    y_expected.backward(torch.tensor(dy))
    for a, b in pairs:
        same(a.grad, b.grad)


def test_integers_stay_integers_and_sorted_sequences_carry_no_order():
    tokens = [[5, 6, 7], [8]]
    packed = rnn.pack_sequence([pellucid.tensor(t) for t in tokens])
    expected = torch_rnn.pack_sequence([torch.tensor(t) for t in tokens])
    for a, b in zip(packed, expected, strict=True):
        same(a, b)
    same(rnn.pad_packed_sequence(packed)[0], torch_rnn.pad_packed_sequence(expected)[0])


def test_sequences_come_back_from_packing_and_padding():
    sequences = [pellucid.randn(n, 2) for n in (2, 4, 1)]
    for a, b in zip(rnn.unpack_sequence(rnn.pack_sequence(sequences, enforce_sorted=False)), sequences, strict=True):
        same(a, b)
    for batch_first in (False, True):
        padded = rnn.pad_sequence(sequences, batch_first)
        for a, b in zip(rnn.unpad_sequence(padded, pellucid.tensor([2, 4, 1]), batch_first), sequences, strict=True):
            same(a, b)


def test_a_permutation_is_inverted():
    same(rnn.invert_permutation(pellucid.tensor([2, 0, 1])), torch_rnn.invert_permutation(torch.tensor([2, 0, 1])))
    assert rnn.invert_permutation(None) is None


def test_a_packed_sequence_is_converted_copied_and_made_of_a_pair():
    packed = rnn.pack_sequence([pellucid.randn(1, 2), pellucid.randn(3, 2)], enforce_sorted=False)
    assert packed.double().data.dtype == np.float64
    assert packed.double().float().data.dtype == np.float32
    assert packed.float() is packed
    assert packed.cpu() is packed
    other = copy.deepcopy(packed)
    assert isinstance(other, rnn.PackedSequence)
    same(other.unsorted_indices, packed.unsorted_indices)
    same(rnn.PackedSequence((packed.data, packed.batch_sizes)).data, packed.data)
    derived = rnn.PackedSequence(packed.data, packed.batch_sizes, packed.sorted_indices)
    same(derived.unsorted_indices, packed.unsorted_indices)


def test_lengths_that_do_not_fit_are_refused():
    x = pellucid.ones(4, 2, 3)
    with pytest.raises(RuntimeError, match="an integer length for each"):
        rnn.pack_padded_sequence(x, [1])
    with pytest.raises(RuntimeError, match="an integer length for each"):
        rnn.pack_padded_sequence(x, [1.5, 1.0])
    with pytest.raises(ValueError, match="between 1 and 4, got"):
        rnn.pack_padded_sequence(x, [5, 1])
    with pytest.raises(ValueError, match="between 1 and 4, got"):
        rnn.pack_padded_sequence(x, [4, 0])
    with pytest.raises(RuntimeError, match="enforce_sorted=False"):
        rnn.pack_padded_sequence(x, [1, 2])
    with pytest.raises(ValueError, match="total_length is 3, but the longest sequence has 4 steps"):
        rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, [4, 1]), total_length=3)
    with pytest.raises(ValueError, match="differ in their first size only"):
        rnn.pad_sequence([pellucid.ones(2, 3), pellucid.ones(2, 2)])
    with pytest.raises(ValueError, match="differ in their first size only"):
        rnn.pad_sequence([])
    with pytest.raises(ValueError, match="'left' or 'right', got 'top'"):
        rnn.pad_sequence([pellucid.ones(2)], padding_side="top")
    with pytest.raises(ValueError, match="2 sequences need as many lengths, got 1"):
        rnn.unpad_sequence(x, pellucid.tensor([1]))
