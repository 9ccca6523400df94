"""JAX: the whole step, Adam included, compiled by jit; whole epochs by scan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.rivals.rival import Rival
from benchmarks.workloads import Digits

__all__ = ["JAX"]


def outputs(params: Any, X: Any, activation: str) -> Any:
    """Return the network's outputs."""
    f = jax.nn.sigmoid if activation == "sigmoid" else jax.nn.relu
    for W, b in params[:-1]:
        X = f(X @ W + b)
    W, b = params[-1]
    return X @ W + b


def loss_of(params: Any, X: Any, y: Any, activation: str) -> Any:
    """Return the mean cross-entropy."""
    z = outputs(params, X, activation)
    if z.shape[1] == 1:
        return jnp.mean(jnp.logaddexp(0, z[:, 0]) - y * z[:, 0])
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))


def one_step(state: Any, X: Any, y: Any, lr: float, activation: str) -> tuple[Any, Any]:
    """Return the state after a step of Adam, and the loss."""
    params, m, v, t = state
    loss, g = jax.value_and_grad(loss_of)(params, X, y, activation)
    tree, t = jax.tree.map, t + 1
    m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    params = tree(
        lambda p, m, v: p - lr * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8),
        params,
        m,
        v,
    )
    return (params, m, v, t), loss


@partial(jax.jit, static_argnames=("lr", "activation"), donate_argnums=0)
def train_step(state: Any, X: Any, y: Any, *, lr: float, activation: str) -> tuple[Any, Any]:
    """Train one step; the old state's memory is used again."""
    return one_step(state, X, y, lr, activation)


@partial(jax.jit, static_argnames=("batch", "lr", "activation"), donate_argnums=0)
def train_epoch(state: Any, key: Any, X: Any, y: Any, *, batch: int, lr: float, activation: str) -> tuple[Any, Any]:
    """Train one epoch in a new order of the rows."""
    order = jax.random.permutation(key, len(X)).reshape(-1, batch)
    return lax.scan(lambda state, rows: one_step(state, X[rows], y[rows], lr, activation), state, order)


ask = jax.jit(outputs, static_argnames="activation")


def fresh(params: Any) -> Any:
    """Return the state before the first step."""
    return params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.zeros(())


class JAX(Rival):
    """Compiled by XLA."""

    title = "JAX, jit"
    distribution = module = "jax"

    def build(self) -> None:
        self.state = fresh([(jnp.array(W.T), jnp.array(b)) for W, b in self.work.weights])
        self.settings = {"lr": self.work.lr, "activation": self.work.activation}

    def own(self, X: np.ndarray) -> Any:
        return jnp.array(X)

    def step(self, X: Any, y: Any) -> Any:
        self.state, loss = train_step(self.state, X, y, **self.settings)
        return loss

    def gradients(self) -> list[np.ndarray]:
        found = jax.jit(jax.grad(loss_of), static_argnums=3)(self.state[0], *self.batches[0], self.work.activation)
        return [np.asarray(g).T for pair in found for g in pair]

    def fit(self, epochs: int) -> None:
        X, y, loss = jnp.array(self.work.X), jnp.array(self.work.y), None
        keys = jax.random.split(jax.random.key(0), epochs)
        for key in keys:
            self.state, loss = train_epoch(self.state, key, X, y, batch=self.work.batch, **self.settings)
        jax.block_until_ready(loss)

    def forward(self, X: Any) -> Any:
        return ask(self.state[0], X, activation=self.work.activation)

    def wait(self, outputs: Any) -> None:
        outputs.block_until_ready()

    @staticmethod
    def digits(task: Digits) -> np.ndarray:
        rng = np.random.default_rng(0)
        sizes = [(task.X.shape[1], task.hidden), (task.hidden, task.classes)]
        drawn = [(rng.uniform(-(i**-0.5), i**-0.5, (i, o)), np.zeros(o)) for i, o in sizes]
        state = fresh([(jnp.array(W, jnp.float32), jnp.array(b, jnp.float32)) for W, b in drawn])
        for _ in range(task.epochs):
            order = rng.permutation(len(task.X))
            for start in range(0, len(order), task.batch):
                rows = order[start : start + task.batch]
                state, _ = train_step(state, task.X[rows], task.y[rows], lr=task.lr, activation="relu")
        return np.asarray(ask(state[0], task.X_test, activation="relu")).argmax(axis=1)

    @staticmethod
    def product(n: int) -> Callable[[int], None]:
        x, multiply = jnp.ones((n, n), dtype=jnp.float32), jax.jit(jnp.matmul)

        def repeat(times: int) -> None:
            for _ in range(times):
                out = multiply(x, x)
            out.block_until_ready()

        return repeat
