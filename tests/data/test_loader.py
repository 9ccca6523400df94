import json
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid._tensor import Tensor
from pellucid.data.datasets import Dataset, Subset, TensorDataset
from pellucid.data.loader import DataLoader, default_collate
from pellucid.random import Generator, manual_seed


def rows(n: int) -> TensorDataset:
    return TensorDataset(np.arange(n))


def taken(batches) -> list[list[int]]:
    return [batch[0].array.tolist() for batch in batches]


@pytest.mark.parametrize("n", [1, 4, 5, 8])
@pytest.mark.parametrize("batch_size", [1, 2, 4, 9])
@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_and_length_are_those_of_pytorch(n, batch_size, drop_last):
    ours = DataLoader(rows(n), batch_size, drop_last=drop_last)
    theirs = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.arange(n)), batch_size, drop_last=drop_last
    )
    assert taken(ours) == [batch[0].tolist() for batch in theirs]
    assert len(ours) == len(theirs) == len(list(ours))


def test_a_batch_is_a_list_of_tensors():
    X, y = np.zeros((4, 2), np.float32), np.arange(4)
    (first, *_) = DataLoader(TensorDataset(X, y), batch_size=3)
    assert isinstance(first, list)
    assert [(type(part), part.array.shape, part.array.dtype) for part in first] == [
        (Tensor, (3, 2), np.float32),
        (Tensor, (3,), np.int64),
    ]


def test_a_batch_does_not_share_memory_with_the_data():
    X = np.zeros(4)
    for (batch,) in DataLoader(TensorDataset(X), batch_size=2):
        batch.array += 1
    assert X.tolist() == [0, 0, 0, 0]


def test_shuffling_gives_every_row_once_and_each_epoch_another_order():
    loader = DataLoader(rows(50), batch_size=8, shuffle=True, seed=0)
    first, second = ([i for batch in taken(loader) for i in batch] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first != list(range(50))


def test_the_order_depends_on_the_seed_only():
    def order(**options):
        return taken(DataLoader(rows(20), shuffle=True, **options))

    assert order(seed=1) == order(seed=1) != order(seed=2)
    assert order(generator=Generator(5)) == order(generator=Generator(5)) != order(generator=Generator(6))
    manual_seed(3)
    first = order()
    other = order()
    manual_seed(3)
    assert order() == first != other


def test_single_items_and_gathered_rows_have_the_same_order():
    class Items(Dataset[tuple[int]]):
        def __len__(self):
            return 9

        def __getitem__(self, index):
            return (index,)

    options = {"batch_size": 4, "shuffle": True, "seed": 4}
    assert taken(DataLoader(Items(), **options)) == taken(DataLoader(rows(9), **options))
    subset = Subset(rows(20), range(9))
    assert taken(DataLoader(subset, **options)) == taken(DataLoader(rows(9), **options))


def test_a_tensor_dataset_is_indexed_once_a_batch(monkeypatch):
    asked = []
    fetch = TensorDataset.__getitem__
    monkeypatch.setattr(TensorDataset, "__getitem__", lambda self, index: asked.append(index) or fetch(self, index))
    assert taken(DataLoader(Subset(rows(9), [8, 6, 4, 2, 0]), 2)) == [[8, 6], [4, 2], [0]]
    assert [index.tolist() for index in asked] == [[8, 6], [4, 2], [0]]


def test_a_collate_function_gets_the_samples():
    loader = DataLoader(rows(5), 2, collate_fn=lambda samples: sum(x.array.item() for (x,) in samples))
    assert list(loader) == [1, 5, 4]


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 6), st.booleans(), st.booleans(), st.integers(0, 60), st.integers(0, 99))
def test_a_resumed_loader_gives_exactly_the_batches_of_an_undisturbed_one(
    n, batch_size, shuffle, drop_last, consumed, seed
):
    def make(seed):
        return DataLoader(rows(n), batch_size, shuffle, drop_last=drop_last, seed=seed)

    undisturbed = make(seed)
    per_epoch = len(undisturbed)
    expected = [taken(undisturbed) for _ in range(4)]
    if per_epoch == 0:
        return
    epoch, batch = divmod(consumed % (3 * per_epoch), per_epoch)
    interrupted = make(seed)
    for _ in range(epoch):
        list(interrupted)
    if batch:
        iterator = iter(interrupted)
        for _ in range(batch):
            next(iterator)
    state = json.loads(json.dumps(interrupted.state_dict()))
    resumed = make(seed + 1)
    resumed.load_state_dict(state)
    assert resumed.state_dict() == state
    assert taken(resumed) == expected[epoch][batch:]
    assert taken(resumed) == expected[epoch + 1]


def test_the_state_counts_batches_handed_out():
    loader = DataLoader(rows(6), 2, seed=9)
    base = {"seed": 9, "rows": 6, "batch_size": 2}
    assert loader.state_dict() == base | {"epoch": 0, "batch": 0}
    iterator = iter(loader)
    assert loader.state_dict() == base | {"epoch": 0, "batch": 0}
    next(iterator)
    assert loader.state_dict() == base | {"epoch": 0, "batch": 1}
    list(iterator)
    assert loader.state_dict() == base | {"epoch": 1, "batch": 0}


