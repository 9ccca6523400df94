"""Targets: what y becomes for a network, and what its outputs become for the user."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.estimators.losses import HeadsCrossEntropy
from pellucid.nn import BCEWithLogitsLoss, CrossEntropyLoss
from pellucid.train.row_losses import BinaryCrossEntropy

__all__ = ["Classes", "Labels", "LossFunction", "SeveralClasses", "Targets", "class_targets", "list_of", "stored_list"]

LossFunction = Callable[[Tensor, Tensor], Tensor]


class Targets:
    """The base: a subclass knows one kind of y.

    Attributes:
        n_outputs: how many outputs the network has.
        activation: what makes numbers to be understood of the outputs, by scikit-learn's names.
    """

    n_outputs = 1
    activation = "identity"

    def encode(self, y: Any) -> Array:
        """Return y as the loss takes it.

        Raises:
            ValueError: when y is of another kind than at first, or holds classes that were not there.
        """
        raise NotImplementedError

    def loss(self) -> LossFunction:
        """Return the loss that belongs to this kind."""
        raise NotImplementedError

    def decode(self, outputs: Array) -> Array:
        """Return what is predicted."""
        raise NotImplementedError

    def score(self, outputs: Array, encoded: Array, weights: Array | None) -> float:
        """Return how good outputs are, larger being better: the share of rows that are right."""
        right = (self._encoded_predictions(outputs) == encoded).reshape(len(encoded), -1).all(axis=1)
        return float(np.average(right, weights=weights))

    def _encoded_predictions(self, outputs: Array) -> Array:
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Return what a file needs to know, as plain data."""
        raise NotImplementedError


class Classes(Targets):
    """One class for each row; two classes share one output, whose sigmoid is the probability of the second.

    Args:
        classes: the labels, sorted.
    """

    def __init__(self, classes: Array) -> None:
        self.classes = classes
        self.binary = len(classes) <= 2
        self.n_outputs = 1 if self.binary else len(classes)
        self.activation = "logistic" if self.binary else "softmax"

    def encode(self, y: Any) -> Array:
        """Return class indices, or 0 and 1 as numbers, (n, 1)."""
        if y.ndim != 1:
            raise ValueError(f"y must be one class for each row, as at first, got the shape {y.shape}")
        indices = _indices(self.classes, y)
        return indices.astype(np.float32)[:, None] if self.binary else indices

    def loss(self) -> LossFunction:
        """Return the cross-entropy."""
        return BCEWithLogitsLoss() if self.binary else CrossEntropyLoss()

    def probabilities(self, outputs: Array) -> Array:
        """Return (n, classes)."""
        if not self.binary:
            return _in_double(K.softmax, outputs)
        if len(self.classes) == 1:
            return np.ones((len(outputs), 1), outputs.dtype)
        z = outputs.astype(np.float64)
        return K.sigmoid(np.concatenate([-z, z], axis=1)).astype(outputs.dtype)

    def log_probabilities(self, outputs: Array) -> Array:
        """Return (n, classes), finite also where a probability is too small to be told from 0."""
        z = outputs.astype(np.float64)
        if len(self.classes) == 1:
            return np.zeros((len(z), 1), outputs.dtype)
        if self.binary:
            return -np.logaddexp(0, np.concatenate([z, -z], axis=1)).astype(outputs.dtype)
        return _in_double(K.log_softmax, outputs)

    def decode(self, outputs: Array) -> Array:
        """Return the likeliest class."""
        return self.classes[self.probabilities(outputs).argmax(axis=1)]

    def _encoded_predictions(self, outputs: Array) -> Array:
        if self.binary:
            return (outputs > 0).astype(np.float32)
        return outputs.argmax(axis=1)

    def state(self) -> dict[str, Any]:
        """Return the classes."""
        return {"kind": "classes", "classes": list_of(self.classes)}


