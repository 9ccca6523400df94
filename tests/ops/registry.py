"""The registry of operations under test: each case is one call, made with Pellucid and with PyTorch.

A case is a function of the library (`pellucid` or `torch`) and of its inputs, so both run the same source.
The oracle compares values, dtypes and gradients; the gradients are also compared with finite differences.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

Draw = Callable[[np.random.Generator], Any]


@dataclass(frozen=True)
class Case:
    """One call of one operation.

    `smooth` is False where finite differences mean nothing: ties, rounding, elements outside the domain.
    """

    op: str
    label: str
    call: Callable[..., Any]
    draws: tuple[Draw, ...]
    smooth: bool = True

    @property
    def name(self) -> str:
        return f"{self.op}-{self.label}"

    def inputs(self) -> list[Any]:
        rng = np.random.default_rng(crc32(self.name.encode()))
        return [draw(rng) for draw in self.draws]


class Registry(list[Case]):
    """Cases in order; `add` refuses a second case of one name."""

    def add(self, op: str, label: str, call: Callable[..., Any], *draws: Draw, smooth: bool = True) -> None:
        if any(c.op == op and c.label == label for c in self):
            raise ValueError(f"two cases are called {op}-{label}")
        self.append(Case(op, label, call, draws, smooth))


def normal(*shape: int) -> Draw:
    return lambda rng: rng.standard_normal(shape)


def between(low: float, high: float, *shape: int) -> Draw:
    return lambda rng: rng.uniform(low, high, shape)


def distinct(*shape: int) -> Draw:
    """Elements at least 0.3 apart, so that orders and extremes have no ties and survive a finite difference."""
    return lambda rng: rng.permutation(np.prod(shape, dtype=int)).reshape(shape) * 0.37 - 1.3


def integers(low: int, high: int, *shape: int, dtype: str = "int64") -> Draw:
    return lambda rng: rng.integers(low, high, shape).astype(dtype)


def booleans(*shape: int) -> Draw:
    return lambda rng: rng.random(shape) < 0.5


def fixed(values: Any, dtype: str = "float64") -> Draw:
    return lambda _: np.array(values, dtype=dtype)
