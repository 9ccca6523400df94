import shlex

import pytest

from pellucid.cli import settings
from pellucid.cli.settings import as_options, command_of, config_of, differing, given_settings
from pellucid.train.config import ConfigError, RunConfig

NOTHING = dict.fromkeys(RunConfig(data="iris").to_json())


def test_only_what_was_given_is_a_setting():
    assert given_settings(NOTHING | {"drop": [], "seed": "0"}) == {"seed": 0}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden", "64,32", (64, 32)),
        ("hidden", "none", ()),
        ("test_size", "50", 50),
        ("test_size", "0.5", 0.5),
        ("lr", "1e-3", 0.001),
        ("drop", ["a, b", "c"], ("a", "b", "c")),
        ("drop", ['"height, cm",age'], ("height, cm", "age")),
        ("kinds", ["a=number", "x=y=id"], {"a": "number", "x=y": "id"}),
        ("batch_norm", False, False),
    ],
)
def test_options_are_converted(name, text, value):
    given = given_settings(NOTHING | {name: text})[name]
    assert given == value
    assert type(given) is type(value)


def test_no_batch_norm_wins_over_a_file_that_has_it():
    assert not config_of({"batch_norm": False}, {"data": "iris", "batch_norm": True}, "file.json").batch_norm


def test_the_one_who_stated_a_setting_is_blamed():
    with pytest.raises(ConfigError, match=r"^lr must be"):
        config_of({"lr": -1}, {"data": "iris"}, "file.json")
    with pytest.raises(ValueError, match=r"^file\.json: lr must be"):
        config_of({"seed": 1}, {"data": "iris", "lr": -1}, "file.json")


def test_settings_in_messages_become_options():
    assert as_options("split 'time' needs a split_column") == "--split 'time' needs a --split-column"
    assert as_options("class_weight is for classes") == "--class-weight is for classes"
    assert as_options("there is no setting 'lr'") == "there is no setting 'lr'"


def test_a_command_says_all_that_differs_and_is_understood_again():
    config = RunConfig(
        data="my data.csv",
        target="the y",
        hidden=(8, 4),
        batch_norm=True,
        drop=("height, cm", 'a "b"', "c"),
        kinds={"x": "id", "the z": "category"},
        lr=0.003,
        split="group",
        split_column="person",
        test_size=30,
    )
    words = shlex.split(command_of(config))
    assert words[:3] == ["pellucid", "train", "my data.csv"]
    values = NOTHING | {"data": words[2], "kinds": []}
    rest = iter(words[3:])
    for word in rest:
        name = {"--kind": "kinds"}.get(word, word[2:].replace("-", "_"))
        if name == "batch_norm":
            values[name] = True
        elif name == "kinds":
            values[name].append(next(rest))
        else:
            values[name] = [next(rest)] if name == "drop" else next(rest)
    assert RunConfig(**given_settings(values)) == config


def test_a_linear_model_is_said_as_none():
    assert command_of(RunConfig(data="iris", hidden=())) == "pellucid train iris --hidden none"


def test_defaults_do_not_differ():
    assert differing(RunConfig(data="iris")) == {"data": "iris"}
    assert differing(RunConfig(data="iris", lr=0.1, hidden=(3,))) == {"data": "iris", "lr": 0.1, "hidden": [3]}


def test_every_setting_has_a_converter_that_fits_or_is_text():
    taken_as_they_are = set(NOTHING) - set(settings.CONVERTERS)
    texts = dict.fromkeys(("target", "model", "text_column", "tokenizer", "time", "normal"), "t")
    standard = RunConfig(data="iris", split="time", split_column="t", **texts)
    assert {type(getattr(standard, name)) for name in taken_as_they_are} == {str, bool}
