"""The settings of a search."""

import pytest

from pellucid.train.config import ConfigError, RunConfig
from pellucid.tune import Choice, Range, Search

IRIS = RunConfig(data="iris")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"method": "bayes"}, "method 'bayes' is not known; choose one of tpe, random, grid"),
        ({"pruner": "halvin"}, "did you mean 'halving'"),
        ({"metric": "acuracy"}, "did you mean 'accuracy'"),
        ({"trials": 0}, "trials must be a whole number of at least 1, got 0"),
        ({"trials": True}, "trials must be a whole number"),
        ({"cv": 2.0}, "cv must be a whole number of at least 1, got 2.0"),
        ({"timeout": 0}, "timeout must be a positive number of seconds, got 0"),
        ({"timeout": float("inf")}, "timeout must be a positive number of seconds"),
    ],
)
def test_wrong_settings_are_refused(more, message):
    with pytest.raises(ConfigError, match=message):
        Search(config=IRIS, **more)


def test_a_grid_has_every_combination_once_in_an_order_of_the_seed():
    space = {"lr": Range(0.01, 0.1, points=2), "optimizer": Choice(("adam", "sgd")), "momentum": Choice((0.0, 0.9))}
    search = Search(config=IRIS, space=space, method="grid")
    points = search.grid()
    # adam has no momentum: two points, sgd with it four.
    assert search.wanted == len(points) == 6
    assert len({tuple(sorted(p.items())) for p in points}) == 6
    assert all(("momentum" in p) == (p["optimizer"] == "sgd") for p in points)
    assert points == Search(config=IRIS, space=space, method="grid").grid()
    assert points != Search(config=RunConfig(data="iris", seed=1), space=space, method="grid").grid()
    assert Search(config=IRIS, space=space, method="grid", trials=100).wanted == 6
    assert Search(config=IRIS, space=space, method="grid", trials=4).wanted == 4


def test_the_rungs_are_a_third_of_each_other_and_end_before_the_last_epoch():
    def rungs(epochs, pruner="halving"):
        return Search(config=RunConfig(data="iris", epochs=epochs), pruner=pruner).rungs()

    assert rungs(27) == [3, 9]
    assert rungs(200, "hyperband") == [22, 66]
    assert rungs(1) == []
    assert rungs(200, "none") == []


def test_tables_are_cross_validated_and_other_data_judged_once(tmp_path):
    (tmp_path / "book.txt").write_text("words")
    assert Search(config=IRIS).folds == 5
    assert Search(config=RunConfig(data=str(tmp_path / "book.txt"))).folds == 1
