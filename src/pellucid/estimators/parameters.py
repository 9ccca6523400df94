"""What parameters may be: checked when `fit` begins, as scikit-learn wants it."""

import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

__all__ = ["RULES", "Rule", "at_least", "between", "check_parameters", "flag", "or_none", "whole"]

Rule = tuple[Callable[[Any], bool], str]
"""Whether a value is right, and what would be."""


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not _flag(value) and not math.isnan(value)


def _flag(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


def _whole(value: Any, least: int = 1) -> bool:
    return isinstance(value, Integral) and not _flag(value) and int(value) >= least


def _auto(value: Any) -> bool:
    return isinstance(value, str) and value == "auto"


def whole(least: int) -> Rule:
    """Return the rule of whole numbers from `least` on."""
    return (lambda v: _whole(v, least)), f"a whole number of at least {least}"


def at_least(least: float, *, above: bool = False) -> Rule:
    """Return the rule of finite numbers from `least` on, or above it."""
    return (
        lambda v: _number(v) and math.isfinite(v) and (v > least if above else v >= least),
        f"a number {'above' if above else 'of at least'} {least:g}",
    )


def between(low: float, high: float, *, open: bool = False) -> Rule:
    """Return the rule of numbers in [low, high), or in (low, high)."""
    return (
        lambda v: _number(v) and (low < v if open else low <= v) and v < high,
        f"a number in {'(' if open else '['}{low:g}, {high:g})",
    )


def or_none(rule: Rule) -> Rule:
    """Return the rule that also takes None."""
    return lambda v: v is None or rule[0](v), f"{rule[1]}, or None"


flag: Rule = (_flag, "True or False")

RULES: dict[str, Rule] = {
    "alpha": at_least(0),
    "batch_size": (lambda v: _auto(v) or _whole(v), "'auto' or a whole number of at least 1"),
    "learning_rate_init": at_least(0, above=True),
    "power_t": at_least(0),
    "max_iter": whole(1),
    "shuffle": flag,
    "tol": at_least(0),
    "verbose": (lambda v: _flag(v) or _whole(v, 0), "True, False or a whole number"),
    "warm_start": flag,
    "momentum": (lambda v: _number(v) and 0 <= v <= 1, "a number in [0, 1]"),
    "nesterovs_momentum": flag,
    "early_stopping": flag,
    "validation_fraction": between(0, 1, open=True),
    "beta_1": between(0, 1),
    "beta_2": between(0, 1),
    "epsilon": at_least(0, above=True),
    "n_iter_no_change": (lambda v: _whole(v) or v == math.inf, "a whole number of at least 1, or infinity"),
    "dropout": between(0, 1),
    "batch_norm": flag,
}
"""By the names that estimators share."""


def check_parameters(owner: str, values: Mapping[str, Any], rules: Mapping[str, Rule] = RULES) -> None:
    """Refuse the first value that breaks its rule.

    Args:
        owner: the estimator's name, for the message.
        values: parameters by name; those without a rule are left alone.
        rules: by name.

    Raises:
        ValueError: naming the parameter, what it may be, and what came.

    Example:
        >>> check_parameters("MLPClassifier", {"alpha": -1})
        Traceback (most recent call last):
        ValueError: MLPClassifier: alpha must be a number of at least 0, got -1
    """
    for name, value in values.items():
        if name in rules and not rules[name][0](value):
            raise ValueError(f"{owner}: {name} must be {rules[name][1]}, got {value!r}")
