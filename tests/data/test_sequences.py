import numpy as np
import pytest

from pellucid.data import DataError, DataLoader, LanguageModelWindows, PadCollate, pad_batch, split_in_order


def test_padding_fills_up_at_the_end_and_the_mask_says_where_tokens_are():
    batch = pad_batch([[5, 6], [7], [8, 9, 5]], padding=4)
    assert batch.ids.tolist() == [[5, 6, 4], [7, 4, 4], [8, 9, 5]]
    assert batch.lengths.tolist() == [2, 1, 3]
    assert batch.mask.tolist() == [[True, True, False], [True, False, False], [True, True, True]]
    assert batch.ids.array.dtype == np.int64
    assert pad_batch([[5, 6], [7]], length=4).ids.tolist() == [[5, 6, 0, 0], [7, 0, 0, 0]]
    cut = pad_batch([[5, 6, 7], [8]], max_length=2)
    assert (cut.ids.tolist(), cut.lengths.tolist()) == ([[5, 6], [8, 0]], [2, 1])


def test_what_cannot_be_padded_is_refused():
    for sequences, error, message in (
        ([], ValueError, "at least one sequence"),
        ([[1], []], ValueError, "sequence 1 must be a list of at least one token"),
        ([[1], [[2]]], ValueError, r"got the shape \(1, 1\)"),
        ([["a"]], TypeError, "sequence 0 must hold whole numbers"),
        ([[1.5]], TypeError, "got float64; encode the text first"),
    ):
        with pytest.raises(error, match=message):
            pad_batch(sequences)
    with pytest.raises(ValueError, match="sequence 1 has 3 tokens, length=2 is less"):
        pad_batch([[1], [1, 2, 3]], length=2)


def test_loaders_pad_each_batch_to_its_own_longest():
    samples = [([2, 3, 4], 0), ([5], 1), ([6], 0), ([7, 8], 1)]
    loader = DataLoader(samples, batch_size=2, collate_fn=PadCollate(with_lengths=True))
    (ids, lengths, labels), (more, *_) = loader
    assert ids.tolist() == [[2, 3, 4], [5, 0, 0]]
    assert (lengths.tolist(), labels.tolist()) == ([3, 1], [0, 1])
    assert more.shape == (2, 2)
    ids, _ = next(iter(DataLoader(samples, batch_size=2, collate_fn=PadCollate(max_length=1, padding=9))))
    assert ids.tolist() == [[2], [5]]


def test_windows_targets_are_the_inputs_moved_on_by_one():
    windows = LanguageModelWindows(np.arange(10), length=3)
    assert len(windows) == 3
    assert windows.left_over == 0
    for x, y in windows:
        assert (y.array == x.array + 1).all()
    assert np.concatenate([y.array for _, y in windows]).tolist() == list(range(1, 10))
    overlapping = LanguageModelWindows(np.arange(10), length=3, step=2)
    assert [x.tolist()[0] for x, _ in overlapping] == [0, 2, 4, 6]
    assert overlapping.left_over == 0
    assert LanguageModelWindows(np.arange(12), length=3, step=4).left_over == 0
    assert LanguageModelWindows(np.arange(11), length=3, step=3).left_over == 1


def test_windows_are_views_and_are_batched_by_one_indexing():
    ids = np.arange(1_000_000)
    windows = LanguageModelWindows(ids, length=1000, step=1)
    assert windows.tensors[0].array.base is not None
    x, y = next(iter(DataLoader(windows, batch_size=4, shuffle=True, seed=1)))
    assert x.shape == y.shape == (4, 1000)


def test_windows_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="3 tokens are too few for one window of 3"):
        LanguageModelWindows([1, 2, 3], length=3)
    with pytest.raises(ValueError, match="length and step must be at least 1, got 0 and 1"):
        LanguageModelWindows([1, 2, 3], length=0, step=1)
    with pytest.raises(ValueError, match="ids must be whole numbers"):
        LanguageModelWindows([0.5, 1.5], length=1)


def test_a_text_is_divided_in_its_order_and_nothing_is_in_two_parts():
    text = "".join(chr(97 + i % 26) for i in range(101))
    train, validation, test = split_in_order(text, validation_size=0.2, test_size=0.1)
    assert train + validation + test == text
    assert (len(validation), len(test)) == (20, 10)
    assert split_in_order(text)[2] == ""


def test_divisions_that_leave_nothing_are_refused():
    with pytest.raises(DataError, match=r"validation_size=0\.1 of 3 is nothing"):
        split_in_order("abc")
    with pytest.raises(DataError, match="leave nothing of 2 to train on"):
        split_in_order("ab", validation_size=0.5, test_size=0.5)
    with pytest.raises(ValueError, match="test_size must be a share"):
        split_in_order("abcdefghij", test_size=1)
