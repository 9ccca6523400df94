"""MLPClassifier and MLPRegressor: multilayer perceptrons for rows of numbers."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from pellucid import nn
from pellucid._tensor import Array
from pellucid.estimators.base import NeuralEstimator
from pellucid.estimators.categories import Categories
from pellucid.estimators.classifying import Classifying
from pellucid.estimators.regressing import Regressing
from pellucid.estimators.rows import dense_or_rows
from pellucid.models import MLP
from pellucid.nn import Module, init
from pellucid.train import Callback

__all__ = ["MLPClassifier", "MLPRegressor"]


class _Layered(NeuralEstimator):
    """What both share: rows of numbers, and the network."""

    def _check_inputs(self, X: Any, *, reset: bool) -> Any:
        if self.categories is None:
            kinds = [np.float64, np.float32]
            return validate_data(self, X, accept_sparse=["csr", "csc"], dtype=kinds, order="C", reset=reset)
        if not hasattr(X, "iloc"):
            raise ValueError(f"categories={self.categories!r} needs a pandas DataFrame as X, got {type(X).__name__}")
        validate_data(self, X, skip_check_array=True, reset=reset)
        return X

    def _learn_inputs(self, X: Any) -> None:
        if self.categories is not None:
            self._categories = Categories(self.categories)
            self._categories.learn(X)

    def _network_inputs(self, X: Any) -> Any:
        return dense_or_rows(X) if self.categories is None else self._categories.encode(X)

    def _state(self) -> dict[str, Any]:
        return {} if self.categories is None else {"categories": dict(self._categories.known)}

    def _set_state(self, state: dict[str, Any]) -> None:
        if "categories" in state:
            self._categories = Categories(self.categories)
            self._categories.known = state["categories"]

    def _build_network(self, n_outputs: int) -> Module:
        sizes = _sizes(type(self).__name__, self.hidden_layer_sizes)
        names = _activations(self.activation, len(sizes))
        n_inputs = self.n_features_in_ if self.categories is None else len(self._categories.names())
        model = MLP([n_inputs, *sizes, n_outputs], names, self.dropout, self.batch_norm)
        for layer, name in zip(_layers(model), [*names, names[-1] if names else "identity"], strict=True):
            factor = 2.0 if name == "sigmoid" else 6.0
            fan_out, fan_in = layer.weight.shape
            bound = math.sqrt(factor / (fan_in + fan_out))
            init.uniform_(layer.weight, -bound, bound)
            init.uniform_(layer.bias, -bound, bound)
        return model

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, (inputs, outputs): views of the network's."""
        return [layer.weight.array.T for layer in _layers(self.model_)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer: views of the network's."""
        return [layer.bias.array for layer in _layers(self.model_)]

    @property
    def n_layers_(self) -> int:
        """How many layers there are, input and output included."""
        return len(_layers(self.model_)) + 1

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class MLPClassifier(Classifying, _Layered):
    """A multilayer perceptron that tells classes apart, with scikit-learn's contract, names and defaults.

    One class for each row, several labels (y (n, k) of 0 and 1), or several questions (y (n, k) else). Two classes have
    one output with a sigmoid, more a softmax; the loss is the cross-entropy. Weights and biases begin evenly drawn from
    [-b, b] with b = sqrt(6 / (inputs + outputs)), for "logistic" sqrt(2 / (inputs + outputs)) (Glorot and Bengio,
    2010), as scikit-learn's. Networks are trained in float32 and asked in the type of X.

    Shapes: X (n, features), y (n,) or (n, k); predictions as y.

    Args:
        hidden_layer_sizes: units of each hidden layer.
        activation: "relu", "tanh", "logistic", "identity" or another name of `pellucid.models.ACTIVATIONS`; or one for
            each hidden layer.
        solver: "adam", "sgd" or another optimizer's name in `pellucid.optim.REGISTRY`, or a class or function that is
            called with (params, lr=learning_rate_init); "lbfgs" is not supported.
        alpha: the penalty alpha / (2 n) ||W||^2, n being the rows of a batch; biases are not penalised.
        batch_size: rows of a step; "auto" is min(200, n).
        learning_rate: the schedule: "constant", "invscaling" (lr / (t + 1)^power_t, t being the rows seen so far),
            "adaptive" (a fifth, each time when nothing got better), "cosine", "exponential", "step", "onecycle", or
            a function of the optimizer that returns a schedule of `pellucid.optim.lr_scheduler`.
        learning_rate_init: the learning rate.
        power_t: see "invscaling".
        max_iter: epochs, at most.
        shuffle: whether each epoch has an order of its own.
        random_state: the seed of weights, order, dropout and validation rows; a whole number, a RandomState or None.
        tol: by how much an epoch must be better not to count as flat.
        verbose: whether to write lines while training.
        warm_start: whether `fit` goes on with the weights there are.
        momentum: of "sgd".
        nesterovs_momentum: of "sgd".
        early_stopping: whether rows are set aside, training ends when the score on them is flat, and the best weights
            are kept. Rows given as X_val are used instead.
        validation_fraction: the share of rows that are set aside.
        beta_1: of "adam" and its kin.
        beta_2: of "adam" and its kin.
        epsilon: of "adam" and its kin.
        n_iter_no_change: more epochs in a row than this that are flat end training.
        dropout: the probability with which a hidden unit is silenced in training.
        batch_norm: whether hidden layers are normalised over the batch.
        loss: "log_loss", or a function of (outputs, targets), as the losses of `pellucid.nn` are; it gets the numbers
            before sigmoid and softmax.
        class_weight: None, "balanced", or a dict of weights.
        calibration: None, or "temperature": the outputs are divided by one number before they become probabilities,
            that for which the loss of held-out rows (`early_stopping` or X_val) is least (Guo et al., 2017).
        categories: None, or, for X a pandas DataFrame, the columns that become columns of 0 and 1; "auto" takes those
            that are no numbers.
        callbacks: of `pellucid.train`.

    Attributes:
        model_: the network, a `pellucid.models.MLP`.
        coefs_: the weights of each layer, (inputs, outputs).
        intercepts_: the biases of each layer.
        loss_curve_: the loss of each epoch, the penalty included.
        validation_curve_: the loss of the validation rows after each epoch, or None.
        validation_scores_: their score, the accuracy, or None.
        n_iter_: epochs of the latest fit.
        history_: all numbers of each epoch.
        classes_: the classes.

    Raises:
        ValueError: in `fit`, for parameters and data that make no sense.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> MLPClassifier((20,), learning_rate_init=0.02, max_iter=300, random_state=0).fit(X, y).score(X, y) > 0.95
        True
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        dropout: float = 0.0,
        batch_norm: bool = False,
        loss: Callable[..., Any] | str = "log_loss",
        class_weight: Any = None,
        calibration: str | None = None,
        categories: Any = None,
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.loss = loss
        self.class_weight = class_weight
        self.calibration = calibration
        self.categories = categories
        self.callbacks = callbacks


class MLPRegressor(Regressing, _Layered):
    """A multilayer perceptron that predicts numbers, with scikit-learn's contract, names and defaults.

    The network is that of `MLPClassifier`, with as many outputs as there are targets and no function after them.
    Targets are taken as they are: scale those far from 0, as with `TransformedTargetRegressor`.

    Shapes: X (n, features), y (n,) or (n, k); predictions as y.

    Args:
        loss: "squared_error" (half of it, the sum over targets), "absolute_error", "huber", "poisson" (counts; the
            network gives their logarithm), "quantile", or a function of (outputs, targets) of shape (n, k).
        hidden_layer_sizes: units of each hidden layer.
        activation: "relu", "tanh", "logistic", "identity" or another name of `pellucid.models.ACTIVATIONS`; or one for
            each hidden layer.
        solver: "adam", "sgd" or another optimizer's name in `pellucid.optim.REGISTRY`, or a class or function that is
            called with (params, lr=learning_rate_init); "lbfgs" is not supported.
        alpha: the penalty alpha / (2 n) ||W||^2, n being the rows of a batch; biases are not penalised.
        batch_size: rows of a step; "auto" is min(200, n).
        learning_rate: the schedule: "constant", "invscaling" (lr / (t + 1)^power_t, t being the rows seen so far),
            "adaptive" (a fifth, each time when nothing got better), "cosine", "exponential", "step", "onecycle", or
            a function of the optimizer that returns a schedule of `pellucid.optim.lr_scheduler`.
        learning_rate_init: the learning rate.
        power_t: see "invscaling".
        max_iter: epochs, at most.
        shuffle: whether each epoch has an order of its own.
        random_state: the seed of weights, order, dropout and validation rows; a whole number, a RandomState or None.
        tol: by how much an epoch must be better not to count as flat.
        verbose: whether to write lines while training.
        warm_start: whether `fit` goes on with the weights there are.
        momentum: of "sgd".
        nesterovs_momentum: of "sgd".
        early_stopping: whether rows are set aside, training ends when the score on them is flat, and the best weights
            are kept. Rows given as X_val are used instead.
        validation_fraction: the share of rows that are set aside.
        beta_1: of "adam" and its kin.
        beta_2: of "adam" and its kin.
        epsilon: of "adam" and its kin.
        n_iter_no_change: more epochs in a row than this that are flat end training.
        dropout: the probability with which a hidden unit is silenced in training.
        batch_norm: whether hidden layers are normalised over the batch.
        quantiles: what is predicted with loss="quantile", each in (0, 1).
        categories: None, or, for X a pandas DataFrame, the columns that become columns of 0 and 1; "auto" takes those
            that are no numbers.
        callbacks: of `pellucid.train`.

    Attributes:
        model_: the network, a `pellucid.models.MLP`.
        coefs_: the weights of each layer, (inputs, outputs).
        intercepts_: the biases of each layer.
        loss_curve_: the loss of each epoch, the penalty included.
        validation_curve_: the loss of the validation rows after each epoch, or None.
        validation_scores_: their score, R^2, or None.
        n_iter_: epochs of the latest fit.
        history_: all numbers of each epoch.

    Raises:
        ValueError: in `fit`, for parameters and data that make no sense.

    Example:
        >>> X = np.linspace(-1, 1, 100)[:, None]
        >>> model = MLPRegressor(learning_rate_init=0.01, tol=1e-6, max_iter=500, random_state=0).fit(X, X[:, 0] ** 2)
        >>> model.score(X, X[:, 0] ** 2) > 0.98
        True
    """

    def __init__(
        self,
        loss: Callable[..., Any] | str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        dropout: float = 0.0,
        batch_norm: bool = False,
        quantiles: Sequence[float] = (0.05, 0.5, 0.95),
        categories: Any = None,
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.quantiles = quantiles
        self.categories = categories
        self.callbacks = callbacks


def _layers(model: Module) -> list[Any]:
    return [m for m in model.modules() if isinstance(m, nn.Linear)]


def _activations(given: str | Sequence[str], layers: int) -> list[str]:
    """Return the names of the activations, layer by layer, as `pellucid.models` knows them."""
    listed = [given] * layers if isinstance(given, str) else list(given)
    return ["sigmoid" if name == "logistic" else name for name in listed]


def _sizes(owner: str, sizes: Any) -> list[int]:
    """Return hidden_layer_sizes as a list of whole numbers."""
    listed = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
    if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in listed):
        raise ValueError(f"{owner}: hidden_layer_sizes must be whole numbers > 0, such as (100,), got {sizes!r}")
    return [int(n) for n in listed]
