"""Convolutions against PyTorch over drawn sizes, against SciPy's, and what they refuse."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import signal

import pellucid
from pellucid import nn
from pellucid.nn import functional as F

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
axis = st.tuples(
    st.integers(1, 6),  # size
    st.integers(1, 3),  # kernel
    st.integers(1, 3),  # stride
    st.integers(0, 2),  # padding
    st.integers(1, 3),  # dilation
)
axes = st.integers(1, 3).flatmap(lambda dims: st.lists(axis, min_size=dims, max_size=dims))


def drawn(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


def compared(function, options, arrays):
    """Return output and gradients of F.function, ours and PyTorch's."""
    found = []
    for package, functional in ((pellucid, F), (torch, torch.nn.functional)):
        leaves = [package.tensor(a, requires_grad=True) for a in arrays]
        y = getattr(functional, function)(*leaves, **options)
        y.backward(package.tensor(drawn(9, tuple(y.shape))[0]))
        found.append([y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)])
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12, strict=True)


@given(axes, st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(0, 99))
@few
def test_convolutions_are_pytorchs(axes, batch, groups, inputs, outputs, seed):
    size, kernel, stride, padding, dilation = zip(*axes, strict=True)
    assume(all(n + 2 * p >= d * (k - 1) + 1 for n, k, _, p, d in axes))
    arrays = drawn(seed, (batch, groups * inputs, *size), (groups * outputs, inputs, *kernel), (groups * outputs,))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    compared(f"conv{len(axes)}d", options, arrays)


@given(axes, st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(0, 99))
@few
def test_transposed_convolutions_are_pytorchs(axes, batch, groups, inputs, outputs, seed):
    size, kernel, stride, padding, dilation = zip(*axes, strict=True)
    extra = tuple(seed % max(s, d) for s, d in zip(stride, dilation, strict=True))
    reached = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, k, s, p, d in axes]
    assume(all(m + e >= 1 for m, e in zip(reached, extra, strict=True)))
    arrays = drawn(seed, (batch, groups * inputs, *size), (groups * inputs, outputs, *kernel), (groups * outputs,))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "output_padding": extra}
    compared(f"conv_transpose{len(axes)}d", options, arrays)


@pytest.mark.parametrize("mode", ["valid", "same"])
@pytest.mark.parametrize("shapes", [((9,), (3,)), ((6, 7), (3, 5)), ((4, 5, 6), (3, 1, 3))])
def test_a_convolution_is_scipys_correlation(shapes, mode):
    size, kernel = shapes
    a, w = drawn(4, size, kernel)
    y = getattr(F, f"conv{len(size)}d")(pellucid.tensor(a[None, None]), pellucid.tensor(w[None, None]), padding=mode)
    np.testing.assert_allclose(y.numpy()[0, 0], signal.correlate(a, w, mode=mode), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [(9,), (6, 7), (4, 5, 6)])
def test_a_transposed_convolution_is_scipys_full_convolution(size):
    a, w = drawn(5, size, (3,) * len(size))
    y = getattr(F, f"conv_transpose{len(size)}d")(pellucid.tensor(a[None, None]), pellucid.tensor(w[None, None]))
    np.testing.assert_allclose(y.numpy()[0, 0], signal.convolve(a, w), rtol=1e-10, atol=1e-12)


def test_a_convolution_worked_by_hand():
    x = pellucid.tensor([[[1.0, 2.0, 3.0, 4.0]]], requires_grad=True)
    w = pellucid.tensor([[[1.0, 10.0]]], requires_grad=True)
    y = F.conv1d(x, w, stride=2, padding=1)  # windows (0, 1), (2, 3), (4, 0)
    assert y.tolist() == [[[10.0, 32.0, 4.0]]]
    y.backward(pellucid.tensor([[[1.0, 2.0, 3.0]]]))
    assert x.grad.tolist() == [[[10.0, 2.0, 20.0, 3.0]]]
    assert w.grad.tolist() == [[[0 * 1.0 + 2 * 2.0 + 4 * 3.0, 1 * 1.0 + 3 * 2.0 + 0 * 3.0]]]


