import numpy as np
import pytest

from pellucid.data import DataError, DataLoader, SeriesWindows, split_series
from pellucid.data.preprocessing import Standardizer


def test_windows_are_the_past_and_what_followed():
    windows = SeriesWindows(np.arange(10.0), window=3, horizon=2, step=2)
    assert [(x.tolist(), y.tolist()) for x, y in windows] == [
        ([0, 1, 2], [3, 4]),
        ([2, 3, 4], [5, 6]),
        ([4, 5, 6], [7, 8]),
    ]
    assert len(SeriesWindows(np.arange(10.0), window=3)) == 7
    assert len(SeriesWindows(np.arange(5.0), window=3, horizon=2)) == 1


def test_several_columns_are_seen_and_one_or_all_are_forecast():
    values = np.arange(20.0).reshape(10, 2)
    x, y = SeriesWindows(values, window=3, horizon=2)[1]
    assert x.tolist() == values[1:4].tolist()
    assert y.tolist() == values[4:6].tolist()
    x, y = SeriesWindows(values, window=3, horizon=2, target=1)[1]
    assert x.tolist() == values[1:4].tolist()
    assert y.tolist() == values[4:6, 1].tolist()


def test_windows_keep_the_type_and_are_batched_by_one_indexing():
    values = np.arange(50, dtype=np.float32)
    windows = SeriesWindows(values, window=4, horizon=3)
    assert np.shares_memory(windows.tensors[0].array, values)
    x, y = next(iter(DataLoader(windows, batch_size=8, shuffle=True, seed=0)))
    assert (x.shape, y.shape, x.array.dtype) == ((8, 4), (8, 3), np.float32)
    assert np.array_equal(y.array[:, 0], x.array[:, -1] + 1)


def test_what_makes_no_window_is_refused():
    with pytest.raises(DataError, match="4 values are too few for a window of 3 and 2 ahead"):
        SeriesWindows(np.arange(4.0), window=3, horizon=2)
    with pytest.raises(DataError, match=r"row 2 of the series is nan \(1 such values\)"):
        SeriesWindows([1.0, 2.0, np.nan, 4.0], window=1)
    with pytest.raises(DataError, match="row 1, column 0 of the series is inf"):
        SeriesWindows([[1.0, 2.0], [np.inf, 4.0]], window=1)
    for name in ("window", "horizon", "step"):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            SeriesWindows(np.arange(9.0), **{"window": 2, name: 0})
    for target, values in ((2, np.zeros((9, 2))), (0, np.zeros(9))):
        with pytest.raises(ValueError, match="target names a column"):
            SeriesWindows(values, 2, target=target)
    with pytest.raises(ValueError, match="a series holds numbers"):
        SeriesWindows(["a", "b"], window=1)


@pytest.mark.parametrize("horizon", [1, 3])
def test_every_value_is_a_target_of_one_part_only_and_parts_follow_each_other(horizon):
    values, window = np.arange(60.0), 5
    parts = split_series(values, window, test_size=0.2, validation_size=9, horizon=horizon)
    targets = [{v for _, y in SeriesWindows(part, window, horizon) for v in y.tolist()} for part in parts]
    assert sum(map(len, targets)) == len(set.union(*targets))
    assert set.union(*targets) == set(values[window:])
    assert max(targets[0]) < min(targets[1]) <= max(targets[1]) < min(targets[2])
    assert len(targets[2]) == 12
    assert len(targets[1]) == 9


def test_the_future_changes_nothing_that_training_sees():
    values = np.random.default_rng(0).normal(size=50)
    changed = values.copy()
    changed[30:] += 1000
    a, b = (split_series(v, 4, test_size=10, validation_size=10) for v in (values, changed))
    assert np.array_equal(a.train, b.train)
    assert not np.array_equal(a.validation, b.validation)
    scaled = [Standardizer().fit(p.train[:, None]).transform(p.train[:, None]) for p in (a, b)]
    assert np.array_equal(*scaled)


def test_parts_may_be_left_out_and_too_short_ones_are_named():
    parts = split_series(np.arange(10.0), 2, test_size=0, validation_size=0)
    assert [len(part) for part in parts] == [10, 0, 0]
    with pytest.raises(DataError, match=r"the test part has 2 of 20 values, and a window of 2 with 3 ahead needs"):
        split_series(np.arange(20.0), 2, test_size=2, validation_size=5, horizon=3)
    with pytest.raises(DataError, match="the training part has 0 of 10 values"):
        split_series(np.arange(10.0), 2, test_size=6, validation_size=6)
    for size in (1.5, -1, True, "a"):
        with pytest.raises(ValueError, match="test_size must be a share"):
            split_series(np.arange(10.0), 2, test_size=size)
