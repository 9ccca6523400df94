"""Data sets that need no download: scikit-learn's real ones, and the made-up ones of `generators`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._extras import require
from pellucid.data import generators
from pellucid.data.errors import DataError, nearest
from pellucid.data.target import Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "EmbeddedData",
    "embedded_names",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_embedded",
    "load_iris",
    "load_wine",
]


@dataclass(frozen=True)
class EmbeddedData:
    """A data set as a table, with what is to be predicted.

    Attributes:
        name: what `load_embedded` calls it.
        frame: features and target, one row a sample.
        target: the target's column.
        task: "binary", "multiclass" or "regression".
        description: one sentence for people.
        image_shape: (height, width) where the features are an image's pixels, row by row; otherwise None.

    Example:
        >>> digits = load_digits()
        >>> digits.frame.shape, digits.target, digits.image_shape
        ((1797, 65), 'digit', (8, 8))
    """

    name: str
    frame: "pd.DataFrame"
    target: str
    task: Task
    description: str
    image_shape: tuple[int, int] | None = None


def load_digits() -> EmbeddedData:
    """Load handwritten digits of 8 x 8 pixels from 0 to 16 (Alpaydin and Kaynak, UCI, 1998).

    Example:
        >>> load_digits().frame["digit"].nunique()
        10
    """
    text = "1,797 handwritten digits of 8 x 8 pixels with 17 levels of grey: which digit is it?"
    return _from_sklearn("digits", "digit", "multiclass", text, image_shape=(8, 8))


def load_iris() -> EmbeddedData:
    """Load the lengths and widths, in cm, of the flowers of three species of iris (Fisher, 1936).

    Example:
        >>> load_iris().frame["species"].unique().tolist()
        ['setosa', 'versicolor', 'virginica']
    """
    text = "150 iris flowers with four lengths and widths in cm: which of three species is it?"
    return _from_sklearn("iris", "species", "multiclass", text)


def load_wine() -> EmbeddedData:
    """Load thirteen chemical measurements of Italian wines of three cultivars (Forina et al., UCI, 1991).

    Example:
        >>> load_wine().frame.shape
        (178, 14)
    """
    text = "178 Italian wines with thirteen chemical measurements: which of three cultivars is it?"
    return _from_sklearn("wine", "cultivar", "multiclass", text)


def load_breast_cancer() -> EmbeddedData:
    """Load measurements of cell nuclei from breast masses (Street, Wolberg and Mangasarian, 1993).

    The labels are the words "benign" and "malignant"; sorted, malignant is the positive class, where
    scikit-learn's own numbering has benign as 1.

    Example:
        >>> load_breast_cancer().frame["diagnosis"].value_counts().to_dict()
        {'benign': 357, 'malignant': 212}
    """
    text = "569 breast masses with thirty measurements of their cell nuclei: malignant or benign?"
    return _from_sklearn("breast_cancer", "diagnosis", "binary", text)


def load_diabetes() -> EmbeddedData:
    """Load ten measurements of diabetes patients and their progression after a year (Efron et al., 2004).

    The measurements are in their own units (age in years, blood pressure in mm Hg, ...), not standardised.

    Example:
        >>> load_diabetes().task
        'regression'
    """
    text = "442 diabetes patients with ten measurements: how far has the disease progressed after a year?"
    return _from_sklearn("diabetes", "progression", "regression", text, scaled=False)


def _from_sklearn(
    name: str,
    target: str,
    task: Task,
    description: str,
    image_shape: tuple[int, int] | None = None,
    **arguments: Any,
) -> EmbeddedData:
    bunch = getattr(require("sklearn.datasets", "tabular"), f"load_{name}")(as_frame=True, **arguments)
    frame = bunch.data.copy()
    named = task != "regression" and name != "digits"
    frame[target] = np.asarray(bunch.target_names, object)[bunch.target] if named else bunch.target
    return EmbeddedData(name, frame, target, task, description, image_shape)


def _made(name: str, make: Callable[[], tuple[Any, Any]], description: str) -> EmbeddedData:
    pd = require("pandas", "tabular")
    X, y = make()
    names = ["x"] if X.shape[1] == 1 else [f"x{i + 1}" for i in range(X.shape[1])]
    frame = pd.DataFrame(X, columns=names)
    target: str = "y" if np.issubdtype(y.dtype, np.floating) else "label"
    frame[target] = y
    task: Task = "regression" if target == "y" else "binary" if len(np.unique(y)) == 2 else "multiclass"
    return EmbeddedData(name, frame, target, task, description)


_LOADERS: dict[str, Callable[[], EmbeddedData]] = {
    "digits": load_digits,
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "diabetes": load_diabetes,
    "and": lambda: _made(
        "and", lambda: generators.make_and(400, 0.1), "The AND gate with noise on its inputs: are both on?"
    ),
    "or": lambda: _made("or", lambda: generators.make_or(400, 0.1), "The OR gate with noise on its inputs: is one on?"),
    "xor": lambda: _made(
        "xor",
        lambda: generators.make_xor(400, 0.1),
        "The XOR gate with noise on its inputs: is exactly one on?",
    ),
    "spirals": lambda: _made(
        "spirals", generators.make_spirals, "Two spirals that turn around each other: which arm is it?"
    ),
    "moons": lambda: _made(
        "moons", generators.make_moons, "Two half circles that reach into each other: which one is it?"
    ),
    "circles": lambda: _made("circles", generators.make_circles, "A circle inside another: which one is it?"),
    "blobs": lambda: _made("blobs", generators.make_blobs, "Three round clouds of points: which one is it?"),
    "sine": lambda: _made("sine", generators.make_sine, "A sine wave with noise: how high is it at x?"),
}


def embedded_names() -> list[str]:
    """Return the names that `load_embedded` knows.

    Example:
        >>> embedded_names()[:3]
        ['digits', 'iris', 'wine']
    """
    return list(_LOADERS)


def load_embedded(name: str) -> EmbeddedData:
    """Load an embedded data set by its name.

    Raises:
        DataError: when there is none of that name; the nearest is suggested.

    Example:
        >>> load_embedded("spirals").frame.columns.tolist()
        ['x1', 'x2', 'label']
    """
    if name not in _LOADERS:
        raise DataError(
            f"there is no embedded data set {name!r}{nearest(name, _LOADERS)}; there are {', '.join(_LOADERS)}"
        )
    return _LOADERS[name]()
