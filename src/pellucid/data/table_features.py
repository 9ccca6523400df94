"""The matrix behind a table: its checked columns, and the scikit-learn transformers that make it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pellucid._extras import require
from pellucid.data.columns import Column, as_numbers, as_texts, checked_numbers, column_names, yes_or_no
from pellucid.data.dates import date_numbers, parse_dates
from pellucid.data.errors import DataError, misfit, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Features", "clean_table", "features_of", "make_transformer", "name_outputs"]

_SCALERS = {"standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}
_MISSING = "(missing)"


@dataclass(frozen=True)
class Features:
    """The cleaned table's columns by treatment, each with the name that people read.

    `indicated` are those whose missing values may be indicated: one for each column of the table.
    """

    number: dict[str, str] = field(default_factory=dict)
    binary: dict[str, str] = field(default_factory=dict)
    category: dict[str, str] = field(default_factory=dict)
    indicated: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        """The cleaned table's columns."""
        return {*self.number, *self.binary, *self.category}


def _key(column: Column, part: str = "") -> str:
    """Return the cleaned column's name; the kind in front keeps a date's parts apart from other columns."""
    return f"{column.kind}:{column.name}:{part}" if part else f"{column.kind}:{column.name}"


def features_of(columns: Sequence[Column], date_parts: Mapping[str, Sequence[str]]) -> Features:
    """Sort the used columns by how they become numbers."""
    features = Features()
    for column in columns:
        if column.kind == "date":
            parts = date_parts[column.name]
            features.number.update({_key(column, part): f"{column.name} {part}" for part in parts})
            features.indicated[_key(column, parts[-1])] = column.name
        elif column.kind == "category":
            features.category[_key(column)] = column.name
        elif column.kind in ("number", "binary"):
            (features.number if column.kind == "number" else features.binary)[_key(column)] = column.name
            features.indicated[_key(column)] = column.name
    return features


def clean_table(
    frame: "pd.DataFrame", columns: Sequence[Column], date_parts: Mapping[str, Sequence[str]]
) -> "pd.DataFrame":
    """Return the used columns as float64 and text, checked.

    Raises:
        DataError: when a column is missing, or a value does not fit its column's kind.
    """
    pd = require("pandas", "tabular")
    position = {name: i for i, name in enumerate(column_names(frame))}
    used = [column for column in columns if column.used]
    lacking = [column.name for column in used if column.name not in position]
    if lacking:
        raise DataError(
            f"the table lacks the column {', '.join(map(repr, lacking))}; it has "
            f"{', '.join(position) or 'none'}{nearest(lacking[0], position)}"
        )
    clean: dict[str, Any] = {}
    for column in used:
        series = frame.iloc[:, position[column.name]].rename(column.name)
        if column.kind == "date":
            parts = date_numbers(parse_dates(series, column.date_format), date_parts[column.name])
            clean |= {_key(column, part): values for part, values in parts.items()}
        elif column.kind == "category":
            clean[_key(column)] = as_texts(series).astype(object).fillna(_MISSING).to_numpy(object)
        else:
            values = _checked_binary(series) if column.kind == "binary" else checked_numbers(series)
            clean[_key(column)] = values.to_numpy()
    return pd.DataFrame(clean, index=range(len(frame)))


def _checked_binary(series: "pd.Series[Any]") -> "pd.Series[float]":
    if (as_numbers(series).notna() == series.notna()).all():
        # A pixel that was only ever 0 or 1 in training may be 2 later: the number is kept.
        return checked_numbers(series)
    values = yes_or_no(series)
    bad = (values.isna() & series.notna()).to_numpy()
    if bad.any():
        raise misfit(series, bad, "yes or no", "mend it or leave it empty")
    return values


def make_transformer(features: Features, scaling: str, max_categories: int) -> Any:
    """Return the unfitted ColumnTransformer: numbers, yes/no, indicators, categories, in this order."""
    compose, impute = require("sklearn.compose", "tabular"), require("sklearn.impute", "tabular")
    pipeline, preprocessing = (
        require("sklearn.pipeline", "tabular"),
        require("sklearn.preprocessing", "tabular"),
    )
    number: Any = impute.SimpleImputer(strategy="median", keep_empty_features=True)
    if scaling != "none":
        scaler = getattr(preprocessing, _SCALERS[scaling])()
        number = pipeline.Pipeline([("impute", number), ("scale", scaler)])
    binary = impute.SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    # Indicators stand apart from the scaled numbers, so that they stay 0 and 1.
    indicator = impute.MissingIndicator(features="missing-only", error_on_new=False)
    category = preprocessing.OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=max_categories, sparse_output=False
    )
    parts = [
        ("number", number, list(features.number)),
        ("binary", binary, list(features.binary)),
        ("indicated", indicator, list(features.indicated)),
        ("category", category, list(features.category)),
    ]
    return compose.ColumnTransformer([part for part in parts if part[2]], sparse_threshold=0.0)


def name_outputs(transformer: Any, features: Features) -> list[str]:
    """Return the names of the fitted transformer's outputs, such as `age`, `age missing` and `land=FR`."""
    fitted = transformer.named_transformers_
    names = [*features.number.values(), *features.binary.values()]
    if features.indicated:
        labels = list(features.indicated.values())
        names += [f"{labels[i]} missing" for i in fitted["indicated"].features_]
    if features.category:
        encoder = fitted["category"]
        rare = encoder.infrequent_categories_
        for i, label in enumerate(features.category.values()):
            pooled = set() if rare[i] is None else set(rare[i])
            names += [f"{label}={value}" for value in encoder.categories_[i] if value not in pooled]
            names += [f"{label}=(rare)"] if pooled else []
    return names
