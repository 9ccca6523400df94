import pytest

from pellucid.train.config import ConfigError, RunConfig


def test_settings_survive_json():
    config = RunConfig(data="iris", hidden=(64, 32), kinds={"a": "category"}, drop=("b",))
    assert RunConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"activation": "rleu"}, "did you mean 'relu'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"task": "clasification"}, "did you mean 'classification'"),
        ({"lr": 0}, "lr must be a positive number, got 0"),
        ({"lr": float("nan")}, "lr must be"),
        ({"lr": True}, "lr must be"),
        ({"dropout": 1.0}, r"dropout must be a number in \[0, 1\)"),
        ({"hidden": (64, -1)}, "hidden must be positive"),
        ({"hidden": "64"}, "hidden must be positive"),
        ({"epochs": 0}, "epochs must be a whole number"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"patience": -1}, "patience must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"weight_decay": -0.1}, "weight_decay must be"),
        ({"l1": -0.1}, "l1 must be"),
        ({"clip_norm": 0}, "clip_norm must be"),
        ({"test_size": 1.5}, "test_size must be a share"),
        ({"test_size": 0}, "test_size must be a share"),
        ({"validation_size": -0.2}, "validation_size must be"),
        ({"seed": -1}, "seed must be"),
        ({"momentum": 0.9}, "momentum is a setting of sgd and rmsprop, not of adam"),
        ({"split": "time"}, "needs a split_column"),
        ({"split_column": "day"}, "needs split 'time' or 'group'"),
        ({"data": ""}, "data must be"),
        ({"batch_norm": "yes"}, "batch_norm must be true or false"),
        ({"stratify": 1}, "stratify must be true or false"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings, words):
    with pytest.raises(ConfigError, match=words):
        RunConfig(**({"data": "iris"} | settings))


def test_unknown_and_missing_settings_are_named():
    with pytest.raises(ConfigError, match="did you mean 'hidden'"):
        RunConfig.from_json({"data": "iris", "hiden": [3]})
    with pytest.raises(ConfigError, match="lack 'data'"):
        RunConfig.from_json({})
