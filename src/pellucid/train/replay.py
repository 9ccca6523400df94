"""Replay: the steps of an epoch, taken by the engine without the interpreter.

One step is recorded while it is computed as always, the next is replayed and then computed as always from the
same state. Where both agree bit for bit, the steps after them are replayed; where they do not, or where a
training asks for what a recorded step cannot do, every step is computed as always.
"""

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import kernels as K
from pellucid import random
from pellucid._tensor import Array, Tensor
from pellucid.train.callbacks.callback import Callback
from pellucid.train.interrupt import DeferredInterrupt
from pellucid.train.replayable import classes_fit, settings, steps_until_looked_at, why_not
from pellucid.train.totals import EpochTotals

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["Replay"]

_SECONDS = 0.05  # of replay at a time: so long may Ctrl-C and the progress bar wait


class Replay:
    """Takes the steps of a fit, as many as it can without the interpreter.

    Args:
        trainer: whose steps they are.
        loader: its training data.

    Attributes:
        reason: why steps are not replayed; empty as long as nothing speaks against it.
        steps: how many were.
    """

    def __init__(self, trainer: "Trainer", loader: Any) -> None:
        self.trainer, self.loader = trainer, loader
        self.reason = why_not(trainer, loader)
        self.steps = 0
        self._recorded: _Recorded | None = None
        self._slice = 1  # steps that take about _SECONDS

    def epoch(self, totals: EpochTotals, interrupt: DeferredInterrupt) -> None:
        """Take the steps of an epoch, or what is left of it."""
        trainer, loader = self.trainer, self.loader
        trainer.model.train()
        order: Array = loader.order(trainer.epoch)
        if self._recorded is not None and self._recorded.settings != settings(trainer):
            self._recorded = None
        while trainer.batch < len(loader):
            self._some(order, totals)
            interrupt.check()
        loader.load_state_dict({"seed": loader.seed, "epoch": trainer.epoch, "batch": trainer.batch})

    def report(self) -> str:
        """Say how the steps were taken."""
        if self.steps:
            return f"{self.steps} steps were replayed by the engine"
        return f"every step was computed one by one: {self.reason or 'there were too few to record one'}"

    def _some(self, order: Array, totals: EpochTotals) -> None:
        """Take the next steps: many replayed ones, or one."""
        trainer, size = self.trainer, self.loader.batch_size
        rows = order[trainer.batch * size : (trainer.batch + 1) * size]
        recorded = self._recorded
        if self.reason or len(rows) < size or trainer.optimizer.steps_taken < 1:
            self._take(rows, totals)
        elif recorded is None:
            self._record(rows, totals)
        elif not recorded.checked:
            self._check(recorded, order, totals)
        else:
            full = len(order) // size - trainer.batch
            self._replay(recorded, order, totals, min(self._slice, full, steps_until_looked_at(trainer)))

    def _take(self, rows: Array, totals: EpochTotals) -> tuple[float, Array]:
        """Take a step as always; return its loss and outputs."""
        inputs, targets = self.loader.dataset[rows]
        loss, outputs, weight = self.trainer._step(inputs, targets)
        totals.add(loss.item(), weight, outputs.array, targets.array)
        self.trainer._stepped(1)
        return loss.item(), outputs.array

    def _record(self, rows: Array, totals: EpochTotals) -> None:
        """Take a step as always, and record it."""
        trainer = self.trainer
        recorded = _Recorded(trainer, self.loader, K.new_plan())
        for buffer, part in zip(recorded.batch, self.loader.dataset[rows], strict=True):
            buffer[...] = part.array
        inputs, targets = map(Tensor, recorded.batch)
        recorded.plan.lasting(_lasting(trainer))
        noter = _Noter(recorded)
        trainer.callbacks.append(noter)
        try:
            with recorded.plan.recording():
                loss, outputs, weight = trainer._step(inputs, targets)
        finally:
            trainer.callbacks.remove(noter)
        recorded.keep(outputs.array)
        recorded.gradients = [(p, p._grad) for p in trainer.model.parameters()]
        recorded.settings = settings(trainer)
        self._recorded = recorded
        if not noter.noted:
            self.reason = "the loss is no number in float32"
        elif recorded.plan.foreign:
            self.reason = "not all is computed by kernels"
        elif recorded.plan.rates != len(trainer.optimizer.param_groups):
            self.reason = "the update is not one kernel for each group of parameters"
        elif not classes_fit(trainer, recorded.source[1], outputs.array):
            self.reason = "targets are not all classes"
        # Copies, because a replay writes into these arrays again.
        totals.add(loss.item(), weight, outputs.array.copy(), targets.array.copy())
        trainer._stepped(1)

    def _check(self, recorded: "_Recorded", order: Array, totals: EpochTotals) -> None:
        """Take a step both ways, and compare."""
        trainer = self.trainer
        lasting = _lasting(trainer)
        before = [a.copy() for a in lasting]
        losses, outputs, count = recorded.run(order, 1, want_outputs=True)
        replayed = [a.copy() for a in lasting]
        for a, b in zip(lasting, before, strict=True):
            a[...] = b
        size = self.loader.batch_size
        loss, made = self._take(order[trainer.batch * size : (trainer.batch + 1) * size], totals)
        same = count == 1 and _equal(losses[0], np.float64(loss)) and outputs is not None and _equal(outputs[0], made)
        if not (same and all(_equal(a, b) for a, b in zip(replayed, _lasting(trainer), strict=True))):
            self.reason = "a replayed step differs from a computed one"
            self._recorded = None
        recorded.checked = True

    def _replay(self, recorded: "_Recorded", order: Array, totals: EpochTotals, count: int) -> None:
        """Take up to `count` steps by the plan."""
        trainer, size = self.trainer, self.loader.batch_size
        began = time.perf_counter()
        losses, outputs, done = recorded.run(order, count, want_outputs=totals.keep_outputs)
        seconds = max(time.perf_counter() - began, 1e-9)
        self._slice = max(1, min(int(count * _SECONDS / seconds), 8 * self._slice))
        if done:
            first = trainer.batch * size
            rows = order[first : first + done * size]
            targets = self.loader.dataset.tensors[1].array[rows] if totals.keep_outputs else None
            kept = None if outputs is None else outputs[:done].reshape(done * size, *outputs.shape[2:])
            totals.add_many(losses[:done], float(size), kept, targets)
            _count(trainer, done)
            for p, gradient in recorded.gradients:
                p._grad = gradient  # the last step's, as after any other step
            self.steps += done
            trainer._stepped(done)
        if done < count:  # the next loss is no number: the step as always says where that came from
            self._take(order[trainer.batch * size : (trainer.batch + 1) * size], totals)


