"""What the last hidden layer knows of each row, as features for something else."""

from typing import Any

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pellucid._tensor import Array

__all__ = ["HiddenFeatures"]


class HiddenFeatures(TransformerMixin):
    """Transforms rows to what the network's last layer reads, so that a network can stand inside a pipeline."""

    _network: Any
    _network_inputs: Any
    _check_inputs: Any
    _head: Any

    def transform(self, X: Any) -> Array:
        """Return the hidden features of each row, (n, units of the last hidden layer), in X's type."""
        check_is_fitted(self)
        inputs = self._network_inputs(self._check_inputs(X, reset=False))
        return self._network.features(inputs, self._head)

    def get_feature_names_out(self, input_features: Any = None) -> Array:  # noqa: ARG002
        """Return a name for each hidden feature: hidden0, hidden1 ..."""
        check_is_fitted(self)
        count = self._head(self._network.model).in_features
        return np.array([f"hidden{i}" for i in range(count)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
