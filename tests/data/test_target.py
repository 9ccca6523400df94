import json

import numpy as np
import pandas as pd
import pytest

from pellucid.data.embedded import embedded_names, load_embedded
from pellucid.data.errors import DataError
from pellucid.data.target import Target, separate_target


def series(*values, name="y", **options):
    return pd.Series(list(values), name=name, **options)


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["b", "a", "b"], "binary", ("a", "b")),
        (["b", "a", "c"], "multiclass", ("a", "b", "c")),
        ([True, False, True], "binary", (False, True)),
        ([1, 0, 1], "binary", (0, 1)),
        ([1.0, 0.0, 1.0], "binary", (0, 1)),
        ([2, 1, 3] * 3, "multiclass", (1, 2, 3)),
        ([2, 1, 3], "regression", ()),
        ([0.5, 1.5, 0.5], "regression", ()),
        (list(range(21)) * 9, "regression", ()),
        (list(range(20)) * 3, "multiclass", tuple(range(20))),
        ([1, "a", 1], "binary", ("1", "a")),
    ],
)
def test_the_task_is_inferred_from_the_values(values, task, classes):
    target = Target.infer(series(*values))
    assert (target.task, target.classes) == (task, classes)


@pytest.mark.parametrize("name", embedded_names())
def test_the_task_of_every_embedded_set_is_inferred(name):
    data = load_embedded(name)
    assert Target.infer(data.frame[data.target]).task == data.task


def test_the_task_can_be_overridden():
    y = series(1, 2, 3, 1, 2, 3, 1, 2, 3)
    assert Target.infer(y).task == "multiclass"
    assert Target.infer(y, "regression").task == "regression"
    assert Target.infer(series(0.5, 1.5, 2.5), "classification").classes == (0.5, 1.5, 2.5)
    assert Target.infer(series(1, 2), "multiclass").task == "multiclass"
    assert Target.infer(series(1.5, 2.5), "binary").classes == (1.5, 2.5)
    assert Target.infer(y, "auto") == Target.infer(y)


def test_classes_become_indices_and_come_back():
    y = series("dog", "cat", "dog", "eel")
    target = Target.infer(y)
    indices = target.transform(y)
    assert (indices.dtype, indices.tolist()) == (np.int64, [1, 0, 1, 2])
    assert target.inverse(indices).tolist() == y.tolist()
    assert (target.n_classes, target.n_outputs, target.is_classification) == (3, 3, True)


def test_numbers_are_standardised_and_come_back():
    y = series(1.0, 2.0, 6.0)
    target = Target.infer(y, "regression")
    z = target.transform(y)
    assert (z.dtype, z.shape) == (np.float32, (3, 1))
    np.testing.assert_allclose(z[:, 0], (y - 3) / np.sqrt(14 / 3), rtol=1e-6)
    np.testing.assert_allclose(target.inverse(z), y, rtol=1e-6)
    np.testing.assert_allclose(target.inverse(z[:, 0]), y, rtol=1e-6)
    assert (target.n_classes, target.n_outputs, target.is_classification) == (0, 1, False)


def test_refit_takes_mean_and_scale_of_the_training_rows_only():
    y = series(1.0, 3.0, 1000.5)
    target = Target.infer(y, "regression").refit(y[:2])
    assert (target.mean, target.scale) == (2.0, 1.0)
    classes = Target.infer(series("a", "b", "c"))
    assert classes.refit(series("a", "b")) == classes


def test_a_constant_number_has_scale_one():
    assert Target.infer(series(2.0, 2.0), "regression").scale == 1.0
    assert abs(Target.infer(series(0.1, 0.2), "regression").scale - 0.05) < 1e-12


@pytest.mark.parametrize(
    "y",
    [
        series("a", "b"),
        series(True, False),
        series(3, 7),
        series(*np.arange(3.0).repeat(3)),
        series(1.5, 2.5, 4.0),
    ],
)
def test_a_target_is_stored_as_json_and_back(y):
    target = Target.infer(y)
    loaded = Target.from_json(json.loads(json.dumps(target.to_json())))
    assert loaded == target
    assert [type(label) for label in loaded.classes] == [type(label) for label in target.classes]
    np.testing.assert_array_equal(loaded.transform(y), target.transform(y))


