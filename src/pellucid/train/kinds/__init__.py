"""The kinds of data that a run can learn from: a closed list, so that a run folder never imports by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pellucid._suggest import nearest
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds.base import PARTS, ColumnFacts, Prepared, Run
from pellucid.train.kinds.tables import TableRun, prepare_table

__all__ = ["KINDS", "PARTS", "ColumnFacts", "Kind", "Prepared", "Run", "defaults_of", "kind_of", "prepare"]

_ALL = (
    *("data", "model", "optimizer", "lr", "momentum", "weight_decay", "schedule", "clip_norm"),
    *("epochs", "batch_size", "patience", "seed"),
)
_CLASSES = ("class_weight", "stratify", "test_size", "validation_size")
_TABLE = ("target", "task", "drop", "kinds", "scaling", "split", "split_column")


class Kind(NamedTuple):
    """A kind of data.

    Attributes:
        prepare: reads and prepares them.
        run: reads a trained network back.
        models: the names that the setting `model` may have, the usual one first.
        settings: those that have a meaning for it.
        defaults: of settings that are better begun elsewhere than for tables.
    """

    prepare: Callable[[RunConfig], Prepared]
    run: type[Run]
    models: tuple[str, ...]
    settings: tuple[str, ...]
    defaults: Mapping[str, Any]


KINDS: dict[str, Kind] = {
    "table": Kind(
        prepare_table,
        TableRun,
        ("mlp",),
        (*_ALL, *_CLASSES, *_TABLE, "hidden", "activation", "dropout", "batch_norm", "l1"),
        {},
    ),
}
"""Every kind by its name."""


def kind_of(settings: Mapping[str, Any]) -> str:
    """Return the name of the kind of data that settings, some of which may be missing, speak of."""
    del settings
    return "table"


def defaults_of(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the settings begin with for data of their kind, where it is not `RunConfig`'s own."""
    return KINDS[kind_of(settings)].defaults


def prepare(config: RunConfig) -> Prepared:
    """Read, split and transform the data of a run; everything fitted is fitted on the training part.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
    """
    settings = config.to_json()
    name = kind_of(settings)
    kind = KINDS[name]
    if config.model is not None and config.model not in kind.models:
        raise ConfigError(f"model {config.model!r} is none for {_WORDS[name]}{nearest(config.model, kind.models)}")
    standard = RunConfig(data=config.data).to_json()
    for setting, value in settings.items():
        if setting not in kind.settings and value != standard[setting]:
            raise ConfigError(f"{setting} means nothing for {_WORDS[name]}: {Path(config.data).name}; leave it out")
    return kind.prepare(config)


_WORDS = {"table": "a table"}
