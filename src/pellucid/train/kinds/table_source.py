"""The table that DATA means, and which of its columns are inputs."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid.data import DataError, EmbeddedData, embedded_names, load_embedded, read_table, time_order
from pellucid.train.config import ConfigError, RunConfig

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_source", "source_of", "take_columns"]


def source_of(data: str) -> "tuple[pd.DataFrame, str, EmbeddedData | None]":
    """Return the table that a name or path means, the digest of its content, and the embedded set if it is one.

    A file wins over an embedded set of the same name.

    Raises:
        DataError: when there is neither.
    """
    path = Path(data)
    if not path.exists() and data in embedded_names():
        embedded = load_embedded(data)
        text = embedded.frame.to_csv(index=False, lineterminator="\n")
        return embedded.frame, hashlib.sha256(text.encode()).hexdigest(), embedded
    if not path.exists() and not path.suffix and path.parent == Path():
        load_embedded(data)  # raises, and says which names there are
    frame = read_table(data)
    return frame, hashlib.sha256(path.read_bytes()).hexdigest(), None


def read_source(data: str) -> "tuple[pd.DataFrame, str]":
    """Return the table that DATA means, and the digest of what was read; "" for standard input."""
    if data == "-":
        return read_table("-"), ""
    frame, digest, _ = source_of(data)
    return frame, digest


def take_columns(features: "pd.DataFrame", config: RunConfig) -> "tuple[pd.DataFrame, Any]":
    """Take the dropped columns and the one that splits out of the features; return that one's order or groups."""
    for setting, names in (("drop", config.drop), ("kinds", config.kinds)):
        unknown = [c for c in names if c not in features.columns]
        if unknown:
            raise ConfigError(
                f"{setting} names {unknown[0]!r}, which is no input column; they are "
                f"{', '.join(map(str, features.columns))}"
            )
    features = features.drop(columns=list(config.drop))
    if config.split_column is None:
        return features, None
    if config.split_column not in features.columns:
        raise ConfigError(
            f"split_column {config.split_column!r} is no column; they are {', '.join(map(str, features.columns))}"
        )
    column = features[config.split_column]
    if config.split == "time":
        return features, time_order(column)
    if column.isna().any():
        raise DataError(f"column {config.split_column!r} lacks the group of {int(column.isna().sum())} rows; fill it")
    return features.drop(columns=[config.split_column]), column.to_numpy()
