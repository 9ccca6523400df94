import numpy as np
import pytest

from pellucid.kernels import reference
from pellucid.kernels.reference.losses import cross_entropy, cross_entropy_backward, mean_cross_entropy

rng = np.random.default_rng(3)


@pytest.mark.parametrize(("shape", "axis"), [((5,), 0), ((4, 3), 1), ((2, 3, 4), 1), ((2, 3, 2, 2), 1)])
def test_cross_entropy_is_the_definition_element_by_element(shape, axis):
    z, rest = rng.normal(size=shape), shape[:axis] + shape[axis + 1 :]
    t = np.asarray(rng.integers(0, shape[axis], rest))
    losses, shift = cross_entropy(z, t, axis)
    dz = cross_entropy_backward(z, t, shift, np.full(rest, 2.0), axis)
    np.testing.assert_allclose(cross_entropy_backward(z, t, shift, 2.0, axis), dz, rtol=1e-15)
    for place in np.ndindex(*rest):
        row = (*place[:axis], slice(None), *place[axis:])
        p = np.exp(z[row]) / np.exp(z[row]).sum()
        onehot = np.arange(shape[axis]) == t[place]
        np.testing.assert_allclose(losses[place], -np.log(p[t[place]]), rtol=1e-12)
        np.testing.assert_allclose(dz[row], 2 * (p - onehot), rtol=1e-12, atol=1e-15)


def test_the_gradient_leaves_what_it_is_given_as_it_was():
    z, t, dy = rng.normal(size=(4, 3)), np.array([0, 1, 2, 0]), np.ones(4)
    _, shift = cross_entropy(z, t, 1)
    before = [a.copy() for a in (z, t, shift, dy)]
    cross_entropy_backward(z, t, shift, dy, 1)
    assert all((a == b).all() for a, b in zip((z, t, shift, dy), before, strict=True))


def test_the_mean_is_that_of_the_losses_and_there_is_none_for_a_class_out_of_range():
    z, t = rng.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    losses, shift = cross_entropy(z, t, 1)
    mean, shift_too = mean_cross_entropy(z, t)
    assert mean == pytest.approx(losses.mean(), rel=1e-15)
    np.testing.assert_array_equal(shift_too, shift)
    assert mean_cross_entropy(z, np.array([0, 3, 0, 0, 0])) is None
    assert mean_cross_entropy(z, np.array([0, -1, 0, 0, 0])) is None
    assert np.isnan(mean_cross_entropy(np.zeros((0, 3)), np.zeros(0, dtype=int))[0])


def test_both_are_kernels_of_the_reference_engine():
    assert reference.cross_entropy is cross_entropy
    assert reference.cross_entropy_backward is cross_entropy_backward
