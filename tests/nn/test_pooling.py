"""Pooling: where the largest stand, the way back, ties, NaN, and what is refused."""

import numpy as np
import pytest
import torch
import torch.nn.functional as torch_F

import pellucid
from pellucid import nn
from pellucid.nn import functional as F

LENGTHS = {1: (9,), 2: (7, 9), 3: (7, 8, 9)}


def both(n, seed=0):
    x = np.random.default_rng(seed).normal(size=(2, 3, *LENGTHS[n]))
    return torch.tensor(x), pellucid.tensor(x)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 2},
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 2, "stride": 3, "dilation": 2, "padding": 1, "ceil_mode": True},
        {"kernel_size": 5, "stride": 1, "padding": 2},
    ],
)
def test_max_pooling_tells_where_the_largest_stand(n, options):
    a, b = both(n)
    expected, places = getattr(torch_F, f"max_pool{n}d")(a, **options, return_indices=True)
    y, ours = getattr(F, f"max_pool{n}d")(b, **options, return_indices=True)
    np.testing.assert_array_equal(y.numpy(), expected.numpy(), strict=True)
    np.testing.assert_array_equal(ours.numpy(), places.numpy(), strict=True)
    y, ours = getattr(nn, f"MaxPool{n}d")(**options, return_indices=True)(b[0])
    np.testing.assert_array_equal(ours.numpy(), places[0].numpy(), strict=True)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("wanted", [1, 3, 5])
def test_adaptive_max_pooling_tells_where_the_largest_stand(n, wanted):
    a, b = both(n)
    expected, places = getattr(torch_F, f"adaptive_max_pool{n}d")(a, wanted, return_indices=True)
    y, ours = getattr(F, f"adaptive_max_pool{n}d")(b, wanted, return_indices=True)
    np.testing.assert_array_equal(y.numpy(), expected.numpy(), strict=True)
    np.testing.assert_array_equal(ours.numpy(), places.numpy(), strict=True)


@pytest.mark.parametrize(("n", "wanted"), [(2, (3, 5)), (3, (3, 4, 5))])
@pytest.mark.parametrize("seed", range(3))
def test_fractional_max_pooling_makes_pytorchs_windows_of_the_same_random_numbers(n, wanted, seed):
    a, b = both(n, seed)
    u = np.random.default_rng(seed).random((2, 3, n))
    options = {"kernel_size": 2, "output_size": wanted, "return_indices": True}
    expected, places = getattr(torch.nn, f"FractionalMaxPool{n}d")(**options, _random_samples=torch.tensor(u))(a)
    y, ours = getattr(nn, f"FractionalMaxPool{n}d")(**options, _random_samples=pellucid.tensor(u))(b)
    np.testing.assert_array_equal(y.numpy(), expected.numpy(), strict=True)
    np.testing.assert_array_equal(ours.numpy(), places.numpy(), strict=True)


def test_fractional_max_pooling_draws_other_windows_each_time_and_the_same_from_one_seed():
    x = pellucid.arange(400.0).reshape(1, 1, 20, 20)
    layer = nn.FractionalMaxPool2d(2, output_ratio=0.6)
    pellucid.manual_seed(1)
    first, second = layer(x).tolist(), layer(x).tolist()
    pellucid.manual_seed(1)
    assert layer(x).tolist() == first != second
    for bad in ({}, {"output_size": 2, "output_ratio": 0.5}):
        with pytest.raises(ValueError, match="either output_size or output_ratio"):
            nn.FractionalMaxPool2d(2, **bad)
    with pytest.raises(ValueError, match="between 0 and 1"):
        nn.FractionalMaxPool2d(2, output_ratio=1.5)
    with pytest.raises(ValueError, match=r"need at least \[21, 21\] elements"):
        F.fractional_max_pool2d(x, 2, output_size=20)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooling_puts_the_largest_back(n):
    a, b = both(n)
    expected, places = getattr(torch_F, f"max_pool{n}d")(a, 2, return_indices=True)
    y, ours = getattr(F, f"max_pool{n}d")(b, 2, return_indices=True)
    for size in (None, LENGTHS[n], (2, 3, *LENGTHS[n])):
        if size is None and n > 1:  # the smallest size has other places
            continue
        back = getattr(torch.nn, f"MaxUnpool{n}d")(2)(expected, places, output_size=size)
        mine = getattr(nn, f"MaxUnpool{n}d")(2)(y, ours, output_size=size)
        np.testing.assert_array_equal(mine.numpy(), back.numpy(), strict=True)


def test_unpooling_refuses_places_and_sizes_that_do_not_fit():
    x, places = pellucid.ones(1, 1, 2), pellucid.tensor([[[0, 4]]])
    with pytest.raises(ValueError, match=r"indices must be in 0 ... 3, got 0 ... 4"):
        F.max_unpool1d(x, places, 2)
    with pytest.raises(ValueError, match=r"within a stride of \(4,\), got \(6,\)"):
        F.max_unpool1d(x, places, 2, output_size=(6,))
    with pytest.raises(ValueError, match="integer indices of x's shape"):
        F.max_unpool1d(x, x, 2)


