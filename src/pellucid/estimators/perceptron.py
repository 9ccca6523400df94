"""The perceptron as scikit-learn's users know it: Rosenblatt's rule, one against the rest."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from pellucid import models
from pellucid._tensor import Array
from pellucid.estimators.parameters import at_least, check_parameters, whole
from pellucid.models import PerceptronHistory

__all__ = ["Perceptron"]


class Perceptron(ClassifierMixin, BaseEstimator):
    """Rosenblatt's perceptron (1958): of two classes the second where w · x + b >= 0.

    For each row in turn, with t and y of 0 or 1:  w += eta0 (t - y) x;  b += eta0 (t - y).  With more classes there
    is a perceptron for each against the rest, and the largest w · x + b decides. The rule ends when no row is wrong,
    which it reaches after finitely many steps if a line separates the classes (Novikoff, 1962).

    Different from scikit-learn's: rows come in the order that they have, and b moves as w does; there is no penalty.

    Shapes: X (n, features), y (n,).

    Args:
        max_iter: passes through the rows, at most.
        eta0: the step; started from zero it scales w and b, and changes no decision.

    Attributes:
        coef_: w, (1, features), or (classes, features) where there are more than two.
        intercept_: b of each.
        classes_: the classes.
        n_iter_: passes, the most of any perceptron.
        histories_: what happened, a `pellucid.models.PerceptronHistory` for each; printed, it says whether the classes
            were separated.

    Raises:
        ValueError: in `fit`, for parameters and data that make no sense.

    Example:
        >>> from pellucid.data import make_and
        >>> X, y = make_and()
        >>> model = Perceptron().fit(X, y)
        >>> model.score(X, y), str(model.histories_[0])
        (1.0, 'linearly separable: no row was wrong in epoch 6')
    """

    def __init__(self, *, max_iter: int = 1000, eta0: float = 1.0) -> None:
        self.max_iter = max_iter
        self.eta0 = eta0

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from zero weights.

        Args:
            X: the rows, (n, features).
            y: their classes, (n,).

        Raises:
            ValueError: for parameters and data that make no sense.
        """
        rules = {"max_iter": whole(1), "eta0": at_least(0, above=True)}
        check_parameters(type(self).__name__, self.get_params(deep=False), rules)
        X, y = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(y)
        self.classes_, which = np.unique(y, return_inverse=True)
        wanted = range(len(self.classes_)) if len(self.classes_) > 2 else [len(self.classes_) - 1]
        made, histories = [], list[PerceptronHistory]()
        for c in wanted:
            perceptron = models.Perceptron(X.shape[1])
            histories.append(perceptron.fit(X, (which == c).astype(np.int64), self.max_iter, self.eta0))
            made.append(perceptron)
        self.coef_ = np.array([p.weight.array for p in made], np.float64)
        self.intercept_ = np.array([p.bias.array for p in made], np.float64)
        self.histories_ = histories
        self.n_iter_ = max(len(h.errors) for h in histories)
        return self

    def decision_function(self, X: Any) -> Array:
        """Return w · x + b of each row, (n,), or (n, classes) where there are more than two."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        scores = X @ self.coef_.T + self.intercept_
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: Any) -> Array:
        """Return the class of each row."""
        scores = self.decision_function(X)
        if scores.ndim == 2:
            return self.classes_[scores.argmax(axis=1)]
        if len(self.classes_) == 1:
            return np.full(len(scores), self.classes_[0])
        return self.classes_[(scores >= 0).astype(np.int64)]
