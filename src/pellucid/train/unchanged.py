"""A block after which a trainer is what it was before, bit for bit, whatever was trained in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import random
from pellucid._tensor import Tensor
from pellucid.nn import Module
from pellucid.nn.lazy import UninitializedParameter
from pellucid.nn.module import CHANGES

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["unchanged"]


@contextmanager
def unchanged(trainer: "Trainer") -> Iterator[None]:
    """Put back, at the end of the block, all that training steps change; also after an error.

    That is: parameters, buffers and gradients, every attribute of every module (its mode among them), the
    optimizer's state and settings, and the state of `pellucid.random`. A list that a module of the user's own
    keeps and writes into is not among them.

    Raises:
        ValueError: when a lazy layer has not seen an input yet: what it becomes then could not be undone.
    """
    modules = [m for root in (trainer.model, trainer.loss) if isinstance(root, Module) for m in root.modules()]
    optimizer = trainer.optimizer
    tensors = {id(t): t for t in _tensors(modules)}
    tensors |= {id(p): p for group in optimizer.param_groups for p in group["params"]}
    if any(isinstance(t, UninitializedParameter) for t in tensors.values()):
        raise ValueError("a lazy layer does not know its shapes yet; call the model on one batch first")
    states = list(optimizer.state.values())
    tables: list[dict[Any, Any]] = [vars(m) for m in modules]
    tables += [table for m in modules for table in (m._parameters, m._buffers, m._modules)]
    tables += [vars(optimizer), optimizer.state, *states, *optimizer.param_groups]
    remembered = [(table, dict(table)) for table in tables]
    held = [(t, t.array, t._grad) for t in tensors.values()]
    arrays = [array for _, array, _ in held]
    arrays += [grad.array for _, _, grad in held if grad is not None]
    arrays += [value for state in states for value in state.values() if isinstance(value, np.ndarray)]
    contents = [(array, array.copy()) for array in arrays]
    drawn = random.get_rng_state()
    try:
        yield
    finally:
        for table, before in remembered:
            table.clear()
            table.update(before)
        for tensor, array, grad in held:
            tensor.array, tensor._grad = array, grad
            tensor._version[0] += 1  # what was recorded in the block must not be walked after it
        for array, content in contents:
            array[...] = content
        random.set_rng_state(drawn)
        CHANGES.count += 1


def _tensors(modules: list[Module]) -> Iterator[Tensor]:
    for module in modules:
        for table in (module._parameters, module._buffers):
            yield from (t for t in table.values() if t is not None)
