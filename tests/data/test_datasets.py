import numpy as np
import pytest
import torch

from pellucid._tensor import Tensor
from pellucid.data.datasets import Dataset, Subset, TensorDataset, gather, random_split
from pellucid.random import Generator


class Squares(Dataset[int]):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return index**2


def test_a_row_is_that_of_every_tensor():
    X, y = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([7, 8, 9])
    dataset = TensorDataset(Tensor(X), y)
    row = dataset[-1]
    assert isinstance(row, tuple)
    assert all(isinstance(part, Tensor) for part in row)
    assert [part.array.tolist() for part in row] == [[4.0, 5.0], 9]
    assert [part.array.dtype for part in row] == [np.float32, np.int64]
    assert len(dataset) == 3
    with pytest.raises(IndexError):
        dataset[3]


def test_an_array_or_slice_of_indices_gives_its_rows():
    dataset = TensorDataset(np.arange(5) * 10)
    assert dataset[np.array([4, 0])][0].array.tolist() == [40, 0]
    assert dataset[1:3][0].array.tolist() == [10, 20]


def test_arrays_are_not_copied():
    X = np.zeros((2, 2))
    assert TensorDataset(X).tensors[0].array is X


@pytest.mark.parametrize(
    ("tensors", "error", "message"),
    [
        ((), ValueError, "at least one"),
        ((np.zeros(2), np.zeros(3)), ValueError, "one length; they have 2, 3"),
        ((np.array(1.0),), ValueError, "single number"),
        (([1, 2],), TypeError, "tensor 0 is a list"),
        ((Tensor(np.zeros(2), requires_grad=True),), ValueError, "detach"),
    ],
)
def test_what_is_no_dataset_is_refused(tensors, error, message):
    with pytest.raises(error, match=message):
        TensorDataset(*tensors)


def test_a_dataset_needs_both_methods():
    class Half(Dataset[int]):
        def __len__(self):
            return 1

    with pytest.raises(TypeError, match="__getitem__"):
        Half()


def test_a_subset_keeps_its_order():
    subset = Subset(Squares(), [4, 0, 2])
    assert [subset[i] for i in range(len(subset))] == [16, 0, 4]


@pytest.mark.parametrize(
    ("indices", "error"),
    [([5], IndexError), ([-1], IndexError), ([0.5], TypeError), ([True], TypeError), ([[0]], TypeError)],
)
def test_indices_that_are_none_are_refused(indices, error):
    with pytest.raises(error, match="indices must"):
        Subset(Squares(), indices)


def test_parts_of_a_random_split_are_disjoint_and_complete():
    parts = random_split(Squares(), [2, 3], Generator(0))
    assert [len(part) for part in parts] == [2, 3]
    assert sorted(i for part in parts for i in part.indices.tolist()) == [0, 1, 2, 3, 4]


def test_a_random_split_is_repeated_by_its_generator():
    def draw(seed):
        return [part.indices.tolist() for part in random_split(range(100), [50, 50], Generator(seed))]

    assert draw(1) == draw(1) != draw(2)


@pytest.mark.parametrize("n", [10, 11, 23])
@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.7, 0.2, 0.1], [0.33, 0.33, 0.34], [1.0]])
def test_shares_round_as_in_pytorch(n, shares):
    theirs = torch.utils.data.random_split(range(n), shares)
    assert [len(part) for part in random_split(range(n), shares)] == [len(part) for part in theirs]


def test_an_empty_part_is_warned_of():
    with pytest.warns(UserWarning, match="part 1 of the split of 5 samples is empty"):
        random_split(Squares(), [0.9, 0.1])


@pytest.mark.parametrize("lengths", [[2, 2], [-1, 6], [0.5, 0.4], [2.5, 2.5]])
def test_lengths_that_do_not_sum_up_are_refused(lengths):
    with pytest.raises(ValueError, match="lengths must"):
        random_split(Squares(), lengths)


def test_gathering_gives_what_single_items_give():
    dataset = TensorDataset(np.arange(10) * 1.5, np.arange(10))
    nested = Subset(Subset(dataset, [9, 7, 5, 3]), [3, 0])
    batch = gather(nested, np.array([1, 0]))
    assert [part.array.tolist() for part in batch] == [[13.5, 4.5], [9, 3]]
    assert [nested[1][0].array.item(), nested[0][0].array.item()] == [13.5, 4.5]


def test_a_subclass_is_not_gathered_past_its_own_items():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return (Tensor(super().__getitem__(index)[0].array * 2),)

    assert gather(Doubled(np.arange(3)), np.array([1])) is None
    assert gather(Squares(), np.array([1])) is None
