"""Data: tables, pictures, text, series, splits, datasets, loaders; other libraries are loaded when first needed."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.data import preprocessing, transforms
    from pellucid.data.backtesting import Backtest, backtest, rolling_origin, seasonal_naive
    from pellucid.data.columns import Column, infer_columns
    from pellucid.data.datasets import Dataset, Subset, TensorDataset, random_split
    from pellucid.data.dates import time_order
    from pellucid.data.embedded import (
        EmbeddedData,
        embedded_names,
        load_breast_cancer,
        load_diabetes,
        load_digits,
        load_embedded,
        load_iris,
        load_wine,
    )
    from pellucid.data.errors import DataError
    from pellucid.data.folds import fold_rows
    from pellucid.data.generators import (
        make_and,
        make_blobs,
        make_circles,
        make_moons,
        make_or,
        make_sine,
        make_spirals,
        make_xor,
    )
    from pellucid.data.image_files import ImageArrays, ImageFiles, ImageFolder, read_image
    from pellucid.data.image_formats import load_cifar10, load_mnist, read_cifar10, read_idx
    from pellucid.data.loader import DataLoader, default_collate
    from pellucid.data.sequences import LanguageModelWindows, PadCollate, PaddedBatch, pad_batch, split_in_order
    from pellucid.data.series import SeriesParts, SeriesWindows, split_series
    from pellucid.data.series_table import Series, series_of
    from pellucid.data.split import Split, split_rows
    from pellucid.data.table_preprocessor import TablePreprocessor
    from pellucid.data.tables import read_table
    from pellucid.data.target import Target, separate_target
    from pellucid.data.tokenizers import BytePairTokenizer, CharTokenizer, Tokenizer, WordTokenizer, load_tokenizer
    from pellucid.data.vocabulary import Vocabulary

__all__ = [
    "Backtest",
    "BytePairTokenizer",
    "CharTokenizer",
    "Column",
    "DataError",
    "DataLoader",
    "Dataset",
    "EmbeddedData",
    "ImageArrays",
    "ImageFiles",
    "ImageFolder",
    "LanguageModelWindows",
    "PadCollate",
    "PaddedBatch",
    "Series",
    "SeriesParts",
    "SeriesWindows",
    "Split",
    "Subset",
    "TablePreprocessor",
    "Target",
    "TensorDataset",
    "Tokenizer",
    "Vocabulary",
    "WordTokenizer",
    "backtest",
    "default_collate",
    "embedded_names",
    "fold_rows",
    "infer_columns",
    "load_breast_cancer",
    "load_cifar10",
    "load_diabetes",
    "load_digits",
    "load_embedded",
    "load_iris",
    "load_mnist",
    "load_tokenizer",
    "load_wine",
    "make_and",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_or",
    "make_sine",
    "make_spirals",
    "make_xor",
    "pad_batch",
    "preprocessing",
    "random_split",
    "read_cifar10",
    "read_idx",
    "read_image",
    "read_table",
    "rolling_origin",
    "seasonal_naive",
    "separate_target",
    "series_of",
    "split_in_order",
    "split_rows",
    "split_series",
    "time_order",
    "transforms",
]

_NAMES_BY_FILE = {
    "columns": "Column infer_columns",
    "datasets": "Dataset Subset TensorDataset random_split",
    "dates": "time_order",
    "embedded": "EmbeddedData embedded_names load_breast_cancer load_diabetes load_digits load_embedded "
    "load_iris load_wine",
    "errors": "DataError",
    "generators": "make_and make_blobs make_circles make_moons make_or make_sine make_spirals make_xor",
    "image_files": "ImageArrays ImageFiles ImageFolder read_image",
    "image_formats": "load_cifar10 load_mnist read_cifar10 read_idx",
    "loader": "DataLoader default_collate",
    "folds": "fold_rows",
    "split": "Split split_rows",
    "table_preprocessor": "TablePreprocessor",
    "tables": "read_table",
    "target": "Target separate_target",
    "vocabulary": "Vocabulary",
    "tokenizers": "BytePairTokenizer CharTokenizer Tokenizer WordTokenizer load_tokenizer",
    "sequences": "LanguageModelWindows PadCollate PaddedBatch pad_batch split_in_order",
    "series": "SeriesParts SeriesWindows split_series",
    "backtesting": "Backtest backtest rolling_origin seasonal_naive",
    "series_table": "Series series_of",
}
_FILE_OF = {name: file for file, names in _NAMES_BY_FILE.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in _FILE_OF:
        return getattr(importlib.import_module(f"pellucid.data.{_FILE_OF[name]}"), name)
    if name in ("preprocessing", "transforms"):
        return importlib.import_module(f"pellucid.data.{name}")
    raise AttributeError(f"module 'pellucid.data' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
