"""Estimators of one contract, from scaled arrays to a trained network: Pellucid's and scikit-learn's side by side."""

import importlib
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.runner import Process, Settings

__all__ = ["ESTIMATORS", "MODULES", "Fitted", "fit_once", "time_estimators"]

ESTIMATORS = ("iris", "wine", "breast_cancer", "digits", "diabetes")
"""Data that scikit-learn brings; of diabetes a number is learned, of the others classes."""

MODULES = {"pellucid": "pellucid.estimators", "sklearn": "sklearn.neural_network"}


@dataclass(frozen=True)
class Fitted:
    """What one library needed for one table.

    Attributes:
        data: the table's name.
        name: the library's.
        title: what tables call it.
        times: of `fit`, one for each division of the rows, the first of a process left out.
        scores: on the rows that were not learned from: accuracy, or R^2.
    """

    data: str
    name: str
    title: str
    times: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """Return the median."""
        return median(self.times)


def fit_once(library: str, data: str, seed: int) -> tuple[float, float]:
    """Return the seconds of `fit` with default parameters, and the score on a quarter of the rows."""
    from sklearn import datasets
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    module = importlib.import_module(MODULES[library])
    made = (module.MLPRegressor if data == "diabetes" else module.MLPClassifier)(random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 200 epochs are the default, whether they suffice or not
        began = time.perf_counter()
        made.fit(X_train, y_train)
        seconds = time.perf_counter() - began
    return seconds, float(made.score(X_test, y_test))


def time_estimators(processes: Sequence[Process], settings: Settings) -> list[Fitted]:
    """Fit all tables in turns, with several divisions of their rows; nothing without scikit-learn, whose they are."""
    mine = [process for process in processes if process.name in MODULES]
    if "sklearn" not in {process.name for process in mine}:
        return []
    found = []
    for data in ESTIMATORS:
        answers: dict[str, list[tuple[float, float]]] = {process.name: [] for process in mine}
        for seed in range(4 if settings.quick else 11):
            for process in mine if seed % 2 else mine[::-1]:
                answers[process.name].append(tuple(process.call("estimator", data=data, seed=seed)))
        for process in mine:
            times, scores = zip(*answers[process.name], strict=True)
            found.append(Fitted(data, process.name, process.title, times[1:], scores))
    return found
