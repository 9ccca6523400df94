"""The same training in float64 and NumPy, by the formulas: what every library is compared with before it is timed."""

import numpy as np

from benchmarks.workloads import Work

__all__ = ["first_gradients", "first_losses"]

Weights = list[tuple[np.ndarray, np.ndarray]]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _loss_and_gradients(work: Work, weights: Weights, X: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """Return the mean loss and dW, db of every layer, in order."""
    h = [X.astype(np.float64)]
    for k, (W, b) in enumerate(weights):
        z = h[-1] @ W.T + b
        last = k == len(weights) - 1
        h.append(z if last else _sigmoid(z) if work.activation == "sigmoid" else np.maximum(z, 0))
    z, n = h.pop(), len(X)
    if work.binary:
        loss = np.mean(np.logaddexp(0, z[:, 0]) - y * z[:, 0])
        dz = (_sigmoid(z) - y[:, None]) / n
    else:
        log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
        loss = -np.mean(log_p[np.arange(n), y])
        dz = (np.exp(log_p) - np.eye(z.shape[1])[y]) / n
    found: list[np.ndarray] = []
    for (W, _), a in zip(reversed(weights), reversed(h), strict=True):
        found += [dz.sum(axis=0), dz.T @ a]
        dz = (dz @ W) * (a * (1 - a) if work.activation == "sigmoid" else a > 0)
    return float(loss), found[::-1]


def first_gradients(work: Work) -> list[np.ndarray]:
    """Return dW, db of every layer for the first batch."""
    return _loss_and_gradients(work, _doubles(work), *work.parts()[0])[1]


def first_losses(work: Work, steps: int) -> list[float]:
    """Return the losses of the first steps of Adam, batch by batch."""
    weights, parts, losses = _doubles(work), work.parts(), []
    flat = [p for pair in weights for p in pair]
    m, v = [np.zeros_like(p) for p in flat], [np.zeros_like(p) for p in flat]
    for t in range(1, steps + 1):
        loss, gradients = _loss_and_gradients(work, weights, *parts[(t - 1) % len(parts)])
        losses.append(loss)
        for k, g in enumerate(gradients):
            m[k] += 0.1 * (g - m[k])
            v[k] += 0.001 * (g * g - v[k])
            flat[k] -= work.lr * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)  # in place
    return losses


def _doubles(work: Work) -> Weights:
    return [(W.astype(np.float64), b.astype(np.float64)) for W, b in work.weights]
