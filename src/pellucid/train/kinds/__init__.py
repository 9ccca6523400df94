"""The kinds of data that a run can learn from: a closed list, so that a run folder never imports by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pellucid._suggest import nearest
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds.anomalies import AnomalyRun, prepare_anomalies
from pellucid.train.kinds.base import PARTS, ColumnFacts, Prepared, Run
from pellucid.train.kinds.images import ImageRun, prepare_images
from pellucid.train.kinds.language import LanguageRun, prepare_text
from pellucid.train.kinds.sentences import SentenceRun, prepare_sentences
from pellucid.train.kinds.series import SeriesRun, prepare_series
from pellucid.train.kinds.tables import TableRun, prepare_table

__all__ = ["KINDS", "PARTS", "ColumnFacts", "Kind", "Prepared", "Run", "defaults_of", "kind_of", "prepare"]

_ALL = (
    *("data", "model", "optimizer", "lr", "momentum", "weight_decay", "schedule", "clip_norm"),
    *("epochs", "batch_size", "patience", "seed"),
)
_CLASSES = ("class_weight", "stratify", "test_size", "validation_size")
_TABLE = ("target", "task", "drop", "kinds", "scaling", "split", "split_column")

_TEXT = ("text_column", "tokenizer", "vocabulary", "max_length")
_SERIES = ("time", "horizon", "window", "season")
_ODD = ("normal", "quantile", "l1")


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
    "images": Kind(
        prepare_images,
        ImageRun,
        ("cnn",),
        (*_ALL, *_CLASSES, "hidden", "activation", "dropout", "batch_norm", "l1", "image_size", "augment"),
        {"batch_norm": True, "dropout": 0.25, "epochs": 40, "patience": 8},
    ),
    "language": Kind(
        prepare_text,
        LanguageRun,
        ("gpt", "lstm", "gru", "rnn"),
        (*_ALL, "validation_size", "test_size", "hidden", "dropout", "tokenizer", "vocabulary", "context"),
        {"validation_size": 0.1, "test_size": 0.1, "epochs": 20, "patience": 3, "dropout": 0.1},
    ),
    "sentences": Kind(
        prepare_sentences,
        SentenceRun,
        ("lstm", "gru", "rnn", "attention", "mean", "transformer"),
        (*_ALL, *_CLASSES, "target", "task", "split", "split_column", "hidden", "dropout", *_TEXT),
        {"epochs": 60, "patience": 15, "dropout": 0.5, "lr": 5e-3},
    ),
    "series": Kind(
        prepare_series,
        SeriesRun,
        ("mlp", "lstm", "gru", "rnn"),
        (*_ALL, "target", "validation_size", "test_size", "hidden", "activation", "dropout", *_SERIES),
        {},
    ),
    "anomalies": Kind(
        prepare_anomalies,
        AnomalyRun,
        ("autoencoder",),
        (*_ALL, "target", "drop", "kinds", "scaling", "validation_size", "test_size", "hidden", "activation", *_ODD),
        {},
    ),
}
"""Every kind by its name."""


def kind_of(settings: Mapping[str, Any]) -> str:
    """Return the name of the kind of data that settings, some of which may be missing, speak of."""
    path = Path(str(settings.get("data", "")))
    if path.is_dir():
        return "images"
    if settings.get("horizon") is not None or settings.get("time") is not None:
        return "series"
    if settings.get("text_column") is not None:
        return "sentences"
    if settings.get("model") == "autoencoder":
        return "anomalies"
    return "language" if path.suffix.lower() in (".txt", ".text", ".md") else "table"


def defaults_of(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the settings begin with for data of their kind, where it is not `RunConfig`'s own."""
    # Attention learns nothing at the rate that suits recurrent nets.
    gentle = {"lr": 1e-3, "dropout": 0.1} if settings.get("model") == "transformer" else {}
    return {**KINDS[kind_of(settings)].defaults, **gentle}


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


_WORDS = {
    "table": "a table",
    "images": "a folder of pictures",
    "language": "a file of text",
    "sentences": "a table of texts",
    "series": "a series",
    "anomalies": "an autoencoder",
}
