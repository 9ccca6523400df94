"""Initial values of weights."""

from pellucid import random
from pellucid.grad_mode import no_grad
from pellucid._tensor import Tensor

__all__ = ["uniform_"]


@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: random.Generator | None = None) -> Tensor:
    """Fill with numbers drawn evenly from [a, b)."""
    return tensor.uniform_(a, b, generator=generator)
