"""SequenceClassifier and SequenceRegressor: networks that read sequences of unequal length."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pellucid._suggest import nearest
from pellucid._tensor import Array
from pellucid.estimators.base import NeuralEstimator
from pellucid.estimators.classifying import Classifying
from pellucid.estimators.parameters import at_least, flag, or_none
from pellucid.estimators.regressing import Regressing
from pellucid.estimators.sequences import MarkedSequences, StepScale, as_sequences, marked
from pellucid.models import RecurrentClassifier, SequenceTransformer
from pellucid.nn import Module
from pellucid.train import Callback, GradientNormClipping
from pellucid.train.kinds.tokens import heads_of

__all__ = ["SequenceClassifier", "SequenceRegressor", "equal_sizes"]

_CELLS = ("lstm", "gru", "rnn", "attention")


class _Sequences(NeuralEstimator):
    """What both share: the sequences, and the network that reads them."""

    def _rules(self) -> dict[str, Any]:
        own = {"bidirectional": flag, "scale": flag, "max_grad_norm": or_none(at_least(0, above=True))}
        return super()._rules() | own

    def _check_inputs(self, X: Any, *, reset: bool) -> list[Array]:
        who = type(self).__name__
        sequences = as_sequences(X, who)
        if not sequences:
            raise ValueError(f"{who} needs at least one sequence, got none")
        features = sequences[0].shape[1]
        if reset:
            self.n_features_in_ = features
        elif features != self.n_features_in_:
            raise ValueError(f"{who} expects {self.n_features_in_} features at each step, got {features}")
        return sequences

    def _learn_inputs(self, X: list[Array]) -> None:
        self._scale = StepScale.fit(X) if self.scale else StepScale.none(self.n_features_in_)

    def _network_inputs(self, X: list[Array]) -> Array:
        return marked(X, self._scale)

    def _build_network(self, n_outputs: int) -> Module:
        who = type(self).__name__
        if self.cell not in _CELLS:
            raise ValueError(f"{who} has no cell {self.cell!r}{nearest(str(self.cell), _CELLS)}")
        size, layers = equal_sizes(who, self.hidden_layer_sizes)
        features = self.n_features_in_
        if self.cell != "attention":
            return MarkedSequences(
                RecurrentClassifier(features, n_outputs, size, self.cell, layers, self.bidirectional, self.dropout)
            )
        if self.bidirectional:
            raise ValueError("cell='attention' sees all steps at once: leave out bidirectional")
        return MarkedSequences(
            SequenceTransformer(features, n_outputs, size, heads_of(size), layers, 2 * size, self.dropout)
        )

    def _batch_size(self, rows: int) -> int:
        return min(32 if self.batch_size == "auto" else int(self.batch_size), rows)

    def _callbacks(self) -> list[Callback]:
        clipping = [] if self.max_grad_norm is None else [GradientNormClipping(self.max_grad_norm)]
        return [*clipping, *super()._callbacks()]

    def _state(self) -> dict[str, Any]:
        return {"scale": self._scale.to_json()}

    def _set_state(self, state: dict[str, Any]) -> None:
        self._scale = StepScale.from_json(state["scale"])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


class SequenceClassifier(Classifying, _Sequences):
    """Classes of sequences, each of any number of steps.

    With `cell` "lstm", "gru" or "rnn", the network reads step by step and the state after the last one answers
    (`pellucid.models.RecurrentClassifier`); with "attention", every step sees all others and their mean answers
    (`pellucid.models.SequenceTransformer`). Short sequences are filled up within a batch, and what is filled up plays
    no part: a sequence gets the same answer alone and in any company.

    X: (n, steps, features), or a list of arrays (steps, features) of unequal length. y: as every classifier here takes
    it. scikit-learn has no such estimator.

    Args:
        hidden_layer_sizes: units of each layer, all the same; with "attention", the size of the vectors inside.
        cell: "lstm", "gru", "rnn" or "attention".
        bidirectional: whether the cell reads in both directions.
        dropout: the probability with which an element is silenced in training, between layers and before the output.
        scale: whether each feature is brought to mean 0 and deviation 1, by the training sequences' numbers.
        max_grad_norm: gradients are scaled to this norm at most (Pascanu et al., 2013); None for no bound.
        solver: an optimizer's name, its class, or a function of (params, lr).
        alpha: strength of the L2 penalty alpha / (2 n) ||W||^2.
        batch_size: rows of a step; "auto" is min(32, n).
        learning_rate: a schedule's name: "constant", "cosine", "onecycle" and others.
        learning_rate_init: the learning rate at the beginning.
        max_iter: epochs at most.
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, order and dropout.
        tol: by how much an epoch must be better to count.
        verbose: whether progress is printed.
        warm_start: whether `fit` goes on with the network there is.
        early_stopping: whether training ends by the score on rows set aside, and keeps the best weights.
        validation_fraction: the share of rows set aside for that.
        n_iter_no_change: how many epochs in a row may be no better.
        loss: "log_loss", or a loss of `pellucid.nn`.
        class_weight: "balanced", a dict of weights by class, or None.
        calibration: None, or "temperature", which calibrates probabilities on the held-out rows, as in `MLPClassifier`.
        callbacks: further callbacks of `pellucid.train`.

    Attributes:
        classes_: the labels.
        model_: the network.
        n_features_in_: features of each step.
        loss_curve_: the training loss of each epoch.

    Raises:
        ValueError: in `fit`, for parameters and sequences that make no sense.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> X = [rng.normal(size=(rng.integers(3, 9), 1)) for _ in range(200)]
        >>> y = [bool(x[0, 0] > x[-1, 0]) for x in X]
        >>> model = SequenceClassifier((16,), cell="gru", learning_rate="cosine", max_iter=50, random_state=0)
        >>> model = model.set_params(learning_rate_init=0.01).fit(X[:150], y[:150])
        >>> bool(model.score(X[150:], y[150:]) > 0.9)
        True
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int = (64,),
        *,
        cell: str = "lstm",
        bidirectional: bool = False,
        dropout: float = 0.0,
        scale: bool = True,
        max_grad_norm: float | None = 1.0,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.003,
        max_iter: int = 100,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        loss: Callable[..., Any] | str = "log_loss",
        class_weight: Any = None,
        calibration: str | None = None,
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.cell = cell
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.scale = scale
        self.max_grad_norm = max_grad_norm
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
        self.class_weight = class_weight
        self.calibration = calibration
        self.callbacks = callbacks


