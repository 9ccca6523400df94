"""Recorded forward passes, for answers without gradients."""

from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.train.recorder import Recorder

__all__ = ["RecordedAnswers"]


class RecordedAnswers(Recorder):
    """Computes the outputs of one model under `no_grad`."""

    def key(self, x: Tensor) -> Any:
        """Inputs of one shape and type share a record."""
        return x.array.shape, x.array.dtype

    def record(self, plan: Any, x: Tensor) -> Any:
        """Compute the output as always, and record it."""
        made = _Pass(plan, x.array)
        plan.lasting([made.input, *(array for _, array, _ in self.held if array.size)])
        with plan.recording():
            y = self.model(Tensor(made.input))
        self.keep(self.key(x), made)
        return made.ends_with(y)

    def answer(self, known: "_Pass", x: Tensor) -> Any:
        """Compute the output by the record; the second time both ways, to be compared."""
        a = x.array
        if known.reason or not a.flags.carray:
            return self.model(x)
        found = known(a)
        if known.checked:
            return Tensor(found)
        y = self.model(x)
        if found.tobytes() != y.array.tobytes():
            known.reason = "a replayed pass differs from a computed one"
        known.checked = True
        return y


class _Pass:
    """A recorded forward pass with the memory that it works on."""

    def __init__(self, plan: Any, a: Array) -> None:
        self.plan, self.input = plan, a.copy()
        self.reason, self.checked = "", False

    def ends_with(self, y: Any) -> Any:
        """Take in what was computed; return it in memory of its own, because the next answer is written there."""
        if type(y) is not Tensor or not y.array.flags.carray or not y.array.size:
            self.reason = "the output is not one contiguous tensor"
            return y
        out = y.array
        self.plan.read(out)
        if self.plan.foreign or self.plan.draws:
            self.reason = "not all is computed by kernels"
        self.answer, self.shape, self.dtype = self.plan.answer(self.input, out), out.shape, out.dtype
        return Tensor(out.copy())

    def __call__(self, a: Array) -> Array:
        y = np.empty(self.shape, self.dtype)
        self.answer(a, y)
        return y
