"""Every row is judged once, by a network that saw neither it nor its group, nor its future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data import DataError, fold_rows


@settings(max_examples=20, deadline=None)
@given(n=st.integers(4, 40), folds=st.integers(2, 4), seed=st.integers(0, 2**40))
def test_every_row_is_for_validation_exactly_once_and_never_trained_on_then(n, folds, seed):
    pairs = fold_rows(n, folds, seed=seed)
    assert len(pairs) == folds
    assert sorted(np.concatenate([v for _, v in pairs])) == list(range(n))
    for train, validation in pairs:
        assert sorted([*train, *validation]) == list(range(n))


def test_stratified_folds_have_every_class_in_its_share():
    labels = np.repeat([0, 1], [40, 10])
    for train, validation in fold_rows(50, 5, labels=labels):
        assert np.bincount(labels[validation]).tolist() == [8, 2]
        assert np.bincount(labels[train]).tolist() == [32, 8]


@pytest.mark.parametrize("labels", [None, np.arange(30) % 2], ids=["numbers", "classes"])
def test_a_group_is_never_on_both_sides(labels):
    groups = np.arange(30) // 3
    pairs = fold_rows(30, 5, groups=groups, labels=labels)
    assert sorted(np.concatenate([v for _, v in pairs])) == list(range(30))
    assert all(not set(groups[train]) & set(groups[validation]) for train, validation in pairs)


def test_in_time_the_past_judges_the_future_and_the_first_stretch_is_never_judged():
    order = np.random.default_rng(0).permutation(20)
    pairs = fold_rows(20, 4, order=order, labels=order % 2)
    assert all(order[train].max() < order[validation].min() for train, validation in pairs)
    assert sorted(order[np.concatenate([v for _, v in pairs])]) == list(range(4, 20))


def test_the_seed_and_nothing_else_decides():
    first, again, other = (fold_rows(40, 4, seed=seed)[0][1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 3, "folds": 4}, "3 rows are too few: at least 4"),
        ({"n": 4, "folds": 4, "order": [1, 2, 3, 4]}, "4 rows are too few: at least 5"),
        ({"n": 4, "folds": 3, "groups": [0, 0, 1, 1]}, "2 groups are too few: at least 3"),
        ({"n": 6, "folds": 3, "labels": [0, 0, 0, 0, 1, 1]}, "2 rows of the rarest class are too few: at least 3"),
    ],
)
def test_too_few_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        fold_rows(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folds": 1}, "folds must be a whole number of at least 2, got 1"),
        ({"folds": 2, "groups": [0], "order": [0]}, "not both"),
        ({"folds": 2, "labels": [0, 1]}, r"labels must have the shape \(5,\), one for each row; got \(2,\)"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fold_rows(5, **arguments)
