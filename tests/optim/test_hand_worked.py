"""One example a algorithm, worked with pencil and paper: L = w^2 / 2, so the gradient is w itself."""

import math

import pytest

import pellucid
from pellucid import optim

ROOT_EPS = 1e-7  # what the small eps in the denominators may move


def path(optimizer_of, start=2.0, steps=2):
    """Return w after each step."""
    w = pellucid.tensor(start, dtype=pellucid.float64, requires_grad=True)
    optimizer, points = optimizer_of([w]), []
    for _ in range(steps):
        optimizer.zero_grad()
        (w * w / 2).backward()
        optimizer.step()
        points.append(w.item())
    return points


def test_sgd_with_momentum():
    # b1 = 2, w1 = 2 - 0.5 * 2 = 1;  b2 = 0.5 * 2 + 1 = 2, w2 = 1 - 0.5 * 2 = 0
    assert path(lambda p: optim.SGD(p, lr=0.5, momentum=0.5)) == [1.0, 0.0]


def test_sgd_with_dampening():
    # b1 = 2 (not dampened), w1 = 1;  b2 = 0.5 * 2 + 0.75 * 1 = 1.75, w2 = 1 - 0.875 = 0.125
    assert path(lambda p: optim.SGD(p, lr=0.5, momentum=0.5, dampening=0.25)) == [1.0, 0.125]


def test_sgd_of_nesterov():
    # b1 = 2, w1 = 2 - 0.5 (2 + 0.5 * 2) = 0.5;  b2 = 1 + 0.5 = 1.5, w2 = 0.5 - 0.5 (0.5 + 0.5 * 1.5) = -0.125
    assert path(lambda p: optim.SGD(p, lr=0.5, momentum=0.5, nesterov=True)) == [0.5, -0.125]


def test_adam():
    # m1 = 0.5 * 2 = 1, m^ = 1 / 0.5 = 2; v1 = 0.25 * 4 = 1, v^ = 1 / 0.25 = 4; w1 = 2 - 0.5 * 2 / 2 = 1.5
    # m2 = 0.5 * 1 + 0.5 * 1.5 = 1.25, m^ = 1.25 / 0.75; v2 = 0.75 * 1 + 0.25 * 2.25 = 1.3125, v^ = 1.3125 / 0.4375 = 3
    expected = [1.5, 1.5 - 0.5 * (1.25 / 0.75) / math.sqrt(3)]
    assert path(lambda p: optim.Adam(p, lr=0.5, betas=(0.5, 0.75))) == pytest.approx(expected, abs=ROOT_EPS)


def test_adamw():
    # w1 = (1 - 0.5 * 0.2) * 2 - 0.5 = 1.3: the decay is not in the moments, which are Adam's
    assert path(lambda p: optim.AdamW(p, lr=0.5, weight_decay=0.2), steps=1) == pytest.approx([1.3], abs=ROOT_EPS)


def test_adamax():
    # m1 = 1, u1 = 2, w1 = 2 - 0.5 / 0.5 * 1 / 2 = 1.5
    # m2 = 0.5 * 1 + 0.5 * 1.5 = 1.25, u2 = max(0.75 * 2, 1.5) = 1.5, w2 = 1.5 - 0.5 / 0.75 * 1.25 / 1.5
    expected = [1.5, 1.5 - 0.5 / 0.75 * 1.25 / 1.5]
    assert path(lambda p: optim.Adamax(p, lr=0.5, betas=(0.5, 0.75))) == pytest.approx(expected, abs=ROOT_EPS)


def test_nadam():
    # With momentum_decay = 0 every mu is 0.5 (1 - 1 / 2) = 0.25. m1 = 1, v^ = 4.
    # m^ = 0.25 * 1 / (1 - 0.25^2) + 0.75 * 2 / (1 - 0.25) = 4 / 15 + 2;  w1 = 2 - 0.5 (34 / 15) / 2
    settings = {"lr": 0.5, "betas": (0.5, 0.75), "momentum_decay": 0}
    assert path(lambda p: optim.NAdam(p, **settings), steps=1) == pytest.approx([2 - 34 / 60], abs=ROOT_EPS)


def test_radam_waits_and_then_rectifies():
    # beta2 = 0.9: rho_inf = 19, rho_t = 19 - 2 t 0.9^t / (1 - 0.9^t); rho_5 = 4.58 is not trusted, rho_6 = 5.39 is.
    # Without momentum (beta1 = 0) five bare steps of 0.5 w leave 2 / 2^5 = 1 / 16.
    beta, squares = 0.9, [(2 / 2**k) ** 2 for k in range(6)]
    v = sum((1 - beta) * beta ** (5 - k) * g for k, g in enumerate(squares))
    rho = 19 - 12 * beta**6 / (1 - beta**6)
    r = math.sqrt((rho - 4) * (rho - 2) * 19 / ((19 - 4) * (19 - 2) * rho))
    expected = [1.0, 0.5, 0.25, 0.125, 0.0625, 0.0625 - 0.5 * 0.0625 * r * math.sqrt(1 - beta**6) / math.sqrt(v)]
    assert path(lambda p: optim.RAdam(p, lr=0.5, betas=(0.0, beta)), steps=6) == pytest.approx(expected, abs=ROOT_EPS)


def test_rmsprop():
    # v1 = 0.25 * 4 = 1, w1 = 2 - 0.5 * 2 / 1 = 1;  v2 = 0.75 * 1 + 0.25 * 1 = 1, w2 = 1 - 0.5 * 1 / 1 = 0.5
    assert path(lambda p: optim.RMSprop(p, lr=0.5, alpha=0.75)) == pytest.approx([1.0, 0.5], abs=ROOT_EPS)


def test_centered_rmsprop():
    # mean1 = 0.25 * 2 = 0.5, v1 = 1 - 0.25 = 0.75, w1 = 2 - 0.25 * 2 / sqrt(0.75)
    expected = [2 - 0.5 / math.sqrt(0.75)]
    got = path(lambda p: optim.RMSprop(p, lr=0.25, alpha=0.75, centered=True), steps=1)
    assert got == pytest.approx(expected, abs=ROOT_EPS)


def test_adagrad():
    # s1 = 4, w1 = 2 - 0.5 * 2 / 2 = 1.5;  s2 = 4 + 2.25 = 6.25, w2 = 1.5 - 0.5 / (1 + 1) * 1.5 / 2.5 = 1.35
    assert path(lambda p: optim.Adagrad(p, lr=0.5, lr_decay=1.0)) == pytest.approx([1.5, 1.35], abs=ROOT_EPS)


def test_adadelta():
    # v1 = 0.25 * 4 = 1, d1 = sqrt(3) / sqrt(1 + 3) * 2 = sqrt(3), w1 = 2 - sqrt(3)
    # g2 = w1, v2 = 0.75 + 0.25 w1^2, u1 = 0.25 * 3 = 0.75, d2 = sqrt(0.75 + 3) / sqrt(v2 + 3) w1
    w1 = 2 - math.sqrt(3)
    w2 = w1 - math.sqrt(3.75) / math.sqrt(3.75 + 0.25 * w1**2) * w1
    assert path(lambda p: optim.Adadelta(p, rho=0.75, eps=3.0)) == pytest.approx([w1, w2], abs=1e-12)
