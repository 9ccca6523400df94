"""The space of a search: what may be searched, and how a choice becomes settings."""

import json
from dataclasses import replace

import pytest

from pellucid.train.config import ConfigError, RunConfig
from pellucid.tune.space import Choice, Range, chosen, default_space, given_parameters, parse_space, space_json

IRIS = RunConfig(data="iris")


def test_a_space_is_read_from_json_and_written_back():
    content = {
        "lr": {"low": 1e-4, "high": 0.1, "log": True},
        "hidden": [None, [64], [64, 32], []],
        "activation": ["relu", "tanh"],
        "batch_size": {"low": 8, "high": 64, "points": 2},
    }
    space = parse_space(json.loads(json.dumps(content)), IRIS)
    assert space == {
        "lr": Range(1e-4, 0.1, log=True),
        "hidden": Choice((None, "64", "64,32", "")),
        "activation": Choice(("relu", "tanh")),
        "batch_size": Range(8, 64, whole=True, points=2),
    }
    assert parse_space(json.loads(json.dumps(space_json(space))), IRIS) == space


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "a space is an object"),
        ({}, "a space is an object"),
        ({"learning_rate": [1]}, "names 'learning_rate', which cannot be searched"),
        ({"dropot": [0.1]}, "did you mean 'dropout'"),
        ({"seed": [1, 2]}, "names 'seed', which cannot be searched"),
        ({"window": [3]}, "names 'window', which cannot be searched"),
        ({"lr": 0.1}, "lr must be written as"),
        ({"lr": {"low": 0.1}}, "lr must be written as"),
        ({"lr": {"low": 0.1, "high": 0.2, "logarithm": True}}, "lr must be written as"),
        ({"lr": {"low": 0.1, "high": 0.1}}, "needs numbers with low < high, got 0.1 and 0.1"),
        ({"lr": {"low": 0, "high": 0.1, "log": True}}, "true only for positive numbers"),
        ({"lr": {"low": 0, "high": 0.1}}, "the space's lr must be a positive number, got 0"),
        ({"lr": {"low": 0.1, "high": float("nan")}}, "low < high"),
        ({"batch_size": {"low": 1.5, "high": 3}}, "needs whole numbers"),
        ({"batch_size": {"low": 1, "high": 3, "points": 0}}, "points is a whole number of at least 1, got 0"),
        ({"optimizer": {"low": 1, "high": 3}}, "optimizer is no number and has no range"),
        ({"optimizer": ["adm"]}, "the space's optimizer 'adm' is not known; did you mean 'adam'"),
        ({"dropout": [0.1, 0.1]}, "must list different values"),
        ({"dropout": []}, "must list different values"),
        ({"dropout": [0.5, 1.0]}, r"the space's dropout must be a number in \[0, 1\), got 1.0"),
        ({"hidden": [["a"]]}, "hidden must be lists of units"),
        ({"hidden": [[0]]}, "the space's hidden must be positive numbers of units"),
        ({"layers": [1, 2]}, "needs both layers and units, or neither"),
        ({"layers": [1], "units": [8], "hidden": [[8]]}, "hidden and layers too"),
        ({"layers": [0], "units": [8]}, "layers must be whole numbers of at least 1, got 0"),
        ({"model": ["cnn"]}, "the space's model 'cnn' is none for this data"),
    ],
)
def test_what_makes_no_sense_is_refused(content, message):
    with pytest.raises(ConfigError, match=message):
        parse_space(content, IRIS)


def test_layers_of_units_each_are_hidden():
    assert chosen({"layers": 3, "units": 7}, IRIS).hidden == (7, 7, 7)
    assert [chosen({"hidden": h}, IRIS).hidden for h in (None, "", "64,32")] == [None, (), (64, 32)]


def test_what_is_not_chosen_stays_as_given():
    config = RunConfig(data="iris", lr=0.5, dropout=0.3, seed=4)
    assert chosen({"lr": 0.1}, config) == replace(config, lr=0.1)


def test_an_optimizer_without_momentum_gets_none_of_that_given():
    config = RunConfig(data="iris", optimizer="sgd", momentum=0.9)
    assert chosen({"optimizer": "adam"}, config).momentum == 0
    assert chosen({"optimizer": "rmsprop"}, config).momentum == 0.9


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (Range(0.0, 1.0, points=3), (0.0, 0.5, 1.0)),
        (Range(1.0, 1000.0, log=True), (1.0, 10.0, 100.0, 1000.0)),
        (Range(1, 3, whole=True), (1, 2, 3)),
        (Range(16, 256, log=True, whole=True, points=3), (16, 64, 256)),
        (Range(0.1, 0.2, points=1), (0.1,)),
        (Choice(("b", None, 1)), ("b", None, 1)),
    ],
)
def test_a_grid_takes_evenly_spread_values(values, expected):
    assert values.grid() == expected
    assert all(value in values for value in expected)


def test_the_settings_as_given_are_told_in_the_spaces_words_as_far_as_it_has_them():
    space = default_space(IRIS)
    given = given_parameters(space, IRIS, (32,))
    assert given["lr"] == IRIS.lr
    assert (given["layers"], given["units"]) == (1, 32)
    assert "momentum" not in given
    uneven = given_parameters(space, RunConfig(data="iris", lr=0.5, optimizer="sgd"), (64, 32))
    assert {"layers", "units", "lr"} & set(uneven) == set()
    assert uneven["momentum"] == 0
    listed = {"hidden": Choice(("8,4", None)), "dropout": Choice((0.0,))}
    assert given_parameters(listed, RunConfig(data="iris", hidden=(8, 4)), None) == {"hidden": "8,4", "dropout": 0.0}


def test_the_default_space_names_only_what_the_kind_of_data_has(tmp_path):
    assert {"lr", "layers", "units", "activation", "dropout", "weight_decay"} < set(default_space(IRIS))
    (tmp_path / "book.txt").write_text("words")
    text = default_space(RunConfig(data=str(tmp_path / "book.txt")))
    assert {"lr", "dropout", "batch_size"} < set(text)
    assert {"layers", "units", "activation"} & set(text) == set()
    for config in (IRIS, RunConfig(data=str(tmp_path / "book.txt"))):
        assert parse_space(space_json(default_space(config)), config) == default_space(config)
