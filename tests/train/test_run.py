import json
import signal

import numpy as np
import pandas as pd
import pytest

from pellucid.data import DataError, load_embedded
from pellucid.train import Callback
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.prepare import prepare
from pellucid.train.run import resume_run, train_run
from pellucid.train.run_folder import RunError, load_run


def short(data="iris", **settings):
    return RunConfig(data=data, **({"epochs": 4, "hidden": (8,)} | settings))


class InterruptAt(Callback):
    def __init__(self, step):
        self.step = step

    def on_step_end(self, trainer):
        if trainer.step == self.step:
            signal.raise_signal(signal.SIGINT)


class NeverInterrupt(InterruptAt):
    pass


@pytest.fixture
def mixed(tmp_path):
    """A table as people have them: numbers, categories, dates, yes/no, an id, holes."""
    rng = np.random.default_rng(0)
    n = 150
    frame = pd.DataFrame(
        {
            "id": [f"customer-{i}" for i in range(n)],
            "age": rng.integers(18, 80, n).astype(float),
            "city": rng.choice(["Berlin", "Paris", "Rome"], n),
            "member": rng.choice(["yes", "no"], n),
            "since": pd.date_range("2020-01-01", periods=n).strftime("%Y-%m-%d"),
        }
    )
    frame["spends"] = 10 + frame["age"] * 2 + 30 * (frame["city"] == "Rome") + rng.normal(0, 2, n)
    frame["buys"] = np.where(frame["spends"] > frame["spends"].median(), "often", "rarely")
    frame.loc[::10, "age"] = np.nan
    path = tmp_path / "customers.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_run_leaves_everything_needed_to_use_and_repeat_it(tmp_path):
    result = train_run(short(), tmp_path / "run")
    names = {p.name for p in (tmp_path / "run").iterdir()}
    assert names == {
        "config.json",
        "model.safetensors",
        "preprocessing.json",
        "preprocessing.skops",
        "history.csv",
        "metrics.json",
        "environment.json",
        "checkpoints",
    }
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert list(metrics) == ["train", "validation", "test"]
    assert {"accuracy", "f1_weighted", "loss"} <= set(metrics["test"])
    assert metrics == result.metrics
    assert json.loads((tmp_path / "run" / "environment.json").read_text())["run"]["status"] == "finished"


def test_a_run_reads_back_to_the_same_predictions(mixed, tmp_path):
    result = train_run(short(str(mixed), target="buys", drop=("spends",), epochs=15), tmp_path / "run")
    run = load_run(tmp_path / "run")
    frame = pd.read_csv(mixed)
    predicted = run.predict(frame.iloc[result.prepared.split.test])
    np.testing.assert_array_equal(predicted[["probability_often", "probability_rarely"]].to_numpy(), result.outputs)
    assert predicted.columns[: len(frame.columns)].tolist() == frame.columns.tolist()
    assert set(predicted["prediction"]) <= {"often", "rarely"}
    judged = run.evaluate(frame.iloc[result.prepared.split.test])
    assert judged["accuracy"] == result.metrics["test"]["accuracy"]


def test_a_regression_predicts_in_the_targets_own_unit(mixed, tmp_path):
    config = short(str(mixed), target="spends", drop=("buys",), epochs=60, lr=0.01, hidden=(16,))
    result = train_run(config, tmp_path / "run")
    assert result.metrics["test"]["r2"] > 0.8
    assert result.metrics["test"]["mae"] < 0.5 * result.baseline["mae"]
    assert abs(load_run(tmp_path / "run").outputs(pd.read_csv(mixed)).mean() - pd.read_csv(mixed)["spends"].mean()) < 20


def test_test_rows_play_no_part_in_fitting(tmp_path):
    data = load_embedded("diabetes")
    split = prepare(short("diabetes")).split
    changed = data.frame.copy()
    changed.loc[changed.index[split.test], data.target] *= 1000
    for column in ("bmi", "bp"):
        if column in changed:
            changed.loc[changed.index[split.test], column] += 1000
    weights = []
    for name, frame in (("a", data.frame), ("b", changed)):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        # Told what it is, because the kind of a target is looked up over all rows.
        result = train_run(
            short(str(tmp_path / f"{name}.csv"), target=data.target, task="regression"), tmp_path / f"run-{name}"
        )
        weights.append((tmp_path / f"run-{name}" / "model.safetensors").read_bytes())
        assert result.prepared.split.test.tolist() == split.test.tolist()
    assert weights[0] == weights[1]


