"""What classifiers share: classes, their weights, probabilities."""

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_y, column_or_1d

from pellucid._tensor import Array
from pellucid.estimators.calibration import temperature
from pellucid.estimators.features import HiddenFeatures
from pellucid.estimators.targets import Classes, Labels, SeveralClasses, Targets, class_targets

__all__ = ["Classifying"]


class Classifying(ClassifierMixin, HiddenFeatures):
    """Predicts classes: one for each row, any number of labels, or the answers to several questions.

    y (n,): one class. y (n, k) of 0 and 1: labels, each there or not. y (n, k) else: k questions with classes of their
    own, one head of the network for each.
    """

    calibration: Any
    class_weight: Any
    loss: Any
    classes_: Any
    _targets: Any
    _fit: Any
    _outputs: Any

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train one epoch more, with the rate `learning_rate_init` where the schedule is laid out over `max_iter`.

        Args:
            X: the rows.
            y: their classes.
            classes: all classes that will ever come; needed in the first call.
            sample_weight: how much each row counts, (n,).

        Raises:
            ValueError: when classes are not given at first, or differ later.
        """
        started = hasattr(self, "_network")
        if not started and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit: all that will ever come")
        if started and classes is not None and not _same_classes(self.classes_, classes):
            raise ValueError(
                f"`classes={np.asarray(classes).tolist()}` is not the same as on last call to partial_fit, "
                f"was: {self.classes_}"
            )
        return self._fit((X, y, sample_weight), None, incremental=True, classes=classes)

    def predict(self, X: Any) -> Array:
        """Return the likeliest class of each row; for several labels or questions (n, k)."""
        outputs = self._outputs(X)
        return self._targets.decode(outputs)

    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities: (n, classes); of labels (n, k); of several questions a list."""
        outputs = self._outputs(X)
        return self._targets.probabilities(outputs / self._temperature())

    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithms of the probabilities, finite where those are too small to be told from 0."""
        outputs = self._outputs(X)
        return self._targets.log_probabilities(outputs / self._temperature())

    def _temperature(self) -> float:
        """Return by what the outputs are divided: 1 where nothing is calibrated."""
        return float(getattr(self, "temperature_", 1.0))

    # --- targets --------------------------------------------------------------------------------------------
    def _check_y(self, y: Any) -> Array:
        y = _check_y(y, multi_output=True, estimator=self)
        y = y.toarray() if hasattr(y, "toarray") else y
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        return y

    def _make_targets(self, y: Array, classes: Any) -> Targets:
        if not callable(self.loss) and self.loss != "log_loss":
            raise ValueError(f"loss must be 'log_loss' or a loss of pellucid.nn, got {self.loss!r}")
        if y.ndim == 1:
            return Classes(np.unique(y if classes is None else np.asarray(classes)))
        if type_of_target(y) == "multilabel-indicator":
            return Labels(y.shape[1])
        known = [np.unique(column) for column in y.T] if classes is None else [np.unique(c) for c in classes]
        return SeveralClasses(known)

    def _after_first(self, targets: Any) -> None:
        self.classes_ = targets.classes

    def _after_judging(self, inputs: Any, encoded: Array, weights: Array | None) -> None:
        """Learn the temperature from held-out rows, if that is asked for."""
        if self._calibrates():
            self.temperature_ = temperature(self._targets, self._network.outputs(inputs), encoded, weights)

    def _targets_from(self, state: dict[str, Any]) -> Targets:
        return class_targets(state)

    def _check_together(self, *, judged: bool, incremental: bool) -> None:
        if not self._calibrates():
            return
        if self.calibration != "temperature":
            raise ValueError(f"calibration must be None or 'temperature', got {self.calibration!r}")
        if self.loss != "log_loss":
            raise ValueError("calibration needs loss='log_loss': another loss may not mean probabilities")
        if not judged and not incremental:
            raise ValueError(
                "calibration needs held-out rows: set early_stopping=True, or give X_val and y_val; without them, use "
                "scikit-learn's CalibratedClassifierCV"
            )

    def _calibrates(self) -> bool:
        """Say whether probabilities are to be calibrated; an estimator may have no such parameter."""
        return getattr(self, "calibration", None) is not None

    def _row_weights(self, y: Array, weights: Array | None, *, incremental: bool) -> Array | None:
        if self.class_weight is None:
            return weights
        if incremental and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' needs all rows at once, and partial_fit has not; give a dict of weights"
            )
        by_class = compute_sample_weight(self.class_weight, y)
        return by_class if weights is None else by_class * weights

    def _stratified(self, targets: Targets, y: Array) -> Any:
        return y if isinstance(targets, Classes) else None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        return tags


def _same_classes(known: Any, given: Any) -> bool:
    """Say whether classes are those that there were."""
    if isinstance(known, list):
        return len(known) == len(given) and all(map(_same_classes, known, given))
    return np.array_equal(known, np.unique(given))
