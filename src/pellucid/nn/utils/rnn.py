"""Sequences of unequal length: padded to one length, or packed step by step without padding."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from pellucid._tensor import Array, Tensor, as_array, as_tensor
from pellucid.ops import indexing, shape

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences of unequal length, the longest first, step by step: what recurrent layers take without padding.

    Made by `pack_padded_sequence` and `pack_sequence`, not by hand.

    Attributes:
        data: (rows, ...), the first elements of all sequences, then the second of those that have one, and so on.
        batch_sizes: (steps,), how many sequences have that step; never grows.
        sorted_indices: the sequences' places in the batch, the longest first; None where they came in that order.
        unsorted_indices: the inverse.

    Example:
        >>> import pellucid
        >>> pack_sequence([pellucid.tensor([1, 2, 3]), pellucid.tensor([10])]).data
        tensor([ 1, 10,  2,  3])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        """Derive the inverse permutation where it is not given."""
        if batch_sizes is None:  # PyTorch takes both as one pair too
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> "PackedSequence":
        """Convert the data to a type; the device is the CPU."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def float(self) -> "PackedSequence":
        """Convert the data to float32."""
        return self.to(np.float32)

    def double(self) -> "PackedSequence":
        """Convert the data to float64."""
        return self.to(np.float64)

    def cpu(self) -> "PackedSequence":
        """Return self, which is on the CPU already."""
        return self


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Return the places q of which permutation[q[i]] = i; None for None.

    Example:
        >>> import pellucid
        >>> invert_permutation(pellucid.tensor([2, 0, 1]))
        tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    inverse = np.empty_like(permutation.array)
    inverse[permutation.array] = np.arange(len(inverse))
    return Tensor(inverse)


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack padded sequences of known lengths; gradients flow through it.

    Args:
        input: (T, B, ...), or (B, T, ...) when batch_first.
        lengths: the steps of each sequence, from 1 to T.
        batch_first: the batch is the first axis.
        enforce_sorted: refuse sequences that do not come the longest first, rather than sorting them.

    Raises:
        RuntimeError: when the lengths are not as many as the sequences, or not sorted where they must be.
        ValueError: when a length is below 1 or beyond T.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
        >>> packed = pack_padded_sequence(x, [2, 1, 3], batch_first=True, enforce_sorted=False)
        >>> packed.data, packed.batch_sizes
        (tensor([4, 1, 3, 5, 2, 6]), tensor([3, 2, 1]))
    """
    x = shape.transpose(input, 0, 1) if batch_first else input
    steps = as_array(lengths)
    if steps.ndim != 1 or steps.dtype.kind not in "iu" or x.ndim < 2 or len(steps) != x.array.shape[1]:
        raise RuntimeError(
            f"packing needs a batch of sequences and an integer length for each, got shapes {input.array.shape} and "
            f"{steps.shape} of {steps.dtype}"
        )
    if not len(steps) or steps.min() < 1 or steps.max() > x.array.shape[0]:
        raise ValueError(f"the lengths must lie between 1 and {x.array.shape[0]}, got {steps.tolist()}")
    order = np.argsort(-steps, kind="stable")
    if enforce_sorted and (np.diff(steps) > 0).any():
        raise RuntimeError(
            f"the sequences must come the longest first, got lengths {steps.tolist()}; pass enforce_sorted=False"
        )
    sizes, places = _places(steps[order])
    data = x[places[0], order[places[1]]]
    return PackedSequence(data, Tensor(sizes), None if enforce_sorted else Tensor(order.astype(np.int64)))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Return packed sequences padded to one length, in their first order, and the lengths; gradients flow through it.

    Args:
        sequence: what `pack_padded_sequence` or a recurrent layer gave.
        batch_first: return (B, T, ...) and not (T, B, ...).
        padding_value: what stands behind the end of a sequence.
        total_length: T; the longest sequence's length when None.

    Raises:
        ValueError: when total_length is shorter than the longest sequence.
    """
    padded, lengths = _padded(sequence, padding_value, total_length)
    if sequence.unsorted_indices is not None:
        padded = indexing.index_select(padded, 1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices.array]
    return (shape.transpose(padded, 0, 1) if batch_first else padded), Tensor(lengths)


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Return sequences (T_i, ...) as one tensor (T, B, ...), padded to the longest; gradients flow through it.

    Args:
        sequences: tensors that differ in their first size only.
        batch_first: return (B, T, ...).
        padding_value: what fills the places beyond a sequence.
        padding_side: "right" pads behind the end, "left" before the beginning.

    Raises:
        ValueError: when there are no sequences, they do not fit together, or padding_side is neither.

    Example:
        >>> import pellucid
        >>> pad_sequence([pellucid.tensor([1, 2, 3]), pellucid.tensor([4])], batch_first=True)
        tensor([[1, 2, 3],
                [4, 0, 0]])
    """
    given = [as_tensor(s) for s in sequences]
    if padding_side not in ("left", "right"):
        raise ValueError(f"padding_side is 'left' or 'right', got {padding_side!r}")
    if not given or any(s.ndim == 0 or s.array.shape[1:] != given[0].array.shape[1:] for s in given):
        raise ValueError(
            "padding needs sequences that differ in their first size only, got the shapes "
            f"{[tuple(s.array.shape) for s in given]}"
        )
    lengths = np.asarray([len(s) for s in given])
    steps = np.arange(lengths.max())
    at = (steps - (lengths.max() - lengths)[:, None]) if padding_side == "left" else steps + 0 * lengths[:, None]
    inside = (at >= 0) & (at < lengths[:, None])
    first = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    padded = _filled(shape.cat(given), at + first[:, None], inside, padding_value)  # (B, T, ...)
    return padded if batch_first else shape.transpose(padded, 0, 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """Return the sequences of which `pad_sequence` made one tensor."""
    x = padded_sequences if batch_first else shape.transpose(padded_sequences, 0, 1)
    steps = as_array(lengths)
    if len(steps) != len(x):
        raise ValueError(f"{len(x)} sequences need as many lengths, got {len(steps)}")
    return [row[: int(n)] for row, n in zip(x, steps, strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (T_i, ...) that differ in their first size only; see `pack_padded_sequence`."""
    lengths = [len(as_tensor(s)) for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Return the sequences that `pack_sequence` packed."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


def _places(lengths: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return the batch size of each step, and for each packed row its step and sequence; lengths never grow."""
    inside = np.arange(lengths.max())[:, None] < lengths
    step, sequence = np.nonzero(inside)
    return inside.sum(axis=1), (step, sequence)


def _padded(sequence: PackedSequence, value: float, total: int | None) -> tuple[Tensor, Array]:
    """Return (T, B, ...) with the longest first, and the lengths."""
    sizes = sequence.batch_sizes.array
    T = len(sizes)
    if total is not None and total < T:
        raise ValueError(f"total_length is {total}, but the longest sequence has {T} steps")
    first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    place = np.arange(sizes[0])
    inside = place < sizes[:, None]
    at = first[:, None] + place
    if total is not None and total > T:
        rest = ((0, total - T), (0, 0))
        at, inside = np.pad(at, rest), np.pad(inside, rest)
    return _filled(sequence.data, at, inside, value), inside.sum(axis=0)


def _filled(data: Tensor, at: Array, inside: Array, value: float) -> Tensor:
    """Return data[at] where `inside` holds, and the value elsewhere."""
    gathered = data[np.where(inside, at, 0)]
    if inside.all():
        return gathered
    mask = inside.reshape(inside.shape + (1,) * (gathered.ndim - inside.ndim))
    fill = int(value) if data.dtype.kind in "iu" and value == int(value) else value
    return indexing.where(Tensor(np.broadcast_to(mask, gathered.array.shape)), gathered, fill)
