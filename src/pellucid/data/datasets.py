"""Datasets: things with a length and an item for each index."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid._tensor import Tensor
from pellucid.random import Generator, default_generator

__all__ = ["Dataset", "Subset", "TensorDataset", "gather", "random_split"]

Item_co = TypeVar("Item_co", covariant=True)


class Dataset(ABC, Generic[Item_co]):
    """A map from indices 0..n-1 to samples; a subclass writes `__getitem__` and `__len__`.

    Example:
        >>> class Squares(Dataset[tuple[float, float]]):
        ...     def __len__(self):
        ...         return 3
        ...
        ...     def __getitem__(self, index):
        ...         return float(index), float(index) ** 2
        >>> Squares()[2]
        (2.0, 4.0)
    """

    @abstractmethod
    def __getitem__(self, index: int) -> Item_co:
        """Return the sample at `index`."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of samples."""


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Samples that are the rows of tensors of one length.

    What differs from PyTorch: NumPy arrays are taken too, and wrapped without a copy; an index may be an
    array.

    Args:
        *tensors: tensors or arrays, each of shape (n, ...).

    Raises:
        ValueError: when there is none, one has no rows axis, their lengths differ, or one requires a
            gradient.
        TypeError: when one is neither a tensor nor an array.

    Example:
        >>> import numpy as np
        >>> dataset = TensorDataset(np.zeros((3, 2), np.float32), np.array([5, 6, 7]))
        >>> len(dataset), dataset[1]
        (3, (tensor([0., 0.]), tensor(6)))
    """

    def __init__(self, *tensors: Tensor | NDArray[Any]) -> None:
        if not tensors:
            raise ValueError("TensorDataset takes at least one tensor")
        for i, data in enumerate(tensors):
            if not isinstance(data, (Tensor, np.ndarray)):
                raise TypeError(f"tensor {i} is a {type(data).__name__}; expected a Tensor or a NumPy array")
            if len(data.shape) == 0:
                raise ValueError(f"tensor {i} is a single number; expected the shape (n, ...)")
        self.tensors = tuple(_data_of(data) for data in tensors)
        lengths = [len(data.array) for data in self.tensors]
        if len(set(lengths)) > 1:
            raise ValueError(f"the tensors must have one length; they have {', '.join(map(str, lengths))}")

    def __getitem__(self, index: int | slice | NDArray[Any]) -> tuple[Tensor, ...]:
        """Return row `index` of every tensor."""
        return tuple(Tensor(data.array[index]) for data in self.tensors)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.tensors[0].array)


def _data_of(data: Tensor | NDArray[Any]) -> Tensor:
    tensor = data if isinstance(data, Tensor) else Tensor(data)
    if tensor.requires_grad:
        raise ValueError("a dataset holds data, and batches carry no gradient back to it: pass x.detach()")
    return tensor


class Subset(Dataset[Item_co]):
    """The samples of a dataset at some indices, in their order.

    Args:
        dataset: the whole.
        indices: whole numbers in 0..n-1.

    Raises:
        TypeError: when an index is not a whole number.
        IndexError: when an index is out of range.

    Example:
        >>> import numpy as np
        >>> Subset(TensorDataset(np.arange(5)), [4, 0])[0]
        (tensor(4),)
    """

    def __init__(self, dataset: Dataset[Item_co] | Sequence[Item_co], indices: ArrayLike) -> None:
        self.dataset = dataset
        found = np.asarray(indices)
        if found.ndim != 1 or (found.size and not np.issubdtype(found.dtype, np.integer)):
            raise TypeError(f"indices must be whole numbers of shape (n,), got {found.dtype} of shape {found.shape}")
        self.indices: NDArray[np.int64] = found.astype(np.int64)
        if found.size and not (found.min() >= 0 and found.max() < len(dataset)):
            raise IndexError(f"indices must lie in 0..{len(dataset) - 1}, got {found.min()}..{found.max()}")

    def __getitem__(self, index: int) -> Item_co:
        """Return the sample at `indices[index]`."""
        return self.dataset[int(self.indices[index])]

    def __len__(self) -> int:
        """Return the number of indices."""
        return len(self.indices)


def random_split(
    dataset: Dataset[Item_co] | Sequence[Item_co],
    lengths: Sequence[float],
    generator: Generator | None = None,
) -> list[Subset[Item_co]]:
    """Divide a dataset at random into parts that do not overlap.

    Args:
        dataset: the whole.
        lengths: sizes that sum to its length, or shares that sum to 1; rows left over by rounding down go to
            the parts in turn, as in PyTorch.
        generator: where the order comes from; the default generator when None.

    Raises:
        ValueError: when the lengths are negative or do not sum to the whole.

    Example:
        >>> [len(part) for part in random_split(range(10), [0.55, 0.45])]
        [6, 4]
    """
    n = len(dataset)
    if any(length < 0 for length in lengths):
        raise ValueError(f"lengths must not be negative, got {list(lengths)}")
    if all(length <= 1 for length in lengths) and abs(sum(lengths) - 1) < 1e-9:
        sizes = [int(n * share) for share in lengths]
        for i in range(n - sum(sizes)):
            sizes[i % len(sizes)] += 1
    elif any(length != int(length) for length in lengths) or sum(lengths) != n:
        raise ValueError(f"lengths must sum to {n}, or shares to 1; got {list(lengths)}")
    else:
        sizes = [int(length) for length in lengths]
    if 0 in sizes:
        warnings.warn(f"part {sizes.index(0)} of the split of {n} samples is empty", stacklevel=2)
    order = (default_generator if generator is None else generator).numpy("random_split").permutation(n)
    return [Subset(dataset, rows) for rows in np.split(order, np.cumsum(sizes)[:-1])]


def gather(dataset: Any, indices: NDArray[np.int64]) -> list[Tensor] | None:
    """Return a batch by one indexing per tensor, or None where samples have to be fetched one by one.

    A subclass with an `__getitem__` of its own is asked for each sample.
    """
    while getattr(type(dataset), "__getitem__", None) is Subset.__getitem__:
        indices, dataset = dataset.indices[indices], dataset.dataset
    by_rows = getattr(type(dataset), "__getitem__", None) is TensorDataset.__getitem__
    by_rows = by_rows or getattr(dataset, "by_rows", False) is True  # says so of itself
    return list(dataset[indices]) if by_rows else None
