import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_squared_error_by_hand():
    # e = 1, -2, 0: l = 1, 4, 0, mean 5/3; dx = 2 e / 3.
    x = pellucid.tensor([2.0, 1.0, 5.0], dtype=pellucid.float64, requires_grad=True)
    loss = nn.MSELoss()(x, pellucid.tensor([1.0, 3.0, 5.0], dtype=pellucid.float64))
    loss.backward()
    assert loss.item() == 5 / 3
    np.testing.assert_allclose(x.grad.numpy(), [2 / 3, -4 / 3, 0])


def test_absolute_error_by_hand_with_derivative_zero_at_equality():
    x = pellucid.tensor([2.0, 1.0, 5.0], requires_grad=True)
    loss = nn.L1Loss(reduction="sum")(x, pellucid.tensor([1.0, 3.0, 5.0]))
    loss.backward()
    assert loss.item() == 3
    assert x.grad.tolist() == [1, -1, 0]


def test_huber_by_hand_within_at_and_beyond_delta():
    # delta = 2; e = 1: 1/2; e = 2: 2; e = -5: 2 (5 - 1) = 8. dx = 1, 2, -2.
    x = pellucid.tensor([1.0, 2.0, -5.0], requires_grad=True)
    losses = nn.HuberLoss(reduction="none", delta=2.0)(x, pellucid.zeros(3))
    losses.sum().backward()
    assert losses.tolist() == [0.5, 2, 8]
    assert x.grad.tolist() == [1, 2, -2]


def test_smooth_l1_is_huber_over_beta():
    rng = np.random.default_rng(0)
    x, t = pellucid.Tensor(rng.normal(size=20)), pellucid.Tensor(rng.normal(size=20))
    np.testing.assert_allclose(
        nn.SmoothL1Loss(beta=0.3)(x, t).numpy(), nn.HuberLoss(delta=0.3)(x, t).numpy() / 0.3, rtol=1e-12
    )


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_of_elements_equal_pytorch(name, reduction):
    rng = np.random.default_rng(1)
    a, b, w = (rng.uniform(0.5, 3, size=(4, 3)) for _ in range(3))
    x, tx = pellucid.Tensor(a, requires_grad=True), torch.tensor(a, requires_grad=True)
    y = getattr(F, name)(x, pellucid.Tensor(b), reduction=reduction, weight=pellucid.Tensor(w))
    ty = getattr(torch.nn.functional, name)(tx, torch.tensor(b), reduction=reduction, weight=torch.tensor(w))
    y.sum().backward()
    ty.sum().backward()
    np.testing.assert_allclose(y.detach().numpy(), ty.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), tx.grad.numpy(), rtol=1e-12)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"weight has shape \(3,\), the input \(4, 3\)"):
        F.mse_loss(pellucid.ones(4, 3), pellucid.ones(4, 3), weight=pellucid.ones(3))


def test_a_weight_of_zero_takes_an_element_out_of_the_mean():
    x, t = pellucid.tensor([1.0, 9.0]), pellucid.zeros(2)
    assert F.mse_loss(x, t, weight=pellucid.tensor([2.0, 0.0])).item() == 1


@pytest.mark.parametrize(
    ("loss", "match"), [(lambda: nn.SmoothL1Loss(beta=-1), "beta"), (lambda: nn.HuberLoss(delta=0), "delta")]
)
def test_impossible_thresholds_are_refused_when_the_loss_is_made(loss, match):
    with pytest.raises(ValueError, match=match):
        loss()


def test_impossible_thresholds_are_refused_by_the_functions():
    x = pellucid.ones(2)
    with pytest.raises(ValueError, match="beta of at least 0, got -1"):
        F.smooth_l1_loss(x, x, beta=-1)
    with pytest.raises(ValueError, match="delta above 0, got 0"):
        F.huber_loss(x, x, delta=0)


def test_a_float64_target_makes_a_float64_loss_and_a_float32_gradient():
    x = pellucid.tensor([1.0], requires_grad=True)
    loss = nn.MSELoss()(x, pellucid.tensor([0.0], dtype=pellucid.float64))
    loss.backward()
    assert (loss.dtype, x.grad.dtype) == (np.float64, np.float32)
