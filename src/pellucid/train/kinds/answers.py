"""What networks that name a class or give a number have in common, whatever they look at."""

from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.data import Target
from pellucid.models import Model
from pellucid.nn import CrossEntropyLoss, Module, MSELoss
from pellucid.train.batches import as_inputs, outputs_by_batch
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import evaluate_classes, evaluate_numbers, probabilities
from pellucid.train.sample_weights import balanced_class_weights

__all__ = ["class_columns", "loss_of", "outputs_of", "rare_classes", "report_of", "scores", "told", "truth"]


def outputs_of(model: Model, X: Any, target: Target, batch_size: int = 1024) -> Array:
    """Return the model's answer for rows of features: probabilities, or numbers in the target's unit."""
    raw = outputs_by_batch(model, as_inputs(X, np.dtype(np.float32)), batch_size)
    return probabilities(raw) if target.is_classification else target.inverse(raw)


def loss_of(target: Target, config: RunConfig, y: Array) -> Module:
    """Return the loss of a target, whose training rows are y."""
    if target.is_classification:
        weight = balanced_class_weights(y, target.n_classes) if config.class_weight == "balanced" else None
        return CrossEntropyLoss(weight=weight)
    if config.class_weight != "none":
        raise ConfigError("class_weight is for classes, and the target is a number")
    return MSELoss()


def truth(y: Array, target: Target) -> Array:
    """Return class indices, or numbers in the target's unit."""
    return y if target.is_classification else target.inverse(y)


def scores(y: Array, outputs: Array, target: Target) -> dict[str, float]:
    """Return the metrics of outputs for rows whose prepared targets are y."""
    if target.is_classification:
        return evaluate_classes(y, outputs, target.classes)
    return evaluate_numbers(truth(y, target), outputs)


def class_columns(outputs: Array, target: Target) -> dict[str, Any]:
    """Return the columns of predictions: the answer and, for classes, each one's probability."""
    if not target.is_classification:
        return {"prediction": outputs}
    added = {"prediction": target.inverse(outputs.argmax(axis=1))}
    return added | {f"probability_{c}": outputs[:, i] for i, c in enumerate(target.classes)}


def told(target: Target, labels: Any) -> str:
    """Say what is predicted; `labels` are as read."""
    if target.is_classification:
        names = ", ".join(map(str, target.classes[:6])) + (" ..." if target.n_classes > 6 else "")
        return f"{target.name}, {target.n_classes} classes: {names}"
    return f"{target.name}, a number from {labels.min():.6g} to {labels.max():.6g}"


def report_of(target: Target, y: Array, outputs: Array) -> dict[str, Any]:
    """Return what a report shows of the test rows, as the fields of `ReportData`."""
    shown: dict[str, Any] = {"task": target.task, "target": target.name}
    if target.is_classification:
        classes = [str(c) for c in target.classes]
        return shown | {"y_true": y, "y_pred": outputs.argmax(axis=1), "scores": outputs, "classes": classes}
    return shown | {"y_true": target.inverse(y), "y_pred": outputs}


def rare_classes(target: Target, y: Array, config: RunConfig) -> list[str]:
    """Return a sentence where a class has far fewer training rows than another one."""
    if not target.is_classification or config.class_weight != "none":
        return []
    counts = np.bincount(y, minlength=target.n_classes)
    if counts.min() * 10 >= counts.max():
        return []
    rare = target.classes[int(counts.argmin())]
    text = (
        f"Class {rare!r} has {counts.min()} training rows, the largest {counts.max()}: judge by its recall, "
        "and consider class_weight 'balanced'."
    )
    return [text]
