"""What a library must be able to do to be compared."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from benchmarks.deep import DeepWork
from benchmarks.workloads import Digits, Work

__all__ = ["Rival"]


class Rival(ABC):
    """One library, holding one network with given weights.

    Attributes:
        title: what tables call it.
        distribution: what pip calls it; None for another row of the same library.
        module: what Python imports; likewise.
        batches: (X, y) of every step, in the library's own arrays.
    """

    title: ClassVar[str]
    distribution: ClassVar[str | None] = None
    module: ClassVar[str | None] = None

    def __init__(self, work: Work) -> None:
        self.work = work
        self.build()
        self.batches = [(self.own(X), self.own_targets(y)) for X, y in work.parts()]

    # --- the network ----------------------------------------------------------------------------------------
    @abstractmethod
    def build(self) -> None:
        """Make the network with the weights of `work`, and Adam."""

    def own(self, X: np.ndarray) -> Any:
        """Return an array as the library's users would have it."""
        return X

    def own_targets(self, y: np.ndarray) -> Any:
        """Return classes as the library's losses want them."""
        return self.own(y)

    # --- training -------------------------------------------------------------------------------------------
    @abstractmethod
    def step(self, X: Any, y: Any) -> Any:
        """Train one step as a user's own loop does; return the loss, which need not be computed yet."""

    def number(self, loss: Any) -> float:
        """Wait for a loss and return it."""
        return float(loss)

    def gradients(self) -> list[np.ndarray] | None:
        """Return dW (out, in), db of every layer for the first batch; None where the library hides them."""
        return None

    def loop(self, steps: int) -> None:
        """Train in a loop that the user writes."""
        batches, step, loss = self.batches, self.step, None
        for i in range(steps):
            loss = step(*batches[i % len(batches)])
        self.number(loss)

    # A library that trains by itself, shuffling every epoch, has a method that trains whole epochs.
    fit: Callable[[int], None] | None = None

    # --- asking ---------------------------------------------------------------------------------------------
    @abstractmethod
    def forward(self, X: Any) -> Any:
        """Return the outputs, without preparing a backward pass."""

    def wait(self, outputs: Any) -> None:  # noqa: B027 - most libraries have nothing to wait for
        """Wait until outputs are computed."""

    def infer(self, rows: int) -> Callable[[int], None]:
        """Return a function that asks n times for the outputs of `rows` rows."""
        X, forward = self.own(self.work.rows(rows)), self.forward

        def ask(n: int) -> None:
            for _ in range(n):
                outputs = forward(X)
            self.wait(outputs)

        return ask

    @classmethod
    def deep(cls, work: DeepWork) -> Any:
        """Return the library's deep network, which has the methods that are timed here.

        Raises:
            NotImplementedError: where deep networks of the library are not compared.
        """
        raise NotImplementedError(f"{work.name} is not compared here")

    # --- the whole way --------------------------------------------------------------------------------------
    @staticmethod
    @abstractmethod
    def digits(task: Digits) -> np.ndarray:
        """Learn the digits and return the classes of the test rows."""

    @staticmethod
    def product(n: int) -> Callable[[int], None] | None:
        """Return a function that multiplies n x n matrices, to find the machine's peak."""
        del n
        return None
