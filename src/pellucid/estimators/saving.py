"""Estimators in files: parameters and what was learned as JSON, weights as safetensors; nothing executes on load."""

import os
from typing import Any

import numpy as np

from pellucid import _serialization
from pellucid._suggest import nearest
from pellucid._tensor import Tensor
from pellucid.nn import Module

__all__ = ["load", "plain", "save"]

_FORMAT = 1
_LEARNED = (
    "n_features_in_",
    "n_iter_",
    "t_",
    "loss_",
    "loss_curve_",
    "best_loss_",
    "validation_scores_",
    "validation_curve_",
    "best_validation_score_",
    "temperature_",
)


def save(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted estimator to one safetensors file, whole or not at all.

    Kept are its parameters, classes, what its inputs need, curves and weights; not kept is the optimizer's state, so
    that `partial_fit` afterwards begins with a new one.

    Args:
        estimator: a fitted one.
        path: the file.

    Raises:
        NotFittedError: before `fit`.
        TypeError: when a parameter is a function or an object, which no file of data can hold; pickle can.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    parameters = {name: plain(name, value) for name, value in estimator.get_params(deep=False).items()}
    learned = {name: getattr(estimator, name) for name in _LEARNED if hasattr(estimator, name)}
    names = getattr(estimator, "feature_names_in_", None)
    state = {
        "format": _FORMAT,
        "estimator": type(estimator).__name__,
        "parameters": parameters,
        "learned": {name: plain(name, value) for name, value in learned.items()},
        "feature_names": None if names is None else [str(name) for name in names],
        "targets": estimator._targets.state(),
        "inputs": estimator._state(),
        "weights": dict(estimator.model_.state_dict()),
    }
    _serialization.save(state, path)


def load(path: str | os.PathLike[str]) -> Any:
    """Read an estimator that `save` wrote; nothing in the file is executed.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: when the file is damaged or holds something else.

    Example:
        >>> import tempfile
        >>> from pellucid.estimators import MLPRegressor
        >>> X = np.arange(20.0).reshape(10, 2)
        >>> model = MLPRegressor(max_iter=300, tol=1.0, random_state=0).fit(X, X[:, 0])
        >>> path = tempfile.mkdtemp() + "/model.safetensors"
        >>> save(model, path)
        >>> bool((load(path).predict(X) == model.predict(X)).all())
        True
    """
    from pellucid import estimators
    from pellucid.estimators.base import NeuralEstimator
    from pellucid.estimators.network import Network

    state = _serialization.load(path)
    if not isinstance(state, dict) or "estimator" not in state or "targets" not in state:
        raise ValueError(f"{os.fspath(path)} holds no estimator")
    if state.get("format") != _FORMAT:
        raise ValueError(f"{os.fspath(path)} has format {state.get('format')!r}, this version reads {_FORMAT}; upgrade")
    found = {name: getattr(estimators, name) for name in estimators.__all__}
    kinds = {name: kind for name, kind in found.items() if isinstance(kind, type) and issubclass(kind, NeuralEstimator)}
    kind = kinds.get(state["estimator"])
    if kind is None:
        raise ValueError(f"{os.fspath(path)} names {state['estimator']!r}{nearest(state['estimator'], kinds)}")
    try:
        made = kind(**state["parameters"])
        for name in _LEARNED:
            if name in state["learned"]:
                setattr(made, name, state["learned"][name])
        if state["feature_names"] is not None:
            made.feature_names_in_ = np.array(state["feature_names"], dtype=object)
        made._set_state(state["inputs"])
        targets = made._targets_from(state["targets"])
        made._targets, made.n_outputs_, made.out_activation_ = targets, targets.n_outputs, targets.activation
        made._after_first(targets)
        model: Module = made._build_network(targets.n_outputs)
        model.load_state_dict({name: Tensor(w.array) for name, w in state["weights"].items()})
        made._network = Network(model.eval())
    except (AttributeError, LookupError, RuntimeError, TypeError) as error:
        raise ValueError(f"{os.fspath(path)} is damaged, or was written by another version ({error})") from None
    return made


def plain(name: str, value: Any) -> Any:
    """Return a parameter as JSON has it.

    Raises:
        TypeError: when it cannot be written down.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return type(value)(plain(name, v) for v in value)
    if isinstance(value, dict):
        return {plain(name, k): plain(name, v) for k, v in value.items()}
    raise TypeError(
        f"{name} is a {type(value).__name__}, which a file of data cannot hold; give a name or a number instead, "
        "set it to None before saving, or use pickle among people who trust each other"
    )
