"""From a table of anything to a float32 matrix, fitted on the training rows and stored without pickle."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from pellucid._extras import require
from pellucid._files import read_json, write_json
from pellucid.data.columns import Column, Kind, as_texts, infer_columns, pick
from pellucid.data.dates import DATE_PARTS, date_numbers, parse_dates
from pellucid.data.errors import DataError, nearest, place
from pellucid.data.estimator_file import load_estimator, save_estimator
from pellucid.data.table_features import clean_table, features_of, make_transformer, name_outputs

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Scaling", "TablePreprocessor", "Unseen"]

Scaling = Literal["standard", "minmax", "robust", "none"]
Unseen = Literal["ignore", "error"]

_FORMAT = 1


class TablePreprocessor:
    """Turn a table into the numbers that a network learns from.

    Numbers: a missing value becomes the training rows' median, then scaling ("standard": (x - mean) /
    standard deviation; "minmax": to [0, 1]; "robust": (x - median) / interquartile range; "none"). Yes/no
    columns: 0 and 1, a missing value the most frequent one; a 0/1 column that later holds other numbers keeps
    them. Dates: year, month, day, weekday, hour and days since 1970, whichever varies, treated as numbers.
    Categories: one column of 0 and 1 for each, a missing value being a category of its own if training had
    any. Columns that lacked values in training get one more column of 0 and 1 that says where. Ids and
    constant columns are left out, and listed in `left_out`.

    Everything is learned by `fit`; give it the training rows and no others, and not the target.

    Args:
        scaling: how numbers are scaled.
        kinds: kinds by column name, where those that `infer_columns` finds are not wanted.
        unseen: what a category that training never saw does: "ignore" makes all its columns 0 (or counts it
            to the rare ones, where there are any), "error" raises.
        max_categories: at most so many columns for one column of categories; the rarest share the last.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"age": [20.0, 30.0, None], "land": ["FR", "IT", "IT"]})
        >>> preprocessor = TablePreprocessor().fit(table)
        >>> preprocessor.feature_names_out
        ['age', 'age missing', 'land=FR', 'land=IT']
        >>> preprocessor.transform(pd.DataFrame({"land": ["IT"], "age": [25.0]}))
        array([[0., 0., 0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        scaling: Scaling = "standard",
        kinds: Mapping[str, Kind] | None = None,
        unseen: Unseen = "ignore",
        max_categories: int = 100,
    ) -> None:
        for parameter, value, allowed in (
            ("scaling", scaling, get_args(Scaling)),
            ("unseen", unseen, get_args(Unseen)),
        ):
            if value not in allowed:
                raise ValueError(f"{parameter} must be one of {allowed}, got {value!r}{nearest(value, allowed)}")
        if max_categories < 2:
            raise ValueError(f"max_categories must be at least 2, got {max_categories}")
        self.scaling, self.unseen, self.max_categories = scaling, unseen, max_categories
        self.kinds: dict[str, Kind] = dict(kinds or {})
        self.columns: list[Column] = []
        self._date_parts: dict[str, list[str]] = {}
        self._names: list[str] = []
        self._transformer: Any = None

    @property
    def left_out(self) -> dict[str, str]:
        """The columns that are not learned from, each with the reason."""
        return {column.name: f"{column.kind}: {column.note}" for column in self.columns if not column.used}

    @property
    def feature_names_out(self) -> list[str]:
        """The names of the matrix's columns."""
        self._require_fitted()
        return list(self._names)

    def fit(self, frame: "pd.DataFrame") -> Self:
        """Learn kinds, medians, scales and categories from the training rows.

        Raises:
            DataError: when there are no rows, no usable column, or a column's values do not fit its kind.
        """
        columns = infer_columns(frame, self.kinds)
        if not len(frame):
            raise DataError("the table has no rows to learn from")
        if not any(column.used for column in columns):
            reasons = "; ".join(f"{column.name!r} is {column.kind} ({column.note})" for column in columns)
            raise DataError(f"no column can be learned from: {reasons or 'the table has none'}")
        date_parts: dict[str, list[str]] = {}
        for column in columns:
            if column.kind == "date":
                parts = date_numbers(parse_dates(pick(frame, column.name), column.date_format))
                # "days" last and always: it is the one that says where a date was missing.
                varying = [part for part in DATE_PARTS[:-1] if np.nanmin(parts[part]) < np.nanmax(parts[part])]
                date_parts[column.name] = [*varying, "days"]
        features = features_of(columns, date_parts)
        clean = clean_table(frame, columns, date_parts)
        transformer = make_transformer(features, self.scaling, self.max_categories).fit(clean)
        # Nothing is changed until all of it has succeeded.
        self.columns, self._date_parts = columns, date_parts
        self._transformer, self._names = transformer, name_outputs(transformer, features)
        return self

    def transform(self, frame: "pd.DataFrame") -> NDArray[np.float32]:
        """Return the table as a matrix (rows, features), whatever the order of its columns; others are ignored.

        Raises:
            DataError: when a column is missing or holds what does not fit its kind, naming the first bad row.
            RuntimeError: before `fit`.
        """
        self._require_fitted()
        clean = clean_table(frame, self.columns, self._date_parts)
        if self.unseen == "error":
            self._refuse_unseen(frame)
        if not len(clean):
            return np.empty((0, len(self._names)), np.float32)
        with np.errstate(over="ignore"):
            matrix = np.asarray(self._transformer.transform(clean), np.float32)
        if not np.isfinite(matrix).all():
            row, feature = np.argwhere(~np.isfinite(matrix))[0]
            raise DataError(
                f"{place(frame, int(row))}: {self._names[feature]!r} is too large for float32; mend it or rescale it"
            )
        return matrix

    def fit_transform(self, frame: "pd.DataFrame") -> NDArray[np.float32]:
        """Fit on the rows and return them as a matrix."""
        return self.fit(frame).transform(frame)

    def unseen_values(self, frame: "pd.DataFrame") -> dict[str, list[str]]:
        """Return the categories, by column, that training never saw; columns without any are not listed."""
        self._require_fitted()
        found = {}
        for name, known in self._known_categories().items():
            strange = as_texts(pick(frame, name)).dropna()
            values = sorted(set(strange[~strange.isin(known)]))
            if values:
                found[name] = values
        return found

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write `preprocessing.skops` and `preprocessing.json` into an existing folder, each whole or not."""
        self._require_fitted()
        sha256 = save_estimator(Path(folder) / "preprocessing.skops", self._transformer)
        state = {
            "format": _FORMAT,
            "scikit_learn": require("sklearn", "tabular").__version__,
            "scaling": self.scaling,
            "unseen": self.unseen,
            "max_categories": self.max_categories,
            "kinds": self.kinds,
            "columns": [column.to_json() for column in self.columns],
            "date_parts": self._date_parts,
            "feature_names": self._names,
            "sha256": sha256,
        }
        write_json(Path(folder) / "preprocessing.json", state)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote; nothing in the files is executed.

        Raises:
            DataError: when a file is missing, damaged, tampered with, or of a newer format.
        """
        path = Path(folder) / "preprocessing.json"
        state = _read_state(path)
        transformer = load_estimator(Path(folder) / "preprocessing.skops", state["sha256"])
        try:
            preprocessor = cls(state["scaling"], state["kinds"], state["unseen"], state["max_categories"])
            preprocessor.columns = [Column(**column) for column in state["columns"]]
            preprocessor._date_parts = state["date_parts"]
            preprocessor._names = state["feature_names"]
            features = features_of(preprocessor.columns, preprocessor._date_parts)
            consistent = (
                name_outputs(transformer, features) == preprocessor._names
                and set(transformer.feature_names_in_) == features.keys
            )
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise DataError(f"{path} is damaged ({error}); copy it again or train again") from None
        if not consistent:
            raise DataError(f"{path} does not belong to the preprocessing.skops beside it; train again")
        preprocessor._transformer = transformer
        return preprocessor

    def __repr__(self) -> str:
        state = f"{len(self._names)} features" if self._names else "not fitted"
        return f"TablePreprocessor(scaling={self.scaling!r}, unseen={self.unseen!r}): {state}"

    def _require_fitted(self) -> None:
        if self._transformer is None:
            raise RuntimeError("this TablePreprocessor is not fitted; call fit with the training rows first")

    def _refuse_unseen(self, frame: "pd.DataFrame") -> None:
        for name, values in self.unseen_values(frame).items():
            series = pick(frame, name)
            row = int(np.flatnonzero((as_texts(series) == values[0]).to_numpy())[0])
            known = ", ".join(map(repr, self._known_categories()[name][:10]))
            raise DataError(
                f"{place(frame, row)}: column {name!r} holds {values[0]!r}, which training never saw; known are {known}"
            )

    def _known_categories(self) -> dict[str, list[str]]:
        """Return the categories of each column that training saw."""
        columns = [column.name for column in self.columns if column.kind == "category"]
        if not columns:
            return {}
        encoder = self._transformer.named_transformers_["category"]
        return {name: list(known) for name, known in zip(columns, encoder.categories_, strict=True)}


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = read_json(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(str(error)) from None
    if not isinstance(state, dict) or "format" not in state or "sha256" not in state:
        raise DataError(f"{path} is not a saved preprocessing; copy it again or train again")
    if state["format"] != _FORMAT:
        raise DataError(f"{path} has format {state['format']!r}, this version reads {_FORMAT}; upgrade pellucid")
    return state