def test_the_first_of_equal_elements_is_the_largest_and_nan_is_larger_than_any():
    x = pellucid.tensor([[1.0, 1.0, np.nan, 5.0, -np.inf, -np.inf]], requires_grad=True)
    y, places = F.max_pool1d(x, 2, return_indices=True)
    np.testing.assert_array_equal(y.detach().numpy(), [[1, np.nan, -np.inf]])
    assert places.tolist() == [[0, 2, 4]]
    y.backward(pellucid.tensor([[1.0, 2.0, 3.0]]))
    assert x.grad.tolist() == [[1, 0, 2, 0, 3, 0]]


def test_pooling_by_hand():
    # Windows (1, 2, 3) and (3, 4, 0), the 0 being padding: the largest 3 and 4, the means 2 and 7/3, or 7/2 of (3, 4).
    x = pellucid.tensor([[1.0, 2.0, 3.0, 4.0]])
    assert F.max_pool1d(x, 3, 2, ceil_mode=True).tolist() == [[3, 4]]
    assert F.avg_pool1d(F.pad(x, (0, 1)), 3, 2).tolist() == [[2, pytest.approx(7 / 3)]]
    assert F.avg_pool1d(x, 3, 2, padding=1).tolist() == [[1, 3]]
    assert F.avg_pool1d(x, 3, 2, padding=1, count_include_pad=False).tolist() == [[1.5, 3]]
    assert F.avg_pool1d(x, 3, 2, ceil_mode=True).tolist() == [[2, 3.5]]
    # Bins of 5 in 3: 0-1, 1-3, 3-4.
    y = F.adaptive_avg_pool1d(pellucid.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 3)
    assert y.tolist() == [[1.5, 3, 4.5]]


def test_a_mean_of_bins_keeps_nan_to_its_bin():
    y = F.adaptive_avg_pool1d(pellucid.tensor([[np.nan, 1.0, 2.0, 3.0, np.inf]]), 3)
    np.testing.assert_array_equal(y.numpy(), [[np.nan, 2, np.inf]])


def test_the_p_norm_of_zeros_has_no_gradient_and_a_negative_sum_no_root():
    x = pellucid.tensor([[0.0, 0.0, 3.0, 4.0]], requires_grad=True)
    F.lp_pool1d(x, 2, 2).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [[0, 0, 0.6, 0.8]], rtol=1e-6)
    np.testing.assert_array_equal(F.lp_pool1d(pellucid.tensor([[-2.0, 1.0]]), 3, 2).numpy(), [[np.nan]])
    assert F.lp_pool1d(pellucid.tensor([[-2.0, 1.0]]), -float("inf"), 2).tolist() == [[1]]


def test_pooling_takes_arrays_in_any_order_of_memory():
    x = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).transpose(0, 3, 1, 2)
    for pool in (
        lambda t: F.max_pool2d(t, 3, 2, 1),
        lambda t: F.avg_pool2d(t, 2),
        lambda t: F.adaptive_max_pool2d(t, 4),
    ):
        a, b = pellucid.Tensor(x, requires_grad=True), pellucid.tensor(np.ascontiguousarray(x), requires_grad=True)
        y, expected = pool(a), pool(b)
        np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy())
        y.sum().backward()
        expected.sum().backward()
        np.testing.assert_array_equal(a.grad.numpy(), b.grad.numpy())


def test_what_pooling_cannot_do_is_refused_in_words():
    x = pellucid.ones(1, 2, 5, 5)
    for call, error, words in [
        (lambda: F.max_pool2d(x, 6), ValueError, "no window fits: it reaches over 6, and the axis has 5 elements"),
        (lambda: F.max_pool2d(x, 2, padding=2), ValueError, "padding of 2 is more than half of a window"),
        (lambda: F.max_pool2d(x, 0), ValueError, "kernel_size is a size of at least 1"),
        (lambda: F.max_pool2d(x, (2, 2, 2)), ValueError, "or 2 of them"),
        (lambda: F.max_pool2d(x, 2.0), TypeError, "kernel_size is an integer"),
        (lambda: F.max_pool2d(x, 2, stride=0), ValueError, "stride is a size of at least 1"),
        (lambda: F.max_pool1d(x, 2), ValueError, r"max_pool1d needs an input of shape \(N, C, L\) or \(C, L\), got"),
        (lambda: F.max_pool2d(x.long(), 2), RuntimeError, "floating-point numbers, got int64"),
        (lambda: F.avg_pool2d(x.long(), 2), RuntimeError, "floating-point numbers, got int64"),
        (lambda: F.avg_pool2d(x, 2, divisor_override=0), ValueError, "must not be 0"),
        (lambda: F.adaptive_avg_pool2d(x, (1, 2, 3)), ValueError, "output_size is one size, or 2 of them"),
        (lambda: F.adaptive_max_pool2d(x[:, :, :0], 2), ValueError, "at least one element"),
        (lambda: F.lp_pool2d(x, 0, 2), ValueError, "norm_type must not be 0"),
        (lambda: nn.ReflectionPad2d(1)(pellucid.ones(3, 3)), ValueError, r"shape \(C, H, W\) or \(N, C, H, W\)"),
        (lambda: nn.ReflectionPad2d((1, 1)), ValueError, "needs one size or 4 of them"),
    ]:
        with pytest.raises(error, match=words):
            call()
