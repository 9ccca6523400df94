"""RunConfig: everything that a run is made of, so that it can be repeated."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self, get_args

from pellucid._suggest import nearest
from pellucid.data.columns import Kind

__all__ = [
    "CLASS_WEIGHTS",
    "KINDS",
    "SCALINGS",
    "SCHEDULES",
    "SPLITS",
    "TASKS",
    "WITH_MOMENTUM",
    "ConfigError",
    "RunConfig",
]

TASKS = ("auto", "classification", "binary", "multiclass", "regression")
SCALINGS = ("standard", "minmax", "robust", "none")
SCHEDULES = ("none", "cosine", "exponential", "onecycle", "plateau", "step")
SPLITS = ("shuffle", "time", "group")
KINDS = get_args(Kind)
CLASS_WEIGHTS = ("none", "balanced")
WITH_MOMENTUM = ("sgd", "rmsprop")


class ConfigError(ValueError):
    """A setting is unknown, of a wrong type, or out of its range."""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The settings of a run; JSON-storable, checked when made.

    Attributes:
        data: path of a CSV or Parquet file, or the name of an embedded data set.
        model: which architecture; None takes the usual one for the kind of data.
        target: the column to predict; embedded sets know theirs.
        task: what kind of target; "auto" looks at its values.
        hidden: units of the hidden layers; None asks `suggest_architecture`, () is a linear model.
        activation: of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        batch_norm: normalise hidden layers over the batch.
        optimizer: a name in `pellucid.optim.REGISTRY`.
        lr: learning rate.
        momentum: for sgd and rmsprop.
        weight_decay: L2 decay, as the optimizer defines it.
        l1: weight of the sum of the weights' absolute values, added to the training loss.
        schedule: of the learning rate.
        clip_norm: bound of the gradients' norm; None for none.
        epochs: passes over the training rows at most.
        batch_size: rows of a step.
        patience: epochs without a better validation loss before training ends.
        class_weight: "balanced" makes every class weigh the same in the loss.
        scaling: of number columns.
        kinds: kinds of columns where the inferred ones are not wanted, by name.
        drop: columns to leave out.
        split: how rows are divided: at random, in the order of a column, or by the groups of a column.
        split_column: that column; it is not an input of the network.
        stratify: keep the share of every class the same in all parts, where rows are divided at random.
        test_size: share (or number) of rows for the test.
        validation_size: share (or number) of rows for validation.
        seed: of everything random.
        image_size: height and width to which pictures are brought; None takes the median, 64 at most.
        augment: show training pictures shifted, mirrored and turned a little, anew in every epoch.
        text_column: the column of a table whose text is read.
        tokenizer: "char", "word" or "bytepair"; None takes the usual one for the kind of data.
        vocabulary: different tokens at most.
        max_length: tokens of a text that are read.
        context: tokens that a language model sees at once.
        time: the column of a series' dates.
        horizon: values of a series that are forecast.
        window: values of its past that are seen; None takes two seasons or horizons.
        season: values of one season; None takes what the dates suggest.
        normal: the class of the target that an autoencoder learns; None takes the most frequent.
        quantile: share of normal validation rows below an autoencoder's threshold.

    Raises:
        ConfigError: for a value of a wrong type or out of its range, naming the setting.

    Example:
        >>> RunConfig(data="iris", lr=0.01).lr
        0.01
        >>> RunConfig(data="iris", lr=-1)
        Traceback (most recent call last):
        ...
        pellucid.train.config.ConfigError: lr must be a positive number, got -1
    """

    data: str
    model: str | None = None
    target: str | None = None
    task: str = "auto"
    hidden: tuple[int, ...] | None = None
    activation: str = "relu"
    dropout: float = 0.0
    batch_norm: bool = False
    optimizer: str = "adam"
    lr: float = 3e-3
    momentum: float = 0.0
    weight_decay: float = 1e-4
    l1: float = 0.0
    schedule: str = "none"
    clip_norm: float | None = None
    epochs: int = 200
    batch_size: int = 32
    patience: int = 20
    class_weight: str = "none"
    scaling: str = "standard"
    kinds: dict[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    split: str = "shuffle"
    split_column: str | None = None
    stratify: bool = True
    test_size: float = 0.2
    validation_size: float = 0.2
    seed: int = 0
    image_size: int | None = None
    augment: bool = False
    text_column: str | None = None
    tokenizer: str | None = None
    vocabulary: int = 5000
    max_length: int = 256
    context: int = 64
    time: str | None = None
    horizon: int | None = None
    window: int | None = None
    season: int | None = None
    normal: str | None = None
    quantile: float = 0.95

    def __post_init__(self) -> None:
        # Imported here, because the settings are also read where no network is built.
        from pellucid.models.activations import ACTIVATIONS
        from pellucid.optim import REGISTRY

        for name in ("hidden", "drop"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        self._expect("data", isinstance(self.data, str) and bool(self.data), "the name of a file or data set")
        self._check_columns()
        for name, known in (
            ("task", TASKS),
            ("activation", ACTIVATIONS),
            ("optimizer", REGISTRY),
            ("schedule", SCHEDULES),
            ("class_weight", CLASS_WEIGHTS),
            ("scaling", SCALINGS),
            ("split", SPLITS),
        ):
            value = getattr(self, name)
            if value not in known:
                raise ConfigError(f"{name} {value!r} is not known{nearest(str(value), known)}")
        hidden = self.hidden is None or (
            isinstance(self.hidden, tuple) and all(_is_int(n) and n > 0 for n in self.hidden)
        )
        self._expect("hidden", hidden, "positive numbers of units, such as 64,32")
        self._expect("dropout", _is_number(self.dropout) and 0 <= self.dropout < 1, "a number in [0, 1)")
        self._expect("momentum", _is_number(self.momentum) and 0 <= self.momentum < 1, "a number in [0, 1)")
        if self.momentum and self.optimizer not in WITH_MOMENTUM:
            raise ConfigError(f"momentum is a setting of sgd and rmsprop, not of {self.optimizer}")
        self._expect("lr", _is_number(self.lr) and self.lr > 0, "a positive number")
        for name in ("weight_decay", "l1"):
            value = getattr(self, name)
            self._expect(name, _is_number(value) and value >= 0, "a number that is not negative")
        clip = self.clip_norm is None or (_is_number(self.clip_norm) and self.clip_norm > 0)
        self._expect("clip_norm", clip, "a positive number")
        for name in ("epochs", "batch_size", "patience", "vocabulary", "max_length", "context"):
            value = getattr(self, name)
            self._expect(name, _is_int(value) and value >= 1, "a whole number of at least 1")
        for name in ("image_size", "horizon", "window", "season"):
            value = getattr(self, name)
            self._expect(name, value is None or (_is_int(value) and value >= 1), "a whole number of at least 1")
        self._expect("quantile", _is_number(self.quantile) and 0 < self.quantile < 1, "a share between 0 and 1")
        for name, least in (("test_size", 0), ("validation_size", 0)):
            value = getattr(self, name)
            good = (_is_number(value) and least < value < 1) or (_is_int(value) and value >= 1)
            self._expect(name, good, "a share between 0 and 1, or a whole number of rows")
        self._expect("seed", _is_int(self.seed) and self.seed >= 0, "a whole number that is not negative")
        for name in ("batch_norm", "stratify", "augment"):
            self._expect(name, isinstance(getattr(self, name), bool), "true or false")
        if (self.split == "shuffle") != (self.split_column is None):
            raise ConfigError(
                f"split {self.split!r} needs a split_column"
                if self.split_column is None
                else f"split_column {self.split_column!r} needs split 'time' or 'group'"
            )

    def _check_columns(self) -> None:
        for name in ("model", "target", "split_column", "text_column", "tokenizer", "time", "normal"):
            value = getattr(self, name)
            self._expect(name, value is None or (isinstance(value, str) and bool(value)), "a name")
        is_names = isinstance(self.drop, tuple) and all(isinstance(c, str) for c in self.drop)
        self._expect("drop", is_names, "a list of columns' names")
        self._expect("kinds", isinstance(self.kinds, dict), "an object of kinds by column")
        for kind in self.kinds.values():
            if kind not in KINDS:
                raise ConfigError(f"kinds {kind!r} is not known{nearest(kind, KINDS)}")

    def _expect(self, name: str, holds: bool, what: str) -> None:
        if not holds:
            raise ConfigError(f"{name} must be {what}, got {getattr(self, name)!r}")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> Self:
        """Return the settings that a JSON object holds; those that it lacks have their defaults.

        Raises:
            ConfigError: for an unknown setting, suggesting the nearest name.
        """
        known = [f.name for f in fields(cls)]
        for name in settings:
            if name not in known:
                raise ConfigError(f"there is no setting {name!r}{nearest(name, known)}")
        if "data" not in settings:
            raise ConfigError("the settings lack 'data': a file or the name of an embedded data set")
        return cls(**settings)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
