"""Replay: the steps of an epoch, taken by the engine without the interpreter.

One step is recorded while it is computed as always, the next is replayed and then computed as always from the
same state. Where both agree bit for bit, the steps after them are replayed; where they do not, or where a
training asks for what a recorded step cannot do, every step is computed as always.
"""

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.train.callbacks.callback import Callback
from pellucid.train.interrupt import DeferredInterrupt
from pellucid.train.recorded import LossNoter, Recorded, count_steps, lasting_arrays
from pellucid.train.replayable import classes_fit, epochs_until_looked_at, settings, steps_until_looked_at, why_not
from pellucid.train.totals import EpochTotals, mean_losses

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["Replay"]

_SECONDS = 0.05  # of replay at a time: so long may Ctrl-C and the progress bar wait
_ROOM = 1 << 16  # rows of the order that there is room for, at least an epoch's
_SMALL = 32 << 20  # bytes of a step of which a second one, for the short last batch, may be kept


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
        self._recorded: dict[int, Recorded] = {}  # by the rows of a batch
        self._order = np.zeros(0 if self.reason else max(_ROOM, len(loader.dataset)), np.int64)
        self._sizes = [] if self.reason else _sizes(loader)
        self._slice = 1  # steps that take about _SECONDS
        self._epochs = 1  # likewise, where nobody looks between them
        self._looked_at = -1  # an epoch at whose end a callback will change something

    def epoch(self, totals: EpochTotals, interrupt: DeferredInterrupt) -> None:
        """Take the steps of an epoch, or what is left of it."""
        trainer, loader = self.trainer, self.loader
        trainer.model.train()
        order: Array = loader.order(trainer.epoch)
        self._order[: len(order)] = order
        self._forget_outdated()
        while trainer.batch < len(loader):
            self._some(order, totals)
            interrupt.check()
        loader.load_state_dict({"seed": loader.seed, "epoch": trainer.epoch, "batch": trainer.batch})

    def unwatched_epochs(self) -> None:
        """Take whole epochs before the next one that somebody looks at, and write their numbers down.

        They are as many as take about _SECONDS; none as long as not every step is recorded.
        """
        trainer, loader, sizes = self.trainer, self.loader, self._sizes
        if self.reason or trainer.batch:
            return
        if trainer.epoch == self._looked_at:
            return
        count = min(epochs_until_looked_at(trainer), self._epochs, len(self._order) // sum(sizes))
        if count < 1:
            return
        trainer.model.train()
        self._forget_outdated()
        first, last = self._recorded.get(sizes[0]), self._recorded.get(sizes[-1])
        if first is None or last is None or not (first.checked and last.checked):
            return
        began = time.perf_counter()
        order = _orders(loader, trainer.epoch, count)[:, : sum(sizes)]
        self._order[: order.size] = order.reshape(-1)
        watching = [c for c in trainer.callbacks if c.by_losses]
        losses, means, done = self._epochs_by_plan(first, last, order[:count], watching)
        if not done:
            return
        count_steps(trainer, done)
        self.steps += done
        epochs, trainer.batch = divmod(done, len(sizes))  # what is left is an epoch in which a loss is no number
        trainer.epoch, trainer.step = trainer.epoch + epochs, trainer.step + done
        if trainer.batch:
            rows = order[epochs, : trainer.batch * sizes[0]].reshape(trainer.batch, sizes[0])
            trainer._totals.add_many(losses[epochs, : trainer.batch], self._weights(rows), None, None)
        seconds = max(time.perf_counter() - began, 1e-9)
        self._epochs = max(1, min(int(count * _SECONDS / seconds), 8 * self._epochs))
        if epochs:
            columns = {
                "loss": means[:epochs],
                "lr": np.full(epochs, trainer.optimizer.param_groups[0]["lr"]),
                "seconds": np.full(epochs, seconds / epochs),
            }
            trainer.history.extend({name: values.tolist() for name, values in columns.items()})
            for callback in watching:
                callback.on_losses(trainer, means[:epochs].tolist())

    def _epochs_by_plan(
        self, first: Recorded, last: Recorded, order: Array, watching: list[Callback]
    ) -> tuple[Array, Array, int]:
        """Take epochs, at most those before one in which somebody who watches losses will change something.

        Returns:
            the losses of steps, those of whole epochs, and how many steps were ended.
        """
        sizes, lasting = self._sizes, lasting_arrays(self.trainer) if watching else []
        before = [a.copy() for a in lasting]
        shorter = None if last is first else last
        losses, done = first.run_epochs(shorter, len(order), len(sizes), sum(sizes))
        epochs = done // len(sizes)
        means = mean_losses(losses[:epochs], self._weights_of_epochs(order[:epochs]))
        borne = min((c.epochs_borne(means.tolist()) for c in watching), default=epochs)
        if borne < epochs:  # too far: back, and as far as that epoch
            for a, b in zip(lasting, before, strict=True):
                a[...] = b
            self._looked_at = self.trainer.epoch + borne
            losses, done = first.run_epochs(shorter, borne, len(sizes), sum(sizes)) if borne else (losses[:0], 0)
        return losses, means[:borne], done

    def _weights(self, rows: Array) -> Array | float:
        """Return by how much batches count: (batches, rows of each) gives (batches,), or one number for all."""
        parts = self.loader.dataset.tensors
        return float(rows.shape[1]) if len(parts) == 2 else _sums(parts[2].array[rows])

    def _weights_of_epochs(self, order: Array) -> Array:
        """Return by how much each batch counts, (epochs, batches) or (batches,), given the epochs' orders."""
        parts, sizes = self.loader.dataset.tensors, self._sizes
        if len(parts) == 2:
            return np.array(sizes, np.float64)
        w, size = parts[2].array[order], sizes[0]
        whole = order.shape[1] // size
        batches = _sums(w[:, : whole * size].reshape(len(w), whole, size))
        return batches if whole == len(sizes) else np.column_stack([batches, _sums(w[:, whole * size :])])

    def report(self) -> str:
        """Say how the steps were taken."""
        if self.steps:
            return f"{self.steps} steps were replayed by the engine"
        return f"every step was computed one by one: {self.reason or 'there were too few to record one'}"

    def _forget_outdated(self) -> None:
        """Forget steps that were recorded with settings that no longer hold."""
        if self._recorded:
            now = settings(self.trainer)
            self._recorded = {size: step for size, step in self._recorded.items() if step.settings == now}

    def _some(self, order: Array, totals: EpochTotals) -> None:
        """Take the next steps: many replayed ones, or one."""
        trainer, size = self.trainer, self.loader.batch_size
        rows = order[trainer.batch * size : (trainer.batch + 1) * size]
        recorded = self._recorded.get(len(rows))
        if self.reason or trainer.optimizer.steps_taken < 1:
            self._take(rows, totals)
        elif recorded is None:
            if any(other.plan.bytes > _SMALL for other in self._recorded.values()):
                self._take(rows, totals)
            else:
                self._record(rows, totals)
        elif not recorded.checked:
            self._check(recorded, rows, totals)
        else:
            alike = max(len(order) // size - trainer.batch, 1)
            self._replay(recorded, order, totals, min(self._slice, alike, steps_until_looked_at(trainer)))

    def _take(self, rows: Array, totals: EpochTotals) -> tuple[float, Array]:
        """Take a step as always; return its loss and outputs."""
        inputs, targets, *weights = self.loader.dataset[rows]
        loss, outputs, weight = self.trainer._step(inputs, targets, *weights)
        totals.add(loss.item(), weight, outputs.array, targets.array)
        self.trainer._stepped(1)
        return loss.item(), outputs.array

    def _record(self, rows: Array, totals: EpochTotals) -> None:
        """Take a step as always, and record it."""
        trainer = self.trainer
        source = [part.array for part in self.loader.dataset.tensors]
        recorded = Recorded(trainer, source, self._order, len(rows))
        for buffer, part in zip(recorded.batch, self.loader.dataset[rows], strict=True):
            buffer[...] = part.array
        inputs, targets, *weights = map(Tensor, recorded.batch)
        recorded.plan.lasting(lasting_arrays(trainer))
        noter = LossNoter(recorded)
        trainer.callbacks.append(noter)
        try:
            with recorded.plan.recording():
                loss, outputs, weight = trainer._step(inputs, targets, *weights)
        finally:
            trainer.callbacks.remove(noter)
        recorded.keep(outputs.array)
        recorded.gradients = [(p, p._grad) for p in trainer.model.parameters()]
        recorded.settings = settings(trainer)
        self._recorded[len(rows)] = recorded
        if not noter.noted:
            self.reason = "the loss is no number in float32"
        elif recorded.plan.foreign:
            self.reason = "not all is computed by kernels"
        elif recorded.plan.rates != len(trainer.optimizer.param_groups):
            self.reason = "the update is not one kernel for each group of parameters"
        elif not classes_fit(trainer, source[1], outputs.array):
            self.reason = "targets are not all classes"
        # Copies, because a replay writes into these arrays again.
        totals.add(loss.item(), weight, outputs.array.copy(), targets.array.copy())
        trainer._stepped(1)

    def _check(self, recorded: Recorded, rows: Array, totals: EpochTotals) -> None:
        """Take a step both ways, and compare."""
        trainer = self.trainer
        lasting = lasting_arrays(trainer)
        before = [a.copy() for a in lasting]
        losses, outputs, count = recorded.run(trainer.batch * self.loader.batch_size, 1, want_outputs=True)
        replayed = [a.copy() for a in lasting]
        for a, b in zip(lasting, before, strict=True):
            a[...] = b
        loss, made = self._take(rows, totals)
        same = count == 1 and _equal(losses[0], np.float64(loss)) and outputs is not None and _equal(outputs[0], made)
        if not (same and all(_equal(a, b) for a, b in zip(replayed, lasting_arrays(trainer), strict=True))):
            self.reason = "a replayed step differs from a computed one"
            self._recorded = {}
        recorded.checked = True

    def _replay(self, recorded: Recorded, order: Array, totals: EpochTotals, count: int) -> None:
        """Take up to `count` steps by the plan."""
        trainer, size = self.trainer, len(recorded.batch[0])
        first = trainer.batch * self.loader.batch_size
        began = time.perf_counter()
        losses, outputs, done = recorded.run(first, count, want_outputs=totals.keep_outputs)
        seconds = max(time.perf_counter() - began, 1e-9)
        if size == self.loader.batch_size:
            self._slice = max(1, min(int(count * _SECONDS / seconds), 8 * self._slice))
        rows = order[first : first + count * size]
        if done:
            targets = self.loader.dataset.tensors[1].array[rows[: done * size]] if totals.keep_outputs else None
            kept = None if outputs is None else outputs[:done].reshape(done * size, *outputs.shape[2:])
            totals.add_many(losses[:done], self._weights(rows[: done * size].reshape(done, size)), kept, targets)
            count_steps(trainer, done)
            self.steps += done
            trainer._stepped(done)
        if done < count:  # the next loss is no number: the step as always says where that came from
            self._take(rows[done * size : (done + 1) * size], totals)


def _sizes(loader: Any) -> list[int]:
    """Return the rows of each batch of an epoch."""
    size, rows = loader.batch_size, len(loader.dataset)
    return [min(size, rows - i * size) for i in range(len(loader))]


def _sums(w: Array) -> Array:
    """Return sums over the last axis, each to the bits of the sum of a batch by itself."""
    return np.ascontiguousarray(w).sum(axis=-1).astype(np.float64)


def _orders(loader: Any, first: int, epochs: int) -> Array:
    """Return loader.order(epoch) of many epochs: the engine's, if it draws what NumPy does for the first of them."""
    if loader.shuffle:
        orders = K.shuffles(f"{loader.seed}/shuffle/", first, epochs, len(loader.dataset))
        if _equal(orders[0], loader.order(first)):
            return orders
    return np.stack([loader.order(epoch) for epoch in range(first, first + epochs)])


def _equal(a: Any, b: Any) -> bool:
    """Say whether two arrays agree bit for bit."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(_words(a), _words(b))


def _words(a: Array) -> Array:
    """Return the bits of an array as whole numbers."""
    return np.ascontiguousarray(a).view(f"u{a.itemsize}")
