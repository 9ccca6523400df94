"""What fit, evaluate and predict accept, brought into one form."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, as_array
from pellucid.data.datasets import Dataset, TensorDataset
from pellucid.data.loader import DataLoader
from pellucid.grad_mode import no_grad
from pellucid.nn import Module

__all__ = ["as_inputs", "as_loader", "mean_loss", "outputs_by_batch"]


def as_loader(data: Any, batch_size: int, dtype: np.dtype[Any], *, shuffle: bool, seed: int) -> DataLoader:
    """Return a loader of batches [X, y] or [X, y, sample_weight].

    Args:
        data: a DataLoader (kept as it is), a Dataset, or a tuple (X, y) or (X, y, sample_weight) of arrays.
        batch_size: rows of a batch.
        dtype: the type to which floating-point arrays are converted: the model's.
        shuffle: draw a new order every epoch.
        seed: seed of that order.

    Raises:
        TypeError: for anything else.
        ValueError: when the arrays differ in length, are empty, or hold NaN or infinity.
    """
    if isinstance(data, DataLoader):
        return data
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        names = ("X", "y", "sample_weight")
        data = TensorDataset(*(as_inputs(part, dtype, name) for part, name in zip(data, names, strict=False)))
    if not isinstance(data, Dataset):
        raise TypeError(
            f"data must be (X, y), (X, y, sample_weight), a Dataset or a DataLoader, got {type(data).__name__}"
        )
    return DataLoader(data, batch_size=batch_size, shuffle=shuffle, seed=seed)


def as_inputs(values: Any, dtype: np.dtype[Any], name: str = "X") -> Tensor:
    """Return values as a tensor, floating-point ones in the model's type.

    Raises:
        ValueError: when a value is NaN or infinite, naming the first row that holds one.
    """
    array = as_array(values)
    if array.dtype.kind != "f":
        return Tensor(array)
    finite = np.isfinite(array)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(
            f"{name} holds {array[place]} at index {place} ({int((~finite).sum())} such values); impute or drop them"
        )
    return Tensor(array.astype(dtype, copy=False))


def outputs_by_batch(
    model: Module, inputs: Tensor, batch_size: int, compute: Callable[[Any], Any] | None = None
) -> Array:
    """Return the model's outputs for all rows as one array, in evaluation mode; the modes before come back.

    Args:
        model: the network.
        inputs: all rows.
        batch_size: rows that are computed at once.
        compute: computes the outputs of a batch; the model itself when None.
    """
    compute = compute or model
    training = [module for module in model.modules() if module.training]
    if training:  # setting a mode costs more than a small network's outputs
        model.eval()
    try:
        with no_grad():
            if 0 < len(inputs) <= batch_size:
                return np.array(compute(inputs).array)  # a copy: a network may return its input
            starts = range(0, max(len(inputs), 1), batch_size)
            return np.concatenate([compute(inputs[i : i + batch_size]).array for i in starts])
    finally:
        for module in training:
            module.training = True


def mean_loss(model: Module, loss: Module, loader: DataLoader) -> float:
    """Return the mean loss over all rows of batches [X, y], in evaluation mode; the mode before comes back."""
    was_training = model.training
    model.eval()
    try:
        with no_grad():
            batches = [(len(y), loss(model(X), y).item()) for X, y in loader]
    finally:
        model.train(was_training)
    return sum(rows * value for rows, value in batches) / sum(rows for rows, _ in batches)
