"""Recorded forward passes with their gradients: a whole model as one operation of the tape."""

import sys
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record, record_joint
from pellucid.backward import backward
from pellucid.nn import Module
from pellucid.train.recorder import Recorder

__all__ = ["RecordedGradients"]

Gradients = list[Array | None]


class RecordedGradients(Recorder):
    """Computes the outputs of one model, and their gradients, where operations are written on the tape."""

    def key(self, x: Tensor) -> Any:
        """Inputs of one shape and type share a record, if they need gradients alike."""
        return x.array.shape, x.array.dtype, x._requires_grad

    def record(self, plan: Any, x: Tensor) -> Any:
        """Compute the output as always, and record it; the record is kept as soon as the gradients are in it."""
        made = _Pass(self.model, plan, x, [p for p, _, needed in self.held if needed])
        plan.lasting([made.input.array, *(array for _, array, _ in self.held if array.size)])
        with plan.recording():
            y = self.model(made.input)
        if not made.ends_with(y):
            self.keep(self.key(x), made)
            return self.model(x)

        def compiled(dy: Array) -> Gradients:
            gradients = made.record_backward(y, dy)
            self.keep(key, made)
            return gradients

        key = self.key(x)
        return record_joint(y.array.copy(), (x, *made.weights), compiled)

    def answer(self, known: "_Pass", x: Tensor) -> Any:
        """Compute the output by the record; the first time both ways, to be compared."""
        a = x.array
        if known.reason or known.in_use() or not a.flags.carray:
            return self.model(x)
        y = known.forward(a)
        use = known.begin_use()
        if known.checked:

            def compiled(dy: Array) -> Gradients:
                return known.backward(dy, use)

        else:
            expected = self.model(known.input)
            if y.tobytes() != expected.array.tobytes():
                known.reason = "a replayed pass differs from a computed one"

            def compiled(dy: Array) -> Gradients:
                return known.check_backward(expected, dy, use)

        return record_joint(y, (x, *known.weights), compiled)


class _Use:
    """Lives as long as somebody may ask for the gradients of the last forward pass."""


class _Pass:
    """A recorded pass with the memory that it works on.

    A replay writes into the same arrays again, so between a forward pass and its gradients there must be no other
    forward pass (`in_use`), and gradients that somebody still holds must not be overwritten (`_references`).
    """

    def __init__(self, model: Module, plan: Any, x: Tensor, weights: list[Tensor]) -> None:
        self.model, self.plan, self.weights = model, plan, weights
        self.input = Tensor(x.array.copy(), requires_grad=x._requires_grad)
        self.reason, self.checked = "", False
        self._use: Any = None

    def in_use(self) -> bool:
        """Say whether gradients of the last forward pass may still be asked for."""
        return self._use is not None and self._use() is not None

    def begin_use(self) -> _Use:
        """Return what keeps this pass in use as long as it is held."""
        use = _Use()
        self._use = weakref.ref(use)
        return use

    # --- forward --------------------------------------------------------------------------------------------
    def ends_with(self, y: Any) -> bool:
        """Take in what was computed, and say whether the record can serve."""
        if type(y) is not Tensor or not y.array.flags.carray or not y.array.size or y._node is None:
            self.reason = "the output is not one contiguous tensor that needs gradients"
            return False
        self.plan.read(y.array)
        if self.plan.foreign or self.plan.draws:
            self.reason = "not all is computed by kernels"
            return False
        self.y = y.array
        self._forward = self.plan.answer(self.input.array, self.y)
        return True

    def forward(self, a: Array) -> Array:
        """Return the output of a."""
        y = np.empty_like(self.y)
        self._forward(a, y)
        return y

    # --- backward -------------------------------------------------------------------------------------------
    def record_backward(self, y: Tensor, dy: Array) -> Gradients:
        """Return the gradients, walking the tape of y, and record that."""
        plan = K.new_plan()
        self.dy = np.array(dy, order="C")
        gradients = self._walk(y, self.dy, plan)
        self.reason = _why_not(plan, gradients)
        if self.reason:
            return gradients
        self._backward = plan.answer(self.dy, None)
        self.gradients = gradients
        self._free = _references(gradients)
        return gradients[:]

    def check_backward(self, y: Tensor, dy: Array, use: _Use) -> Gradients:
        """Return the gradients computed both ways, to be compared."""
        expected = self._walk(y, dy)
        if _references(self.gradients) == self._free:
            for g, e in zip(self.backward(dy, use), expected, strict=True):
                if (g is None) != (e is None) or (g is not None and e is not None and g.tobytes() != e.tobytes()):
                    self.reason = "a replayed gradient differs from a computed one"
            self.checked = True
        return expected

    def backward(self, dy: Array, use: _Use) -> Gradients:  # noqa: ARG002 - held, so that the pass is in use
        """Return the gradients, replayed, or computed as always where the last ones are still held."""
        if _references(self.gradients) != self._free:
            return self._walk(self.model(self.input), dy)
        self._backward(np.ascontiguousarray(dy), None)
        return self.gradients[:]

    def _walk(self, y: Tensor, dy: Array, plan: Any = None) -> Gradients:
        """Return the gradients by the input and the weights, as the tape of y gives them."""
        found: dict[int, Any] = {id(x): None for x in (self.input, *self.weights)}
        root = record(y.array, (y, lambda _: dy))
        if plan is None:
            backward(root, np.ones_like(y.array), into=found)
        else:
            plan.follow(self.plan)
            plan.lasting([self.dy])
            with plan.recording():
                backward(root, np.ones_like(y.array), into=found)
        return [found.pop(id(x)) for x in (self.input, *self.weights)]


def _why_not(plan: Any, gradients: Gradients) -> str:
    """Say what speaks against replaying these gradients; nothing when nothing does."""
    for g in gradients:
        if g is not None:
            if g.base is not None or not g.flags.carray:
                return "a gradient is a view"
            plan.read(g)
    return "not all gradients are computed by kernels" if plan.foreign or plan.draws else ""


def _references(arrays: Sequence[Array | None]) -> list[int]:
    """Count who holds these arrays."""
    return [sys.getrefcount(g) for g in arrays if g is not None]