class SequenceRegressor(Regressing, _Sequences):
    """Numbers that belong to a sequence, such as what comes after it.

    The networks are those of `SequenceClassifier`, and so is what X may be; a sequence gets the same answer alone and
    in any company. y: (n,) or (n, k), for a forecast the next k values. As in scikit-learn's networks y is not scaled;
    where it is far from 0 or from a deviation of 1, put a `TransformedTargetRegressor` around this.

    Args:
        hidden_layer_sizes: units of each layer, all the same; with "attention", the size of the vectors inside.
        cell: "lstm", "gru", "rnn" or "attention".
        bidirectional: whether the cell reads in both directions.
        dropout: the probability with which an element is silenced in training, between layers and before the output.
        scale: whether each feature is brought to mean 0 and deviation 1, by the training sequences' numbers.
        max_grad_norm: gradients are scaled to this norm at most (Pascanu et al., 2013); None for no bound.
        solver: an optimizer's name, its class, or a function of (params, lr).
        alpha: strength of the L2 penalty alpha / (2 n) ||W||^2.
        batch_size: rows of a step; "auto" is min(32, n).
        learning_rate: a schedule's name: "constant", "cosine", "onecycle" and others.
        learning_rate_init: the learning rate at the beginning.
        max_iter: epochs at most.
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, order and dropout.
        tol: by how much an epoch must be better to count.
        verbose: whether progress is printed.
        warm_start: whether `fit` goes on with the network there is.
        early_stopping: whether training ends by the score on rows set aside, and keeps the best weights.
        validation_fraction: the share of rows set aside for that.
        n_iter_no_change: how many epochs in a row may be no better.
        loss: "squared_error", "absolute_error", "huber", "poisson", "quantile", or a loss of `pellucid.nn`.
        quantiles: what is predicted with loss="quantile".
        callbacks: further callbacks of `pellucid.train`.

    Attributes:
        model_: the network.
        n_features_in_: features of each step.
        loss_curve_: the training loss of each epoch.

    Raises:
        ValueError: in `fit`, for parameters and sequences that make no sense.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> X = [rng.uniform(-1, 1, (rng.integers(2, 6), 1)) for _ in range(200)]
        >>> y = [x.sum() for x in X]
        >>> model = SequenceRegressor((16,), cell="gru", learning_rate="cosine", max_iter=50, random_state=0)
        >>> model = model.set_params(learning_rate_init=0.01).fit(X[:150], y[:150])
        >>> bool(model.score(X[150:], y[150:]) > 0.9)
        True
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int = (64,),
        *,
        cell: str = "lstm",
        bidirectional: bool = False,
        dropout: float = 0.0,
        scale: bool = True,
        max_grad_norm: float | None = 1.0,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.003,
        max_iter: int = 100,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        loss: Callable[..., Any] | str = "squared_error",
        quantiles: Sequence[float] = (0.05, 0.5, 0.95),
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.cell = cell
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.scale = scale
        self.max_grad_norm = max_grad_norm
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
        self.quantiles = quantiles
        self.callbacks = callbacks


def equal_sizes(who: str, sizes: Any) -> tuple[int, int]:
    """Return the size and the number of layers, which are all of one size.

    Raises:
        ValueError: when they are not, or one is no whole number of at least 1.

    Example:
        >>> equal_sizes("SequenceClassifier", (64, 64)), equal_sizes("SequenceClassifier", 32)
        ((64, 2), (32, 1))
    """
    listed = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
    right = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in listed)
    if not right or len(set(listed)) != 1:
        raise ValueError(
            f"{who}: hidden_layer_sizes must be a whole number of at least 1 for each layer, all the same, such as "
            f"(64,) or (64, 64); got {sizes!r}"
        )
    return int(listed[0]), len(listed)
