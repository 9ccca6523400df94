"""Sparse rows: kept sparse where they would be large, and made dense batch by batch."""

from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.data import Dataset

__all__ = ["SparseRows", "SparseTable", "dense_or_rows"]

_LARGE = 1 << 26  # bytes of a matrix that is kept sparse; smaller ones are trained on faster when dense


class SparseRows:
    """Rows of a sparse matrix, given densely for a slice or for indices.

    Args:
        matrix: of scipy, in any form that has rows.
    """

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix.tocsr()
        self.dtype = self.matrix.dtype

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def dense(self, rows: Any) -> Array:
        """Return these rows as an array."""
        return np.ascontiguousarray(self.matrix[rows].toarray())

    def single(self) -> "SparseRows":
        """Return the rows in float32."""
        return SparseRows(self.matrix.astype(np.float32))


class SparseTable(Dataset[Any]):
    """Rows with their targets, and weights if there are any; batches are made dense when they are asked for."""

    by_rows = True

    def __init__(self, inputs: SparseRows, *others: Array) -> None:
        self.inputs, self.others = inputs, others

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        """Return rows `index` of every part."""
        return Tensor(self.inputs.dense(index)), *(Tensor(part[index]) for part in self.others)


def dense_or_rows(X: Any) -> Any:
    """Return a sparse matrix as an array, or as rows where the array would be large; arrays as they are."""
    if not hasattr(X, "toarray"):
        return np.ascontiguousarray(X)
    bytes_of_all = X.shape[0] * X.shape[1] * X.dtype.itemsize
    return SparseRows(X) if bytes_of_all > _LARGE else np.ascontiguousarray(X.toarray())
