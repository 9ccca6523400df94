"""What a case of the contract tests is, and the numbers that cases are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_rng = np.random.default_rng(40)


@dataclass(frozen=True)
class Case:
    """One layer with its arguments, and the arrays that are given to it."""

    layer: str
    inputs: tuple[np.ndarray, ...]
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    children: Callable[[Any], tuple[Any, ...]] | None = None  # given the package, makes modules as arguments

    def build(self, package):
        """Make the layer in `pellucid.nn` or `torch.nn`."""
        made = self.children(package) if self.children else ()
        return getattr(package, self.layer)(*made, *self.args, **self.options)

    def __str__(self):
        shapes = "-".join("x".join(map(str, a.shape)) or "number" for a in self.inputs)
        options = [f"{k}={v}".replace(" ", "") for k, v in self.options.items()]
        return "-".join([self.layer, *(str(a).replace(" ", "") for a in self.args), *options, shapes])


def normal(*shape):
    return np.asarray(_rng.normal(size=shape))


def wide(*shape):
    """Numbers on both sides of every corner, as far as 8, and on none of them."""
    return np.asarray(_rng.uniform(-8, 8, size=shape))


def indices(n, *shape):
    return np.asarray(_rng.integers(0, n, size=shape))


def case(layer, *inputs, args=(), children=None, **options):
    return Case(layer, inputs, args, options, children)


SHAPES = [(7,), (4, 3), (2, 3, 4), (1, 1), ()]
