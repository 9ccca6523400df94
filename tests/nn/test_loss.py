import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.nn.loss import Loss


def test_reduction_none_is_the_place_for_weights_of_samples():
    # Errors 1 and 3, weights 3 and 1: (3 * 1 + 1 * 9) / 4.
    x, t, w = pellucid.tensor([1.0, 3.0]), pellucid.tensor([0.0, 0.0]), pellucid.tensor([3.0, 1.0])
    losses = nn.MSELoss(reduction="none")(x, t)
    assert ((w * losses).sum() / w.sum()).item() == 3.0


def test_a_short_last_batch_counts_by_its_rows():
    x, t = np.arange(5.0).reshape(5, 1), np.zeros((5, 1))
    loss = nn.MSELoss(reduction="sum")
    parts = [loss(pellucid.Tensor(x[i]), pellucid.Tensor(t[i])).item() for i in (slice(0, 4), slice(4, 5))]
    whole = nn.MSELoss()(pellucid.Tensor(x), pellucid.Tensor(t)).item()
    assert sum(parts) / 5 == whole == 6.0


def test_a_loss_shows_its_reduction():
    assert repr(nn.MSELoss(reduction="sum")) == "MSELoss(reduction='sum')"


def test_the_base_has_no_formula():
    with pytest.raises(NotImplementedError, match="forward"):
        Loss()(pellucid.ones(2), pellucid.ones(2))


@pytest.mark.parametrize("name", ["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss"])
def test_a_column_against_a_vector_is_refused_with_the_mend(name):
    loss = getattr(nn, name)()
    column, vector = pellucid.full((4, 1), 0.5), pellucid.full((4,), 0.5)
    with pytest.raises(ValueError, match=r"\(4, 1\) and the target \(4,\); use target.unsqueeze\(1\)"):
        loss(column, vector)
    with pytest.raises(ValueError, match=r"\(4,\) and the target \(4, 1\); use target.squeeze\(1\)"):
        loss(vector, column)


def test_shapes_of_different_sizes_are_refused_without_a_mend_that_could_not_work():
    with pytest.raises(ValueError, match=r"shape \(4, 2\) and the target \(4, 3\)$"):
        nn.MSELoss()(pellucid.ones(4, 2), pellucid.ones(4, 3))


def test_transposed_shapes_are_refused_without_a_reshape_that_would_scramble_them():
    with pytest.raises(ValueError, match=r"shape \(2, 3\) and the target \(3, 2\)$"):
        nn.L1Loss()(pellucid.ones(2, 3), pellucid.ones(3, 2))


def test_integers_as_input_are_refused_with_the_mend():
    with pytest.raises(RuntimeError, match=r"floating-point input, got int64; convert it with .float\(\)"):
        nn.MSELoss()(pellucid.tensor([1, 2]), pellucid.tensor([1, 2]))


@pytest.mark.parametrize("name", ["MSELoss", "BCEWithLogitsLoss"])
def test_integer_and_boolean_targets_are_taken_as_numbers(name):
    x, loss = pellucid.tensor([0.5, -0.5]), getattr(nn, name)()
    expected = loss(x, pellucid.tensor([1.0, 0.0])).item()
    assert loss(x, pellucid.tensor([1, 0])).item() == expected
    assert loss(x, pellucid.tensor([True, False])).item() == expected
    assert loss(x, pellucid.tensor([1, 0])).dtype == np.float32


def test_a_weight_that_requires_gradients_is_refused():
    w = pellucid.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"no gradient by its weight; give weight.detach\(\)"):
        nn.BCELoss(weight=w)(pellucid.full((3, 2), 0.5), pellucid.ones(3, 2))


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"])
def test_a_weight_that_would_enlarge_the_loss_is_refused(name):
    loss = getattr(nn, name)(weight=pellucid.ones(4))
    with pytest.raises(ValueError, match=r"weight has shape \(4,\), which does not broadcast to \(4, 1\)"):
        loss(pellucid.full((4, 1), 0.5), pellucid.ones(4, 1))
