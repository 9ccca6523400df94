import math

import pytest
import torch

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_hinge_embedding_by_hand():
    # Alike: the distance, gradient 1. Different: 1 - 0.25 with gradient -1; beyond the margin nothing.
    x = pellucid.tensor([0.25, 0.25, 2.0], requires_grad=True)
    losses = nn.HingeEmbeddingLoss(reduction="none")(x, pellucid.tensor([1, -1, -1]))
    losses.sum().backward()
    assert losses.tolist() == [0.25, 0.75, 0]
    assert x.grad.tolist() == [1, -1, 0]


def test_ranking_by_hand():
    # 3 against 1 with margin 0.5: right order 0, wrong order 2 + 0.5.
    x1, x2 = pellucid.tensor([3.0, 3.0], requires_grad=True), pellucid.tensor([1.0, 1.0])
    losses = nn.MarginRankingLoss(margin=0.5, reduction="none")(x1, x2, pellucid.tensor([1, -1]))
    losses.sum().backward()
    assert losses.tolist() == [0, 2.5]
    assert x1.grad.tolist() == [0, 1]


def test_exactly_at_the_margin_the_gradient_is_that_of_pytorch():
    def gradients(package):
        x = package.tensor([1.0], requires_grad=True)
        package.nn.HingeEmbeddingLoss()(x, package.tensor([-1.0])).backward()
        z = package.tensor([2.0], requires_grad=True)
        package.nn.MarginRankingLoss()(z, package.tensor([2.0]), package.tensor([1.0])).backward()
        s = package.tensor([[2.0, 1.0]], requires_grad=True)
        package.nn.MultiMarginLoss()(s, package.tensor([0])).backward()
        return x.grad.tolist(), z.grad.tolist(), s.grad.tolist()

    assert gradients(pellucid) == gradients(torch) == ([-1.0], [-1.0], [[0.0, 0.0]])


def test_soft_margin_is_the_binary_cross_entropy_of_plus_and_minus_one():
    x, t = pellucid.tensor([-2.0, 0.5, 3.0]), pellucid.tensor([1.0, -1.0, 1.0])
    a, b = nn.SoftMarginLoss()(x, t).item(), nn.BCEWithLogitsLoss()(x, (t + 1) / 2).item()
    assert a == pytest.approx(b, rel=1e-6)


def test_soft_margin_is_exact_at_a_thousand_with_gradients():
    x = pellucid.tensor([1000.0, -1000.0], requires_grad=True)
    losses = nn.SoftMarginLoss(reduction="none")(x, pellucid.tensor([1, 1]))
    losses.sum().backward()
    assert losses.tolist() == [0, 1000]
    assert x.grad.tolist() == [0, -1]


def test_multi_margin_by_hand():
    # Class 0 scores 1, the others 1.5 and -3: max(0, 1 - 1 + 1.5) = 1.5 and 0; over 3 classes 0.5, squared 0.75.
    x = pellucid.tensor([[1.0, 1.5, -3.0]])
    assert nn.MultiMarginLoss()(x, pellucid.tensor([0])).item() == 0.5
    assert nn.MultiMarginLoss(p=2)(x, pellucid.tensor([0])).item() == 0.75
    assert nn.MultiMarginLoss(weight=pellucid.tensor([4.0, 1.0, 1.0]))(x, pellucid.tensor([0])).item() == 2


def test_multi_label_margin_by_hand():
    # Scores (0, 0.5, 2, 1). Label 3: 1 - (1 - 0.5) and 1 - (1 - 2); label 0: 1 - (0 - 0.5) and 1 - (0 - 2).
    # 0.5 + 2 + 1.5 + 3 = 7, over 4 classes 1.75.
    x = pellucid.tensor([[0.0, 0.5, 2.0, 1.0]])
    assert nn.MultiLabelMarginLoss()(x, pellucid.tensor([[3, 0, -1, 1]])).item() == 1.75


def test_what_stands_after_the_end_of_the_labels_is_not_read():
    x = pellucid.tensor([0.1, 0.2, 0.4])
    a = nn.MultiLabelMarginLoss()(x, pellucid.tensor([2, -1, 0])).item()
    assert a == nn.MultiLabelMarginLoss()(x, pellucid.tensor([2, -1, 99])).item() != 0


def test_pairs_that_do_not_count_may_overflow():
    # The label is ahead by more than float32 can hold; the reverse pair, which is not asked for, is infinite.
    x = pellucid.tensor([3e38, -3e38], requires_grad=True)
    loss = nn.MultiLabelMarginLoss()(x, pellucid.tensor([0, -1]))
    loss.backward()
    assert loss.item() == 0
    assert x.grad.tolist() == [0, 0]


@pytest.mark.parametrize("label", [4, -2])
def test_a_label_that_is_not_there_is_named(label):
    with pytest.raises(IndexError, match=f"label {label} is out of range for 4 classes"):
        nn.MultiLabelMarginLoss()(pellucid.zeros(1, 4), pellucid.tensor([[1, label, -1, 0]]))


def test_float_labels_are_refused_with_the_mend():
    with pytest.raises(TypeError, match=r"convert them with .long\(\)"):
        nn.MultiLabelMarginLoss()(pellucid.zeros(2), pellucid.zeros(2))


@pytest.mark.parametrize("name", ["MultiMarginLoss", "MultiLabelMarginLoss"])
def test_more_axes_than_two_are_refused(name):
    with pytest.raises(ValueError, match=r"\(N, C\) or \(C,\), got \(2, 3, 4\)"):
        getattr(nn, name)()(pellucid.zeros(2, 3, 4), pellucid.zeros(2, 4))


@pytest.mark.parametrize("name", ["HingeEmbeddingLoss", "SoftMarginLoss"])
@pytest.mark.parametrize("label", [0.0, 2.0, math.nan])
def test_labels_other_than_plus_and_minus_one_are_refused(name, label):
    with pytest.raises(ValueError, match=rf"targets of 1 and -1, got {label:g}; for 0 and 1 give 2 \* target - 1"):
        getattr(nn, name)()(pellucid.ones(2), pellucid.tensor([1.0, label]))


def test_labels_that_require_gradients_are_refused():
    with pytest.raises(RuntimeError, match="no gradient by its target"):
        nn.SoftMarginLoss()(pellucid.ones(1), pellucid.ones(1, requires_grad=True))


def test_a_power_other_than_one_and_two_is_refused():
    with pytest.raises(ValueError, match="p = 1 or p = 2, got 3"):
        nn.MultiMarginLoss(p=3)
    with pytest.raises(ValueError, match="p = 1 or p = 2, got 3"):
        F.multi_margin_loss(pellucid.zeros(1, 2), pellucid.tensor([0]), p=3)
