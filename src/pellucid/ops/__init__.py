"""Differentiable operations, one family a file: every formula with its gradient beside it."""

import pellucid
from pellucid.device import device
from pellucid.ops import methods
from pellucid.tensor import tensor

__all__ = ["methods"]

methods.attach()

# Importing a submodule binds its name in the package, and these two names are a function's and a class's there.
vars(pellucid).update(tensor=tensor, device=device)
