"""Deep networks and their data: images, sequences, attention."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.workloads import LR_OF_TIMING

__all__ = ["DEEP", "DeepWork", "drawn"]


@dataclass(frozen=True)
class DeepWork:
    """A network of `networks.py` and its training data, ten classes of random inputs.

    Attributes:
        name: the network's, and what `--only` calls it.
        said: what it is, for the heading.
        shape: of one row of the input.
        batch: rows of a step.
        products: multiplications of a row's forward pass.
        batches: how many different batches there are.
        lr: of Adam, whose other settings are everybody's defaults.
    """

    name: str
    said: str
    shape: tuple[int, ...]
    batch: int
    products: int
    batches: int = 2
    lr: float = LR_OF_TIMING

    @property
    def title(self) -> str:
        """Return the heading."""
        return f"{self.said}, batch {self.batch}"

    @property
    def label(self) -> str:
        """Return what tables call the network."""
        return self.name

    @property
    def asked(self) -> tuple[int, ...]:
        """Return of how many rows the outputs are asked."""
        return 1, self.batch

    @cached_property
    def X(self) -> np.ndarray:
        """Return all rows, normal numbers in float32."""
        return self.rows(self.batch * self.batches)

    @cached_property
    def y(self) -> np.ndarray:
        """Return the classes of all rows, int64."""
        return np.random.default_rng(2).integers(0, 10, len(self.X))

    def rows(self, n: int) -> np.ndarray:
        """Return n rows."""
        return np.random.default_rng(1).standard_normal((n, *self.shape), dtype=np.float32)

    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the batches."""
        starts = range(0, len(self.X), self.batch)
        return [(self.X[i : i + self.batch], self.y[i : i + self.batch]) for i in starts]

    def flops(self) -> int:
        """Return a step's operations in products: forward, and twice as many for the gradients."""
        return 2 * self.batch * 3 * self.products


def drawn(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Return weights for a network's state: uniform by the inputs of a unit, norms begin as usual.

    Every library has the same names, shapes and order, so every library gets the same numbers.
    """
    rng, found = np.random.default_rng(0), {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            found[name] = np.zeros(shape, np.int64)
        elif len(shape) > 1:
            bound = math.prod(shape[1:]) ** -0.5
            found[name] = rng.uniform(-bound, bound, shape).astype(np.float32)
        elif name.endswith(("running_var", "weight")):
            found[name] = np.ones(shape, np.float32)
        else:
            found[name] = np.zeros(shape, np.float32)
            if "bias" in name:
                found[name] += rng.uniform(-0.1, 0.1, shape).astype(np.float32)
    return found


def _recurrent(gates: int, ways: int = 1) -> int:
    first, second = gates * 64 * (1 + 64), gates * 32 * (64 * ways + 32)
    return 50 * ways * (first + second) + 32 * ways * 10


def _resnet18() -> int:
    products = 32 * 32 * 64 * 3 * 49 + 512 * 10
    for n, side, before in ((64, 16, 64), (128, 8, 64), (256, 4, 128), (512, 2, 256)):
        shortcut = n * before if n != before else 0
        products += side * side * (9 * n * before + 3 * 9 * n * n + shortcut)
    return products


ENCODER = 2 * (128 * (4 * 128 * 128 + 2 * 128 * 512) + 2 * 128 * 128 * 128) + 128 * 10
CNN = 26 * 26 * 32 * 9 + 11 * 11 * 64 * 32 * 9 + 1600 * 64 + 64 * 10

DEEP = (
    DeepWork("cnn", "convolutions of 32 and 64 channels, images of 28 x 28", (1, 28, 28), 64, CNN),
    DeepWork("lstm", "LSTM 64, LSTM 32, sequences of 50", (50, 1), 32, _recurrent(4)),
    DeepWork("gru", "GRU 64, GRU 32, sequences of 50", (50, 1), 32, _recurrent(3)),
    DeepWork("bilstm", "the LSTMs in both directions, sequences of 50", (50, 1), 32, _recurrent(4, 2)),
    DeepWork("encoder", "2 encoder layers of width 128, sequences of 128", (128, 128), 32, ENCODER),
    DeepWork("encoder-dropout", "the encoder with dropout 0.1", (128, 128), 32, ENCODER),
    DeepWork("resnet18", "ResNet-18, images of 3 x 64 x 64", (3, 64, 64), 16, _resnet18()),
)