def test_the_same_settings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        train_run(short(dropout=0.2), tmp_path / name)
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == (tmp_path / "b" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("step", [1, 3, 4, 6, 12])
def test_an_interrupted_run_is_resumed_bit_for_bit(tmp_path, step):
    config = short(dropout=0.2, schedule="onecycle", patience=2)
    whole = train_run(config, tmp_path / "whole", [NeverInterrupt(-1)])
    first = train_run(config, tmp_path / "cut", [InterruptAt(step)])
    assert first.interrupted
    assert load_run(tmp_path / "cut").model.sizes == whole.model.sizes  # the best weights so far are usable
    resume_run(tmp_path / "cut", [InterruptAt(-1)])
    assert (tmp_path / "cut" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()
    assert json.loads((tmp_path / "cut" / "metrics.json").read_text()) == whole.metrics


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_norm": True, "dropout": 0.3},
        {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01, "schedule": "cosine"},
        {"optimizer": "adamw", "schedule": "plateau", "clip_norm": 0.5},
        {"l1": 0.001, "schedule": "step", "class_weight": "balanced", "activation": "tanh"},
        {"schedule": "exponential", "scaling": "robust", "hidden": ()},
        {"optimizer": "rmsprop", "momentum": 0.5, "scaling": "minmax", "hidden": None},
    ],
)
def test_every_setting_can_be_interrupted_and_resumed(tmp_path, settings):
    config = short(**settings)
    train_run(config, tmp_path / "whole", [NeverInterrupt(-1)])
    train_run(config, tmp_path / "cut", [InterruptAt(6)])
    resume_run(tmp_path / "cut", [InterruptAt(-1)])
    assert (tmp_path / "cut" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": (4, 4)},
        {"activation": "tanh"},
        {"dropout": 0.5},
        {"batch_norm": True},
        {"optimizer": "rmsprop"},
        {"lr": 0.01},
        {"weight_decay": 0.5},
        {"l1": 0.1},
        {"schedule": "exponential"},
        {"clip_norm": 0.01},
        {"epochs": 2},
        {"batch_size": 16},
        {"scaling": "minmax"},
        {"kinds": {"petal_length": "category"}},
        {"drop": ("petal_length",)},
        {"stratify": False},
        {"test_size": 0.3},
        {"validation_size": 0.3},
        {"seed": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_changes_the_result(tmp_path, change, iris_columns):
    if "petal_length" in str(change):
        change = json.loads(json.dumps(change).replace("petal_length", iris_columns[2]))
    plain = train_run(short(), tmp_path / "plain")
    other = train_run(short(**change), tmp_path / "other")
    assert plain.metrics["test"]["loss"] != pytest.approx(other.metrics["test"]["loss"], rel=1e-4)


@pytest.fixture
def iris_columns():
    return list(load_embedded("iris").frame.columns)


def test_class_weights_change_an_unbalanced_result(tmp_path):
    frame = load_embedded("breast_cancer").frame
    path = tmp_path / "b.csv"
    frame.iloc[:, [0, 1, -1]].to_csv(path, index=False)
    target = frame.columns[-1]
    plain = train_run(short(str(path), target=target), tmp_path / "plain")
    weighed = train_run(short(str(path), target=target, class_weight="balanced"), tmp_path / "weighed")
    assert plain.metrics["test"]["loss"] != pytest.approx(weighed.metrics["test"]["loss"], rel=1e-3)


def test_rows_are_split_in_time_or_by_group_when_asked(mixed, tmp_path):
    times = prepare(short(str(mixed), target="buys", split="time", split_column="since"))
    assert (
        times.split.train.max() < times.split.validation.min() <= times.split.validation.max() < times.split.test.min()
    )
    groups = prepare(short(str(mixed), target="buys", split="group", split_column="city"))
    cities = pd.read_csv(mixed)["city"]
    parts = [set(cities.iloc[rows]) for rows in (groups.split.train, groups.split.validation, groups.split.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert "city" not in groups.features


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        train_run(short(), tmp_path / "run")
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["thesis.txt"]


def test_bad_data_or_settings_leave_no_folder(tmp_path):
    for config in (short("nowhere.csv", target="x"), short("iris", target="nothing"), short(drop=("nothing",))):
        with pytest.raises((DataError, ConfigError)):
            train_run(config, tmp_path / "run")
        assert not (tmp_path / "run").exists()


def test_a_finished_run_is_not_resumed(tmp_path):
    train_run(short(), tmp_path / "run")
    with pytest.raises(RunError, match="is finished"):
        resume_run(tmp_path / "run")


def test_a_run_is_not_resumed_with_other_data(mixed, tmp_path):
    train_run(short(str(mixed), target="buys"), tmp_path / "run", [InterruptAt(3)])
    mixed.write_text(mixed.read_text().replace("Rome", "Oslo"))
    with pytest.raises(RunError, match="has changed since"):
        resume_run(tmp_path / "run", [InterruptAt(-1)])


@pytest.mark.parametrize(
    ("file", "damage", "words"),
    [
        ("model.safetensors", lambda b: b[: len(b) // 2], "damaged"),
        ("model.safetensors", lambda b: b"", "damaged"),
        ("model.safetensors", lambda b: b"\x80\x04\x95" + b[3:], "damaged"),
        ("preprocessing.skops", lambda b: b[:100], "preprocessing"),
        ("preprocessing.json", lambda b: b[:100], "preprocessing"),
        ("config.json", lambda b: b[:100], "not a valid JSON"),
        ("config.json", lambda b: b.replace(b'"MLP"', b'"os.system"'), "os.system"),
        ("config.json", lambda b: b.replace(b'"relu"', b'"eval"'), "eval"),
        ("config.json", lambda b: b"{}", "not the configuration"),
        ("config.json", lambda b: b.replace(b'"format": 1', b'"format": 9'), "format 9"),
    ],
)
def test_a_damaged_run_is_refused_with_the_file_named(tmp_path, file, damage, words):
    train_run(short(epochs=1), tmp_path / "run")
    path = tmp_path / "run" / file
    before = path.read_bytes()
    assert damage(before) != before
    path.write_bytes(damage(before))
    with pytest.raises(RunError, match=words):
        load_run(tmp_path / "run")


def test_weights_of_another_shape_are_refused(tmp_path):
    train_run(short(epochs=1), tmp_path / "a")
    train_run(short(epochs=1, hidden=(9,)), tmp_path / "b")
    (tmp_path / "a" / "model.safetensors").write_bytes((tmp_path / "b" / "model.safetensors").read_bytes())
    with pytest.raises(RunError, match="wrong shape"):
        load_run(tmp_path / "a")


def test_missing_folders_and_files_are_named(tmp_path):
    with pytest.raises(RunError, match="there is no run folder"):
        load_run(tmp_path / "none")
    with pytest.raises(RunError, match=r"no config\.json"):
        load_run(tmp_path)
    train_run(short(epochs=1), tmp_path / "run")
    (tmp_path / "run" / "model.safetensors").unlink()
    with pytest.raises(RunError, match="not finished"):
        load_run(tmp_path / "run")


def test_a_prediction_does_not_overwrite_a_column(tmp_path):
    train_run(short(epochs=1), tmp_path / "run")
    frame = load_embedded("iris").frame.assign(prediction=1)
    with pytest.raises(DataError, match="already has a column 'prediction'"):
        load_run(tmp_path / "run").predict(frame)


def test_batch_norm_with_a_single_row_left_over_is_refused_before_training(tmp_path):
    with pytest.raises(ConfigError, match="leave one over"):
        train_run(short(batch_norm=True, batch_size=89), tmp_path / "run")


def test_findings_tell_of_duplicates_few_rows_and_dropped_targets(tmp_path):
    frame = load_embedded("iris").frame
    frame = pd.concat([frame, frame], ignore_index=True)
    target = frame.columns[-1]
    frame[target] = frame[target].astype(object)
    frame.loc[3, target] = None
    frame.to_csv(tmp_path / "t.csv", index=False)
    config = short(str(tmp_path / "t.csv"), target=target, test_size=20, epochs=1)
    warnings = " ".join(train_run(config, tmp_path / "run").warnings)
    assert "1 rows were left out because their target is missing" in warnings
    assert "same inputs as a training row" in warnings
    assert "The test has 20 rows only" in warnings
    assert "The last epoch was the best" in warnings
