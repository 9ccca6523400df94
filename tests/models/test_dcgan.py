import numpy as np
import pytest
import torch

import pellucid as pl
from pellucid import nn
from pellucid.models import DCGANDiscriminator, DCGANGenerator


def count(model):
    return sum(p.numel() for p in model.parameters())


def test_at_64_pixels_the_numbers_of_parameters_are_those_of_the_paper_s_networks():
    assert count(DCGANGenerator()) == 3_576_704
    assert count(DCGANDiscriminator()) == 2_765_568


@pytest.mark.parametrize("size", [8, 16, 32])
def test_pictures_have_the_size_asked_for_and_lie_from_minus_one_to_one(size):
    pl.manual_seed(0)
    x = DCGANGenerator(5, channels=2, size=size, width=4)(30 * pl.randn(3, 5))
    assert tuple(x.shape) == (3, 2, size, size)
    assert np.abs(x.detach().numpy()).max() <= 1
    assert tuple(DCGANDiscriminator(channels=2, size=size, width=4)(x).shape) == (3,)


def test_both_are_the_same_networks_in_pytorch():
    pl.manual_seed(0)
    generator = DCGANGenerator(5, channels=1, size=16, width=4).double()
    discriminator = DCGANDiscriminator(channels=1, size=16, width=4).double()
    T = torch.nn
    theirs = T.Sequential(
        T.ConvTranspose2d(5, 8, 4, 1, 0, bias=False),
        *(T.BatchNorm2d(8), T.ReLU(), T.ConvTranspose2d(8, 4, 4, 2, 1, bias=False)),
        *(T.BatchNorm2d(4), T.ReLU(), T.ConvTranspose2d(4, 1, 4, 2, 1, bias=False), T.Tanh()),
    ).double()
    judge = T.Sequential(
        *(T.Conv2d(1, 4, 4, 2, 1, bias=False), T.LeakyReLU(0.2)),
        *(T.Conv2d(4, 8, 4, 2, 1, bias=False), T.BatchNorm2d(8), T.LeakyReLU(0.2)),
        T.Conv2d(8, 1, 4, 1, 0, bias=False),
    ).double()
    for ours, other in ((generator, theirs), (discriminator, judge)):
        state = {name.removeprefix("main."): torch.from_numpy(v.numpy()) for name, v in ours.state_dict().items()}
        other.load_state_dict(state)
    z = np.random.default_rng(0).normal(size=(6, 5))
    y = discriminator(generator(pl.tensor(z)))
    expected = judge(theirs(torch.from_numpy(z)[:, :, None, None])).flatten()
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-9)
    y.sum().backward()
    expected.sum().backward()
    for p, q in zip(generator.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-7, atol=1e-12)


def test_weights_start_with_a_deviation_of_a_fiftieth():
    pl.manual_seed(0)
    model = DCGANGenerator()
    assert model.main[0].weight.detach().numpy().std() == pytest.approx(0.02, rel=0.01)
    assert model.main[1].weight.detach().numpy().mean() == pytest.approx(1, abs=0.01)
    assert isinstance(model.main[-1], nn.Tanh)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: DCGANGenerator(size=4), ValueError, "4 times a power of two, at least 8"),
        (lambda: DCGANGenerator(size=28), ValueError, "got 28"),
        (lambda: DCGANDiscriminator(size=24), ValueError, "got 24"),
        (lambda: DCGANDiscriminator(width=0), ValueError, "width is at least 1"),
        (
            lambda: DCGANGenerator(5, size=8, width=4)(pl.zeros(2, 4)),
            ValueError,
            r"random numbers \(n, 5\), got \(2, 4\)",
        ),
        (lambda: DCGANDiscriminator(1, 8, 4)(pl.zeros(2, 1, 8, 9)), ValueError, r"of the shape \(1, 8, 8\)"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(make, error, message):
    with pytest.raises(error, match=message):
        make()
