"""PyTorch: eager with Adam() and Adam(fused=True), and compiled."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.deep import DeepWork
from benchmarks.rivals.deep_network import DeepNetwork
from benchmarks.rivals.rival import Rival
from benchmarks.workloads import Digits

__all__ = ["PyTorch", "PyTorchCompiled", "PyTorchFused"]

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


class PyTorch(Rival):
    """Eager, with Adam as most people write it."""

    title = "PyTorch, Adam()"
    distribution = module = "torch"
    fused: bool | None = None

    def build(self) -> None:
        layers: list[nn.Module] = []
        for W, b in self.work.weights:
            linear = nn.Linear(W.shape[1], W.shape[0])
            linear.load_state_dict({"weight": torch.tensor(W), "bias": torch.tensor(b)})
            layers += [linear, nn.Sigmoid() if self.work.activation == "sigmoid" else nn.ReLU()]
        self.model = nn.Sequential(*layers[:-1])
        self.loss = nn.BCEWithLogitsLoss() if self.work.binary else nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=self.work.lr, fused=self.fused)

    def own(self, X: np.ndarray) -> Any:
        return torch.tensor(X)

    def own_targets(self, y: np.ndarray) -> Any:
        return torch.tensor(y[:, None].astype(np.float32) if self.work.binary else y)

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

    def forward(self, X: Any) -> Any:
        with torch.inference_mode():
            return self.model(X)

    @classmethod
    def deep(cls, work: DeepWork) -> DeepNetwork:
        return DeepNetwork(torch, work, {"fused": cls.fused})

    @classmethod
    def digits(cls, task: Digits) -> np.ndarray:
        model = nn.Sequential(nn.Linear(task.X.shape[1], task.hidden), nn.ReLU(), nn.Linear(task.hidden, task.classes))
        optimizer, loss_fn = torch.optim.Adam(model.parameters(), lr=task.lr, fused=cls.fused), nn.CrossEntropyLoss()
        X, y = torch.tensor(task.X), torch.tensor(task.y)
        for _ in range(task.epochs):
            for rows in torch.randperm(len(X)).split(task.batch):  # faster than a DataLoader
                optimizer.zero_grad()
                loss_fn(model(X[rows]), y[rows]).backward()
                optimizer.step()
        with torch.inference_mode():
            return model(torch.tensor(task.X_test)).argmax(dim=1).numpy()

    @staticmethod
    def product(n: int) -> Callable[[int], None] | None:
        x, y = torch.ones(n, n), torch.ones(n, n)

        def multiply(times: int) -> None:
            for _ in range(times):
                torch.mm(x, y)

        return multiply


class PyTorchFused(PyTorch):
    """Eager, with the fused update."""

    title = "PyTorch, Adam(fused=True)"
    distribution = module = None  # type: ignore[assignment]
    fused = True
    product = Rival.product


class PyTorchCompiled(PyTorchFused):
    """Network and loss compiled together, and the fused update."""

    title = "PyTorch, torch.compile, fused"

    def build(self) -> None:
        super().build()
        model, loss = self.model, self.loss
        self.whole = torch.compile(lambda X, y: loss(model(X), y), dynamic=False)
        self.compiled = torch.compile(model, dynamic=False)

    def step(self, X: Any, y: Any) -> Any:
        self.optimizer.zero_grad()
        loss = self.whole(X, y)
        loss.backward()
        self.optimizer.step()
        return loss

    def gradients(self) -> list[np.ndarray]:
        self.whole(*self.batches[0]).backward()
        found = [p.grad.numpy().copy() for p in self.model.parameters()]
        self.optimizer.zero_grad()
        return found

    def forward(self, X: Any) -> Any:
        with torch.no_grad():
            return self.compiled(X)
