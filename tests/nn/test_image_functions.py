"""Instance norm, local response norm, interpolation and shuffling: by hand, running statistics, refusals."""

import numpy as np
import pytest
import torch
import torch.nn.functional as torch_F

import pellucid
from pellucid import nn
from pellucid.nn import functional as F


@pytest.mark.parametrize("momentum", [0.1, 0.7])
def test_running_statistics_follow_pytorchs_step_by_step(momentum):
    options = {"momentum": momentum, "track_running_stats": True, "affine": True}
    layer, expected = nn.InstanceNorm2d(3, **options).double(), torch.nn.InstanceNorm2d(3, **options).double()
    generator = np.random.default_rng(0)
    for i in range(3):
        x = generator.normal(i, 1 + i, (2, 3, 4, 5))
        layer(pellucid.tensor(x))
        expected(torch.tensor(x))
        for name, value in expected.state_dict().items():
            np.testing.assert_allclose(layer.state_dict()[name].numpy(), value.numpy(), rtol=1e-12, err_msg=name)
    before = layer.running_mean.tolist()
    layer(pellucid.ones(0, 3, 4, 5, dtype=pellucid.float64))
    layer.eval()(pellucid.tensor(x))
    assert layer.running_mean.tolist() == before


@pytest.mark.parametrize("use_input_stats", [True, False])
def test_the_function_is_pytorchs_and_moves_the_statistics_given_to_it(use_input_stats):
    generator = np.random.default_rng(0)
    x, (mean, w, b), var = generator.normal(size=(2, 3, 5)), generator.normal(size=(3, 3)), generator.random(3) + 0.5
    ours = [pellucid.tensor(a) for a in (x, mean, var, w, b)]
    theirs = [torch.tensor(a) for a in (x, mean, var, w, b)]
    y = F.instance_norm(*ours, use_input_stats, 0.3, 0.01)
    expected = torch_F.instance_norm(*theirs, use_input_stats, 0.3, 0.01)
    np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-12)
    for a, e in zip(ours[1:3], theirs[1:3], strict=True):
        np.testing.assert_allclose(a.numpy(), e.numpy(), rtol=1e-12)


def test_local_response_norm_by_hand():
    # Channels 1, 2, 3 of one place, two of them counted: 1 / (1 + 1/2), 2 / (1 + 5/2), 3 / (1 + 13/2).
    y = F.local_response_norm(pellucid.tensor([[[1.0], [2.0], [3.0]]]), 2, alpha=1.0, beta=1.0)
    np.testing.assert_allclose(y.numpy().ravel(), [2 / 3, 4 / 7, 0.4], rtol=1e-6)


def test_interpolation_by_hand():
    # Twice as many places: at -1/4, 1/4, 3/4 and 5/4 of (1, 3), beyond the ends as at them.
    x = pellucid.tensor([[[1.0, 3.0]]])
    assert F.interpolate(x, 4, mode="linear").tolist() == [[[1, 1.5, 2.5, 3]]]
    assert F.interpolate(x, 3, mode="linear", align_corners=True).tolist() == [[[1, 2, 3]]]
    assert F.interpolate(pellucid.tensor([[[1.0, 2.0, 3.0, 4.0]]]), 2).tolist() == [[[1, 3]]]
    assert F.interpolate(pellucid.tensor([[[1.0, 2.0, 3.0, 4.0]]]), 2, mode="nearest-exact").tolist() == [[[2, 4]]]
    assert F.interpolate(pellucid.tensor([[[1.0, 2.0, 3.0, 4.0]]]), 2, mode="area").tolist() == [[[1.5, 3.5]]]


def test_what_cannot_be_done_is_refused_in_words():
    x = pellucid.ones(1, 2, 4, 4)
    one = pellucid.ones(2)
    for call, error, words in [
        (lambda: F.interpolate(x, 2, antialias=True), NotImplementedError, "antialias=True is not supported"),
        (lambda: F.interpolate(x, 2, mode="linear"), ValueError, "mode 'linear' is not one for an input of shape"),
        (lambda: F.interpolate(x, 2, mode="nearest", align_corners=True), ValueError, "align_corners is for the modes"),
        (lambda: F.interpolate(x), ValueError, "either size or scale_factor"),
        (lambda: F.interpolate(x, 2, 2), ValueError, "either size or scale_factor"),
        (lambda: F.interpolate(x, (2, 2, 2)), ValueError, "is not one number, or 2 of them"),
        (lambda: F.interpolate(x, 0), ValueError, "all must be positive"),
        (lambda: F.interpolate(x, scale_factor=0.1), ValueError, "all must be positive"),
        (lambda: F.interpolate(x, 2, recompute_scale_factor=True), ValueError, "no meaning with a given size"),
        (lambda: F.interpolate(x.long(), 2), RuntimeError, "floating-point numbers, got int64"),
        (lambda: F.pixel_shuffle(x, 2), ValueError, r"\(..., C \* 2², H, W\), got \(1, 2, 4, 4\)"),
        (lambda: F.pixel_unshuffle(x, 3), ValueError, r"H \* 3, W \* 3\), got \(1, 2, 4, 4\)"),
        (lambda: F.channel_shuffle(x, 3), ValueError, "into 3 groups"),
        (lambda: F.local_response_norm(x, 0), ValueError, "size of at least 1 channel"),
        (lambda: F.local_response_norm(x[0, 0], 2), ValueError, r"shape \(N, C, L, ...\)"),
        (lambda: F.instance_norm(pellucid.ones(2, 3, 1)), ValueError, "at least 2 values for each sample and channel"),
        (lambda: F.instance_norm(x, use_input_stats=False), ValueError, "needs running_mean and running_var"),
        (lambda: F.instance_norm(x, weight=pellucid.ones(1)), ValueError, r"needs weight \(2,\), got \(1,\)"),
        (lambda: F.instance_norm(x, weight=one.double()), RuntimeError, "weight of float64"),
        (lambda: nn.InstanceNorm2d(3)(x), ValueError, r"InstanceNorm2d\(3\) needs an input of shape \(N, 3, H, W\) or"),
        (lambda: nn.BatchNorm2d(3)(x), ValueError, r"BatchNorm2d\(3\) needs an input of shape \(N, 3, H, W\), got"),
        (lambda: nn.LazyBatchNorm2d()(one), ValueError, "needs an input with channels"),
        (lambda: nn.LazyInstanceNorm2d()(one), ValueError, "needs an input with channels"),
        (lambda: nn.Softmax2d()(one), ValueError, "Softmax2d needs an input of shape"),
    ]:
        with pytest.raises(error, match=words):
            call()
