"""What every library computes: networks, weights, data, and the number of operations."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

__all__ = ["TRAINING", "Digits", "Work", "digits"]

LR_OF_TIMING = 1e-6
"""So small that no network converges while it is timed: denormal numbers would slow libraries that keep them."""


@dataclass(frozen=True)
class Work:
    """A network and its training data.

    Attributes:
        name: what `--only` calls it.
        sizes: units of the input, of every hidden layer and of the output; one output is a binary problem.
        batch: rows of a step.
        batches: how many different batches there are.
        activation: of the hidden layers: "relu" or "sigmoid".
        lr: of Adam, whose other settings are everybody's defaults.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    batches: int = 1
    activation: str = "relu"
    lr: float = LR_OF_TIMING

    @property
    def title(self) -> str:
        """Return the heading."""
        said = f"{self.label}, batch {self.batch}"
        return said if self.batches == 1 else f"{said}, {self.batches} batches an epoch"

    @property
    def label(self) -> str:
        """Return what tables call the network."""
        return "-".join(map(str, self.sizes))

    @property
    def asked(self) -> tuple[int, ...]:
        """Return of how many rows the outputs are asked."""
        return 1, 1024

    @property
    def binary(self) -> bool:
        """Say whether the loss is the binary cross-entropy of a logit."""
        return self.sizes[-1] == 1

    @cached_property
    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return W (out, in) and b (out,) of every layer, drawn as nn.Linear draws them."""
        rng = np.random.default_rng(0)
        bounds = [(n_in, n_out, n_in**-0.5) for n_in, n_out in pairwise(self.sizes)]
        return [
            (rng.uniform(-k, k, (o, i)).astype(np.float32), rng.uniform(-k, k, o).astype(np.float32))
            for i, o, k in bounds
        ]

    @cached_property
    def X(self) -> np.ndarray:
        """Return all rows: (batch * batches, inputs) float32."""
        return self.rows(self.batch * self.batches)

    @cached_property
    def y(self) -> np.ndarray:
        """Return the classes of all rows, int64."""
        if self.binary:
            return (self.X[:, 0] != self.X[:, 1]).astype(np.int64)
        return np.random.default_rng(2).integers(0, self.sizes[-1], len(self.X))

    def rows(self, n: int) -> np.ndarray:
        """Return n rows: the corners of the square for XOR, else normal numbers."""
        if self.binary:
            corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
            return np.resize(corners, (n, 2))
        return np.random.default_rng(1).standard_normal((n, self.sizes[0]), dtype=np.float32)

    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the batches."""
        starts = range(0, len(self.X), self.batch)
        return [(self.X[i : i + self.batch], self.y[i : i + self.batch]) for i in starts]

    def flops(self) -> int:
        """Return a step's operations in products: forward, dW, and dx where a layer lies below."""
        products = [i * o for i, o in pairwise(self.sizes)]
        return 2 * self.batch * (3 * sum(products) - products[0])


TRAINING = (
    Work("xor", (2, 3, 1), batch=4, activation="sigmoid"),
    Work("xor-long", (2, 3, 1), batch=4, batches=1024, activation="sigmoid"),  # a fit's step without its epoch's cost
    Work("mlp-32", (784, 128, 64, 10), batch=32, batches=64),
    Work("mlp-256", (784, 128, 64, 10), batch=256, batches=8),
    Work("mlp-2048", (784, 128, 64, 10), batch=2048, batches=4),
    Work("wide", (1024, 2048, 2048, 10), batch=256, batches=4),
)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, standardised, and how they are learned: 64-64-10, ReLU, Adam, batches of 32."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    hidden: int = 64
    classes: int = 10
    batch: int = 32
    epochs: int = 30
    lr: float = 1e-3


def digits() -> Digits:
    """Return scikit-learn's 1,797 digits, a fifth of them for the test."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    X, y, train = X[order], y[order], len(X) * 4 // 5
    X = ((X - X[:train].mean(axis=0)) / (X[:train].std(axis=0) + 1e-6)).astype(np.float32)
    return Digits(X[:train], y[:train], X[train:], y[train:])
