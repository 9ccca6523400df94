"""Small made-up data sets on which one can watch a network learn."""

import numpy as np
from numpy.typing import NDArray

from pellucid._extras import require

__all__ = [
    "make_and",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_or",
    "make_sine",
    "make_spirals",
    "make_xor",
]

Points = tuple[NDArray[np.float32], NDArray[np.int64]]

_CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)


def _gate(truth: tuple[int, int, int, int], n: int, noise: float, seed: int) -> Points:
    _check(n, noise)
    rows = np.arange(n) % 4
    X = _CORNERS[rows] + noise * np.random.default_rng(seed).standard_normal((n, 2))
    return X.astype(np.float32), np.array(truth, np.int64)[rows]


def _check(n: int, noise: float) -> None:
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if not (noise >= 0 and np.isfinite(noise)):
        raise ValueError(f"noise must be a number of at least 0, got {noise}")


def make_and(n: int = 4, noise: float = 0.0, seed: int = 0) -> Points:
    """Return n rows of the AND gate: y = 1 where both inputs are 1.

    Args:
        n: the number of rows; the corners 00, 01, 10, 11 in turn.
        noise: the standard deviation of the normal noise on the inputs; 0 gives the exact truth table.
        seed: the noise's seed.

    Example:
        >>> make_and()[1]
        array([0, 0, 0, 1])
    """
    return _gate((0, 0, 0, 1), n, noise, seed)


def make_or(n: int = 4, noise: float = 0.0, seed: int = 0) -> Points:
    """Return n rows of the OR gate: y = 1 where at least one input is 1; arguments as in `make_and`.

    Example:
        >>> make_or()[1]
        array([0, 1, 1, 1])
    """
    return _gate((0, 1, 1, 1), n, noise, seed)


def make_xor(n: int = 4, noise: float = 0.0, seed: int = 0) -> Points:
    """Return n rows of the XOR gate: y = 1 where exactly one input is 1; arguments as in `make_and`.

    No straight line divides its classes (Minsky and Papert, Perceptrons, 1969).

    Example:
        >>> X, y = make_xor()
        >>> X.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    return _gate((0, 1, 1, 0), n, noise, seed)


def make_spirals(n: int = 400, noise: float = 0.1, seed: int = 0, arms: int = 2) -> Points:
    """Return points on spirals that turn around each other once and a half.

    Class k lies at radius r in [0, 1] and angle 3 pi r + 2 pi k / arms; rows take the classes in turn.
    The two-spirals task after Lang and Witbrock (1988), with 1.5 turns in place of 3.

    Args:
        n: the number of rows.
        noise: the standard deviation of the normal noise on the angle, in radians.
        seed: the seed of radii and noise.
        arms: the number of spirals, one class each.

    Example:
        >>> X, y = make_spirals(6, arms=3)
        >>> X.shape, y.tolist()
        ((6, 2), [0, 1, 2, 0, 1, 2])
    """
    _check(n, noise)
    if arms < 1:
        raise ValueError(f"arms must be at least 1, got {arms}")
    rng = np.random.default_rng(seed)
    y = np.arange(n) % arms
    r = rng.uniform(size=n)
    angle = 3 * np.pi * r + 2 * np.pi * y / arms + noise * rng.standard_normal(n)
    X = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    return X.astype(np.float32), y.astype(np.int64)


def make_moons(n: int = 400, noise: float = 0.1, seed: int = 0) -> Points:
    """Return two half circles that reach into each other (scikit-learn's `make_moons`).

    Example:
        >>> X, y = make_moons(10)
        >>> X.shape, X.dtype, sorted(set(y.tolist()))
        ((10, 2), dtype('float32'), [0, 1])
    """
    _check(n, noise)
    X, y = require("sklearn.datasets", "tabular").make_moons(n, noise=noise, random_state=seed)
    return X.astype(np.float32), y.astype(np.int64)


def make_circles(n: int = 400, noise: float = 0.05, seed: int = 0, factor: float = 0.5) -> Points:
    """Return a circle inside another, `factor` times as large (scikit-learn's `make_circles`).

    Example:
        >>> X, y = make_circles(10, noise=0.0)
        >>> bool(np.hypot(*X[y == 1].T).max() < 0.6)
        True
    """
    _check(n, noise)
    X, y = require("sklearn.datasets", "tabular").make_circles(n, noise=noise, random_state=seed, factor=factor)
    return X.astype(np.float32), y.astype(np.int64)


def make_blobs(n: int = 400, noise: float = 1.0, seed: int = 0, centers: int = 3) -> Points:
    """Return round clouds of standard deviation `noise`, one a class (scikit-learn's `make_blobs`).

    Example:
        >>> X, y = make_blobs(9, centers=3)
        >>> np.bincount(y).tolist()
        [3, 3, 3]
    """
    _check(n, noise)
    X, y = require("sklearn.datasets", "tabular").make_blobs(n, centers=centers, cluster_std=noise, random_state=seed)
    return X.astype(np.float32), y.astype(np.int64)


def make_sine(n: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x in [-pi, pi], shape (n, 1), and y = sin(x) with normal noise, shape (n,): a regression.

    Example:
        >>> X, y = make_sine(5, noise=0.0)
        >>> X.shape, bool(np.allclose(y, np.sin(X[:, 0]), atol=1e-6))
        ((5, 1), True)
    """
    _check(n, noise)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-np.pi, np.pi, size=n)
    y = np.sin(x) + noise * rng.standard_normal(n)
    return x.astype(np.float32)[:, None], y.astype(np.float32)
