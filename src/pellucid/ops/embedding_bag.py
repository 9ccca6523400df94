"""Rows of a table looked up by number and brought together, bag by bag."""

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record
from pellucid.ops.embedding import check_embedding_options, check_padding_idx, row_numbers

__all__ = ["embedding_bag"]

MODES = ("sum", "mean", "max")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """y_b = the sum, mean or largest of W[x_i] over the places i of bag b; zeros for a bag of nothing.

    As a sum with weights s_i: y_b = Σ s_i W[x_i], dW[k] = Σ s_i dy_b(i) over the places i with x_i = k, and
    ds_i = W[x_i] · dy_b(i); of a mean, s_i is 1 over the places of the bag; of the largest, each number of y_b has
    its gradient where it comes from, the first of equal ones.

    Args:
        input: x, integers: (B, n), each row a bag, or (n,) with offsets.
        weight: W of shape (rows, features); y has the shape (B, features).
        offsets: where in x each bag begins, rising from 0.
        max_norm: not supported.
        norm_type: not supported, as it belongs to max_norm.
        scale_grad_by_freq: divide dW[k] by how often k occurs in x; not with mode "max".
        mode: "sum", "mean" or "max".
        sparse: not supported.
        per_sample_weights: s, of the shape of x; for mode "sum" only.
        include_last_offset: whether offsets ends with the end of the last bag, where no bag begins.
        padding_idx: a row that is passed over, also in the count of a mean, and whose gradient stays zero.

    Raises:
        TypeError: when x or offsets hold no integers.
        IndexError: for an integer that is no row.
        ValueError: when shapes, offsets or options do not fit.
        NotImplementedError: for the unsupported parameters.

    Example:
        >>> import pellucid
        >>> W = pellucid.tensor([[1.0], [2.0], [4.0]])
        >>> embedding_bag(pellucid.tensor([0, 2, 1]), W, pellucid.tensor([0, 2]), mode="sum").tolist()
        [[5.0], [2.0]]
    """
    check_embedding_options(max_norm, norm_type, sparse)
    rows = check_padding_idx("embedding_bag", weight, padding_idx)
    s = per_sample_weights
    _check(input, offsets, mode, scale_grad_by_freq, s)
    index, W = row_numbers("embedding_bag", input, rows).reshape(-1), weight.array
    bag, n_bags = _bags(input, offsets, include_last_offset)
    counted = np.ones(index.size, np.bool_) if padding_idx is None else index != padding_idx % rows
    taken = K.take_rows(W, index)  # (n, features)
    if mode == "max":
        return _largest(weight, taken, index, bag, n_bags, counted)
    share = counted.astype(W.dtype)
    if mode == "mean":
        share /= np.maximum(np.bincount(bag, share, n_bags), 1).astype(W.dtype)[bag]
    factor = share if s is None else share * s.array.reshape(-1)
    y = K.add_at((n_bags, W.shape[1]), bag, taken * factor[:, None])

    def dW(dy: Array) -> Array:
        out = K.add_at(W.shape, index, dy[bag] * factor[:, None])
        if scale_grad_by_freq:
            out /= np.maximum(np.bincount(index, minlength=rows), 1).astype(out.dtype)[:, None]
        return out

    if s is None:
        return record(y, (weight, dW))
    shape = s.array.shape
    return record(y, (weight, dW), (s, lambda dy: (share * np.sum(taken * dy[bag], axis=1)).reshape(shape)))


def _check(x: Tensor, offsets: Tensor | None, mode: str, by_frequency: bool, s: Tensor | None) -> None:
    if mode not in MODES:
        raise ValueError(f"embedding_bag: mode is one of {', '.join(MODES)}, got {mode!r}")
    if mode == "max" and by_frequency:
        raise ValueError("embedding_bag: scale_grad_by_freq does not go with mode 'max'")
    if s is not None and mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights is for mode 'sum', got mode {mode!r}")
    if s is not None and s.array.shape != x.array.shape:
        raise ValueError(f"embedding_bag: {x.array.shape} numbers need as many weights, got {s.array.shape}")
    if x.ndim not in (1, 2) or (x.ndim == 2) != (offsets is None):
        got = "none" if offsets is None else f"shape {offsets.array.shape}"
        raise ValueError(
            "embedding_bag needs numbers of shape (B, n) without offsets, or (n,) with offsets; got shape "
            f"{x.array.shape} and offsets: {got}"
        )


def _bags(x: Tensor, offsets: Tensor | None, include_last: bool) -> tuple[Array, int]:
    """Return the bag of each place, and how many bags there are."""
    n = x.array.size
    if offsets is None:
        rows, columns = x.array.shape
        return np.repeat(np.arange(rows), columns), rows
    starts = offsets.array
    if starts.dtype.kind not in "iu":
        raise TypeError(f"embedding_bag needs integers as offsets, got {starts.dtype}; convert them with .long()")
    whole = starts.ndim == 1 and (not starts.size or starts[0] == 0) and (not include_last or starts.size > 0)
    if not whole or (np.diff(starts) < 0).any() or (starts > n).any() or (include_last and starts[-1] != n):
        end = f" and ending with {n}" if include_last else ""
        raise ValueError(f"embedding_bag needs offsets rising from 0 to at most {n}{end}, got {starts.tolist()}")
    if n and not starts.size:
        raise ValueError(f"embedding_bag got {n} numbers and no offsets: they are in no bag")
    ends = starts[1:] if include_last else np.append(starts[1:], n)
    counts = ends - starts[: len(ends)]
    return np.repeat(np.arange(len(ends)), counts), len(ends)


def _largest(weight: Tensor, taken: Array, index: Array, bag: Array, n_bags: int, counted: Array) -> Tensor:
    index, bag, taken = index[counted], bag[counted], taken[counted]
    W = weight.array
    y = np.full((n_bags, W.shape[1]), -np.inf, W.dtype)
    np.maximum.at(y, bag, taken)
    y[np.bincount(bag, minlength=n_bags) == 0] = 0
    here = (taken == y[bag]) | np.isnan(taken)
    place = np.full(y.shape, len(index), np.int64)
    np.minimum.at(place, bag, np.where(here, np.arange(len(index))[:, None], len(index)))  # the first of equal ones
    full = place < len(index)  # bags of nothing have no place

    def dW(dy: Array) -> Array:
        columns = np.broadcast_to(np.arange(W.shape[1]), y.shape)[full]
        return K.add_at(W.shape, (index[place[full]], columns), dy[full])

    return record(y, (weight, dW))
