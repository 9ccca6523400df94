import numpy as np
import pytest

from pellucid.train.evaluation import accuracy, baseline, evaluate_classes, evaluate_numbers, probabilities


def test_the_metrics_of_a_hand_worked_example():
    # Four rows of classes a, a, b, b, of which the third is taken for a.
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    m = evaluate_classes(np.array([0, 0, 1, 1]), p, ["a", "b"])
    assert m["accuracy"] == m["balanced_accuracy"] == 0.75
    assert m["precision/a"] == pytest.approx(2 / 3)
    assert m["recall/a"] == 1
    assert m["precision/b"] == 1
    assert m["recall/b"] == 0.5
    assert m["f1/a"] == pytest.approx(0.8)
    assert m["f1/b"] == pytest.approx(2 / 3)
    assert m["f1_macro"] == m["f1_weighted"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert m["rows/a"] == 2
    assert m["log_loss"] == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())
    assert m["brier"] == pytest.approx((2 * 0.01 + 2 * 0.04 + 2 * 0.36 + 2 * 0.09) / 4)
    assert m["roc_auc"] == 1  # every b scores above every a
    # Confidences 0.9, 0.8, 0.6, 0.7 lie in bins of their own: gaps 0.1, 0.2, 0.6, 0.3.
    assert m["calibration_error"] == pytest.approx((0.1 + 0.2 + 0.6 + 0.3) / 4)


def test_metrics_that_need_every_class_are_left_out_without_them():
    p = np.full((3, 3), 1 / 3)
    m = evaluate_classes(np.array([0, 0, 1]), p, ["a", "b", "c"])
    assert "roc_auc" not in m
    assert m["rows/c"] == 0
    assert m["balanced_accuracy"] == 0.5  # over the classes that have rows


def test_every_metric_is_a_finite_number():
    rng = np.random.default_rng(0)
    p = probabilities(rng.normal(size=(50, 4)))
    m = evaluate_classes(np.arange(50) % 4, p, [0, 1, 2, 3])
    assert all(type(v) is float and np.isfinite(v) for v in m.values())
    assert 0 < m["average_precision"] < 1


@pytest.mark.parametrize(
    ("p", "words"),
    [(np.ones((2, 3)), "need probabilities of that shape"), (np.array([[np.nan, 1.0], [0.5, 0.5]]), "NaN")],
)
def test_broken_probabilities_are_refused(p, words):
    with pytest.raises(ValueError, match=words):
        evaluate_classes(np.array([0, 1]), p, ["a", "b"])


def test_the_metrics_of_numbers():
    m = evaluate_numbers(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 6.0]))
    assert m["mae"] == m["mean_error"] == 1
    assert m["rmse"] == pytest.approx(np.sqrt(3))
    assert m["max_error"] == 3
    assert m["median_absolute_error"] == 0
    assert m["r2"] == pytest.approx(1 - 9 / 2)
    assert "r2" not in evaluate_numbers(np.array([1.0]), np.array([1.0]))


def test_broken_predictions_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        evaluate_numbers(np.ones(3), np.ones((3, 1)))
    with pytest.raises(ValueError, match="NaN"):
        evaluate_numbers(np.ones(1), np.array([np.nan]))


def test_the_baseline_guesses_from_the_training_rows():
    assert baseline(np.array([0, 1, 1]), np.array([1, 1, 0, 0]), classification=True) == {"accuracy": 0.5}
    numbers = baseline(np.array([1.0, 3.0]), np.array([2.0, 4.0]), classification=False)
    assert numbers == {"mae": 1.0, "rmse": pytest.approx(np.sqrt(2))}


def test_accuracy_takes_the_largest_output():
    assert accuracy(np.array([[0.1, 0.9], [2.0, 1.0]]), np.array([1, 1])) == 0.5


def test_probabilities_of_huge_outputs_are_exact():
    np.testing.assert_array_equal(probabilities(np.array([[1e4, -1e4]], dtype=np.float32)), [[1.0, 0.0]])
