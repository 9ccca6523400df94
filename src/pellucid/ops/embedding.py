"""Rows of a table looked up by number, and the table of the numbers themselves: one-hot."""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record

__all__ = ["check_embedding_options", "check_padding_idx", "embedding", "one_hot", "row_numbers"]


def embedding(
    x: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """y_i = W[x_i]; dW[k] = the sum of dy_i over the places i with x_i = k.

    Args:
        x: integers of any shape, each a row of W.
        weight: W of shape (rows, features); y has the shape (*x.shape, features).
        padding_idx: a row whose gradient stays zero; may count from the end.
        max_norm: not supported.
        norm_type: not supported, as it belongs to max_norm.
        scale_grad_by_freq: divide dW[k] by how often k occurs in x.
        sparse: not supported.

    Raises:
        TypeError: when x holds no integers.
        IndexError: for an integer that is no row; negative ones are none, as in PyTorch.
        ValueError: when padding_idx is no row, or W no matrix.
        NotImplementedError: for the unsupported parameters.
    """
    check_embedding_options(max_norm, norm_type, sparse)
    rows = check_padding_idx("embedding", weight, padding_idx)
    index, W = row_numbers("embedding", x, rows), weight.array
    skipped = None if padding_idx is None else padding_idx % rows

    def dW(dy: Array) -> Array:
        out = K.add_at(W.shape, index, dy)
        if scale_grad_by_freq:
            out /= np.maximum(np.bincount(index.ravel(), minlength=rows), 1).astype(out.dtype)[:, None]
        if skipped is not None:
            out[skipped] = 0
        return out

    return record(K.take_rows(W, index), (weight, dW))


def check_embedding_options(max_norm: Any, norm_type: Any, sparse: Any) -> None:
    """Refuse PyTorch's parameters that are not supported.

    Raises:
        NotImplementedError: naming the parameter.
    """
    if max_norm is not None:
        raise NotImplementedError(
            "embedding: max_norm is not supported, as it would write into the weights while computing; call "
            "nn.utils.max_norm_ after each optimizer step"
        )
    if norm_type != 2.0:
        raise NotImplementedError("embedding: norm_type is not supported, as it belongs to max_norm")
    if sparse:
        raise NotImplementedError("embedding: sparse=True is not supported; gradients are dense")


def check_padding_idx(name: str, weight: Tensor, padding_idx: int | None) -> int:
    """Return the number of rows of a table, of which padding_idx must be one.

    Raises:
        ValueError: when it is none, or the weight no matrix.
    """
    if weight.ndim != 2:
        raise ValueError(f"{name} needs a weight of shape (rows, features), got {weight.array.shape}")
    rows = weight.array.shape[0]
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise ValueError(f"{name}: padding_idx {padding_idx} is no row of a weight of {rows} rows")
    return rows


def one_hot(x: Tensor, num_classes: int = -1) -> Tensor:
    """y_ik = 1 where x_i = k, else 0, in int64.

    Args:
        x: integers of any shape; y has the shape (*x.shape, num_classes).
        num_classes: how many classes there are; -1 for one more than the largest integer of x.

    Raises:
        TypeError: when x holds no integers.
        IndexError: for an integer that is no class.
        ValueError: when the number of classes can be neither known nor counted.

    Example:
        >>> import pellucid
        >>> one_hot(pellucid.tensor([0, 2])).tolist()
        [[1, 0, 0], [0, 0, 1]]
    """
    if num_classes == -1:
        if x.array.size == 0:
            raise ValueError("one_hot cannot count the classes of an empty tensor; give num_classes")
        num_classes = int(x.array.max()) + 1
    elif num_classes < 1:
        raise ValueError(f"one_hot needs num_classes of at least 1, or -1 to count them, got {num_classes}")
    index = row_numbers("one_hot", x, num_classes)
    return Tensor((index[..., None] == np.arange(num_classes)).astype(np.int64))


def row_numbers(name: str, x: Tensor, n: int) -> Array:
    """Return x as indices, refusing any outside 0 ... n - 1: NumPy would take negative ones from the end.

    Raises:
        TypeError: when x holds no integers.
        IndexError: for an integer outside.
    """
    index = x.array
    if index.dtype.kind not in "iu":
        raise TypeError(f"{name} needs integers, got {index.dtype}; convert them with .long()")
    wrong = index[(index < 0) | (index >= n)]
    if wrong.size:
        raise IndexError(f"{name}: {wrong.flat[0]} is out of range for {n} rows, which are numbered 0 to {n - 1}")
    return index
