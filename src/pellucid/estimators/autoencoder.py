"""Autoencoder: rows squeezed through a few numbers; what is given back badly is unlike the others."""

from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, OutlierMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from pellucid import nn
from pellucid._tensor import Array
from pellucid.estimators.base import NeuralEstimator, Rows
from pellucid.estimators.network import Network
from pellucid.estimators.parameters import at_least, flag
from pellucid.estimators.targets import Targets
from pellucid.models import Autoencoder as AutoencoderNetwork
from pellucid.models import DenoisingAutoencoder
from pellucid.nn import Module
from pellucid.train import Callback

__all__ = ["Autoencoder"]


class Autoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, OutlierMixin, NeuralEstimator):
    """Few numbers for each row, from which it can be given back, and a score of how well that goes.

    z = encoder(x), x' = decoder(z), trained for the least (x - x')^2 on standardised columns
    (`pellucid.models.Autoencoder`; Hinton and Salakhutdinov, 2006). As a transformer it gives z, as PCA gives its
    components, but bent; as a detector of outliers it scores a row by -mean((x - x')^2): rows unlike those that it
    learned from are given back badly. Train it on rows that are mostly normal.

    X: (n, features), numbers. Methods and signs are those of scikit-learn's IsolationForest: the lower a score, the
    stranger the row; `predict` gives -1 for outliers and 1 for the others.

    Args:
        hidden_layer_sizes: units of the encoder's layers, the last being z; the decoder mirrors them. None for half of
            the columns and a quarter of them.
        activation: of the hidden layers, a name in `pellucid.models.ACTIVATIONS`; z and the output have none.
        contamination: the share of outliers among the training rows, in (0, 0.5], which sets `offset_`; "auto" takes
            rows as outliers whose distance |x - x'| is above the third quartile of the training rows' by more than 1.5
            times the distance of the quartiles (Tukey, 1977).
        scale: whether columns are brought to mean 0 and deviation 1, by the training rows' numbers.
        noise: deviation of what is added to standardised rows in training, a denoising autoencoder (Vincent et al.,
            2010); 0 for none.
        solver: an optimizer's name, its class, or a function of (params, lr).
        alpha: strength of the L2 penalty alpha / (2 n) ||W||^2.
        batch_size: rows of a step; "auto" is min(200, n).
        learning_rate: a schedule's name: "constant", "cosine", "onecycle" and others.
        learning_rate_init: the learning rate at the beginning.
        max_iter: epochs at most.
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, order and noise.
        tol: by how much an epoch must be better to count.
        verbose: whether progress is printed.
        warm_start: whether `fit` goes on with the network there is.
        early_stopping: whether training ends by the error of rows set aside, and keeps the best weights.
        validation_fraction: the share of rows set aside for that.
        n_iter_no_change: how many epochs in a row may be no better.
        loss: "squared_error", or a loss of `pellucid.nn`; scores are mean squares in any case.
        callbacks: further callbacks of `pellucid.train`.

    Attributes:
        offset_: `decision_function` is `score_samples` less this.
        model_: the network.
        mean_, scale_: of each column, (features,).
        loss_curve_: the training loss of each epoch.
        n_features_in_: columns of X.

    Raises:
        ValueError: in `fit`, for parameters and data that make no sense.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> t = rng.uniform(-1, 1, 300)
        >>> X = np.stack([t, t**2, t**3, -t], axis=1)
        >>> model = Autoencoder((16, 1), activation="tanh", learning_rate_init=0.01, random_state=0).fit(X)
        >>> model.transform(X).shape, model.predict([[0.5, 0.25, 0.125, -0.5], [0.5, 0.25, 0.125, 0.5]])
        ((300, 1), array([ 1, -1]))
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "contamination": [StrOptions({"auto"}), Interval(Real, 0, 0.5, closed="right")]
    }

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int | None = None,
        activation: str = "relu",
        *,
        contamination: float | str = "auto",
        scale: bool = True,
        noise: float = 0.0,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        loss: Callable[..., Any] | str = "squared_error",
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.contamination = contamination
        self.scale = scale
        self.noise = noise
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.loss = loss
        self.callbacks = callbacks

    # --- fitting --------------------------------------------------------------------------------------------
    def fit(self, X: Any, y: Any = None, *, X_val: Any = None) -> Self:  # type: ignore[override] # there is no y
        """Train on rows that are mostly normal.

        Args:
            X: the rows, (n, features).
            y: not looked at; pipelines give it.
            X_val: rows to judge after every epoch, never trained on.

        Raises:
            ValueError: for parameters and data that make no sense.
            TrainingDivergedError: when the loss is no longer a number.
        """
        del y
        return self._fit((X, None, None), None if X_val is None else (X_val, None, None))

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Train one epoch more; `offset_` is then that of these rows.

        Args:
            X: the rows, (n, features).
            y: not looked at.
        """
        del y
        return self._fit((X, None, None), None, incremental=True)

    def _rules(self) -> dict[str, Any]:
        def is_share(value: Any) -> bool:
            number = isinstance(value, Real) and not isinstance(value, bool)
            return value == "auto" if isinstance(value, str) else number and 0 < value <= 0.5

        contamination = (is_share, "'auto' or a number in (0, 0.5]")
        loss = (lambda value: callable(value) or value == "squared_error", "'squared_error' or a loss of pellucid.nn")
        own = {"contamination": contamination, "scale": flag, "noise": at_least(0), "loss": loss}
        return super()._rules() | own

    def _checked(self, data: Rows, *, reset: bool, incremental: bool) -> Rows:  # noqa: ARG002 - there are no classes
        X = self._check_inputs(data[0], reset=reset)
        return X, np.zeros(len(X), np.float32), None

    def _check_inputs(self, X: Any, *, reset: bool) -> Array:
        return validate_data(self, X, dtype=[np.float64, np.float32], order="C", reset=reset)

    def _learn_inputs(self, X: Array) -> None:
        n = X.shape[1]
        rows = X.astype(np.float64)
        std = rows.std(axis=0)
        self.mean_ = rows.mean(axis=0) if self.scale else np.zeros(n)
        self.scale_ = np.where(std > 0, std, 1.0) if self.scale else np.ones(n)

    def _network_inputs(self, X: Array) -> Array:
        return (X - self.mean_) / self.scale_

    def _make_targets(self, y: Any, classes: Any) -> Targets:  # noqa: ARG002 - the rows are their own targets
        return _Rows()

    def _build_network(self, n_outputs: int) -> Module:  # noqa: ARG002 - as many as there are inputs
        n, sizes = self.n_features_in_, self.hidden_layer_sizes
        if sizes is None:
            sizes = (max(2, n // 2), max(1, n // 4))
        listed = list(sizes) if isinstance(sizes, Iterable) else [sizes]
        model = AutoencoderNetwork([n, *listed], self.activation)
        return DenoisingAutoencoder(model, self.noise) if self.noise else model

    def _row_data(self, inputs: Any, targets: Array, weights: Array | None) -> Any:  # noqa: ARG002 - the rows are
        return (inputs, inputs) if weights is None else (inputs, inputs, weights)

    def _after_training(self, inputs: Array) -> None:
        scores = -self._errors(inputs)
        if self.contamination != "auto":
            self.offset_ = float(np.percentile(scores, 100.0 * float(self.contamination)))
            return
        first, third = np.percentile(np.sqrt(-scores), [25, 75])
        self.offset_ = -float((third + 1.5 * (third - first)) ** 2)

    # --- few numbers ----------------------------------------------------------------------------------------
    def transform(self, X: Any) -> Array:
        """Return z of each row, (n, last of hidden_layer_sizes), in X's type."""
        check_is_fitted(self)
        X = self._check_inputs(X, reset=False)
        return Network(self._autoencoder.encoder).outputs(self._network_inputs(X)).astype(X.dtype)

    def inverse_transform(self, X: Any) -> Array:
        """Return the rows that a decoder makes of z.

        Args:
            X: z, (n, last of hidden_layer_sizes).

        Raises:
            ValueError: for another number of columns.
        """
        check_is_fitted(self)
        Z = check_array(X, dtype=[np.float64, np.float32], order="C", input_name="X")
        if Z.shape[1] != self._n_features_out:
            raise ValueError(f"inverse_transform takes codes of {self._n_features_out} columns, got {Z.shape[1]}")
        rows = Network(self._autoencoder.decoder).outputs(Z.astype(np.float64))
        return (rows * self.scale_ + self.mean_).astype(Z.dtype)

    def reconstruct(self, X: Any) -> Array:
        """Return what is left of each row after the code, (n, features), in X's unit and type."""
        check_is_fitted(self)
        X = self._check_inputs(X, reset=False)
        rows = self._network.outputs(self._network_inputs(X))
        return (rows * self.scale_ + self.mean_).astype(X.dtype)

    @property
    def _autoencoder(self) -> AutoencoderNetwork:
        model: Any = self.model_
        inner: Any = model.autoencoder if isinstance(model, DenoisingAutoencoder) else model
        return inner

    @property
    def _n_features_out(self) -> int:
        return self._autoencoder.sizes[-1]

    # --- strange rows ---------------------------------------------------------------------------------------
    def score_samples(self, X: Any) -> Array:
        """Return -mean((x - x')^2) of each row, on standardised columns: the lower, the stranger."""
        check_is_fitted(self)
        return -self._errors(self._network_inputs(self._check_inputs(X, reset=False)))

    def decision_function(self, X: Any) -> Array:
        """Return `score_samples` less `offset_`: negative for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> Array:
        """Return -1 for outliers and 1 for the others."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def _errors(self, inputs: Array) -> Array:
        return np.mean((self._network.outputs(inputs) - inputs) ** 2, axis=1)

    # --- files and tags -------------------------------------------------------------------------------------
    def _state(self) -> dict[str, Any]:
        return {"mean": self.mean_, "scale": self.scale_, "offset": self.offset_}

    def _set_state(self, state: dict[str, Any]) -> None:
        self.mean_, self.scale_ = np.asarray(state["mean"]), np.asarray(state["scale"])
        self.offset_ = float(state["offset"])

    def _targets_from(self, state: dict[str, Any]) -> Targets:  # noqa: ARG002 - they are of one kind
        return _Rows()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class _Rows(Targets):
    """What an autoencoder has in place of targets: its inputs."""

    def encode(self, y: Any) -> Array:
        return y

    def loss(self) -> Any:
        return nn.MSELoss()

    def score(self, outputs: Array, encoded: Array, weights: Array | None) -> float:  # noqa: ARG002 - there are none
        return -float(np.mean((outputs - encoded) ** 2, dtype=np.float64))

    def state(self) -> dict[str, Any]:
        return {"kind": "rows"}
