from dataclasses import replace

import pytest

from pellucid.plot import ColumnRow, LayerRow, ReportData


def classification(**changes):
    return replace(
        ReportData(
            name="coins",
            task="binary",
            target="side",
            rows=9,
            rows_left_out={"the target is missing": 1},
            split={"train": 4, "test": 4},
            columns=[ColumnRow("weight", "number")],
            layers=[LayerRow("0", "Linear", (8,), 16), LayerRow("1", "Linear", (1,), 9)],
            history={"loss": [0.7, 0.6]},
            metrics={"test": {"accuracy": 0.75}},
            baseline={"accuracy": 0.5},
            y_true=[0, 0, 1, 1],
            y_pred=[0, 1, 1, 1],
            scores=[0.1, 0.6, 0.7, 0.8],
            classes=["head", "tail"],
            training={"seed": 0},
            seconds=0.1,
            stopped="All 2 epochs were run.",
            command="pellucid train coins",
        ),
        **changes,
    )


def regression(**changes):
    return classification(
        **{
            "task": "regression",
            "target": "price",
            "unit": "€",
            "y_true": [1.0, 2.0, 3.0, 4.0],
            "y_pred": [1.5, 2.0, 3.0, 4.0],
            "metrics": {"test": {"mae": 0.125, "r2": 0.95}},
            "baseline": {"mae": 1.0},
            "scores": None,
            "classes": (),
            **changes,
        }
    )


def test_headline_of_a_classifier_tells_accuracy_and_the_simplest_guess():
    assert classification().headline == (
        "On 4 rows it had never seen, the network was right 75.0% of the time; "
        "always guessing the most frequent class would be right 50.0%."
    )
    assert classification(baseline={}).headline.endswith("was right 75.0% of the time.")


def test_headline_of_a_regression_tells_the_error_in_its_unit():
    assert regression().headline == (
        "On 4 rows it had never seen, the network was off by 0.125 € on average; "
        "always predicting the average would be off by 1 €. "
        "It explains 95% of the variation of price (R² = 0.95)."
    )
    changes = {"y_pred": [10.0, 11.0, 12.0, 13.0], "metrics": {"test": {"mae": 9.0, "r2": -0.5}}}
    worse = regression(**changes, baseline={}, unit="")
    assert worse.headline.endswith("off by 9 on average. It explains 0% of the variation of price (R² = -0.50).")


def test_parameters_add_up():
    assert classification().parameters == 25


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "ranking"}, "task must be .* got 'ranking'"),
        ({"metrics": {"train": {"accuracy": 1.0}}}, r"metrics\['test'\] must hold 'accuracy'"),
        ({"metrics": {"test": {"loss": 1.0}}}, r"metrics\['test'\] must hold 'accuracy'"),
        ({"history": {"loss": [1.0], "lr": [1.0, 2.0]}}, "got lengths {'loss': 1, 'lr': 2}"),
        ({"y_pred": [0, 1, 0, 1]}, r"'accuracy'\] is 0\.75, but y_true and y_pred give 0\.5"),
        ({"y_pred": [0, 1, 1]}, r"got \(4,\) and \(3,\)"),
        ({"y_true": [[0], [0], [1], [1]]}, r"must both be \(n,\)"),
        ({"split": {"train": 3, "test": 5}}, "says 5 test rows, y_true holds 4"),
        ({"rows": 10}, "split has 8 rows and 1 were left out, but the table has 10"),
        ({"rows_left_out": None}, "0 were left out, but the table has 9"),
        ({"classes": ["head"]}, "needs 2 classes, got 1"),
        ({"task": "multiclass", "classes": ["head"]}, "needs 2 or more classes, got 1"),
        ({"y_pred": [0, 1, 2, 1]}, "y_pred must hold class indices from 0 to 1"),
        ({"y_true": [0.0, 0.0, 1.0, 1.0]}, "y_true must hold class indices"),
        ({"scores": [[0.1, 0.2, 0.7]] * 4}, r"shape \(4, 2\), got \(4, 3\)"),
        ({"scores": [0.1, float("nan"), 0.1, 0.1]}, "scores must be probabilities from 0 to 1, got nan"),
        ({"scores": [0.1, -2.5, 0.1, 0.1]}, r"probabilities from 0 to 1, got -2\.5 to 0\.1"),
        ({"task": "regression", "metrics": {"test": {"mae": 1.0}}}, "no scores and no classes"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        classification(**changes)


def test_the_error_told_must_be_that_of_the_rows():
    with pytest.raises(ValueError, match=r"'mae'\] is 0\.2, but y_true and y_pred give 0\.125"):
        regression(metrics={"test": {"mae": 0.2}})


def test_numbers_of_a_regression_must_be_finite():
    with pytest.raises(ValueError, match="y_true and y_pred must be finite"):
        regression(y_pred=[1.0, 2.0, 3.0, float("nan")])
