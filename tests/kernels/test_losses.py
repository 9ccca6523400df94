import numpy as np
import pytest

from pellucid.kernels import reference
from pellucid.kernels.reference.losses import cross_entropy, cross_entropy_backward

rng = np.random.default_rng(3)


@pytest.mark.parametrize(("shape", "axis"), [((5,), 0), ((4, 3), 1), ((2, 3, 4), 1), ((2, 3, 2, 2), 1)])
def test_cross_entropy_is_the_definition_element_by_element(shape, axis):
    z, rest = rng.normal(size=shape), shape[:axis] + shape[axis + 1 :]
    t = np.asarray(rng.integers(0, shape[axis], rest))
    losses, log_p = cross_entropy(z, t, axis)
    dz = cross_entropy_backward(log_p, t, np.full(rest, 2.0), axis)
    for place in np.ndindex(*rest):
        row = (*place[:axis], slice(None), *place[axis:])
        p = np.exp(z[row]) / np.exp(z[row]).sum()
        onehot = np.arange(shape[axis]) == t[place]
        np.testing.assert_allclose(losses[place], -np.log(p[t[place]]), rtol=1e-12)
        np.testing.assert_allclose(dz[row], 2 * (p - onehot), rtol=1e-12, atol=1e-15)


def test_the_gradient_leaves_the_logarithms_as_they_were():
    _, log_p = cross_entropy(rng.normal(size=(4, 3)), np.array([0, 1, 2, 0]), 1)
    before = log_p.copy()
    cross_entropy_backward(log_p, np.array([0, 1, 2, 0]), np.ones(4), 1)
    assert (log_p == before).all()


def test_both_are_kernels_of_the_reference_engine():
    assert reference.cross_entropy is cross_entropy
    assert reference.cross_entropy_backward is cross_entropy_backward
