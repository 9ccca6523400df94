"""Small data for the tests of estimators."""

import numpy as np
from sklearn.datasets import load_iris, make_classification, make_regression

__all__ = ["classes", "iris", "labels", "numbers"]


def iris():
    X, y = load_iris(return_X_y=True)
    return (X - X.mean(0)) / X.std(0), y


def classes(n=120, k=3, seed=0):
    return make_classification(n, 6, n_informative=4, n_classes=k, random_state=seed)


def numbers(n=120, k=1, seed=0):
    X, y = make_regression(n, 5, n_targets=k, random_state=seed)
    return X, (y - y.mean(0)) / y.std(0)


def labels(n=120):
    X, _ = classes(n)
    return X, (X[:, :3] + 0.1 * np.sin(9 * X[:, 3:6]) > 0).astype(int)
