"""What all estimators share: how fitting goes, whatever the inputs and the targets are."""

import os
import warnings
from functools import partial
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, check_is_fitted

from pellucid import nn, random
from pellucid._tensor import Array
from pellucid.data import DataLoader, TensorDataset
from pellucid.estimators import saving
from pellucid.estimators.merging import merged, rows_are_apart
from pellucid.estimators.network import Network
from pellucid.estimators.optimizers import DEFAULTS, PLANNED, make_optimizer, make_schedule
from pellucid.estimators.parameters import RULES, check_parameters
from pellucid.estimators.rows import SparseRows, SparseTable
from pellucid.estimators.targets import Targets
from pellucid.estimators.watching import Watcher
from pellucid.nn import Module
from pellucid.train import Callback, History, PlainProgress, Trainer

__all__ = ["NeuralEstimator"]

Rows = tuple[Any, Any, Array | None]
"""X, y and the rows' weights."""


class NeuralEstimator(BaseEstimator):
    """The base of estimators: a subclass says what its inputs are and builds the network.

    What belongs to y is said by `Classifying` or `Regressing`, which stand before this class. Fitting goes: check X
    and y; drop rows of no weight; set validation rows aside; learn what inputs need from the training rows only;
    build the network; train it. A subclass lists its parameters in `__init__`, which only keeps them.

    Raises:
        ValueError: in `fit`, for parameters and data that make no sense.
    """

    _network: Network
    _targets: Targets

    # --- what a subclass writes -----------------------------------------------------------------------------
    def _check_inputs(self, X: Any, *, reset: bool) -> Any:
        """Return X checked, with its rows in order; `reset` says that it is what later ones are compared with."""
        raise NotImplementedError

    def _learn_inputs(self, X: Any) -> None:
        """Learn from the training rows what `_network_inputs` needs."""

    def _network_inputs(self, X: Any) -> Any:
        """Return what the network reads, an array whose first axis is the rows."""
        raise NotImplementedError

    def _build_network(self, n_outputs: int) -> Module:
        """Return a new network."""
        raise NotImplementedError

    def _make_targets(self, y: Any, classes: Any) -> Targets:
        """Return what this y, and no other, is for the network; `classes` is what `partial_fit` was told."""
        raise NotImplementedError

    def _check_y(self, y: Any) -> Any:
        """Return y as an array, checked by itself."""
        raise NotImplementedError

    def _row_weights(self, y: Any, weights: Array | None, *, incremental: bool) -> Array | None:  # noqa: ARG002
        """Return the weights of rows, in which those of classes are contained."""
        return weights

    def _row_data(self, inputs: Any, targets: Array, weights: Array | None) -> Any:
        """Return what `Trainer` takes, as rows: those that are judged come so."""
        parts = (inputs, targets) if weights is None else (inputs, targets, weights)
        return SparseTable(*parts) if isinstance(inputs, SparseRows) else parts

    def _training_data(self, data: Rows, *, batch_size: int, seed: int) -> Any:
        """Return what `Trainer.fit` takes, also a loader that varies its rows."""
        rows = self._row_data(*data)
        if self.shuffle:
            return rows
        return DataLoader(_dataset(rows), batch_size=batch_size, shuffle=False, seed=seed)

    def _stratified(self, targets: Targets, y: Any) -> Any:  # noqa: ARG002
        """Return the classes that validation rows shall have in equal shares, or None."""
        return None

    def _rules(self) -> dict[str, Any]:
        """Return the rules of the parameters, by name."""
        return RULES

    def _head(self, model: Module) -> Module:
        """Return the layer whose inputs are the last hidden features."""
        return [m for m in model.modules() if isinstance(m, nn.Linear)][-1]

    def _after_training(self, inputs: Any) -> None:
        """Compute what else is known of a trained network, given its training rows."""

    def _after_judging(self, inputs: Any, encoded: Array, weights: Array | None) -> None:
        """Compute what else is known of a trained network, given rows that it was not trained on."""

    def _check_together(self, *, judged: bool, incremental: bool) -> None:
        """Refuse parameters that do not go together; `judged` says whether rows are held out."""

    def _state(self) -> dict[str, Any]:
        """Return what was learned of the inputs, as plain data and arrays."""
        return {}

    def _set_state(self, state: dict[str, Any]) -> None:
        """Take up what `_state` gave."""

    def _targets_from(self, state: dict[str, Any]) -> Targets:
        """Return the targets that `state` described."""
        raise NotImplementedError

    # --- fitting --------------------------------------------------------------------------------------------
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train.

        Ctrl-C ends training after the current step and warns; with held-out rows, the best weights are kept.

        Args:
            X: the rows.
            y: their targets.
            sample_weight: how much each row counts, (n,); rows of weight zero are as if they were not there.
            X_val: rows to judge after every epoch, never trained on.
            y_val: their targets.
            sample_weight_val: how much each of them counts.

        Raises:
            ValueError: for parameters and data that make no sense.
            TrainingDivergedError: when the loss is no longer a number.
        """
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val belong together: give both, or neither")
        if X_val is None and sample_weight_val is not None:
            raise ValueError("sample_weight_val needs X_val and y_val")
        validation = None if X_val is None else (X_val, y_val, sample_weight_val)
        return self._fit((X, y, sample_weight), validation)

    def _fit(self, data: Rows, validation: Rows | None, *, incremental: bool = False, classes: Any = None) -> Self:
        """Fit anew, or go on with the network there is."""
        check_parameters(type(self).__name__, self.get_params(deep=False), self._rules())
        first = not hasattr(self, "_network") or not (incremental or self.warm_start)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True: no rows are set aside in it")
        self._check_together(judged=validation is not None or self.early_stopping, incremental=incremental)
        X, y, weights = self._checked(data, reset=first, incremental=incremental)
        targets = self._make_targets(y, classes) if first else self._targets
        encoded = targets.encode(y)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        judged: Rows | None = None
        if validation is not None:
            X_val, y_val, weights_val = self._checked(validation, reset=False, incremental=True)
            judged = (X_val, targets.encode(y_val), weights_val)
        elif self.early_stopping:
            (X, encoded, weights), judged = self._divided((X, encoded, weights), self._stratified(targets, y), seed)
        if first:
            self._learn_inputs(X)
        inputs = self._network_inputs(X)
        if first or not incremental:
            with random.default_generator.at(seed, 0):
                model = self._build_network(targets.n_outputs)
        if not first and not incremental and _shapes(model) != _shapes(self._network.model):
            raise ValueError(
                f"warm_start=True goes on with weights of shapes {_shapes(self._network.model)}, the parameters "
                f"now ask for {_shapes(model)}; fit a clone instead"
            )
        if first:
            self._network = Network(model)
            self._targets, self.n_outputs_, self.out_activation_ = targets, targets.n_outputs, targets.activation
            self.loss_curve_: list[float] = []
            self.t_ = 0
            self._after_first(targets)
        seen = len(encoded)  # as many as there were, however often each comes
        data = self._merged(_single(inputs), encoded, weights)
        judged = None if judged is None else (_single(self._network_inputs(judged[0])), *judged[1:])
        trainer, watcher = self._trainer(data, judged, seed, seen, incremental=incremental)
        self._train(trainer, watcher, data, judged, incremental=incremental)
        self.t_ += self.n_iter_ * seen
        if judged is not None:
            self._after_judging(*judged)
        self._after_training(inputs)
        return self

    def _merged(self, inputs: Any, targets: Array, weights: Array | None) -> Rows:
        """Return the rows, repeated ones counted where a step sees all of them and each counts by itself."""
        whole = self._batch_size(len(targets)) == len(targets)
        plain = type(self)._training_data is NeuralEstimator._training_data and not callable(self.loss)
        if whole and plain and isinstance(inputs, np.ndarray) and rows_are_apart(self._network.model):
            return merged(inputs, targets, weights)
        return inputs, targets, weights

    def _after_first(self, targets: Targets) -> None:
        """Set attributes that follow from the targets."""

    def _checked(self, data: Rows, *, reset: bool, incremental: bool) -> Rows:
        """Return rows that fit together, those of no weight left out."""
        X, y, weights = data
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None; it learns from targets"
            )
        X = self._check_inputs(X, reset=reset)
        y = self._check_y(y)
        check_consistent_length(X, y)
        if weights is not None:
            weights = _check_sample_weight(weights, X, dtype=np.float64, ensure_non_negative=True)
            counted = np.flatnonzero(weights)
            if not len(counted):
                raise ValueError("sample_weight holds nothing but zeros: no row is left to learn from")
            if len(counted) < len(weights):
                X, y, weights = _safe_indexing(X, counted), y[counted], weights[counted]
        weights = self._row_weights(y, weights, incremental=incremental)
        return X, y, None if weights is None else weights.astype(np.float32)

    def _divided(self, data: Rows, classes: Any, seed: int) -> tuple[Rows, Rows]:
        """Return training rows and validation rows."""
        X, y, weights = data
        train, held = train_test_split(
            np.arange(len(y)), test_size=self.validation_fraction, random_state=seed, stratify=classes
        )
        if len(held) < 2:
            raise ValueError(
                f"the validation set is too small: {self.validation_fraction} of {len(y)} rows is less than 2; "
                "increase validation_fraction, give X_val and y_val, or more rows"
            )
        parts = [
            (_safe_indexing(X, rows), y[rows], None if weights is None else weights[rows]) for rows in (train, held)
        ]
        return parts[0], parts[1]

    def _batch_size(self, rows: int) -> int:
        return min(200 if self.batch_size == "auto" else int(self.batch_size), rows)

    def _trainer(
        self, data: Rows, judged: Rows | None, seed: int, seen: int, *, incremental: bool
    ) -> tuple[Trainer, Watcher]:
        """Return the trainer, the earlier one where it is to go on, and what watches it."""
        _, encoded, weights = data
        network, rows = self._network, len(encoded)
        batch = self._batch_size(rows)
        mean_weight = 1.0 if weights is None else float(weights.mean(dtype=np.float64))
        decay = self.alpha / (batch * mean_weight)  # the gradient of alpha / (2 n) ||W||^2
        planned = incremental and self.learning_rate in PLANNED
        if incremental and network.trainer is not None:
            trainer = network.trainer
            if "validation_loss" in trainer.history:  # nothing is judged now
                trainer.history = History()
            for group in trainer.optimizer.param_groups:
                if group["weight_decay"]:
                    group["weight_decay"] = decay
            if planned and trainer.scheduler is not None:  # it is at its end, where the rate may be 0
                trainer.scheduler = None
                for group in trainer.optimizer.param_groups:
                    group["lr"] = self.learning_rate_init
            return trainer, next(c for c in trainer.callbacks if isinstance(c, Watcher))
        parameters = DEFAULTS | self.get_params(deep=False) | ({"learning_rate": "constant"} if planned else {})
        optimizer = make_optimizer(parameters, network.model, decay)
        scheduler, every = make_schedule(parameters, optimizer, seen, -(-rows // batch))
        watcher = Watcher(
            self.tol,
            self.n_iter_no_change,
            judged=self.early_stopping,
            adaptive=self.learning_rate == "adaptive",
        )
        if incremental:
            watcher.patience = np.inf
        targets = self._targets
        score: Any = None
        if judged is not None:
            score = partial(targets.score, weights=judged[2])
        network.trainer = Trainer(
            network.model,
            self._loss(targets),
            optimizer,
            validation_metrics=None if score is None else {"score": score},
            scheduler=scheduler,
            schedule_every=every,
            callbacks=[watcher, *self._callbacks()],
            seed=seed,
            count_decay=True,
        )
        return network.trainer, watcher

    def _loss(self, targets: Targets) -> Any:
        """Return the user's loss, or the one that belongs to the targets."""
        return self.loss if callable(self.loss) else targets.loss()

    def _callbacks(self) -> list[Callback]:
        """Return those of the user."""
        return list(self.callbacks or [])

    def _train(self, trainer: Trainer, watcher: Watcher, data: Rows, judged: Rows | None, *, incremental: bool) -> None:
        """Train, and keep what is known afterwards."""
        inputs, encoded, weights = data
        rows = len(encoded)
        epochs = 1 if incremental else self.max_iter
        before = len(watcher.losses)
        batch = self._batch_size(rows)
        made = self._training_data((inputs, encoded, weights), batch_size=batch, seed=trainer.seed)
        held = None if judged is None else self._row_data(*judged)
        shown = [PlainProgress()] if self.verbose else []
        trainer.callbacks += shown  # for this fit only: a stream cannot be pickled
        try:
            trainer.fit(made, held, epochs=epochs, batch_size=batch)
        finally:
            trainer.callbacks = [c for c in trainer.callbacks if c not in shown]
        done = len(watcher.losses) - before
        self.n_iter_ = done
        self.loss_curve_ += watcher.losses[before:]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else np.nan
        self.best_loss_ = None if self.early_stopping else watcher.best_loss
        self.validation_scores_ = watcher.scores if judged is not None else None
        self.validation_curve_ = watcher.validation_losses if judged is not None else None
        self.best_validation_score_ = max(watcher.scores) if watcher.scores else None
        self.history_ = trainer.history
        if watcher.interrupted:
            warnings.warn(f"Training interrupted by user: {trainer.history.stopped}", stacklevel=4)
        elif done == self.max_iter and not incremental and not watcher.stopped and self.learning_rate not in PLANNED:
            warnings.warn(
                f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't converged yet; "
                "raise max_iter, or scale the inputs",
                ConvergenceWarning,
                stacklevel=4,
            )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to one safetensors file; see `pellucid.estimators.save`."""
        saving.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read an estimator of this class that `save` wrote.

        Raises:
            ValueError: when the file holds another estimator, or is damaged.
        """
        found = saving.load(path)
        if not isinstance(found, cls):
            kind = type(found).__name__
            raise ValueError(f"{os.fspath(path)} holds a {kind}, no {cls.__name__}")  # noqa: TRY004 - the file is wrong
        return found

    # --- asking ---------------------------------------------------------------------------------------------
    @property
    def model_(self) -> Module:
        """The network, a module like any other."""
        if "_network" not in vars(self):
            raise AttributeError(f"{type(self).__name__} has no model_ before fit")
        return self._network.model

    def _outputs(self, X: Any) -> Array:
        """Return the network's outputs for the rows of X."""
        check_is_fitted(self)
        return self._network.outputs(self._network_inputs(self._check_inputs(X, reset=False)))

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a trained network."""
        return hasattr(self, "_network")


def _shapes(model: Module) -> list[tuple[int, ...]]:
    """Return the shapes of the weights."""
    return [p.array.shape for p in model.parameters()]


def _dataset(data: Any) -> Any:
    return TensorDataset(*data) if isinstance(data, tuple) else data


def _single(inputs: Any) -> Any:
    """Return inputs as a network is trained on them: numbers in float32.

    Raises:
        ValueError: when a number is too large for that.
    """
    if isinstance(inputs, SparseRows):
        return inputs.single()
    if not isinstance(inputs, np.ndarray) or inputs.dtype != np.float64:
        return inputs
    with np.errstate(over="ignore"):
        single = inputs.astype(np.float32)
    if not np.isfinite(single).all():
        raise ValueError("X contains a value too large for float32, in which networks are trained; scale it")
    return single
