"""Keras, on JAX unless KERAS_BACKEND says otherwise: train_on_batch is a step, fit trains whole epochs."""

import os
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from benchmarks.rivals.rival import Rival
from benchmarks.workloads import Digits

__all__ = ["Keras"]


class Keras(Rival):
    """A Sequential network, compiled with Adam."""

    title = f"Keras ({os.environ['KERAS_BACKEND']})"
    distribution = module = "keras"

    def build(self) -> None:
        work = self.work
        dense = [keras.layers.Dense(n, activation=work.activation) for n in work.sizes[1:-1]]
        self.model = keras.Sequential([keras.Input((work.sizes[0],)), *dense, keras.layers.Dense(work.sizes[-1])])
        self.model.set_weights([a for W, b in work.weights for a in (W.T, b)])
        losses = keras.losses
        kind = losses.BinaryCrossentropy if work.binary else losses.SparseCategoricalCrossentropy
        adam = keras.optimizers.Adam(learning_rate=work.lr, epsilon=1e-8)
        self.model.compile(optimizer=adam, loss=kind(from_logits=True))

    def own_targets(self, y: np.ndarray) -> Any:
        return y[:, None] if self.work.binary else y

    def step(self, X: Any, y: Any) -> Any:
        return self.model.train_on_batch(X, y)

    def number(self, loss: Any) -> float:
        self.model.reset_metrics()  # what train_on_batch returns is the mean since the last reset
        return float(loss)

    def fit(self, epochs: int) -> None:
        self.model.fit(self.work.X, self.own_targets(self.work.y), epochs=epochs, batch_size=self.work.batch, verbose=0)

    def forward(self, X: Any) -> Any:
        return self.model.predict_on_batch(X)

    @staticmethod
    def digits(task: Digits) -> np.ndarray:
        layers = [keras.layers.Dense(task.hidden, activation="relu"), keras.layers.Dense(task.classes)]
        model = keras.Sequential([keras.Input((task.X.shape[1],)), *layers])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer=keras.optimizers.Adam(learning_rate=task.lr), loss=loss)
        model.fit(task.X, task.y, epochs=task.epochs, batch_size=task.batch, verbose=0)
        return model.predict(task.X_test, verbose=0).argmax(axis=1)
