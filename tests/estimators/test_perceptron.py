"""The perceptron with scikit-learn's contract."""

import numpy as np
import pytest
from tests.estimators.data import iris

from pellucid.data import make_xor
from pellucid.estimators import Perceptron


def test_the_rule_by_hand():
    # (1, 1) is of class b: 0 >= 0 says b, right; (-1, -1) is of class a: 0 >= 0 says b, wrong: w = (1, 1), b = -1.
    # Then 2 - 1 >= 0 is right, and -2 - 1 < 0 is right: an epoch without error.
    model = Perceptron(eta0=0.5).fit([[1.0, 1.0], [-1.0, -1.0]], ["b", "a"])
    np.testing.assert_array_equal(model.coef_, [[0.5, 0.5]])
    np.testing.assert_array_equal(model.intercept_, [-0.5])
    assert model.n_iter_ == 2
    assert model.predict([[3.0, 0.0], [0.0, 0.0]]).tolist() == ["b", "a"]
    np.testing.assert_array_equal(model.decision_function([[3.0, 0.0]]), [1.0])


def test_more_classes_are_told_one_against_the_rest():
    X, y = iris()
    model = Perceptron().fit(X, y)
    assert model.coef_.shape == (3, 4)
    assert model.histories_[0].converged
    assert model.score(X, y) > 0.8


def test_classes_that_no_line_separates_are_said_to_be_so():
    X, y = make_xor()
    model = Perceptron().fit(X, y)
    assert "not linearly separable" in str(model.histories_[0])


def test_parameters_that_make_no_sense_are_refused():
    for parameters in ({"eta0": 0.0}, {"max_iter": 0}):
        with pytest.raises(ValueError, match=r"Perceptron: \w+ must be"):
            Perceptron(**parameters).fit([[0.0], [1.0]], [0, 1])
