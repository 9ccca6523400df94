import inspect

import numpy as np
import pytest

from pellucid.data import generators

MAKERS = [getattr(generators, name) for name in generators.__all__]


@pytest.mark.parametrize("make", MAKERS)
def test_shapes_kinds_and_seeds_are_as_promised(make):
    X, y = make(60, noise=0.1, seed=1)
    assert X.dtype == np.float32
    assert X.shape == (60, 1 if make is generators.make_sine else 2)
    assert y.shape == (60,)
    assert y.dtype == (np.float32 if make is generators.make_sine else np.int64)
    again, other = make(60, noise=0.1, seed=1), make(60, noise=0.1, seed=2)
    np.testing.assert_array_equal(again[0], X)
    np.testing.assert_array_equal(again[1], y)
    assert not np.array_equal(other[0], X)


@pytest.mark.parametrize("make", MAKERS)
def test_noise_changes_the_points(make):
    quiet, loud = make(60, noise=0.01), make(60, noise=0.5)
    moved = np.abs(quiet[0] - loud[0]).max() + np.abs(quiet[1] - loud[1]).max()
    assert moved > 0.1


@pytest.mark.parametrize("make", MAKERS)
def test_impossible_sizes_and_noise_are_refused(make):
    with pytest.raises(ValueError, match="n must be at least 1"):
        make(0)
    with pytest.raises(ValueError, match="noise must be"):
        make(10, noise=-1.0)
    with pytest.raises(ValueError, match="noise must be"):
        make(10, noise=float("nan"))


@pytest.mark.parametrize(
    ("make", "gate"),
    [(generators.make_and, np.logical_and), (generators.make_or, np.logical_or), (generators.make_xor, np.not_equal)],
)
def test_gates_without_noise_are_their_truth_table(make, gate):
    assert inspect.signature(make).parameters["noise"].default == 0
    X, y = make(10)
    assert X[:4].tolist() == X[4:8].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == gate(X[:, 0], X[:, 1]).astype(int).tolist()


@pytest.mark.parametrize("arms", [2, 3])
def test_spirals_lie_where_the_formula_puts_them(arms):
    X, y = generators.make_spirals(99, noise=0.0, arms=arms)
    r = np.hypot(*X.T)
    turned = np.arctan2(X[:, 1], X[:, 0]) - 2 * np.pi * y / arms - 3 * np.pi * r
    np.testing.assert_allclose(np.cos(turned), 1, atol=1e-5)
    assert np.bincount(y).tolist() == [-(-99 // arms)] * (99 % arms or arms) + [99 // arms] * (
        arms - (99 % arms or arms)
    )
    with pytest.raises(ValueError, match="arms must be at least 1"):
        generators.make_spirals(9, arms=0)


def test_circles_and_blobs_take_their_own_parameters():
    X, y = generators.make_circles(40, noise=0.0, factor=0.25)
    np.testing.assert_allclose(np.hypot(*X[y == 1].T), 0.25, rtol=1e-5)
    assert set(generators.make_blobs(40, centers=5)[1].tolist()) == set(range(5))