def test_leaving_an_epoch_early_begins_the_next_one():
    loader = DataLoader(rows(6), 2, shuffle=True, seed=0)
    whole = DataLoader(rows(6), 2, shuffle=True, seed=0)
    next(iter(loader))
    taken(whole)
    assert taken(loader) == taken(whole)


def test_an_older_iterator_does_not_move_the_place():
    loader = DataLoader(rows(6), 2, seed=0)
    old = iter(loader)
    new = iter(loader)
    next(new)
    next(old)
    next(old)
    assert (loader.state_dict()["epoch"], loader.state_dict()["batch"]) == (1, 1)


def test_three_numbers_are_state_enough():
    loader = DataLoader(rows(6), 2)
    loader.load_state_dict({"seed": 3, "epoch": 2, "batch": 1})
    assert taken(loader) == [[2, 3], [4, 5]]
    assert loader.seed == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 7}, "counted with rows 7, this loader has 6"),
        ({"batch_size": 3}, "counted with batch_size 3, this loader has 2"),
        ({"batch": 4}, r"batch in 0\.\.3"),
        ({"batch": -1}, r"batch in 0\.\.3"),
        ({"epoch": -1}, "epoch must be at least 0"),
    ],
)
def test_a_state_of_another_loader_is_refused(change, message):
    loader = DataLoader(rows(6), 2, seed=0)
    with pytest.raises(ValueError, match=message):
        loader.load_state_dict(loader.state_dict() | change)
    with pytest.raises(ValueError, match="lacks epoch, batch; it has seed"):
        loader.load_state_dict({"seed": 1})


@pytest.mark.parametrize(
    "option",
    [
        {"sampler": [0]},
        {"batch_sampler": [[0]]},
        {"num_workers": 2},
        {"pin_memory": True},
        {"timeout": 1},
        {"worker_init_fn": print},
        {"multiprocessing_context": "spawn"},
        {"prefetch_factor": 2},
        {"persistent_workers": True},
        {"pin_memory_device": "cuda"},
        {"in_order": False},
    ],
)
def test_parameters_that_are_not_supported_are_named(option):
    with pytest.raises(NotImplementedError, match=next(iter(option))):
        DataLoader(rows(3), **option)


def test_defaults_of_pytorch_that_ask_for_nothing_are_accepted():
    assert len(DataLoader(rows(3), num_workers=0, pin_memory=False, shuffle=None, timeout=0)) == 3


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, True, None])
def test_impossible_batch_sizes_are_refused(batch_size):
    with pytest.raises(ValueError, match="batch_size must be a whole number of at least 1"):
        DataLoader(rows(3), batch_size)


def test_something_without_length_is_refused():
    with pytest.raises(TypeError, match="generator does not"):
        DataLoader(i for i in range(3))
    with pytest.raises(TypeError, match="set does not"):
        DataLoader({1, 2})


class Point(NamedTuple):
    x: int
    y: float


@pytest.mark.parametrize(
    "samples",
    [
        [1.5, 2.5],
        [1, 2],
        [True, False],
        [np.float32(1.5), np.float32(2.5)],
        [np.ones(2, np.float32), np.zeros(2, np.float32)],
        [(1.5, "a"), (2.5, "b")],
        [[1, 2.0], [3, 4.0]],
        [{"a": 1, "b": (1.0, "x")}, {"a": 2, "b": (2.0, "y")}],
        [Point(1, 2.0), Point(3, 4.0)],
    ],
)
def test_batches_are_made_as_in_pytorch(samples):
    def same(mine, theirs):
        if isinstance(theirs, torch.Tensor):
            assert isinstance(mine, Tensor)
            np.testing.assert_array_equal(mine.array, theirs.numpy())
            assert mine.array.dtype == theirs.numpy().dtype
        elif isinstance(theirs, dict):
            assert list(mine) == list(theirs)
            for key in theirs:
                same(mine[key], theirs[key])
        elif isinstance(theirs, (list, tuple)) and not isinstance(theirs, str):
            assert type(mine) in (type(theirs), list)
            for a, b in zip(mine, theirs, strict=True):
                same(a, b)
        else:
            assert mine == theirs

    same(default_collate(samples), torch.utils.data.default_collate(samples))


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        ([], ValueError, "at least one sample"),
        ([np.zeros(2), np.zeros(3)], ValueError, r"one shape, got \(2,\), \(3,\)"),
        ([(1, 2), (1,)], ValueError, "different lengths: 1, 2"),
        ([{"a": 1}, {"b": 1}], ValueError, "different keys"),
        ([object(), object()], TypeError, "no batch can be made of object"),
        ([Tensor(np.zeros(1), requires_grad=True)], ValueError, "detach"),
    ],
)
def test_samples_that_make_no_batch_are_refused(samples, error, message):
    with pytest.raises(error, match=message):
        default_collate(samples)
