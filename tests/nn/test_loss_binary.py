import math

import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_binary_cross_entropy_by_hand():
    # -[1 ln 0.8 + 0] = 0.2231, -[0 + 1 ln 0.6] = 0.5108; dx = (x - t) / (x (1 - x)) = -1.25 and 1 / 0.6.
    x = pellucid.tensor([0.8, 0.4], dtype=pellucid.float64, requires_grad=True)
    losses = nn.BCELoss(reduction="none")(x, pellucid.tensor([1.0, 0.0], dtype=pellucid.float64))
    losses.sum().backward()
    np.testing.assert_allclose(losses.detach().numpy(), [-math.log(0.8), -math.log(0.6)], rtol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), [-1.25, 1 / 0.6], rtol=1e-12)


def test_a_certain_and_wrong_probability_costs_100():
    losses = nn.BCELoss(reduction="none")(pellucid.tensor([0.0, 1.0]), pellucid.tensor([1.0, 0.0]))
    assert losses.tolist() == [100, 100]


def test_logits_of_a_thousand_are_exact_with_gradients():
    z = pellucid.tensor([1000.0, -1000.0, 1000.0, -1000.0], requires_grad=True)
    losses = nn.BCEWithLogitsLoss(reduction="none")(z, pellucid.tensor([1.0, 0.0, 0.0, 1.0]))
    losses.sum().backward()
    assert losses.tolist() == [0, 0, 1000, 1000]
    assert z.grad.tolist() == [0, 0, 1, -1]


def test_logits_and_probabilities_agree():
    z, t = pellucid.Tensor(np.linspace(-3, 3, 7)), pellucid.Tensor(np.linspace(0, 1, 7))
    np.testing.assert_allclose(nn.BCEWithLogitsLoss()(z, t).numpy(), nn.BCELoss()(z.sigmoid(), t).numpy(), rtol=1e-12)


def test_pos_weight_counts_a_yes_that_many_times():
    z, once = pellucid.tensor([0.0, 0.0]), pellucid.tensor([1.0, 0.0])
    losses = nn.BCEWithLogitsLoss(reduction="none", pos_weight=pellucid.tensor(3.0))(z, once)
    np.testing.assert_allclose(losses.numpy(), [3 * math.log(2), math.log(2)], rtol=1e-6)


def test_an_input_that_is_no_probability_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"input between 0 and 1, got 1.5 at \(1, 0\); put a sigmoid before it"):
        nn.BCELoss()(pellucid.tensor([[0.5], [1.5]]), pellucid.ones(2, 1))


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"])
@pytest.mark.parametrize("label", [-1.0, 2.0])
def test_targets_that_are_no_probabilities_are_refused(name, label):
    with pytest.raises(ValueError, match=f"target between 0 and 1, got {label:g} at"):
        getattr(nn, name)()(pellucid.tensor([0.5, 0.5]), pellucid.tensor([1.0, label]))


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss"])
def test_nan_in_one_element_stays_in_that_element(name):
    losses = getattr(nn, name)(reduction="none")(pellucid.tensor([math.nan, 0.5]), pellucid.tensor([1.0, 1.0]))
    assert np.isnan(losses.numpy()).tolist() == [True, False]


def test_several_labels_average_over_the_classes():
    z, t = pellucid.tensor([[0.0, 0.0], [2.0, -2.0]]), pellucid.tensor([[1.0, 0.0], [1.0, 0.0]])
    losses = nn.MultiLabelSoftMarginLoss(reduction="none")(z, t)
    np.testing.assert_allclose(losses.numpy(), [math.log(2), math.log1p(math.exp(-2))], rtol=1e-6)


def test_several_labels_need_an_axis():
    with pytest.raises(ValueError, match="axis of classes"):
        F.multilabel_soft_margin_loss(pellucid.tensor(0.5), pellucid.tensor(1.0))
