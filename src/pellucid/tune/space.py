"""The space of a search: which settings are chosen, and from what."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from pellucid._suggest import nearest
from pellucid.train.config import WITH_MOMENTUM, ConfigError, RunConfig
from pellucid.train.kinds import KINDS, kind_of

__all__ = [
    "SEARCHABLE",
    "Choice",
    "Range",
    "Space",
    "chosen",
    "default_space",
    "given_parameters",
    "parse_space",
    "space_json",
]

_WHOLE = ("layers", "units", "batch_size", "epochs", "patience", "image_size", "max_length", "context", "vocabulary")
_WORDS = ("model", "activation", "optimizer", "schedule", "class_weight", "scaling", "tokenizer")
_NUMBERS = ("lr", "dropout", "weight_decay", "momentum", "l1", "clip_norm")
SEARCHABLE = (*_NUMBERS, *_WHOLE, "window", "hidden", "batch_norm", "augment", *_WORDS)
"""What a space may name: settings of a run, and `layers` of `units` each in place of `hidden`."""

_SHAPE = ("layers", "units")
_POINTS = 4


@dataclass(frozen=True)
class Choice:
    """One of some values.

    Attributes:
        values: numbers, names, booleans or None; layers' sizes as text, such as "64,32".
    """

    values: tuple[Any, ...]

    def __contains__(self, value: Any) -> bool:
        return value in self.values

    def grid(self) -> tuple[Any, ...]:
        """Return the values that a grid search tries."""
        return self.values

    def to_json(self) -> Any:
        """Return what `parse_space` reads."""
        return list(self.values)


@dataclass(frozen=True)
class Range:
    """A number between two, both included.

    Attributes:
        low: the least.
        high: the greatest.
        log: whether ratios count and not differences, as they do for learning rates.
        whole: whether only whole numbers are meant.
        points: how many values a grid search tries.

    Example:
        >>> Range(0.001, 0.1, log=True, points=3).grid()
        (0.001, 0.01, 0.1)
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    points: int = _POINTS

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and self.low <= value <= self.high

    def grid(self) -> tuple[Any, ...]:
        """Return the values that a grid search tries: evenly spread, in logarithms where `log` says so."""
        if self.points == 1:
            return (self.low,)
        steps = [i / (self.points - 1) for i in range(self.points)]
        if self.log:
            # Twelve digits: 0.01 and not 0.010000000000000002.
            inner = [float(f"{self.low * (self.high / self.low) ** s:.12g}") for s in steps[1:-1]]
        else:
            inner = [float(f"{self.low + (self.high - self.low) * s:.12g}") for s in steps[1:-1]]
        values = [self.low, *inner, self.high]
        return tuple(dict.fromkeys(round(v) for v in values)) if self.whole else tuple(values)

    def to_json(self) -> Any:
        """Return what `parse_space` reads."""
        return {"low": self.low, "high": self.high, "log": self.log, "points": self.points}


Space = Mapping[str, Choice | Range]


def default_space(config: RunConfig) -> dict[str, Choice | Range]:
    """Return what is searched where nothing else is asked for: the settings of this list that the data's kind has.

    For tables and series by an MLP the depth and width too; other networks keep the layers of `hidden`.
    """
    settings = KINDS[kind_of(config.to_json())].settings
    space: dict[str, Choice | Range] = {
        "lr": Range(3e-4, 3e-2, log=True, points=3),
        "layers": Range(1, 3, whole=True, points=3),
        "units": Range(16, 512, log=True, whole=True, points=3),
        "activation": Choice(("relu", "tanh", "silu")),
        "dropout": Range(0.0, 0.5, points=3),
        "batch_norm": Choice((False, True)),
        "weight_decay": Range(1e-6, 1e-2, log=True, points=3),
        "batch_size": Choice((16, 32, 64, 128)),
        "optimizer": Choice(("adam", "adamw", "sgd")),
        "momentum": Range(0.0, 0.95, points=2),
        "schedule": Choice(("none", "cosine", "plateau")),
        "scaling": Choice(("standard", "minmax")),
    }
    has_shape = kind_of(config.to_json()) in ("table", "series") and config.model in (None, "mlp")
    return {name: kind for name, kind in space.items() if name in settings or (has_shape and name in _SHAPE)}


def parse_space(content: Any, config: RunConfig) -> dict[str, Choice | Range]:
    """Return the space that a JSON object describes, every value of which the settings allow.

    {"lr": {"low": 1e-4, "high": 0.1, "log": true}, "hidden": [[64], [64, 32]], "activation": ["relu", "tanh"]}

    Raises:
        ConfigError: for a name that is no searchable setting, suggesting the nearest, a range that is none, or a value
            that the setting cannot have.

    Example:
        >>> parse_space({"dropout": [0, 0.3]}, RunConfig(data="iris"))
        {'dropout': Choice(values=(0, 0.3))}
        >>> parse_space({"dropot": [0, 0.3]}, RunConfig(data="iris"))
        Traceback (most recent call last):
        ...
        pellucid.train.config.ConfigError: the space names 'dropot', which cannot be searched; did you mean 'dropout'?
    """
    if not isinstance(content, Mapping) or not content:
        raise ConfigError('a space is an object such as {"lr": {"low": 1e-4, "high": 0.1, "log": true}}')
    kind = kind_of(config.to_json())
    known = [name for name in SEARCHABLE if name in KINDS[kind].settings or name in _SHAPE]
    space: dict[str, Choice | Range] = {}
    for name, described in content.items():
        if name not in known:
            raise ConfigError(f"the space names {name!r}, which cannot be searched{nearest(name, known)}")
        space[name] = _choice(name, described) if isinstance(described, list) else _range(name, described)
    if any(name in space for name in _SHAPE) and not all(name in space for name in _SHAPE):
        raise ConfigError("the space needs both layers and units, or neither: together they are hidden")
    if "layers" in space and "hidden" in space:
        raise ConfigError("the space names hidden and layers too; one of them says what the layers are")
    for name, kind_of_values in space.items():
        ends = (
            kind_of_values.values if isinstance(kind_of_values, Choice) else (kind_of_values.low, kind_of_values.high)
        )
        for value in ends:
            _check(name, value, config)
    return space


