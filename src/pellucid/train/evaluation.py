"""How good predictions are, by scikit-learn's metrics."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._extras import require
from pellucid._tensor import Array

__all__ = ["accuracy", "baseline", "evaluate_classes", "evaluate_numbers", "probabilities"]


def accuracy(outputs: Array, targets: Array) -> float:
    """Return the share of rows whose largest output is at the target's class; a metric for `Trainer`.

    Args:
        outputs: (N, C) scores.
        targets: (N,) class indices.
    """
    return float(require("sklearn.metrics", "tabular").accuracy_score(targets, outputs.argmax(axis=1)))


def probabilities(logits: Array) -> Array:
    """Return softmax(logits) in float64, whose rows sum to 1 to rounding."""
    from pellucid import kernels as K

    return K.softmax(logits.astype(np.float64), axis=1)


def evaluate_classes(y_true: Array, p: Array, classes: Sequence[Any]) -> dict[str, float]:
    """Return the metrics of a classification as one flat dict.

    accuracy, balanced_accuracy; precision, recall and f1 as macro and weighted means; `precision/NAME`,
    `recall/NAME`, `f1/NAME` and `rows/NAME` of every class; log_loss; brier (the mean squared distance of the
    probabilities from the truth, summed over classes); calibration_error (the mean gap between confidence and
    accuracy over ten bins of confidence, weighted by rows; Naeini et al., 2015); roc_auc and
    average_precision (of the second class where there are two, else the mean over classes against the rest),
    left out where the rows hold one class only.

    Args:
        y_true: (N,) class indices.
        p: (N, C) probabilities.
        classes: the C classes' names.

    Raises:
        ValueError: when the shapes do not fit, a probability is NaN, or there is no row.

    Example:
        >>> p = np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]])
        >>> evaluate_classes(np.array([0, 1, 1]), p, ["no", "yes"])["recall/yes"]
        0.5
    """
    m = require("sklearn.metrics", "tabular")
    n_classes = len(classes)
    if p.shape != (len(y_true), n_classes) or not len(y_true):
        raise ValueError(f"{len(y_true)} rows of {n_classes} classes need probabilities of that shape, got {p.shape}")
    if not np.isfinite(p).all():
        raise ValueError("a probability is NaN or infinite: the model's output is broken")
    labels = np.arange(n_classes)
    y_pred = p.argmax(axis=1)
    by_class = m.precision_recall_fscore_support(y_true, y_pred, labels=labels, zero_division=0.0)
    out = {
        "accuracy": m.accuracy_score(y_true, y_pred),
        "balanced_accuracy": float(np.mean(by_class[1][by_class[3] > 0])),
        "log_loss": m.log_loss(y_true, p, labels=labels),
        "brier": float(np.mean(np.sum((p - np.eye(n_classes)[y_true]) ** 2, axis=1))),
        "calibration_error": _calibration_error(y_true == y_pred, p.max(axis=1)),
    }
    for average in ("macro", "weighted"):
        scores = m.precision_recall_fscore_support(y_true, y_pred, labels=labels, average=average, zero_division=0.0)
        out |= {f"{name}_{average}": s for name, s in zip(("precision", "recall", "f1"), scores, strict=False)}
    if len(np.unique(y_true)) == n_classes:
        if n_classes == 2:
            out["roc_auc"] = m.roc_auc_score(y_true, p[:, 1])
            out["average_precision"] = m.average_precision_score(y_true, p[:, 1])
        else:
            out["roc_auc"] = m.roc_auc_score(y_true, p / p.sum(axis=1, keepdims=True), multi_class="ovr", labels=labels)
            out["average_precision"] = m.average_precision_score(np.eye(n_classes)[y_true], p)
    for i, name in enumerate(classes):
        for metric, values in zip(("precision", "recall", "f1", "rows"), by_class, strict=True):
            out[f"{metric}/{name}"] = values[i]
    return {name: float(value) for name, value in out.items()}


def _calibration_error(correct: Array, confidence: Array, bins: int = 10) -> float:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(which, minlength=bins)
    gap = np.abs(np.bincount(which, correct, bins) - np.bincount(which, confidence, bins))
    return float(gap.sum() / count.sum())


def evaluate_numbers(y_true: Array, y_pred: Array) -> dict[str, float]:
    """Return the metrics of a regression: r2, mae, rmse, median_absolute_error, max_error, mean_error.

    r2 = 1 - sum (y - p)^2 / sum (y - mean y)^2 is left out for fewer than two rows; mean_error is the mean of
    p - y, which shows a bias.

    Args:
        y_true: (N,) in the target's unit.
        y_pred: (N,) in the same.

    Raises:
        ValueError: when the shapes differ, a prediction is NaN, or there is no row.

    Example:
        >>> evaluate_numbers(np.array([1.0, 2.0]), np.array([1.0, 3.0]))["mae"]
        0.5
    """
    m = require("sklearn.metrics", "tabular")
    if y_true.shape != y_pred.shape or y_true.ndim != 1 or not len(y_true):
        raise ValueError(f"truth and predictions must be equally many numbers, got {y_true.shape} and {y_pred.shape}")
    if not np.isfinite(y_pred).all():
        raise ValueError("a prediction is NaN or infinite: the model's output is broken")
    out = {
        "mae": m.mean_absolute_error(y_true, y_pred),
        "rmse": math.sqrt(m.mean_squared_error(y_true, y_pred)),
        "median_absolute_error": m.median_absolute_error(y_true, y_pred),
        "max_error": m.max_error(y_true, y_pred),
        "mean_error": float(np.mean(y_pred - y_true)),
    }
    if len(y_true) > 1:
        out = {"r2": m.r2_score(y_true, y_pred)} | out
    return {name: float(value) for name, value in out.items()}


def baseline(y_train: Array, y_test: Array, *, classification: bool) -> dict[str, float]:
    """Return what the simplest guess reaches on the test rows: the training rows' commonest class, or mean."""
    dummy = require("sklearn.dummy", "tabular")
    m = require("sklearn.metrics", "tabular")
    model = dummy.DummyClassifier() if classification else dummy.DummyRegressor()
    guess = model.fit(np.zeros((len(y_train), 1)), y_train).predict(np.zeros((len(y_test), 1)))
    if classification:
        return {"accuracy": float(m.accuracy_score(y_test, guess))}
    rmse = math.sqrt(m.mean_squared_error(y_test, guess))
    return {"mae": float(m.mean_absolute_error(y_test, guess)), "rmse": rmse}
