import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data.errors import DataError
from pellucid.data.split import split_rows


def parts(split) -> list[list[int]]:
    return [split.train.tolist(), split.validation.tolist(), split.test.tolist()]


@settings(deadline=None)
@given(st.integers(10, 300), st.sampled_from([0, 0.1, 0.2, 0.3, 2]), st.sampled_from([0, 0.1, 0.25, 3]))
def test_the_parts_are_disjoint_and_complete(n, test_size, validation_size):
    for options in [{}, {"method": "time", "order": np.arange(n)[::-1]}]:
        split = split_rows(n, test_size=test_size, validation_size=validation_size, **options)
        assert sorted(np.concatenate(parts(split)).astype(int).tolist()) == list(range(n))
        assert split.train.dtype == split.validation.dtype == split.test.dtype == np.int64
        for size, part in [(test_size, split.test), (validation_size, split.validation)]:
            assert len(part) == (size if isinstance(size, int) else max(1, round(n * size)))


def test_sizes_are_reported():
    assert split_rows(100).sizes() == {"train": 60, "validation": 20, "test": 20}


def test_every_part_has_the_same_share_of_each_class():
    labels = np.repeat([0, 1, 2], [100, 60, 40])
    split = split_rows(200, labels=labels)
    assert np.bincount(labels[split.train]).tolist() == [60, 36, 24]
    assert np.bincount(labels[split.validation]).tolist() == [20, 12, 8]
    assert np.bincount(labels[split.test]).tolist() == [20, 12, 8]
    shuffled = split_rows(200, labels=labels, stratify=False)
    assert np.bincount(labels[shuffled.test]).tolist() != [20, 12, 8]


def test_the_same_seed_gives_the_same_parts_and_another_seed_others():
    assert parts(split_rows(50, seed=3)) == parts(split_rows(50, seed=3))
    assert parts(split_rows(50, seed=3)) != parts(split_rows(50, seed=4))
    labels = np.arange(50) % 2
    assert parts(split_rows(50, labels=labels, seed=3)) != parts(split_rows(50, labels=labels, seed=4))


def test_rows_are_shuffled():
    assert split_rows(100).test.tolist() != list(range(80, 100))


def test_time_tests_on_the_latest_rows():
    order = np.array([5, 1, 4, 2, 3, 0])
    split = split_rows(6, method="time", order=order, test_size=1, validation_size=2)
    assert parts(split) == [[5, 1, 3], [4, 2], [0]]
    dates = np.array(["2024-03-01", "2024-01-01", "2024-02-01"], "datetime64[D]")
    assert parts(split_rows(3, method="time", order=dates, test_size=1, validation_size=0)) == [[1, 2], [], [0]]


def test_rows_of_one_moment_stay_in_their_order():
    split = split_rows(4, method="time", order=[1, 1, 1, 1], test_size=1, validation_size=1)
    assert parts(split) == [[0, 1], [2], [3]]


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_no_group_is_in_two_parts(seed):
    groups = np.random.default_rng(seed).integers(0, 12, 80).astype(str)
    split = split_rows(80, method="group", groups=groups, seed=seed)
    found = [set(groups[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert all(found)
    assert sum(map(len, found)) == len(set.union(*found)) == len(set(groups.tolist()))
    assert sorted(np.concatenate(parts(split)).tolist()) == list(range(80))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 2}, "2 rows are too few"),
        ({"n": 10, "test_size": 5, "validation_size": 5}, "leave none to train on"),
        (
            {"n": 10, "labels": [0] * 9 + [1], "class_names": ["cat", "dog"]},
            "the class 'dog' has a single row, too few for 3 parts",
        ),
        ({"n": 10, "labels": [0] * 8 + [1] * 2}, "the class 1 has 2 rows, too few for 3 parts"),
        ({"n": 12, "labels": [0, 1, 2] * 4, "test_size": 2}, "cannot be stratified"),
        ({"n": 4, "method": "group", "groups": [1, 1, 2, 2]}, "2 groups are too few"),
        ({"n": 3, "method": "time", "order": [1.0, np.nan, 2.0]}, "order lacks a value in row 1"),
        (
            {"n": 3, "method": "time", "order": np.array(["2024-01-01", "NaT", "NaT"], "datetime64[D]")},
            "order lacks a value in row 1",
        ),
    ],
)
def test_data_that_cannot_be_split_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        split_rows(**arguments)


def test_two_rows_of_a_class_are_enough_for_two_parts():
    labels = np.array([0] * 8 + [1] * 2)
    split = split_rows(10, labels=labels, test_size=0.5, validation_size=0)
    assert np.bincount(labels[split.test]).tolist() == [4, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "suffle"}, "did you mean 'shuffle'"),
        ({"method": "time"}, "order= goes with method='time'"),
        ({"method": "group"}, "groups= goes with method='group'"),
        ({"order": [1] * 10}, "order= goes with method='time'"),
        ({"groups": [1] * 10}, "groups= goes with method='group'"),
        ({"labels": [1, 2]}, r"labels must have the shape \(10,\)"),
        ({"method": "time", "order": ["a"] * 10}, "order must be numbers or dates"),
        ({"test_size": 1.0}, "test_size must be a share"),
        ({"test_size": -1}, "test_size must be a share"),
        ({"validation_size": True}, "validation_size must be a share"),
        ({"validation_size": "some"}, "validation_size must be a share"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        split_rows(10, **arguments)
