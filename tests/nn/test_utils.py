import math

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn, optim
from pellucid.autograd import gradcheck
from pellucid.nn import utils

SHAPES = ((3, 4), (5,), (), (0, 2))


def pairs(scale=1.0, shapes=SHAPES):
    """Return our tensors and PyTorch's with equal values and gradients, and one of each without a gradient."""
    rng = np.random.default_rng(0)
    mine, theirs = [], []
    for shape in shapes:
        value, g = (np.asarray(rng.normal(size=shape)) for _ in "vg")
        g *= scale
        mine.append(pellucid.tensor(value, requires_grad=True))
        theirs.append(torch.tensor(value, requires_grad=True))
        mine[-1].grad, theirs[-1].grad = pellucid.tensor(g), torch.tensor(g)
    return [*mine, pellucid.ones(2, requires_grad=True)], [*theirs, torch.ones(2, requires_grad=True)]


def same(mine, theirs):
    for p, q in zip(mine[:-1], theirs[:-1], strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-12)
    assert mine[-1].grad is None


@pytest.mark.parametrize("max_norm", [0.0, 0.5, 3.0, 1e3])
@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.5, 0.5, math.inf, 2])
def test_clipping_by_norm_equals_pytorch(max_norm, norm_type):
    mine, theirs = pairs(shapes=SHAPES[:3] if norm_type == math.inf else SHAPES)  # PyTorch finds no largest of none
    got = utils.clip_grad_norm_(iter(mine), max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert (got.item(), got.dtype) == (pytest.approx(expected.item(), rel=1e-12), np.float64)
    same(mine, theirs)


def test_clipping_by_norm_leaves_the_bound():
    mine, _ = pairs(scale=100)
    utils.clip_grad_norm_(mine, 1.0)
    norm = utils.get_total_norm([p.grad for p in mine if p.grad is not None]).item()
    assert norm == pytest.approx(1.0, rel=1e-7)


@pytest.mark.parametrize("clip_value", [0.0, 0.3, 50, math.inf])
def test_clipping_by_value_equals_pytorch(clip_value):
    mine, theirs = pairs()
    utils.clip_grad_value_(mine, clip_value)
    torch.nn.utils.clip_grad_value_(theirs, clip_value)
    same(mine, theirs)


@pytest.mark.parametrize("norm_type", [2.0, 1.0, math.inf])
def test_the_total_norm_equals_pytorch(norm_type):
    mine, theirs = (tensors[:3] for tensors in pairs())
    got = utils.get_total_norm([p.detach() for p in mine], norm_type).item()
    expected = torch.nn.utils.get_total_norm([q.detach() for q in theirs], norm_type).item()
    assert got == pytest.approx(expected, rel=1e-12)
    assert utils.get_total_norm([], norm_type).item() == 0


def test_clipping_with_a_known_norm_equals_pytorch():
    mine, theirs = pairs()
    utils.clip_grads_with_norm_(mine, 1.5, pellucid.tensor(4.0))
    torch.nn.utils.clip_grads_with_norm_(theirs, 1.5, torch.tensor(4.0, dtype=torch.float64))
    same(mine, theirs)


@pytest.mark.parametrize("clip", [lambda p: utils.clip_grad_norm_(p, 0.1), lambda p: utils.clip_grad_value_(p, 0.1)])
def test_a_gradient_that_somebody_kept_is_not_written(clip):
    w = pellucid.ones(3, requires_grad=True)
    w.grad = pellucid.full((3,), 2.0)
    kept = w.grad
    clip(w)
    assert kept.tolist() == [2.0] * 3
    assert max(w.grad.tolist()) <= 0.1 + 1e-6
    assert not np.shares_memory(kept.array, w.grad.array)


def test_a_norm_of_large_or_small_float32_numbers_is_right_where_squares_overflow():
    large = pellucid.full((3,), 3e38)
    assert utils.get_total_norm([large]).item() == math.inf  # the norm itself is beyond float32
    small = pellucid.full((4,), 1e-30)
    assert utils.get_total_norm([small]).item() == pytest.approx(2e-30, rel=1e-6)
    huge = pellucid.full((4,), 1e300, dtype=pellucid.float64)
    assert utils.get_total_norm([huge]).item() == pytest.approx(2e300, rel=1e-12)
    tiny = pellucid.full((4,), 1e-300, dtype=pellucid.float64)
    assert utils.get_total_norm([tiny], 4.0).item() == pytest.approx(4**0.25 * 1e-300, rel=1e-12)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("norm_type", [1.0, 2.0, math.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_a_norm_that_is_not_finite_is_carried_or_refused(bad, norm_type, place):
    mine, theirs = pairs(shapes=SHAPES[:3])
    for tensors, library in ((mine, pellucid), (theirs, torch)):
        spoiled = tensors[place].grad.numpy().copy()
        spoiled.flat[0] = bad
        tensors[place].grad = library.tensor(spoiled)
    before = [p.grad.tolist() for p in mine[:-1]]
    with pytest.raises(RuntimeError, match=f"is {bad}, so clipping would spoil every gradient"):
        utils.clip_grad_norm_(mine, 1.0, norm_type, error_if_nonfinite=True)
    assert repr([p.grad.tolist() for p in mine[:-1]]) == repr(before)
    got = utils.clip_grad_norm_(mine, 1.0, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, 1.0, norm_type)
    assert repr(got.item()) == repr(expected.item())
    same(mine, theirs)


def test_clipping_refuses_senseless_arguments():
    w = pellucid.ones(2, requires_grad=True)
    w.grad = pellucid.ones(2)
    for bad in (-1.0, math.nan):
        with pytest.raises(ValueError, match="max_norm must be"):
            utils.clip_grad_norm_([w], bad)
        with pytest.raises(ValueError, match="clip_value must be"):
            utils.clip_grad_value_([w], bad)
    for bad in (0, -1, math.nan):
        with pytest.raises(ValueError, match="norm_type must be"):
            utils.clip_grad_norm_([w], 1.0, bad)
    with pytest.raises(TypeError, match=r"expected tensors, got ndarray; write model.parameters\(\)"):
        utils.clip_grad_norm_([w.array], 1.0)
    for call in (utils.clip_grad_norm_, utils.clip_grad_value_):
        with pytest.raises(NotImplementedError, match="foreach=True"):
            call([w], 1.0, foreach=True)


def test_parameters_become_one_vector_and_come_back_as_in_pytorch():
    mine, theirs = pairs()
    got = utils.parameters_to_vector(mine[:3])
    np.testing.assert_array_equal(got.detach().numpy(), torch.nn.utils.parameters_to_vector(theirs[:3]).detach())
    fresh = [pellucid.zeros(*p.shape, dtype=pellucid.float64, requires_grad=True) for p in mine[:3]]
    utils.vector_to_parameters(got, fresh)
    for p, q in zip(fresh, mine, strict=False):
        np.testing.assert_array_equal(p.array, q.array)
        assert not np.shares_memory(p.array, got.array)


def test_gradients_flow_through_the_vector():
    parts = [pellucid.tensor(np.ones(shape), requires_grad=True) for shape in ((2, 2), (3,))]
    assert gradcheck(lambda *p: utils.parameters_to_vector(p), parts)


@pytest.mark.parametrize("shape", [(6,), (8,), (7, 1), ()])
def test_a_vector_of_another_length_is_refused_and_writes_nothing(shape):
    model = nn.Linear(2, 2)
    extra = pellucid.zeros(1)
    before = model.weight.tolist()
    with pytest.raises(ValueError, match=r"7 elements together, so the vector must have shape \(7,\)"):
        utils.vector_to_parameters(pellucid.zeros(*shape), [*model.parameters(), extra])
    assert model.weight.tolist() == before
    with pytest.raises(TypeError, match="takes a tensor, got list"):
        utils.vector_to_parameters([1.0], [extra])
    with pytest.raises(ValueError, match="no parameters"):
        utils.parameters_to_vector([])


def test_the_penalties_are_the_textbooks():
    w, b = pellucid.tensor([[1.0, -2.0], [0.0, 3.0]], requires_grad=True), pellucid.tensor([-4.0], requires_grad=True)
    assert utils.l1_penalty([w, b]).item() == 1 + 2 + 0 + 3 + 4
    assert utils.l2_penalty([w, b]).item() == (1 + 4 + 0 + 9 + 16) / 2
    (utils.l1_penalty([w, b]) * 0.5).backward()
    assert w.grad.tolist() == [[0.5, -0.5], [0.0, 0.5]]
    w.grad = None
    (utils.l2_penalty(w) * 0.5).backward()
    assert w.grad.tolist() == [[0.5, -1.0], [0.0, 1.5]]
    for penalty in (utils.l1_penalty, utils.l2_penalty):
        with pytest.raises(ValueError, match="no parameters"):
            penalty([])
        with pytest.raises(TypeError, match="expected tensors, got Linear"):
            penalty([nn.Linear(1, 1)])


@pytest.mark.parametrize("penalty", [utils.l1_penalty, utils.l2_penalty])
def test_the_penalties_gradients_equal_finite_differences(penalty):
    rng = np.random.default_rng(0)
    parts = [pellucid.tensor(rng.normal(size=shape), requires_grad=True) for shape in ((2, 3), (4,))]
    assert gradcheck(lambda *p: penalty(p), parts)


def train(weight_decay, strength):
    rng = np.random.default_rng(0)
    x, y = pellucid.tensor(rng.normal(size=(20, 3))), pellucid.tensor(rng.normal(size=(20, 2)))
    model = nn.Linear(3, 2).double()
    utils.vector_to_parameters(pellucid.linspace(-1, 1, 8, dtype=pellucid.float64), model.parameters())
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=weight_decay)
    for _ in range(25):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        if strength:
            loss = loss + strength * utils.l2_penalty(model.parameters())
        loss.backward()
        optimizer.step()
    return utils.parameters_to_vector(model.parameters()).detach().numpy()


def test_the_l2_penalty_is_the_weight_decay_of_sgd():
    np.testing.assert_allclose(train(0.0, 0.3), train(0.3, 0.0), rtol=1e-10)
    assert np.abs(train(0.0, 0.3) - train(0.0, 0.0)).max() > 0.01


def test_the_l1_penalty_makes_weights_that_do_not_matter_vanish():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    y = x[:, :1] * 2
    ends = {}
    for strength in (0.0, 0.3):
        w = pellucid.tensor(np.full((5, 1), 0.5), requires_grad=True)
        optimizer = optim.SGD([w], lr=0.01)
        for _ in range(600):
            optimizer.zero_grad()
            (((pellucid.tensor(x) @ w - pellucid.tensor(y)) ** 2).mean() + strength * utils.l1_penalty(w)).backward()
            optimizer.step()
        ends[strength] = w.detach().numpy().ravel()
    assert abs(ends[0.3][1:]).max() < 0.01
    assert 1.7 < ends[0.3][0] < 1.95  # 2 - lambda / 2, up to the sample's covariance
    assert ends[0.0][0] == pytest.approx(2, abs=0.01)


def test_max_norm_shrinks_each_units_weights_and_leaves_small_ones():
    values = np.array([[3.0, 4.0, 0.0], [0.3, 0.4, 0.0], [0.0, 0.0, 0.0]])
    w = pellucid.tensor(values, requires_grad=True)
    array = w.array
    utils.max_norm_(w, 1.0)
    assert w.array is array
    np.testing.assert_allclose(w.array, [[0.6, 0.8, 0.0], [0.3, 0.4, 0.0], [0.0, 0.0, 0.0]], rtol=1e-12)


@pytest.mark.parametrize("dim", [0, 1, (0, 1)])
def test_max_norm_along_other_axes_equals_pytorchs_renorm(dim):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 3))
    w = pellucid.tensor(values)
    utils.max_norm_([w], 1.2, dim=dim)
    if dim == (0, 1):
        expected = values * 1.2 / np.linalg.norm(values)
    else:
        expected = torch.renorm(torch.tensor(values), 2, 1 - dim, 1.2).numpy()
    np.testing.assert_allclose(w.numpy(), expected, rtol=1e-6)  # renorm adds 1e-7 to the norm
    assert np.abs(w.numpy() - values).max() > 0.1


