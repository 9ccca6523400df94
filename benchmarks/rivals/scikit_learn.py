"""scikit-learn's MLPClassifier: partial_fit on a batch is a step, fit trains whole epochs."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.rivals.rival import Rival
from benchmarks.workloads import Digits

__all__ = ["ScikitLearn"]

warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is given


class ScikitLearn(Rival):
    """The multilayer perceptron that scikit-learn has."""

    title = "scikit-learn"
    distribution, module = "scikit-learn", "sklearn"

    def _estimator(self, epochs: int = 1) -> MLPClassifier:
        work = self.work
        return MLPClassifier(
            work.sizes[1:-1],
            activation="logistic" if work.activation == "sigmoid" else "relu",
            learning_rate_init=work.lr,
            alpha=0.0,
            batch_size=work.batch,
            max_iter=epochs,
            n_iter_no_change=epochs + 1,
        )

    def build(self) -> None:
        X, y = self.work.parts()[0]
        self.classes = np.arange(max(2, self.work.sizes[-1]))
        self.model = self._estimator().partial_fit(X, y, classes=self.classes)
        for own, b_own, (W, b) in zip(self.model.coefs_, self.model.intercepts_, self.work.weights, strict=True):
            own[...], b_own[...] = W.T, b
        del self.model._optimizer  # the next call makes a new Adam

    def step(self, X: Any, y: Any) -> Any:
        self.model.partial_fit(X, y)
        return self.model.loss_

    def fit(self, epochs: int) -> None:
        self._estimator(epochs).fit(self.work.X, self.work.y)

    def forward(self, X: Any) -> Any:
        return self.model.predict_proba(X)

    @staticmethod
    def digits(task: Digits) -> np.ndarray:
        model = MLPClassifier(
            (task.hidden,),
            learning_rate_init=task.lr,
            alpha=0.0,
            batch_size=task.batch,
            max_iter=task.epochs,
            n_iter_no_change=task.epochs + 1,
        )
        return model.fit(task.X, task.y).predict(task.X_test)

    @staticmethod
    def product(n: int) -> Callable[[int], None]:
        """Multiply by NumPy, whose BLAS scikit-learn uses."""
        x, y = np.ones((n, n), dtype=np.float32), np.ones((n, n), dtype=np.float32)

        def multiply(times: int) -> None:
            for _ in range(times):
                np.matmul(x, y)

        return multiply
