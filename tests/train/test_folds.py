"""A prepared table divided anew: test rows are in no fold, and each fold is fitted on its own training rows."""

import numpy as np
import pandas as pd
import pytest

from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds import prepare


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=60), "who": np.arange(60) // 3, "day": rng.permutation(60)})
    frame["y"] = 2 * frame["x"] + rng.normal(size=60)
    frame.to_csv(tmp_path / "t.csv", index=False)
    return frame, str(tmp_path / "t.csv")


def test_the_folds_hold_the_training_and_validation_rows_and_no_test_row(table):
    frame, path = table
    config = RunConfig(data=path, target="y", drop=("who", "day"))
    prepared = prepare(config)
    known = set(frame["x"].iloc[np.concatenate([prepared.split.train, prepared.split.validation])])
    folds = prepared.folds(config, 4)
    judged = [x for fold in folds for x in fold.features["x"].iloc[fold.split.validation]]
    assert sorted(judged) == sorted(known)
    assert all(set(fold.features["x"]) == known and len(fold.split.test) == 0 for fold in folds)


def test_each_fold_scales_by_its_own_training_rows(table):
    config = RunConfig(data=table[1], target="y", drop=("who", "day"))
    for fold in prepare(config).folds(config, 3):
        X, y = fold.part("train")
        np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose([y.mean(), y.std()], [0, 1], atol=1e-6)
        assert abs(fold.part("validation")[0].mean()) > 1e-4


def test_groups_stay_together_and_time_goes_forward(table):
    frame, path = table
    grouped = RunConfig(data=path, target="y", split="group", split_column="who", drop=("day",))
    for fold in prepare(grouped).folds(grouped, 3):
        sides = [set(fold.key[rows]) for rows in (fold.split.train, fold.split.validation)]
        assert not sides[0] & sides[1]
        assert fold.key.tolist() == frame["who"].loc[fold.features.index].tolist()
    timed = RunConfig(data=path, target="y", split="time", split_column="day", drop=("who",))
    for fold in prepare(timed).folds(timed, 3):
        assert fold.key[fold.split.train].max() < fold.key[fold.split.validation].min()


def test_classes_keep_their_shares_unless_asked_not_to():
    shares = {}
    for stratify in (True, False):
        config = RunConfig(data="iris", stratify=stratify)
        folds = prepare(config).folds(config, 4)
        shares[stratify] = [np.bincount(fold.part("validation")[1], minlength=3).tolist() for fold in folds]
    assert shares[True] == [[10, 10, 10]] * 4
    assert shares[False] != shares[True]


def test_other_kinds_of_data_say_that_they_are_not_cross_validated(tmp_path):
    (tmp_path / "book.txt").write_text("to be or not to be, that is the question. " * 60)
    config = RunConfig(data=str(tmp_path / "book.txt"), test_size=0.1, validation_size=0.1, context=8)
    with pytest.raises(ConfigError, match="cv must be 1 for language, got 5: only tables are cross-validated"):
        prepare(config).folds(config, 5)
