"""Networks with the contract of scikit-learn: fit, predict, score, clone, pipelines, searches.

Names and defaults are scikit-learn's where it has the thing; docs/estimators.md shows side by side what moves over
unchanged, what is added and what differs.
"""

from pellucid._extras import require

require("sklearn", "tabular")  # says how to get it, before the imports below would fail

from pellucid.estimators.autoencoder import Autoencoder  # noqa: E402
from pellucid.estimators.base import NeuralEstimator  # noqa: E402
from pellucid.estimators.classifying import Classifying  # noqa: E402
from pellucid.estimators.cnn import CNNClassifier  # noqa: E402
from pellucid.estimators.mlp import MLPClassifier, MLPRegressor  # noqa: E402
from pellucid.estimators.perceptron import Perceptron  # noqa: E402
from pellucid.estimators.regressing import Regressing  # noqa: E402
from pellucid.estimators.saving import load, save  # noqa: E402
from pellucid.estimators.sequence import SequenceClassifier, SequenceRegressor  # noqa: E402
from pellucid.estimators.text import TextClassifier  # noqa: E402

__all__ = [
    "Autoencoder",
    "CNNClassifier",
    "Classifying",
    "MLPClassifier",
    "MLPRegressor",
    "NeuralEstimator",
    "Perceptron",
    "Regressing",
    "SequenceClassifier",
    "SequenceRegressor",
    "TextClassifier",
    "load",
    "save",
]
