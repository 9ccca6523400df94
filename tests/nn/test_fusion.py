"""Layers of a chain that are computed together: the same numbers and gradients as one by one."""

import numpy as np
import pytest

import pellucid
from pellucid import kernels, nn
from pellucid.autograd import gradcheck
from pellucid.nn import _fusion
from pellucid.ops.pooled_convolution import conv_relu_max_pool


def chain(dtype=pellucid.float64, conv=(), pool=(2,), **options):
    pellucid.manual_seed(3)
    return nn.Sequential(nn.Conv2d(*(conv or (3, 5, 3)), **options), nn.ReLU(), nn.MaxPool2d(*pool)).to(dtype)


def one_by_one(net, x):
    for layer in net:
        x = layer(x)
    return x


def images(*shape, dtype=np.float64, requires_grad=True):
    return pellucid.tensor(np.random.default_rng(4).standard_normal(shape).astype(dtype), requires_grad=requires_grad)


@pytest.fixture
def fused(monkeypatch):
    """How many times layers were computed together."""
    calls = []

    def counting(*args):
        calls.append(1)
        return conv_relu_max_pool(*args)

    monkeypatch.setattr(_fusion, "conv_relu_max_pool", counting)
    return calls


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("conv", "pool", "options"),
    [
        ((3, 5, 3), (2,), {}),
        ((3, 5, 3), (2,), {"bias": False}),
        ((3, 20, (2, 3)), ((3, 2), (3, 2)), {"padding": (1, 0), "stride": (1, 2)}),
        ((3, 5, 3), (2,), {"padding": 2, "dilation": 2}),
    ],
)
def test_numbers_and_gradients_are_those_of_the_layers_one_by_one(fused, conv, pool, options, dtype):
    net, x = chain(np.dtype(dtype), conv, pool, **options), images(4, 3, 11, 10, dtype=dtype)
    tolerance = {"rtol": 1e-10, "atol": 1e-12} if dtype == np.float64 else {"rtol": 1e-4, "atol": 1e-5}
    found = []
    for compute in (net, lambda x: one_by_one(net, x)):
        net.zero_grad()
        x.grad = None
        y = compute(x)
        y.backward(pellucid.tensor(np.random.default_rng(5).standard_normal(y.shape).astype(dtype)))
        found.append([y.detach().numpy(), x.grad.numpy(), *(p.grad.numpy() for p in net.parameters())])
    assert len(fused) == 1
    for mine, expected in zip(*found, strict=True):
        assert mine.dtype == dtype
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(mine, expected, **tolerance)


def test_the_gradient_is_that_of_finite_differences():
    inputs = images(2, 2, 5, 6), images(3, 2, 2, 2), images(3)
    assert gradcheck(lambda *tensors: conv_relu_max_pool(*tensors, (1, 1), (1, 1), (1, 1), (2, 2)), inputs)


def test_only_the_gradients_that_are_needed_are_computed(fused, monkeypatch):
    net, x, asked = chain(), images(2, 3, 8, 8, requires_grad=False), []
    compute = kernels.convolve_relu_pool_backward
    monkeypatch.setattr(kernels, "convolve_relu_pool_backward", lambda *args: asked.append(args[-1]) or compute(*args))
    net[0].weight.requires_grad = False
    net(x).sum().backward()
    assert fused
    assert asked == [(False, False, True)]
    assert (x.grad, net[0].weight.grad) == (None, None)
    assert net[0].bias.grad.numpy().any()
    with pellucid.no_grad():
        assert not net(x).requires_grad


class OwnReLU(nn.ReLU):
    pass


def changed(net, how):
    if how == "a hook":
        net[1].register_forward_hook(lambda module, args, out: out + 1)
    elif how == "a hook before":
        net[2].register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    elif how == "a layer of one's own":
        net[1] = OwnReLU()
    elif how == "a forward of one's own":
        net[1].forward = lambda x: x + 1
    elif how == "another order":
        net = nn.Sequential(net[0], net[2], net[1])
    return net


@pytest.mark.parametrize(
    "how", ["a hook", "a hook before", "a layer of one's own", "a forward of one's own", "another order"]
)
def test_layers_that_somebody_looks_into_are_called_one_by_one(fused, how):
    net, x = changed(chain(), how), images(2, 3, 8, 8)
    np.testing.assert_array_equal(net(x).detach().numpy(), one_by_one(net, x).detach().numpy())
    assert not fused


@pytest.mark.parametrize(
    ("conv", "pool", "options"),
    [
        ((3, 5, 3), (3, 2), {}),
        ((3, 5, 3), (2, 2, 1), {}),
        ((3, 5, 3), (2, 2, 0, 2), {}),
        ((3, 5, 4), (2, 2, 0, 1, False, True), {}),
        ((3, 6, 3), (2,), {"groups": 3}),
        ((3, 5, 3), (2,), {"padding": "same"}),
        ((3, 5, 3), (2,), {"padding": 1, "padding_mode": "reflect"}),
    ],
)
def test_layers_that_it_is_not_made_for_are_called_one_by_one(fused, conv, pool, options):
    net, x = chain(conv=conv, pool=pool, **options), images(2, 3, 8, 8)
    np.testing.assert_array_equal(net(x).detach().numpy(), one_by_one(net, x).detach().numpy())
    assert not fused


def test_indices_are_returned_all_the_same():
    net = nn.Sequential(nn.Conv2d(3, 5, 3), nn.ReLU(), nn.MaxPool2d(2, return_indices=True))
    y, indices = net(images(3, 3, 8, 8, dtype=np.float32))  # three images, or y alone would make two as well
    assert y.shape == indices.shape


@pytest.mark.parametrize(
    ("shape", "dtype", "options", "layer"),
    [
        ((2, 4, 8, 8), np.float32, {}, "'0' (Conv2d)"),
        ((2, 3, 2, 8), np.float32, {}, "'0' (Conv2d)"),
        ((2, 3, 0, 8), np.float32, {"padding": 3}, "'0' (Conv2d)"),
        ((2, 3, 8, 8), np.float64, {}, "'0' (Conv2d)"),
        ((2, 3, 8, 8), np.float64, {"bias": False}, "'0' (Conv2d)"),
        ((2, 3, 3, 8), np.float32, {}, "'2' (MaxPool2d)"),
    ],
)
def test_an_input_that_does_not_fit_is_refused_by_the_layer_that_it_does_not_fit(shape, dtype, options, layer):
    with pytest.raises((RuntimeError, ValueError)) as raised:
        chain(pellucid.float32, **options)(images(*shape, dtype=dtype))
    assert f"in layer {layer}" in str(raised.value)


def test_a_single_image_and_an_empty_batch_are_taken():
    net = chain()
    assert net(images(3, 8, 8)).shape == (5, 3, 3)
    assert net(images(0, 3, 8, 8)).shape == (0, 5, 3, 3)


def test_a_weight_written_after_the_forward_pass_is_noticed():
    net = chain()
    y = net(images(2, 3, 8, 8)).sum()
    with pellucid.no_grad():
        net[0].weight.mul_(2)
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()