def test_infinity_passes_without_a_warning():
    y = F.conv1d(pellucid.tensor([[[np.inf, 1.0]]]), pellucid.tensor([[[0.0]]]))
    assert np.isnan(y.numpy()[0, 0, 0])
    assert y.numpy()[0, 0, 1] == 0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"stride": 0}, ValueError, "stride is at least 1"),
        ({"padding": -1}, ValueError, "padding is at least 0"),
        ({"dilation": (1, 1, 1)}, ValueError, "one number or 2"),
        ({"dilation": 1.5}, TypeError, "an integer"),
        ({"padding": "full"}, ValueError, "'valid' and 'same'"),
        ({"padding": "same", "stride": 2}, RuntimeError, "keeps the size"),
        ({"groups": 0}, RuntimeError, "groups=0"),
        ({"groups": 3}, RuntimeError, "groups=3"),
        ({"groups": 2}, RuntimeError, "4 input channels"),
        ({"dilation": 4}, RuntimeError, "does not fit"),
        ({"bias": pellucid.zeros(3)}, RuntimeError, r"bias of \(2,\)"),
        ({"bias": pellucid.zeros(2).double()}, RuntimeError, "one dtype"),
        ({"weight": pellucid.ones(2, 2, 3)}, RuntimeError, "4 axes"),
        ({"x": pellucid.ones(5, 5)}, RuntimeError, "4 axes"),
        ({"x": pellucid.ones(1, 3, 5, 5)}, RuntimeError, "2 input channels"),
        ({"x": pellucid.ones(1, 2, 5, 5).long(), "weight": pellucid.ones(2, 2, 3, 3).long()}, RuntimeError, "floating"),
    ],
)
def test_a_convolution_says_what_does_not_fit(options, error, words):
    given = {"x": pellucid.ones(1, 2, 5, 5), "weight": pellucid.ones(2, 2, 3, 3)} | options
    with pytest.raises(error, match=words):
        F.conv2d(given.pop("x"), given.pop("weight"), **given)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"output_padding": 1}, ValueError, "smaller than the stride"),
        ({"padding": 4}, RuntimeError, "would give"),
        ({"groups": 4}, RuntimeError, "groups=4"),
        ({"bias": pellucid.zeros(2)}, RuntimeError, r"bias of \(3,\)"),
        ({"x": pellucid.ones(1, 3, 5, 5)}, RuntimeError, "2 input channels"),
        ({"x": pellucid.ones(5)}, RuntimeError, "4 axes"),
        ({"weight": pellucid.ones(2, 3)}, RuntimeError, "4 axes"),
    ],
)
def test_a_transposed_convolution_says_what_does_not_fit(options, error, words):
    given = {"x": pellucid.ones(1, 2, 5, 5), "weight": pellucid.ones(2, 3, 3, 3)} | options
    with pytest.raises(error, match=words):
        F.conv_transpose2d(given.pop("x"), given.pop("weight"), **given)


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError, match="does not fit"):
        F.unfold(pellucid.ones(1, 1, 2, 2), 3)
    with pytest.raises(RuntimeError, match="images"):
        F.unfold(pellucid.ones(2, 2), 1)
    with pytest.raises(RuntimeError, match=r"columns \(N, channels \* 4, 4\)"):
        F.fold(pellucid.ones(1, 4, 5), 3, 2)


@pytest.mark.parametrize("output_size", [(10, 11), (2, 3, 10, 11)])
def test_a_transposed_layer_gives_the_size_asked_for(output_size):
    (a,) = drawn(6, (2, 3, 5, 5))
    theirs = torch.nn.ConvTranspose2d(3, 3, 3, stride=3, padding=2).double()
    mine = nn.ConvTranspose2d(3, 3, 3, stride=3, padding=2).double()
    mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    sizes = [(11, 12), (2, 3, 13, 11)]
    for size in sizes:
        expected = theirs(torch.tensor(a), output_size=size).detach().numpy()
        np.testing.assert_allclose(mine(pellucid.tensor(a), output_size=size).detach().numpy(), expected, rtol=1e-10)
    with pytest.raises(ValueError, match="cannot be had"):
        mine(pellucid.tensor(a), output_size=output_size)
    with pytest.raises(ValueError, match="2 numbers"):
        mine(pellucid.tensor(a), output_size=(11,))


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, "same", "valid", (2, 0)])
def test_borders_that_are_not_zeros_are_pytorchs(mode, padding):
    (a,) = drawn(7, (2, 2, 5, 6))
    theirs = torch.nn.Conv2d(2, 3, (3, 5), padding=padding, padding_mode=mode).double()
    mine = nn.Conv2d(2, 3, (3, 5), padding=padding, padding_mode=mode).double()
    mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    assert repr(mine) == repr(theirs)
    expected = theirs(torch.tensor(a)).detach().numpy()
    np.testing.assert_allclose(mine(pellucid.tensor(a)).detach().numpy(), expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: nn.Conv2d(0, 1, 1), ValueError, "at least 1 channel"),
        (lambda: nn.Conv2d(3, 4, 1, groups=2), ValueError, "groups=2"),
        (lambda: nn.Conv2d(1, 1, 0), ValueError, "kernel_size is at least 1"),
        (lambda: nn.Conv2d(1, 1, 1, padding_mode="zero"), ValueError, "padding modes"),
        (lambda: nn.Conv2d(1, 1, 1, padding="full"), ValueError, "'valid' and 'same'"),
        (lambda: nn.Conv2d(1, 1, 1, padding="same", stride=2), ValueError, "keeps the size"),
        (lambda: nn.ConvTranspose2d(1, 1, 1, padding_mode="circular"), ValueError, "'zeros' only"),
        (lambda: nn.ConvTranspose2d(1, 1, 1, padding="same"), TypeError, "integer"),
    ],
)
def test_a_layer_refuses_sizes_that_make_no_sense(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d"])
def test_weights_start_from_pytorchs_distribution(kind):
    torch.manual_seed(0)  # the largest of 40 numbers is not within the tolerance for every seed
    pellucid.manual_seed(0)
    theirs, mine = (getattr(package, kind)(16, 40, 5, groups=2) for package in (torch.nn, nn))
    for name in ("weight", "bias"):
        a, b = (getattr(layer, name).detach().numpy() for layer in (theirs, mine))
        assert abs(np.abs(a).max() / np.abs(b).max() - 1) < (0.002 if name == "weight" else 0.2)
        assert abs(a.std() / b.std() - 1) < (0.02 if name == "weight" else 0.4)
