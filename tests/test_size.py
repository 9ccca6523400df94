"""Sizes are what PyTorch's are."""

import pickle

import pytest
import torch

import pellucid as pl

USES = [
    lambda s: s,
    lambda s: s[1:],
    lambda s: s[:0],
    lambda s: s[::-1],
    lambda s: s + (7,),  # noqa: RUF005 - this is what people write
    lambda s: s + s[:1],
    lambda s: s[-1],
    lambda s: s.numel(),
    lambda s: s[1:].numel(),
    lambda s: s[:0].numel(),
    lambda s: s == (2, 3, 4),
    lambda s: [*s],
]


@pytest.mark.parametrize("use", USES)
def test_every_use_of_a_size_gives_pytorchs_result_and_kind(use):
    ours, theirs = use(pl.ones(2, 3, 4).shape), use(torch.ones(2, 3, 4).shape)
    assert ours == theirs
    assert repr(ours) == repr(theirs).replace("torch.", "")
    assert isinstance(ours, pl.Size) == isinstance(theirs, torch.Size)


def test_a_size_survives_pickling_and_makes_tensors():
    size = pl.ones(2, 3).shape
    assert repr(pickle.loads(pickle.dumps(size))) == "Size([2, 3])"
    assert pl.zeros(size[1:] + size).shape == (3, 2, 3)


def test_an_index_out_of_range_is_an_index_error():
    with pytest.raises(IndexError):
        pl.ones(2).shape[1]
