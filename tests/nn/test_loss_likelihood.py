import math

import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def f64(data):
    return pellucid.tensor(data, dtype=pellucid.float64)


def test_divergence_by_hand():
    # t = (3/4, 1/4) from p = (1/2, 1/2): 3/4 ln 3/2 + 1/4 ln 1/2.
    x, t = f64([[0.5, 0.5]]).log(), f64([[0.75, 0.25]])
    value = nn.KLDivLoss(reduction="batchmean")(x, t).item()
    assert value == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5), rel=1e-12)


def test_a_distribution_does_not_diverge_from_itself_and_zeros_cost_nothing():
    t = f64([[0.0, 0.25, 0.75]])
    x = f64([[-50.0, math.log(0.25), math.log(0.75)]])
    assert nn.KLDivLoss(reduction="none")(x, t).tolist() == [[0, 0, 0]]


def test_batchmean_divides_by_the_samples_and_mean_by_the_elements():
    x, t = f64(np.full((4, 5), -2.0)), f64(np.full((4, 5), 0.2))
    total = nn.KLDivLoss(reduction="sum")(x, t).item()
    assert nn.KLDivLoss(reduction="batchmean")(x, t).item() == pytest.approx(total / 4, rel=1e-12)
    assert nn.KLDivLoss(reduction="mean")(x, t).item() == pytest.approx(total / 20, rel=1e-12)


def test_batchmean_is_the_divergence_s_alone_and_needs_samples():
    with pytest.raises(ValueError, match="batchmean"):
        nn.MSELoss(reduction="batchmean")
    with pytest.raises(ValueError, match="axis of samples"):
        F.kl_div(pellucid.tensor(-1.0), pellucid.tensor(0.5), reduction="batchmean")


def test_batchmean_has_the_gradient_of_the_sum_over_the_samples():
    x = pellucid.tensor([[-1.0, -2.0], [-3.0, -4.0]], requires_grad=True)
    nn.KLDivLoss(reduction="batchmean")(x, pellucid.full((2, 2), 0.5)).backward()
    assert x.grad.tolist() == [[-0.25, -0.25], [-0.25, -0.25]]


def test_poisson_by_hand_is_least_at_the_count():
    # l = e^x - 3 x has its minimum where e^x = 3.
    x = pellucid.tensor([math.log(3)], dtype=pellucid.float64, requires_grad=True)
    loss = nn.PoissonNLLLoss()(x, f64([3.0]))
    loss.backward()
    assert loss.item() == pytest.approx(3 - 3 * math.log(3), rel=1e-12)
    assert abs(x.grad.item()) < 1e-15


def test_poisson_full_comes_near_the_likelihood():
    # -log P(20 | rate 20) = 20 - 20 ln 20 + ln 20!; Stirling's error is below 1 / (12 * 20).
    value = nn.PoissonNLLLoss(log_input=False, full=True)(f64([20.0]), f64([20.0])).item()
    assert value == pytest.approx(20 - 20 * math.log(20) + math.lgamma(21), abs=1 / 240)


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="none below 0, got -2"):
        nn.PoissonNLLLoss()(pellucid.ones(2), pellucid.tensor([1.0, -2.0]))


def test_gaussian_by_hand():
    # e = 2, v = 4: (ln 4 + 1) / 2; dx = 2 / 4, dv = (1 - 4 / 4) / 8 = 0.
    x, v = (pellucid.tensor([a], dtype=pellucid.float64, requires_grad=True) for a in (2.0, 4.0))
    loss = nn.GaussianNLLLoss()(x, f64([0.0]), v)
    loss.backward()
    assert loss.item() == pytest.approx((math.log(4) + 1) / 2, rel=1e-12)
    assert (x.grad.item(), v.grad.item()) == (0.5, 0)


def test_gaussian_full_is_the_density_of_the_normal_distribution():
    value = nn.GaussianNLLLoss(full=True)(f64([1.0]), f64([0.0]), f64([1.0])).item()
    assert value == pytest.approx(-math.log(math.exp(-0.5) / math.sqrt(2 * math.pi)), rel=1e-12)


def test_gaussian_takes_one_number_as_variance():
    x, t = f64([[1.0, 2.0]]), f64([[0.0, 0.0]])
    assert F.gaussian_nll_loss(x, t, 2.0).item() == F.gaussian_nll_loss(x, t, f64([[2.0, 2.0]])).item()


def test_a_variance_below_eps_is_held_there():
    assert nn.GaussianNLLLoss(eps=0.5)(f64([1.0]), f64([0.0]), f64([0.0])).item() == pytest.approx(
        (math.log(0.5) + 2) / 2, rel=1e-12
    )


@pytest.mark.parametrize("shape", [(3,), (2,), (1, 1), (4, 3, 1), (1, 3, 2)])
def test_variances_that_fit_no_axis_are_refused(shape):
    x = pellucid.ones(4, 3)
    with pytest.raises(ValueError, match="variance has shape"):
        nn.GaussianNLLLoss()(x, x, pellucid.ones(*shape))


def test_negative_variances_are_refused_with_the_mend():
    with pytest.raises(ValueError, match="negative one; let the network's output pass softplus"):
        nn.GaussianNLLLoss()(pellucid.ones(2), pellucid.ones(2), pellucid.tensor([1.0, -1.0]))
    with pytest.raises(ValueError, match="negative one"):
        F.gaussian_nll_loss(pellucid.ones(2), pellucid.ones(2), -1.0)


def test_an_eps_of_zero_is_refused():
    with pytest.raises(ValueError, match="eps above 0"):
        nn.GaussianNLLLoss(eps=0)
    with pytest.raises(ValueError, match="eps above 0"):
        F.gaussian_nll_loss(pellucid.ones(2), pellucid.ones(2), 1.0, eps=0)
