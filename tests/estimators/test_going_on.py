"""partial_fit goes on learning, also where a schedule has come to its end."""

import numpy as np
import pytest

from pellucid.estimators import MLPRegressor

X = np.linspace(-1, 1, 50)[:, None]


@pytest.mark.parametrize("schedule", ["cosine", "onecycle", "step", "exponential"])
def test_after_a_schedule_that_ended_the_rate_is_the_first_one(schedule):
    model = MLPRegressor(
        hidden_layer_sizes=(8,), learning_rate=schedule, learning_rate_init=0.01, max_iter=3, random_state=0
    )
    model.fit(X, X[:, 0] ** 2)
    before = model.loss_curve_[-1]
    for _ in range(20):
        model.partial_fit(X, X[:, 0] ** 2)
        assert model.history_["lr"][-1] == 0.01
    assert model.loss_curve_[-1] < 0.9 * before


def test_a_plan_that_ends_as_planned_is_no_warning():
    MLPRegressor(hidden_layer_sizes=(8,), learning_rate="cosine", max_iter=3).fit(
        X, X[:, 0]
    )  # warnings are errors here
    with pytest.warns(UserWarning, match=r"Maximum iterations \(3\) reached"):
        MLPRegressor(hidden_layer_sizes=(8,), max_iter=3).fit(X, X[:, 0])
