import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_cosine_embedding_by_hand():
    # cos((1, 0), (3, 4)) = 3 / 5: alike costs 0.4, different 0.6 - 0.25.
    x1, x2 = pellucid.tensor([[1.0, 0.0]] * 2), pellucid.tensor([[3.0, 4.0]] * 2)
    losses = nn.CosineEmbeddingLoss(margin=0.25, reduction="none")(x1, x2, pellucid.tensor([1, -1]))
    np.testing.assert_allclose(losses.numpy(), [0.4, 0.35], rtol=1e-6)


def test_the_zero_vector_has_cosine_zero_and_a_finite_gradient():
    x = pellucid.zeros(1, 2, requires_grad=True)
    loss = nn.CosineEmbeddingLoss()(x, pellucid.ones(1, 2), pellucid.tensor([1]))
    loss.backward()
    assert loss.item() == 1
    assert np.isfinite(x.grad.numpy()).all()


def test_triplets_by_hand():
    # d(a, p) = 5, d(a, n) = 4, d(p, n) = 3: 5 - 4 + 1 = 2, with the swap 5 - 3 + 1 = 3.
    a, p, n = (pellucid.tensor([v], dtype=pellucid.float64) for v in ([0.0, 0.0], [3.0, 4.0], [0.0, 4.0]))
    assert nn.TripletMarginLoss(eps=0)(a, p, n).item() == pytest.approx(2, rel=1e-12)
    assert nn.TripletMarginLoss(eps=0, swap=True)(a, p, n).item() == pytest.approx(3, rel=1e-12)
    assert nn.TripletMarginLoss(eps=0, p=1)(a, p, n).item() == pytest.approx(7 - 4 + 1, rel=1e-12)


def test_a_far_negative_costs_nothing():
    a, n = pellucid.zeros(2, 3), pellucid.full((2, 3), 9.0)
    assert nn.TripletMarginLoss(reduction="none")(a, a, n).tolist() == [0, 0]


def test_a_distance_of_ones_own_is_used_three_times_with_the_swap():
    calls = []

    def distance(x, y):
        calls.append((x, y))
        return (x - y).abs().sum(-1)

    a, p, n = (pellucid.full((2, 3), v) for v in (0.0, 1.0, 3.0))
    value = nn.TripletMarginWithDistanceLoss(distance_function=distance, swap=True, margin=10.0)(a, p, n).item()
    assert value == 3 - 6 + 10
    assert calls == [(a, p), (a, n), (p, n)]


def test_triplets_of_different_shapes_are_refused_by_name():
    a = pellucid.ones(4, 3)
    with pytest.raises(ValueError, match=r"anchor has shape \(4, 3\) and the negative \(1, 3\)"):
        nn.TripletMarginLoss()(a, a, pellucid.ones(1, 3))


def test_targets_of_another_number_than_rows_are_refused():
    x = pellucid.ones(4, 3)
    with pytest.raises(ValueError, match=r"one target of each row, shape \(4,\).*got \(4, 1\)"):
        nn.CosineEmbeddingLoss()(x, x, pellucid.ones(4, 1))


def test_single_numbers_are_no_embeddings():
    x = pellucid.tensor(1.0)
    with pytest.raises(ValueError, match=r"vectors \(D,\) or rows \(N, D\)"):
        nn.TripletMarginLoss()(x, x, x)


@pytest.mark.parametrize("margin", [0, -1])
def test_a_margin_that_is_not_above_zero_is_refused(margin):
    x = pellucid.ones(1, 2)
    for make in (nn.TripletMarginLoss, nn.TripletMarginWithDistanceLoss):
        with pytest.raises(ValueError, match="margin above 0"):
            make(margin=margin)
    with pytest.raises(ValueError, match="margin above 0"):
        F.triplet_margin_loss(x, x, x, margin=margin)
