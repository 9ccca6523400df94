"""The network of a fitted estimator: trained, asked, pickled."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.nn import Module
from pellucid.train.batches import outputs_by_batch
from pellucid.train.recorded_answers import RecordedAnswers
from pellucid.train.trainer import Trainer

__all__ = ["Network"]

_FEW = 64  # rows: with more, the interpreter takes little of the time
_ROWS = 1024  # that are computed at once


class Network:
    """A model, with the trainer that `partial_fit` goes on with.

    It is trained in float32, and asked in the type of the inputs: in float64 the answer for a row does not depend,
    beyond the last digits, on the rows that are asked with it.

    Args:
        model: the network itself.
    """

    def __init__(self, model: Module) -> None:
        self.model = model
        self.trainer: Trainer | None = None
        self._forget()

    def _forget(self) -> None:
        self._recorded = RecordedAnswers(self.model)
        self._double: Module | None = None

    def outputs(self, inputs: Any) -> Array:
        """Return the outputs of all rows, in evaluation mode.

        Args:
            inputs: an array, or what gives one of a slice of its rows, as `SparseRows` does.
        """
        if not isinstance(inputs, np.ndarray):
            starts = range(0, len(inputs), _ROWS)
            return np.concatenate([self.outputs(inputs.dense(slice(i, i + _ROWS))) for i in starts])
        if inputs.dtype == np.float64:
            return outputs_by_batch(self._in_double(), Tensor(inputs), _ROWS)
        compute = self._recorded if len(inputs) <= _FEW else None
        return outputs_by_batch(self.model, Tensor(inputs), _ROWS, compute)

    def features(self, inputs: Any, head: Callable[[Module], Module]) -> Array:
        """Return what reaches the layer that `head` finds, for all rows, in evaluation mode."""
        if not isinstance(inputs, np.ndarray):
            starts = range(0, len(inputs), _ROWS)
            return np.concatenate([self.features(inputs.dense(slice(i, i + _ROWS)), head) for i in starts])
        model = self._in_double() if inputs.dtype == np.float64 else self.model
        found: list[Array] = []
        handle = head(model).register_forward_pre_hook(lambda _, args: found.append(np.array(args[0].array)))
        try:
            outputs_by_batch(model, Tensor(inputs), _ROWS)
        finally:
            handle.remove()
        return np.concatenate(found)

    def _in_double(self) -> Module:
        """Return the model in float64; copied each time, as weights may have been changed by hand."""
        if self._double is None:
            self._double = copy.deepcopy(self.model).double().eval()
            return self._double
        tensors = zip(self._double.state_dict().values(), self.model.state_dict().values(), strict=True)
        for double, single in tensors:
            double.array[...] = single.array
        return self._double

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle all but what follows from the rest."""
        return {"model": self.model, "trainer": self.trainer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._forget()
