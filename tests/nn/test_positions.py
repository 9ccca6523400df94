"""Position codes: the formulas, what rotation keeps, refusals."""

import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F


def test_sinusoids_are_those_of_the_paper_element_by_element():
    codes = nn.SinusoidalPositions(6, base=100.0)(pellucid.zeros(7, 6)).array
    for t in range(7):
        for i in range(3):
            angle = t / 100.0 ** (2 * i / 6)
            assert codes[t, 2 * i] == pytest.approx(np.sin(angle), abs=1e-6)
            assert codes[t, 2 * i + 1] == pytest.approx(np.cos(angle), abs=1e-6)


def test_codes_are_laid_along_the_axis_of_the_sequence():
    one = nn.SinusoidalPositions(5)(pellucid.zeros(4, 5)).array  # also an odd number of features
    first = nn.SinusoidalPositions(5, batch_first=True)(pellucid.zeros(3, 4, 5)).array
    second = nn.SinusoidalPositions(5)(pellucid.zeros(4, 3, 5)).array
    for i in range(3):
        np.testing.assert_array_equal(first[i], one)
        np.testing.assert_array_equal(second[:, i], one)
    np.testing.assert_array_equal(nn.SinusoidalPositions(5)(pellucid.zeros(2, 5), start=2).array, one[2:])


def test_rotation_keeps_lengths_and_makes_products_depend_on_the_distance_alone():
    rotate = nn.RotaryPositions(8, base=50.0)
    rng = np.random.default_rng(0)
    q, k = (pellucid.tensor(np.broadcast_to(rng.normal(size=8), (2, 9, 8)).copy()) for _ in range(2))
    rq, rk = rotate(q).array, rotate(k).array
    np.testing.assert_allclose(np.linalg.norm(rq, axis=-1), np.linalg.norm(q.array, axis=-1), rtol=1e-12)
    products = rq[0] @ rk[0].T
    for distance in range(-8, 9):
        assert np.ptp(np.diagonal(products, distance)) < 1e-10
    assert np.ptp(products) > 0.1
    np.testing.assert_allclose(rotate(q[:, :4], start=5).array, rq[:, 5:], rtol=1e-12)


def test_a_rotations_gradient_is_the_rotation_back():
    rng = np.random.default_rng(1)
    x = pellucid.tensor(rng.normal(size=(2, 3, 4)), requires_grad=True)
    a = rng.normal(size=(3, 2))
    assert gradcheck(lambda x: F.apply_rotary(x, np.cos(a), np.sin(a)), [x])
    y = F.apply_rotary(x, np.cos(a), np.sin(a))
    y.backward(y.detach())
    np.testing.assert_allclose(x.grad.array, x.array, rtol=1e-12)


def test_what_does_not_fit_is_refused():
    for make in (lambda: nn.SinusoidalPositions(0), lambda: nn.RotaryPositions(3), lambda: nn.RotaryPositions(4, -1.0)):
        with pytest.raises(ValueError, match=r"positive|even"):
            make()
    with pytest.raises(ValueError, match=r"axes \(T, N, E\) or \(T, E\) with E = 4, got \(2, 3\)"):
        nn.SinusoidalPositions(4)(pellucid.zeros(2, 3))
    with pytest.raises(ValueError, match=r"\(\.\.\., T, 4\), got \(2, 6\)"):
        nn.RotaryPositions(4)(pellucid.zeros(2, 6))
    x, a = pellucid.zeros(2, 4), np.zeros((2, 2))
    for wrong in [(x[:, :3], a, a), (x, a, a[:1]), (x, np.zeros((3, 2)), np.zeros((3, 2)))]:
        with pytest.raises(ValueError, match="apply_rotary"):
            F.apply_rotary(*wrong)