class _Recorded:
    """A plan with the memory that it works on."""

    def __init__(self, trainer: "Trainer", loader: Any, plan: Any) -> None:
        self.trainer, self.plan, self.checked = trainer, plan, False
        self.settings: Any = None
        self.source = [part.array for part in loader.dataset.tensors]
        self.batch = [np.empty((loader.batch_size, *part.shape[1:]), part.dtype) for part in self.source]
        self.order = np.arange(len(loader.dataset))
        self.outputs: tuple[tuple[int, ...], np.dtype[Any]] = ((), np.dtype(np.float32))
        self.gradients: list[tuple[Tensor, Tensor | None]] = []
        self.steps_before = trainer.optimizer.steps_taken
        for source, buffer in zip(self.source, self.batch, strict=True):
            plan.gather(source, self.order, buffer)
        self._ordered: Array | None = None

    def keep(self, outputs: Array) -> None:
        """Keep the outputs of every step, which lie here."""
        self.outputs = outputs.shape, outputs.dtype
        self.plan.outputs(outputs)

    def run(self, order: Array, count: int, *, want_outputs: bool) -> tuple[Array, Array | None, int]:
        """Replay up to `count` steps; return their losses, outputs, and how many were ended."""
        trainer = self.trainer
        if self._ordered is not order:
            self.order[...], self._ordered = order, order
        losses, (shape, dtype) = np.empty(count), self.outputs
        outputs = np.empty((count, *shape), dtype) if want_outputs else None
        size = len(self.batch[0])
        elapsed = trainer.optimizer.steps_taken - self.steps_before
        rates = [group["lr"] for group in trainer.optimizer.param_groups]
        done = self.plan.replay(trainer.batch * size, size, elapsed, rates, losses, outputs, self._keys(count))
        return losses, outputs, done

    def _keys(self, count: int) -> Array | None:
        """Return the keys that the next steps draw with, two words each."""
        draws, trainer = self.plan.draws, self.trainer
        if not draws:
            return None
        keys = [
            random.key_for(trainer.seed, "dropout", trainer.step + i, draw) & 0xFFFFFFFFFFFFFFFF
            for i in range(count)
            for draw in range(draws)
        ]
        return np.array(keys, dtype="<u8").view("<u4").astype(np.uint32).reshape(count, draws, 2)


class _Noter(Callback):
    """Tells the plan where the loss is, at the moment when it is known."""

    only_shows = True

    def __init__(self, recorded: _Recorded) -> None:
        self.recorded, self.noted = recorded, False

    def on_loss(self, trainer: "Trainer", inputs: Any, targets: Any, loss: Any) -> None:  # noqa: ARG002
        """Note it."""
        if loss.array.size == 1 and loss.array.dtype == np.float32:
            self.recorded.plan.loss(loss.array)
            self.noted = True


def _lasting(trainer: "Trainer") -> list[Array]:
    """Return the arrays that a step changes for good: parameters, and what the optimizer remembers."""
    optimizer = trainer.optimizer
    states = (value for p in optimizer.state for value in optimizer.state[p].values())
    return [
        *(p.array for p in trainer.model.parameters()),
        *(buffer.array for buffer in trainer.model.buffers()),
        *(value for value in states if isinstance(value, np.ndarray)),
    ]


def _count(trainer: "Trainer", steps: int) -> None:
    """Count steps where the optimizer counts them."""
    optimizer = trainer.optimizer
    optimizer.steps_taken += steps
    for p, state in optimizer.state.items():
        if "step" in state:
            state["step"] += steps
        p._version[0] += steps


def _equal(a: Any, b: Any) -> bool:
    """Say whether two arrays agree bit for bit."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
