"""Plans: what kernels did in one step, to be done again in C++ with other rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels._types import Array

__all__ = ["Plan", "new_plan"]


class Plan:
    """A recorded step. The arrays that its kernels were given stay its own: a replay writes into them again."""

    def __init__(self) -> None:
        self._plan = _native.Plan()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what kernels do on this thread inside the block."""
        self._plan.begin()
        try:
            yield
        finally:
            self._plan.end()

    def gather(self, source: Array, order: Array, out: Array) -> None:
        """Begin every step with copying the rows `order[row : row + len(out)]` of `source` to `out`."""
        self._plan.gather(_bytes(source), order, _bytes(out))

    def loss(self, loss: Array) -> None:
        """Note the loss of every step, a number in float32 that lies here from this moment of the step on."""
        self._plan.loss(loss.reshape(1))

    def outputs(self, outputs: Array) -> None:
        """Keep the outputs of every step."""
        self._plan.outputs(_bytes(outputs).reshape(-1))

    def lasting(self, arrays: Sequence[Array]) -> None:
        """Name the arrays that last from step to step, which kernels may read as they are."""
        for a in arrays:
            self._plan.keep(_bytes(a.reshape(1, -1)).reshape(-1))

    def read(self, array: Array) -> None:
        """Count it as foreign where no kernel has written the array."""
        self._plan.read(array)

    def follow(self, earlier: "Plan") -> None:
        """Say that another plan will always have been replayed before this one."""
        self._plan.follow(earlier._plan)

    def answer(self, input: Array, output: Array | None) -> Callable[[Array, Array | None], None]:
        """Return a function of (x, y) that computes anew with x in the place of `input`, and copies `output` to y."""
        return partial(_native.Answer(input, output), self._plan)

    @property
    def foreign(self) -> int:
        """How often a kernel read memory that no kernel had written: something was computed elsewhere."""
        return self._plan.foreign

    @property
    def draws(self) -> int:
        """How many random keys a step takes."""
        return self._plan.draws

    @property
    def rates(self) -> int:
        """How many learning rates a step takes."""
        return self._plan.rates

    @property
    def bytes(self) -> int:
        """How much memory a step writes, and that which lasts."""
        return self._plan.bytes

    def replay(
        self,
        row: int,
        batch: int,
        elapsed: int,
        rates: Sequence[float],
        losses: Array,
        outputs: Array | None,
        keys: Array | None,
    ) -> int:
        """Take as many steps as `losses` has places, and return how many were ended.

        One whose loss is NaN or infinite is not ended: nothing that lasts has changed in it.

        Args:
            row: where the first batch begins in the order of rows.
            batch: rows of a batch.
            elapsed: steps that the optimizer has taken since before the recorded one.
            rates: the learning rates.
            losses: (steps,), float64; filled.
            outputs: (steps, ...); filled, where there is one.
            keys: (steps, draws, 2), uint32.
        """
        kept = None if outputs is None else _bytes(outputs)
        return self._plan.replay(row, batch, elapsed, list(rates), losses, kept, keys)

    def replay_epochs(
        self,
        last: "Plan | None",
        rows: int,
        batch: int,
        elapsed: int,
        elapsed_last: int,
        rates: Sequence[float],
        losses: Array,
        keys: Array | None,
    ) -> int:
        """Take the steps of many epochs, and return how many were ended, as `replay` does.

        Args:
            last: the plan of the last step of each epoch, where its batch is shorter.
            rows: how many places of the order of rows belong to an epoch; they lie one epoch behind the other.
            batch: rows of a batch.
            elapsed: steps that the optimizer has taken since before the recorded one.
            elapsed_last: the same for the one that `last` recorded.
            rates: the learning rates.
            losses: (epochs, steps of an epoch), float64; filled.
            keys: (steps, draws, 2), uint32.
        """
        shorter = None if last is None else last._plan
        return self._plan.replay_epochs(shorter, rows, batch, elapsed, elapsed_last, list(rates), losses, keys)


def new_plan() -> Plan:
    """Return a plan to record a step with."""
    return Plan()


def _bytes(rows: Array) -> Array:
    """Return rows of bytes, a view."""
    return rows.reshape(len(rows), -1).view(np.uint8)
