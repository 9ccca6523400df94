"""Optimizers and schedules by scikit-learn's names, by Pellucid's, or made by a function."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from pellucid import optim
from pellucid._suggest import nearest
from pellucid.nn import Module
from pellucid.optim import Optimizer, lr_scheduler

__all__ = ["DEFAULTS", "PLANNED", "SCHEDULES", "make_optimizer", "make_schedule"]

SCHEDULES = ("constant", "invscaling", "adaptive", "cosine", "exponential", "step", "onecycle")
"""Names for `learning_rate`; the first three are scikit-learn's."""

PLANNED = ("cosine", "exponential", "step", "onecycle")
"""Those that are laid out over `max_iter` epochs: to have trained all of them is then no sign of too few."""

DEFAULTS: dict[str, Any] = {
    "momentum": 0.9,
    "nesterovs_momentum": True,
    "power_t": 0.5,
    "beta_1": 0.9,
    "beta_2": 0.999,
    "epsilon": 1e-8,
}
"""What estimators that do not list these parameters take for them."""


def make_optimizer(parameters: dict[str, Any], model: Module, decay: float) -> Optimizer:
    """Return the optimizer that `solver` names.

    Args:
        parameters: of the estimator.
        model: the network.
        decay: weight decay of matrices; biases and the parameters of norms have none.

    Raises:
        ValueError: for an unknown name.
        NotImplementedError: for "lbfgs".
        TypeError: when `solver` is something else, or makes no optimizer.
    """
    solver, lr = parameters["solver"], float(parameters["learning_rate_init"])
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if callable(solver):
        made = solver(groups, lr=lr)
        if not isinstance(made, Optimizer):
            raise TypeError(f"solver must make an optimizer of pellucid.optim, it made {type(made).__name__}")
        return made
    if not isinstance(solver, str):
        raise TypeError(f"solver is a name, an optimizer's class or a function of (params, lr), got {solver!r}")
    if solver == "lbfgs":
        raise NotImplementedError("solver='lbfgs' is not supported; use 'adam', or scikit-learn's own estimator")
    if solver not in optim.REGISTRY:
        raise ValueError(f"there is no solver {solver!r}{nearest(solver, optim.REGISTRY)}")
    kind: Any = optim.REGISTRY[solver]
    return kind(groups, lr=lr, **_options(solver, parameters))


def _options(solver: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what scikit-learn's parameters say about an optimizer."""
    if solver == "sgd":
        momentum = float(parameters["momentum"])
        return {"momentum": momentum, "nesterov": bool(parameters["nesterovs_momentum"]) and momentum > 0}
    known = inspect.signature(optim.REGISTRY[solver]).parameters
    if "betas" not in known:
        return {}
    return {"betas": (parameters["beta_1"], parameters["beta_2"]), "eps": parameters["epsilon"]}


def make_schedule(parameters: dict[str, Any], optimizer: Optimizer, rows: int, batches: int) -> tuple[Any, str]:
    """Return the schedule that `learning_rate` names, and whether it counts an "epoch" or a "step".

    Args:
        parameters: of the estimator.
        optimizer: what it acts on.
        rows: of the training data.
        batches: steps of an epoch.

    Raises:
        ValueError: for an unknown name.
    """
    name, epochs, s = parameters["learning_rate"], parameters["max_iter"], lr_scheduler
    if callable(name):
        made = name(optimizer)
        return made, "step" if isinstance(made, s.OneCycleLR) else "epoch"
    if not isinstance(name, str) or name not in SCHEDULES:
        raise ValueError(f"there is no learning_rate {name!r}{nearest(name, SCHEDULES)}")
    if name == "onecycle":
        largest = 10 * parameters["learning_rate_init"]
        return s.OneCycleLR(optimizer, max_lr=largest, total_steps=max(batches * epochs, 2)), "step"
    inverse = partial(_inverse_scaling, rows=rows, power=float(parameters["power_t"]))
    by_name: dict[str, Callable[[], Any]] = {
        "cosine": lambda: s.CosineAnnealingLR(optimizer, T_max=epochs),
        "exponential": lambda: s.ExponentialLR(optimizer, gamma=0.01 ** (1 / epochs)),
        "invscaling": lambda: s.LambdaLR(optimizer, inverse),
        "step": lambda: s.StepLR(optimizer, step_size=max(1, epochs // 3), gamma=0.1),
    }
    return (by_name[name]() if name in by_name else None), "epoch"


def _inverse_scaling(epoch: int, rows: int, power: float) -> float:
    """Return 1 / (t + 1)^power, t being the rows seen so far."""
    return float((epoch * rows + 1) ** -power)