@pytest.mark.parametrize(
    "change",
    [
        {"task": "guess"},
        {"classes": []},
        {"scale": 0.0},
        {"mean": float("nan")},
        {"colour": 1},
        {"mean": "x"},
    ],
)
def test_a_damaged_target_is_refused(change):
    with pytest.raises(DataError, match="the saved target is damaged"):
        Target.from_json(Target.infer(series("a", "b")).to_json() | change)
    with pytest.raises(DataError, match="the saved target is damaged"):
        Target.from_json({})


def test_labels_read_the_same_however_a_file_stores_them():
    target = Target.infer(series(0, 1, 1))
    assert target.transform(series(1.0, 0.0)).tolist() == [1, 0]
    texts = Target.infer(series("1", "2", "a"))
    assert texts.transform(series(2, 1)).tolist() == [1, 0]


def test_separating_drops_rows_without_target_and_counts_them():
    frame = pd.DataFrame({"x": [1, 2, 3], "y": ["a", None, "b"]})
    frame.attrs = {"source": "t.csv", "first_line": 2}
    features, y, dropped = separate_target(frame, "y")
    assert features.to_dict("list") == {"x": [1, 3]}
    assert (y.tolist(), y.name, dropped) == (["a", "b"], "y", 1)
    assert features.attrs == y.attrs == frame.attrs
    assert features.index.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: separate_target(pd.DataFrame({"age": [1], "land": [2]}), "lnad"),
            r"there is no column 'lnad' \(did you mean 'land'\?\); the columns are age, land",
        ),
        (lambda: separate_target(pd.DataFrame({"y": [None, None]}), "y"), "'y' is missing in all 2 rows"),
        (lambda: Target.infer(series("a", "a")), "'y' has one class only, 'a'"),
        (lambda: Target.infer(series(1, 2, 3), "binary"), "has 3 classes, which is not binary"),
        (lambda: Target.infer(series("a", "b"), "regression"), "holds text such as 'a', and a regression needs"),
        (lambda: Target.infer(series("a", None)), r"row 1, column 'y': the target is missing in 1 of 2 rows"),
        (lambda: Target.infer(series()), "has no rows"),
        (lambda: Target.infer(series(1.5, np.inf), "regression"), "row 1, column 'y': found inf"),
        (
            lambda: Target.infer(series(*map(str, np.arange(20) + 0.5), "?x")),
            r"row 20, column 'y': found '\?x' where a number",
        ),
        (
            lambda: Target.infer(series("a", "b")).transform(series("b", "c")),
            "row 1, column 'y': the target is 'c', a class that training never saw; known are 'a', 'b'",
        ),
        (lambda: Target.infer(series(1.5, 2.5)).transform(series("x")), "row 0, column 'y': found 'x'"),
    ],
)
def test_targets_that_cannot_be_used_are_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


def test_an_unknown_task_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'regression'"):
        Target.infer(series(1, 2), "regresion")


def test_inverse_refuses_scores_and_impossible_indices():
    target = Target.infer(series("a", "b"))
    for scores in [np.array([[0.1, 0.9]]), np.array([0.0, 1.0]), np.array([[0, 1]])]:
        with pytest.raises(ValueError, match="take the argmax"):
            target.inverse(scores)
    with pytest.raises(ValueError, match=r"must lie in 0\.\.1, got -1\.\.1"):
        target.inverse(np.array([1, -1]))
    with pytest.raises(ValueError, match=r"shape \(n,\) or \(n, 1\), got \(1, 2\)"):
        Target.infer(series(1.5, 2.5)).inverse(np.zeros((1, 2)))
    assert target.inverse(np.zeros(0, np.int64)).tolist() == []