def _choice(name: str, values: list[Any]) -> Choice:
    if name == "hidden":
        values = [v if v is None else ",".join(map(str, v)) if isinstance(v, list) else v for v in values]
    plain = all(v is None or isinstance(v, (bool, int, float, str)) for v in values)
    if not values or not plain or len({(type(v), v) for v in values}) != len(values):
        raise ConfigError(f"the space's {name} must list different values, got {values!r}")
    return Choice(tuple(values))


def _range(name: str, described: Any) -> Range:
    forms = '[value, ...] or, for numbers, {"low": ..., "high": ..., "log": false, "points": 4}'
    if not isinstance(described, Mapping) or not {"low", "high"} <= set(described) <= {"low", "high", "log", "points"}:
        raise ConfigError(f"the space's {name} must be written as {forms}; got {described!r}")
    if name not in (*_NUMBERS, *_WHOLE, "window"):
        raise ConfigError(f"the space's {name} is no number and has no range; list its values")
    low, high, log = described["low"], described["high"], described.get("log", False)
    points = described.get("points", _POINTS)
    whole = name in (*_WHOLE, "window")
    numbers = all(isinstance(x, (int,) if whole else (int, float)) and not isinstance(x, bool) for x in (low, high))
    if not numbers or not (math.isfinite(low) and math.isfinite(high) and low < high):
        what = "whole numbers" if whole else "numbers"
        raise ConfigError(f"the space's {name} needs {what} with low < high, got {low!r} and {high!r}")
    if not isinstance(log, bool) or (log and low <= 0):
        raise ConfigError(f"the space's {name}: log is true or false, and true only for positive numbers; got {log!r}")
    if not isinstance(points, int) or isinstance(points, bool) or points < 1:
        raise ConfigError(f"the space's {name}: points is a whole number of at least 1, got {points!r}")
    return Range(low, high, log, whole, points)


def _check(name: str, value: Any, config: RunConfig) -> None:
    """Let the settings themselves say whether they allow a value."""
    if name in _SHAPE:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ConfigError(f"the space's {name} must be whole numbers of at least 1, got {value!r}")
        return
    try:
        if name == "hidden":
            value = _hidden(value)
        others = {"optimizer": "sgd"} if name == "momentum" else {"momentum": 0.0} if name == "optimizer" else {}
        replace(config, **{**others, name: value})
    except ConfigError as error:
        raise ConfigError(f"the space's {error}") from None
    models = KINDS[kind_of(config.to_json())].models
    if name == "model" and value is not None and value not in models:
        raise ConfigError(f"the space's model {value!r} is none for this data{nearest(value, models)}")


def _hidden(text: Any) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in str(text).split(",") if part)
    except ValueError:
        raise ConfigError(f"hidden must be lists of units such as [64, 32], got {text!r}") from None


def chosen(parameters: Mapping[str, Any], config: RunConfig) -> RunConfig:
    """Return the settings with what was chosen in their place.

    Example:
        >>> chosen({"layers": 2, "units": 16, "lr": 0.1}, RunConfig(data="iris")).hidden
        (16, 16)
    """
    names = {f.name for f in fields(RunConfig)}
    changed = {name: value for name, value in parameters.items() if name in names}
    if "hidden" in changed:
        changed["hidden"] = _hidden(changed["hidden"])
    if "layers" in parameters:
        changed["hidden"] = (parameters["units"],) * parameters["layers"]
    if changed.get("optimizer", config.optimizer) not in WITH_MOMENTUM:
        changed["momentum"] = 0.0
    return replace(config, **changed)


def given_parameters(space: Space, config: RunConfig, hidden: tuple[int, ...] | None) -> dict[str, Any]:
    """Return the parameters that say the settings as given, as far as the space can say them.

    Args:
        space: the space.
        config: the settings.
        hidden: the sizes of the layers that they come to, where that is known.
    """
    values: dict[str, Any] = {name: getattr(config, name) for name in space if hasattr(config, name)}
    if "hidden" in values and config.hidden is not None:
        values["hidden"] = ",".join(map(str, config.hidden))
    if hidden and len(set(hidden)) == 1:
        values |= {"layers": len(hidden), "units": hidden[0]}
    if config.optimizer not in WITH_MOMENTUM:
        values.pop("momentum", None)
    fitting = {name: values[name] for name in space if name in values and values[name] in space[name]}
    if not all(name in fitting for name in _SHAPE):
        fitting = {name: value for name, value in fitting.items() if name not in _SHAPE}
    return fitting


def space_json(space: Space) -> dict[str, Any]:
    """Return what `parse_space` reads."""
    return {name: values.to_json() for name, values in space.items()}
