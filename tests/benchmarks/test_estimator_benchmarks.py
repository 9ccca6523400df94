"""The part of the benchmarks that compares estimators."""

import pytest
from benchmarks.__main__ import main
from benchmarks.estimators import ESTIMATORS, Fitted, fit_once, time_estimators
from benchmarks.goals import goals
from benchmarks.report import estimators_table
from benchmarks.runner import Settings


def test_goals_of_estimators_are_ratios_of_scikit_learns_times():
    fitted = [
        Fitted("iris", "pellucid", "P", (1.0, 1.0), (0.9, 0.9)),
        Fitted("iris", "sklearn", "S", (8.0, 4.0), (0.9, 1)),
    ]
    (goal,) = goals({}, fitted=fitted)
    assert (goal.asked, goal.measured, goal.reached) == (5.0, 6.0, True)
    assert "| iris | P | 1.00 s (1.00 s to 1.00 s) | 6.0x | 0.900 ± 0.000 |" in estimators_table(fitted)


def test_both_libraries_learn_iris_about_as_well():
    scores = [fit_once(library, "iris", 0)[1] for library in ("pellucid", "sklearn")]
    assert min(scores) > 0.9


def test_without_scikit_learn_nothing_is_compared():
    assert time_estimators([], Settings()) == []
    assert "fit: median" in estimators_table([])


@pytest.mark.slow
def test_the_part_runs_and_judges_each_table():
    page = main(["--quick", "--only", "estimators"])
    for name in ESTIMATORS:
        assert f"{name}, fit, against scikit-learn" in page