class Labels(Targets):
    """Any number of labels for each row, y (n, k) of 0 and 1."""

    activation = "logistic"

    def __init__(self, k: int) -> None:
        self.n_outputs = k
        self.classes = np.arange(k)

    def encode(self, y: Any) -> Array:
        """Return y as numbers."""
        if y.ndim != 2 or y.shape[1] != self.n_outputs:
            raise ValueError(f"y must have the shape (n, {self.n_outputs}), as at first, got {y.shape}")
        if not ((y == 0) | (y == 1)).all():
            raise ValueError("y must be 0 or 1 for each label, as at first")
        return np.ascontiguousarray(y, np.float32)

    def loss(self) -> LossFunction:
        """Return the cross-entropy, summed over labels."""
        return BinaryCrossEntropy()

    def probabilities(self, outputs: Array) -> Array:
        """Return (n, k): that of each label."""
        return K.sigmoid(outputs.astype(np.float64)).astype(outputs.dtype)

    def log_probabilities(self, outputs: Array) -> Array:
        """Return (n, k)."""
        return -np.logaddexp(0, -outputs.astype(np.float64)).astype(outputs.dtype)

    def decode(self, outputs: Array) -> Array:
        """Return 1 where a label is likelier than not."""
        return (self.probabilities(outputs) > 0.5).astype(np.int64)

    def _encoded_predictions(self, outputs: Array) -> Array:
        return (outputs > 0).astype(np.float32)

    def state(self) -> dict[str, Any]:
        """Return how many there are."""
        return {"kind": "labels", "count": self.n_outputs}


class SeveralClasses(Targets):
    """Several questions with classes of their own, y (n, k): one head of outputs for each.

    Args:
        classes: the labels of each question, sorted.
    """

    activation = "softmax"

    def __init__(self, classes: Sequence[Array]) -> None:
        self.classes = list(classes)
        self.sizes = [len(c) for c in self.classes]
        self.n_outputs = sum(self.sizes)

    def encode(self, y: Any) -> Array:
        """Return class indices, (n, k)."""
        if y.ndim != 2 or y.shape[1] != len(self.classes):
            raise ValueError(f"y must have the shape (n, {len(self.classes)}), as at first, got {y.shape}")
        return np.stack([_indices(c, y[:, i]) for i, c in enumerate(self.classes)], axis=1)

    def loss(self) -> LossFunction:
        """Return the sum of the heads' cross-entropies."""
        return HeadsCrossEntropy(self.sizes)

    def heads(self, outputs: Array) -> list[Array]:
        """Return the outputs of each head."""
        return np.split(outputs, np.cumsum(self.sizes)[:-1], axis=1)

    def probabilities(self, outputs: Array) -> list[Array]:
        """Return (n, classes) of each question."""
        return [_in_double(K.softmax, z) for z in self.heads(outputs)]

    def log_probabilities(self, outputs: Array) -> list[Array]:
        """Return the same in logarithms."""
        return [_in_double(K.log_softmax, z) for z in self.heads(outputs)]

    def decode(self, outputs: Array) -> Array:
        """Return the likeliest class of each question."""
        pairs = zip(self.classes, self.heads(outputs), strict=True)
        return np.stack([c[z.argmax(axis=1)] for c, z in pairs], axis=1)

    def _encoded_predictions(self, outputs: Array) -> Array:
        return np.stack([z.argmax(axis=1) for z in self.heads(outputs)], axis=1)

    def state(self) -> dict[str, Any]:
        """Return the classes of each question."""
        return {"kind": "several classes", "classes": [list_of(c) for c in self.classes]}


def class_targets(state: dict[str, Any]) -> Targets:
    """Return what `state` described."""
    if state["kind"] == "classes":
        return Classes(stored_list(state["classes"]))
    if state["kind"] == "labels":
        return Labels(state["count"])
    return SeveralClasses([stored_list(c) for c in state["classes"]])


def list_of(values: Array) -> dict[str, Any]:
    """Return an array of labels as plain data.

    Raises:
        TypeError: when a label is neither text nor a number.
    """
    labels = values.tolist()
    if not all(isinstance(label, (str, int, float, bool)) for label in labels):
        raise TypeError(f"only text and numbers can be labels in a file, not {type(labels[0]).__name__}")
    return {"dtype": values.dtype.str if values.dtype.kind != "O" else "object", "values": labels}


def stored_list(state: dict[str, Any]) -> Array:
    """Return the array that `list_of` described."""
    return np.array(state["values"], dtype=np.dtype(object if state["dtype"] == "object" else state["dtype"]))


def _indices(classes: Array, y: Array) -> Array:
    """Return where each label stands among the classes.

    Raises:
        ValueError: when one does not.
    """
    places = np.searchsorted(classes, y).clip(max=len(classes) - 1)
    strange = classes[places] != y
    if strange.any():
        names = ", ".join(map(str, classes[:10]))
        raise ValueError(f"y holds the class {y[strange][0]!r}, which is not among the classes {names}")
    return places.astype(np.int64)


def _in_double(function: Callable[..., Array], z: Array) -> Array:
    """Return function(z) over the classes, computed in float64, so that probabilities sum to 1 to rounding."""
    return function(z.astype(np.float64), axis=1).astype(z.dtype)
