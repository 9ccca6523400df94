"""Sequences of token numbers as batches: padding, masks, and the windows that a language model learns from."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pellucid._tensor import Tensor
from pellucid.data.datasets import TensorDataset
from pellucid.data.errors import DataError

__all__ = ["LanguageModelWindows", "PadCollate", "PaddedBatch", "pad_batch", "split_in_order"]


class PaddedBatch(NamedTuple):
    """Sequences of unequal length in one array.

    Attributes:
        ids: int64 (N, T), filled up with padding.
        lengths: int64 (N,), of each sequence without padding.
        mask: bool (N, T), True where there is a token.
    """

    ids: Tensor
    lengths: Tensor
    mask: Tensor


def pad_batch(
    sequences: Sequence[Sequence[int]], *, padding: int = 0, max_length: int | None = None, length: int | None = None
) -> PaddedBatch:
    """Fill sequences up at their ends to one length: that of the longest, or `length`.

    Args:
        sequences: N lists of whole numbers, none of them empty.
        padding: what they are filled up with.
        max_length: longer ones are cut to it, at their end.
        length: the T that is wanted, at least that of the longest after cutting.

    Raises:
        ValueError: when there is no sequence, one is empty, or one is longer than `length`.
        TypeError: when one does not hold whole numbers.

    Example:
        >>> batch = pad_batch([[5, 6, 7], [8]])
        >>> batch.ids.tolist(), batch.lengths.tolist(), batch.mask.tolist()[1]
        ([[5, 6, 7], [8, 0, 0]], [3, 1], [True, False, False])
    """
    if not len(sequences):
        raise ValueError("pad_batch needs at least one sequence")
    arrays = [np.asarray(sequence)[:max_length] for sequence in sequences]
    for i, array in enumerate(arrays):
        if array.ndim != 1 or not array.size:
            raise ValueError(f"sequence {i} must be a list of at least one token, got the shape {array.shape}")
        if array.dtype.kind not in "iu":
            raise TypeError(f"sequence {i} must hold whole numbers, got {array.dtype}; encode the text first")
    lengths = np.array([array.size for array in arrays])
    T = int(lengths.max()) if length is None else length
    if lengths.max() > T:
        raise ValueError(f"sequence {lengths.argmax()} has {lengths.max()} tokens, length={T} is less; use max_length")
    mask = np.arange(T) < lengths[:, None]  # (N, T)
    ids = np.full(mask.shape, padding, np.int64)
    ids[mask] = np.concatenate(arrays)
    return PaddedBatch(Tensor(ids), Tensor(lengths.astype(np.int64)), Tensor(mask))


class PadCollate:
    """Make batches [ids, labels] of samples (ids, label), padded to the longest of each batch: for `DataLoader`.

    Args:
        padding: see `pad_batch`.
        max_length: the same.
        with_lengths: whether batches are [ids, lengths, labels].

    Example:
        >>> from pellucid.data import DataLoader
        >>> samples = [([5, 6, 7], 0), ([8], 1)]
        >>> [part.tolist() for part in next(iter(DataLoader(samples, 2, collate_fn=PadCollate())))]
        [[[5, 6, 7], [8, 0, 0]], [0, 1]]
    """

    def __init__(self, *, padding: int = 0, max_length: int | None = None, with_lengths: bool = False) -> None:
        self.padding, self.max_length, self.with_lengths = padding, max_length, with_lengths

    def __call__(self, samples: Sequence[tuple[Any, Any]]) -> list[Tensor]:
        """Return the batch of some samples."""
        sequences, labels = zip(*samples, strict=True)
        batch = pad_batch(sequences, padding=self.padding, max_length=self.max_length)
        lengths = [batch.lengths] if self.with_lengths else []
        return [batch.ids, *lengths, Tensor(np.array(labels))]


class LanguageModelWindows(TensorDataset):
    """Windows of a text as (inputs, targets): the targets are the inputs moved on by one token.

    x_i = (s_k, ..., s_{k+T-1}),  y_i = (s_{k+1}, ..., s_{k+T}),  k = i * step

    Views of the sequence, without copies. Shapes: each sample (T,), int64.

    Args:
        ids: the whole sequence.
        length: T, tokens of a window.
        step: from one window's start to the next; T when None, so that every token is a target once.

    Attributes:
        left_over: tokens at the end that fill no further window.

    Raises:
        ValueError: when the sequence is too short for one window, or length or step is below 1.

    Example:
        >>> windows = LanguageModelWindows([1, 2, 3, 4, 5, 6], length=2)
        >>> len(windows), [part.tolist() for part in windows[1]], windows.left_over
        (2, [[3, 4], [4, 5]], 1)
    """

    def __init__(self, ids: ArrayLike, length: int, step: int | None = None) -> None:
        step = length if step is None else step
        sequence = np.asarray(ids)
        if sequence.ndim != 1 or sequence.dtype.kind not in "iu":
            raise ValueError(f"ids must be whole numbers of shape (n,), got {sequence.dtype} {sequence.shape}")
        if length < 1 or step < 1:
            raise ValueError(f"length and step must be at least 1, got {length} and {step}")
        if len(sequence) < length + 1:
            raise ValueError(
                f"{len(sequence)} tokens are too few for one window of {length} and its next token; "
                "give more text or shorter windows"
            )
        windows = np.lib.stride_tricks.sliding_window_view(sequence.astype(np.int64), length + 1)[::step]  # (m, T + 1)
        super().__init__(windows[:, :-1], windows[:, 1:])
        self.left_over = len(sequence) - ((len(windows) - 1) * step + length + 1)


def split_in_order(sequence: Any, *, validation_size: float = 0.1, test_size: float = 0.0) -> tuple[Any, Any, Any]:
    """Divide a text, or any sequence, where it stands: the beginning trains, the end judges.

    Args:
        sequence: anything that can be sliced.
        validation_size: share of the whole, in [0, 1).
        test_size: the same.

    Returns:
        training, validation and test part; those of size 0 are empty.

    Raises:
        DataError: when nothing is left to train on, or a part that was asked for would be empty.
        ValueError: when a size is no share.

    Example:
        >>> split_in_order("abcdefghij", validation_size=0.2, test_size=0.1)
        ('abcdefg', 'hi', 'j')
    """
    n = len(sequence)
    sizes = []
    for name, share in (("validation_size", validation_size), ("test_size", test_size)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be a share in [0, 1), got {share!r}")
        sizes.append(round(n * share))
        if share and not sizes[-1]:
            raise DataError(f"{name}={share} of {n} is nothing; give more text or another size")
    end = n - sum(sizes)
    if end < 1:
        raise DataError(f"{sizes[0]} for validation and {sizes[1]} for the test leave nothing of {n} to train on")
    return sequence[:end], sequence[end : end + sizes[0]], sequence[end + sizes[0] :]
