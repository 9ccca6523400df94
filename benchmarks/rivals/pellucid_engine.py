"""Pellucid, by the native engine where it is installed, and by NumPy's."""

from collections.abc import Callable
from typing import Any

import numpy as np

import pellucid as pl
from benchmarks.deep import DeepWork
from benchmarks.rivals.deep_network import DeepNetwork
from benchmarks.rivals.rival import Rival
from benchmarks.workloads import Digits
from pellucid import kernels, nn
from pellucid.train import Trainer

__all__ = ["Pellucid", "PellucidCompiled", "PellucidNumPy"]


class Pellucid(Rival):
    """The engine that the installation chooses."""

    title = "Pellucid"
    distribution = module = "pellucid"

    def build(self) -> None:
        layers: list[nn.Module] = []
        for W, b in self.work.weights:
            linear = nn.Linear(W.shape[1], W.shape[0])
            linear.load_state_dict({"weight": pl.tensor(W), "bias": pl.tensor(b)})
            layers += [linear, nn.Sigmoid() if self.work.activation == "sigmoid" else nn.ReLU()]
        self.model = nn.Sequential(*layers[:-1])
        self.loss = nn.BCEWithLogitsLoss() if self.work.binary else nn.CrossEntropyLoss()
        self.optimizer = pl.optim.Adam(self.model.parameters(), lr=self.work.lr)

    def own(self, X: np.ndarray) -> Any:
        return pl.tensor(X)

    def own_targets(self, y: np.ndarray) -> Any:
        return pl.tensor(y[:, None].astype(np.float32) if self.work.binary else y)

    def step(self, X: Any, y: Any) -> Any:
        self.optimizer.zero_grad()
        loss = self.loss(self.model(X), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def gradients(self) -> list[np.ndarray]:
        X, y = self.batches[0]
        self.loss(self.model(X), y).backward()
        found = [p.grad.numpy().copy() for p in self.model.parameters()]
        self.optimizer.zero_grad()
        return found

    def fit(self, epochs: int) -> None:
        y = self.own_targets(self.work.y)
        Trainer(self.model, self.loss, self.optimizer).fit((self.work.X, y), epochs=epochs, batch_size=self.work.batch)

    def forward(self, X: Any) -> Any:
        with pl.no_grad():
            return self.model(X)

    @classmethod
    def deep(cls, work: DeepWork) -> DeepNetwork:
        def fit(model: Any, loss: Any, optimizer: Any, work: DeepWork, epochs: int) -> None:
            Trainer(model, loss, optimizer).fit((work.X, work.y), epochs=epochs, batch_size=work.batch)

        return DeepNetwork(pl, work, {}, fit)

    @staticmethod
    def digits(task: Digits) -> np.ndarray:
        model = pl.models.MLP([task.X.shape[1], task.hidden, task.classes])
        trainer = Trainer(model, nn.CrossEntropyLoss(), pl.optim.Adam(model.parameters(), lr=task.lr))
        trainer.fit((task.X, task.y), epochs=task.epochs, batch_size=task.batch)
        return trainer.predict(task.X_test).argmax(axis=1)

    @staticmethod
    def product(n: int) -> Callable[[int], None]:
        x, y = np.ones((n, n), dtype=np.float32), np.ones((n, n), dtype=np.float32)

        def multiply(times: int) -> None:
            for _ in range(times):
                kernels.matmul(x, y)

        return multiply


class PellucidCompiled(Pellucid):
    """The same with one line more."""

    title = "Pellucid, compile"
    distribution = module = None  # type: ignore[assignment]
    fit = None  # type: ignore[assignment]

    def build(self) -> None:
        super().build()
        self.model = pl.compile(self.model)  # type: ignore[assignment]

    product = Rival.product


class PellucidNumPy(Pellucid):
    """What people without a C++ compiler have."""

    title = "Pellucid (NumPy)"
    distribution = module = None  # type: ignore[assignment]

    def build(self) -> None:
        pl.set_engine("numpy")
        super().build()

    @staticmethod
    def digits(task: Digits) -> np.ndarray:
        pl.set_engine("numpy")
        return Pellucid.digits(task)

    product = Rival.product
