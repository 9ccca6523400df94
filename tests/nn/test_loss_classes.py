import math

import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


def test_cross_entropy_by_hand():
    # z = (0, ln 3): p = (1/4, 3/4). Class 1 costs -ln 3/4; dz = p - onehot = (1/4, -1/4).
    z = pellucid.tensor([[0.0, math.log(3)]], dtype=pellucid.float64, requires_grad=True)
    loss = nn.CrossEntropyLoss()(z, pellucid.tensor([1]))
    loss.backward()
    np.testing.assert_allclose(loss.item(), -math.log(3 / 4), rtol=1e-12)
    np.testing.assert_allclose(z.grad.numpy(), [[0.25, -0.25]], rtol=1e-12)


def test_logits_of_a_thousand_are_exact_with_gradients():
    z = pellucid.tensor([[1000.0, -1000.0], [1000.0, -1000.0]], requires_grad=True)
    losses = nn.CrossEntropyLoss(reduction="none")(z, pellucid.tensor([0, 1]))
    losses.sum().backward()
    assert losses.tolist() == [0, 2000]
    assert z.grad.tolist() == [[0, 0], [1, -1]]


def test_the_weighted_mean_divides_by_the_weights_of_the_samples():
    # Losses ln 2 with weights 3 and 1 and 1: the mean is ln 2 again, whatever the weights.
    loss = nn.CrossEntropyLoss(weight=pellucid.tensor([3.0, 1.0]))
    value = loss(pellucid.zeros(3, 2), pellucid.tensor([0, 1, 1])).item()
    assert value == pytest.approx(math.log(2), rel=1e-6)


def test_ignored_samples_count_neither_in_the_sum_nor_in_the_mean():
    z = pellucid.tensor([[0.0, 0.0], [5.0, -5.0], [0.0, 0.0]], requires_grad=True)
    loss = nn.CrossEntropyLoss()(z, pellucid.tensor([0, -100, 1]))
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2), rel=1e-6)
    assert z.grad.tolist()[1] == [0, 0]


def test_ignored_samples_may_hold_infinities():
    z = pellucid.tensor([[0.0, 0.0], [-math.inf, 0.0]])
    assert nn.CrossEntropyLoss()(z, pellucid.tensor([0, -100])).item() == pytest.approx(math.log(2), rel=1e-6)
    assert nn.NLLLoss()(z, pellucid.tensor([0, -100])).item() == 0


def test_a_batch_of_ignored_samples_has_no_mean_and_sum_zero():
    z, t = pellucid.zeros(2, 3), pellucid.tensor([-100, -100])
    assert math.isnan(nn.CrossEntropyLoss()(z, t).item())
    assert nn.CrossEntropyLoss(reduction="sum")(z, t).item() == 0


def test_smoothing_is_the_cross_entropy_of_a_smoothed_one_hot():
    z = pellucid.Tensor(np.random.default_rng(0).normal(size=(2, 4)))
    smoothed = pellucid.Tensor(np.array([[0.05, 0.05, 0.85, 0.05], [0.85, 0.05, 0.05, 0.05]]))  # 0.8 and 0.2 / 4
    a = nn.CrossEntropyLoss(label_smoothing=0.2)(z, pellucid.tensor([2, 0])).item()
    assert a == pytest.approx(nn.CrossEntropyLoss()(z, smoothed).item(), rel=1e-12)


def test_log_softmax_and_negative_log_likelihood_make_cross_entropy():
    z, t = pellucid.Tensor(np.random.default_rng(0).normal(size=(5, 3, 2))), pellucid.randint(0, 3, (5, 2))
    assert nn.NLLLoss()(F.log_softmax(z, 1), t).item() == pytest.approx(F.cross_entropy(z, t).item(), rel=1e-12)


@pytest.mark.parametrize("t", [[0, 3], [0, -1], [0, 7]])
@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"])
def test_a_class_that_is_not_there_is_named(name, t):
    with pytest.raises(IndexError, match=rf"class {t[1]} at \(1,\) of the target is out of range for 3 classes"):
        getattr(nn, name)()(pellucid.zeros(2, 3), pellucid.tensor(t))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_an_ignored_class_does_not_excuse_another_that_is_not_there(name):
    with pytest.raises(IndexError, match="class 9"):
        getattr(nn, name)()(pellucid.zeros(2, 3), pellucid.tensor([-100, 9]))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"])
def test_float_class_indices_are_refused_with_the_mend(name):
    with pytest.raises(TypeError, match=r"integer type, got float32; convert them with .long\(\)"):
        getattr(nn, name)()(pellucid.zeros(2, 3), pellucid.tensor([0.0, 1.0]))


def test_a_column_of_class_indices_is_refused_with_the_mend():
    with pytest.raises(
        ValueError, match=r"must have shape \(2,\).*but the target has \(2, 1\); use target.squeeze\(1\)"
    ):
        nn.CrossEntropyLoss()(pellucid.zeros(2, 3), pellucid.tensor([[0], [1]]))


def test_integer_one_hots_are_refused_with_the_mend():
    with pytest.raises(TypeError, match=r"these are int64; .*target.argmax\(1\)"):
        nn.CrossEntropyLoss()(pellucid.zeros(2, 3), pellucid.tensor([[1, 0, 0], [0, 1, 0]]))


def test_ignoring_a_class_needs_class_indices():
    with pytest.raises(ValueError, match="ignore_index=1 works with class indices"):
        nn.CrossEntropyLoss(ignore_index=1)(pellucid.zeros(2, 3), pellucid.full((2, 3), 1 / 3))


@pytest.mark.parametrize("smoothing", [-0.1, 1.1])
def test_a_smoothing_outside_zero_to_one_is_refused(smoothing):
    with pytest.raises(ValueError, match="label_smoothing must lie between 0 and 1"):
        nn.CrossEntropyLoss(label_smoothing=smoothing)(pellucid.zeros(2, 3), pellucid.tensor([0, 1]))


def test_class_weights_of_another_number_are_refused():
    with pytest.raises(ValueError, match=r"one weight of each class, shape \(3,\).*got shape \(2,\)"):
        nn.CrossEntropyLoss(weight=pellucid.ones(2))(pellucid.zeros(4, 3), pellucid.tensor([0, 1, 2, 0]))


def test_a_single_number_has_no_classes():
    with pytest.raises(ValueError, match="got a single number"):
        nn.CrossEntropyLoss()(pellucid.tensor(1.0), pellucid.tensor(0))


def test_class_weights_follow_the_type_of_the_input():
    z = pellucid.zeros(2, 2, dtype=pellucid.float64)
    loss = nn.CrossEntropyLoss(weight=pellucid.tensor([1.0, 2.0]), reduction="none")(z, pellucid.tensor([0, 1]))
    assert loss.dtype == np.float64
    np.testing.assert_allclose(loss.numpy(), [math.log(2), 2 * math.log(2)], rtol=1e-12)
