"""A deep network of PyTorch or Pellucid: one text for both, because both have the same names."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.deep import DeepWork, drawn
from benchmarks.networks import network

__all__ = ["DeepNetwork"]


class DeepNetwork:
    """What a worker times; `torch` is either library.

    Args:
        torch: the library.
        work: the network and its data.
        options: more of Adam's.
        fit: what trains whole epochs of (model, loss, optimizer, work), where the library has it.
    """

    def __init__(self, torch: Any, work: DeepWork, options: dict[str, Any], fit: Any = None) -> None:
        self.torch, self.work, self.options = torch, work, options
        self.model = network(torch.nn, work.name)
        shapes = {name: tuple(value.shape) for name, value in self.model.state_dict().items()}
        self.model.load_state_dict({name: torch.tensor(value) for name, value in drawn(shapes).items()})
        self.loss = torch.nn.CrossEntropyLoss()
        self.begin(work.parts())
        if fit is not None:
            self.fit = lambda epochs: fit(self.model, self.loss, self.optimizer, work, epochs)

    fit: Callable[[int], None] | None = None

    def begin(self, parts: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Make Adam anew, and the batches."""
        self.optimizer = self.torch.optim.Adam(self.model.parameters(), lr=self.work.lr, **self.options)
        self.batches = [(self.torch.tensor(X), self.torch.tensor(y)) for X, y in parts]

    def doubled(self) -> None:
        """Go on in float64."""
        self.model.double()
        self.begin([(X.astype(np.float64), y) for X, y in self.work.parts()])

    def step(self, X: Any, y: Any) -> Any:
        """Train one step as a user's own loop does."""
        self.optimizer.zero_grad()
        loss = self.loss(self.model(X), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def first(self, steps: int) -> tuple[list[np.ndarray], list[float]]:
        """Return the first batch's gradients and the first losses, without dropout."""
        if "dropout" in self.work.name:
            self.model.eval()
        X, y = self.batches[0]
        self.loss(self.model(X), y).backward()
        gradients = [p.grad.numpy().astype(np.float64) for p in self.model.parameters()]
        return gradients, [self.step(*self.batches[i % len(self.batches)]).item() for i in range(steps)]

    def loop(self, steps: int) -> None:
        """Train in a loop that the user writes."""
        self.model.train()
        loss = None
        for i in range(steps):
            loss = self.step(*self.batches[i % len(self.batches)])
        if loss is not None:
            loss.item()

    def infer(self, rows: int) -> Callable[[int], None]:
        """Return a function that asks n times for the outputs of `rows` rows."""
        X, torch, model = self.torch.tensor(self.work.rows(rows)), self.torch, self.model

        def ask(n: int) -> None:
            model.eval()
            with torch.inference_mode():
                for _ in range(n):
                    model(X)

        return ask