def test_max_norm_of_convolution_weights_runs_over_all_inputs_of_a_unit():
    w = pellucid.ones(2, 3, 2, 2)
    utils.max_norm_([w], 1.0)
    np.testing.assert_allclose(np.sqrt((w.array**2).sum(axis=(1, 2, 3))), 1, rtol=1e-6)


def test_max_norm_refuses_biases_and_senseless_bounds_and_then_changes_nothing():
    w, b = pellucid.full((2, 2), 5.0), pellucid.full((2,), 5.0)
    with pytest.raises(ValueError, match=r"shape \(2,\) has no axis of inputs; leave biases out, or give dim"):
        utils.max_norm_([w, b], 1.0)
    assert w.tolist() == [[5.0, 5.0], [5.0, 5.0]]
    for bad in (0, -1, math.nan):
        with pytest.raises(ValueError, match="max_norm must be a positive number"):
            utils.max_norm_([w], bad)
    utils.max_norm_([b], 1.0, dim=0)
    np.testing.assert_allclose(b.array, [math.sqrt(0.5)] * 2, rtol=1e-6)


@pytest.mark.parametrize(
    "write", [lambda w: utils.max_norm_(w, 0.1), lambda w: utils.vector_to_parameters(pellucid.zeros(4), [w])]
)
def test_a_tape_recorded_before_writing_is_refused(write):
    w = pellucid.ones(2, 2, requires_grad=True)
    loss = (w * w).sum()
    write(w)
    with pytest.raises(RuntimeError, match="overwritten in place"):
        loss.backward()


def test_every_public_name_is_found():
    assert all(hasattr(utils, name) for name in utils.__all__)
    assert pellucid.nn.utils is utils
