"""What regressors share: numbers, and quantiles of them."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import _check_y, column_or_1d

from pellucid import nn
from pellucid._suggest import nearest
from pellucid._tensor import Array
from pellucid.estimators.features import HiddenFeatures
from pellucid.estimators.losses import QuantileLoss
from pellucid.estimators.targets import LossFunction, Targets
from pellucid.train.row_losses import HalfSquaredError

__all__ = ["REGRESSION_LOSSES", "Numbers", "Regressing"]

REGRESSION_LOSSES = ("squared_error", "absolute_error", "huber", "poisson", "quantile")
"""Names for `loss`."""


class Numbers(Targets):
    """One or several numbers for each row.

    Args:
        columns: how many, or None where y is (n,).
        loss: a name of `REGRESSION_LOSSES`, or a function.
        quantiles: the quantiles that are predicted where the loss is "quantile".
    """

    def __init__(self, columns: int | None, loss: Any, quantiles: tuple[float, ...] = ()) -> None:
        self.columns, self.name, self.quantiles = columns, loss if isinstance(loss, str) else "custom", quantiles
        self.n_outputs = (columns or 1) * max(len(quantiles), 1)
        self.activation = "exp" if self.name == "poisson" else "identity"

    def encode(self, y: Any) -> Array:
        """Return y as (n, columns)."""
        if (y.ndim == 1) != (self.columns is None) or (y.ndim == 2 and y.shape[1] != self.columns):
            there = "(n,)" if self.columns is None else f"(n, {self.columns})"
            raise ValueError(f"y must have the shape {there}, as at first, got {y.shape}")
        with np.errstate(over="ignore"):
            encoded = np.ascontiguousarray(y.reshape(len(y), -1), np.float32)
        if not np.isfinite(encoded).all():
            raise ValueError(
                "y holds numbers that are too large for float32; scale them, or use TransformedTargetRegressor"
            )
        if self.name == "poisson" and (encoded < 0).any():
            raise ValueError("loss='poisson' is about counts: y must not be negative")
        return encoded

    def loss(self) -> LossFunction:
        """Return the loss of this name."""
        made: dict[str, Callable[[], LossFunction]] = {
            "squared_error": HalfSquaredError,
            "absolute_error": nn.L1Loss,
            "huber": nn.HuberLoss,
            "poisson": nn.PoissonNLLLoss,
            "quantile": lambda: QuantileLoss(self.quantiles),
        }
        return made[self.name]()

    def by_quantile(self, outputs: Array) -> Array:
        """Return (n, columns, quantiles), in rising order in each row (Chernozhukov et al., 2010)."""
        return np.sort(outputs.reshape(len(outputs), self.columns or 1, -1), axis=2)

    def decode(self, outputs: Array) -> Array:
        """Return the prediction, (n,) or (n, columns); of quantiles the one nearest to the median."""
        if self.quantiles:
            middle = int(np.abs(np.array(self.quantiles) - 0.5).argmin())
            outputs = self.by_quantile(outputs)[:, :, middle]
        if self.name == "poisson":
            outputs = np.exp(outputs)
        return outputs[:, 0] if self.columns is None else outputs

    def score(self, outputs: Array, encoded: Array, weights: Array | None) -> float:
        """Return R^2."""
        predicted = self.decode(outputs).reshape(len(outputs), -1)
        return float(r2_score(encoded, predicted, sample_weight=weights))

    def state(self) -> dict[str, Any]:
        """Return what was given."""
        return {"kind": "numbers", "columns": self.columns, "loss": self.name, "quantiles": list(self.quantiles)}


class Regressing(RegressorMixin, HiddenFeatures):
    """Predicts numbers: y (n,), or (n, k) for several at once."""

    loss: Any
    quantiles: Any
    _targets: Any
    _fit: Any
    _outputs: Any

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch more, with the rate `learning_rate_init` where the schedule is laid out over `max_iter`.

        Args:
            X: the rows.
            y: their targets.
            sample_weight: how much each row counts, (n,).
        """
        return self._fit((X, y, sample_weight), None, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the prediction of each row, (n,) or (n, k); where quantiles were learned, the median."""
        outputs = self._outputs(X)
        return self._targets.decode(outputs)

    def predict_quantiles(self, X: Any) -> Array:
        """Return the quantiles that were learned, (n, quantiles), of several targets (n, k, quantiles).

        Raises:
            ValueError: when the loss is not "quantile".
        """
        outputs = self._outputs(X)
        targets = self._targets
        if not targets.quantiles:
            raise ValueError("quantiles are learned with loss='quantile' and quantiles=(0.05, 0.5, 0.95), for example")
        found = targets.by_quantile(outputs)
        return found[:, 0] if targets.columns is None else found

    def predict_interval(self, X: Any) -> Array:
        """Return the lowest and the highest quantile that were learned, (n, 2), of several targets (n, k, 2).

        Raises:
            ValueError: when the loss is not "quantile", or only one quantile was learned.
        """
        found = self.predict_quantiles(X)
        if found.shape[-1] < 2:
            raise ValueError("an interval needs two quantiles, such as quantiles=(0.05, 0.95)")
        return found[..., [0, -1]]

    # --- targets --------------------------------------------------------------------------------------------
    def _check_y(self, y: Any) -> Array:
        y = _check_y(y, multi_output=True, y_numeric=True, estimator=self)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if y.dtype.kind not in "fiub":
            raise ValueError(f"y must be numbers, got {y.dtype}")
        return y

    def _targets_from(self, state: dict[str, Any]) -> Targets:
        return Numbers(state["columns"], state["loss"], tuple(state["quantiles"]))

    def _make_targets(self, y: Array, classes: Any) -> Targets:  # noqa: ARG002
        if not isinstance(self.loss, str) and not callable(self.loss):
            raise TypeError(
                f"loss must be a name or a loss of pellucid.nn, got {self.loss!r}; hidden_layer_sizes is the second "
                "parameter of a regressor: give it by name"
            )
        if isinstance(self.loss, str) and self.loss not in REGRESSION_LOSSES:
            raise ValueError(f"there is no loss {self.loss!r}{nearest(self.loss, REGRESSION_LOSSES)}")
        quantiles: tuple[float, ...] = ()
        if self.loss == "quantile":
            quantiles = tuple(sorted(float(q) for q in np.atleast_1d(self.quantiles)))
            if not quantiles or not all(0 < q < 1 for q in quantiles):
                raise ValueError(f"quantiles must be numbers in (0, 1), got {self.quantiles!r}")
        return Numbers(None if y.ndim == 1 else y.shape[1], self.loss, quantiles)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
