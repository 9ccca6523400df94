import numpy as np
import pytest
import torch
from tests.models import published

import pellucid as pl
from pellucid import nn, optim
from pellucid.models import (
    Autoencoder,
    ConvAutoencoder,
    DenoisingAutoencoder,
    VariationalAutoencoder,
    build_model,
    reconstruction_errors,
    variational_loss,
)
from pellucid.train import Trainer


def test_the_decoder_mirrors_the_encoder_and_the_code_has_no_activation():
    model = Autoencoder([6, 5, 2], activation="tanh", output_activation="sigmoid")
    assert [tuple(p.shape) for p in model.encoder.parameters()] == [(5, 6), (5,), (2, 5), (2,)]
    assert [tuple(p.shape) for p in model.decoder.parameters()] == [(5, 2), (5,), (6, 5), (6,)]
    pl.manual_seed(0)
    y = model(100 * pl.randn(50, 6)).detach().numpy()
    assert ((y >= 0) & (y <= 1)).all()
    assert np.abs(model.encoder(100 * pl.randn(50, 6)).detach().numpy()).max() > 1


def test_an_autoencoder_is_the_same_network_in_pytorch():
    pl.manual_seed(0)
    model = Autoencoder([5, 4, 2], activation="tanh", output_activation="sigmoid").double()
    s = published.torch_state(model)
    x = np.random.default_rng(0).normal(size=(7, 5))
    h = published.linear(s, "encoder.layers.linear1", torch.from_numpy(x)).tanh()
    z = published.linear(s, "encoder.layers.output", h)
    y = published.linear(s, "decoder.layers.output", published.linear(s, "decoder.layers.linear1", z).tanh())
    np.testing.assert_allclose(model(pl.tensor(x)).detach().numpy(), y.sigmoid().detach().numpy(), rtol=1e-10)


@pytest.mark.parametrize("side", [(8, 8), (7, 7), (9, 6), (5, 12), (1, 1)])
@pytest.mark.parametrize("channels", [(3,), (3, 4), (3, 4, 5)])
def test_a_convolutional_autoencoder_gives_images_of_any_size_back(side, channels):
    model = ConvAutoencoder((2, *side), channels=channels, code_size=3)
    assert tuple(model(pl.zeros(4, 2, *side)).shape) == (4, 2, *side)
    assert tuple(model.encoder(pl.zeros(4, 2, *side)).shape) == (4, 3)


def test_a_convolutional_autoencoder_is_the_same_network_in_pytorch():
    pl.manual_seed(0)
    model = ConvAutoencoder((2, 7, 8), channels=(3, 4), code_size=3, activation="tanh").double()
    s = published.torch_state(model)
    x = np.random.default_rng(0).normal(size=(5, 2, 7, 8))
    h = torch.from_numpy(x)
    for k in (1, 2):
        h = published.conv(s, f"encoder.conv{k}", h, stride=2, padding=1).tanh()
    code = published.linear(s, "encoder.code", h.flatten(1))
    h = published.linear(s, "decoder.code", code).tanh().reshape(5, 4, 2, 2)
    for k, missing in ((2, (1, 1)), (1, (0, 1))):
        w, b = s[f"decoder.conv{k}.weight"], s[f"decoder.conv{k}.bias"]
        h = torch.nn.functional.conv_transpose2d(h, w, b, stride=2, padding=1, output_padding=missing)
        h = h.tanh() if k == 2 else h.sigmoid()
    np.testing.assert_allclose(model(pl.tensor(x)).detach().numpy(), h.detach().numpy(), rtol=1e-10)


def test_noise_is_added_in_training_only_and_counted():
    pl.manual_seed(0)
    model = DenoisingAutoencoder(Autoencoder([4, 3]), noise=0.5)
    x = pl.randn(3, 4)
    first, second = model(x).detach().numpy(), model(x).detach().numpy()
    assert np.abs(first - second).max() > 1e-2
    pl.manual_seed(5)
    again = model(x).detach().numpy()
    pl.manual_seed(5)
    assert np.array_equal(again, model(x).detach().numpy())
    model.eval()
    assert np.array_equal(model(x).detach().numpy(), model.autoencoder(x).detach().numpy())


def test_the_noise_has_the_deviation_asked_for():
    pl.manual_seed(0)
    seen = []
    model = DenoisingAutoencoder(Autoencoder([200, 1]), noise=0.5)
    model.autoencoder.register_forward_pre_hook(lambda _, x: seen.append(x[0].numpy()))
    model(pl.ones(200, 200))
    assert seen[0].std() == pytest.approx(0.5, rel=0.02)
    assert seen[0].mean() == pytest.approx(1, abs=0.02)


def test_a_denoising_autoencoder_comes_back_from_its_config():
    for inner in (Autoencoder([4, 2]), ConvAutoencoder((1, 4, 4), channels=[3])):
        config = DenoisingAutoencoder(inner, noise=0.2).config()
        assert config == {"kind": "DenoisingAutoencoder", "autoencoder": inner.config(), "noise": 0.2}
        assert build_model(config).autoencoder.config() == inner.config()


def test_it_learns_to_take_the_noise_away():
    pl.manual_seed(0)
    t = np.random.default_rng(0).uniform(-1, 1, size=(256, 1))
    X = pl.tensor((t * np.linspace(-2, 2, 8)).astype(np.float32))  # rows on a line in eight dimensions
    model = DenoisingAutoencoder(Autoencoder([8, 1], activation="identity"), noise=0.5)
    trainer = Trainer(model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.02), seed=0)
    trainer.fit((X, X), epochs=30, batch_size=32)
    noisy = X + 0.5 * pl.randn_like(X)
    model.eval()
    left = ((model(noisy) - X) ** 2).mean().item()
    assert left < 0.4 * ((noisy - X) ** 2).mean().item()


def test_errors_are_the_mean_square_of_each_row_whatever_the_batch():
    class Half(nn.Module):
        def forward(self, x):
            assert not self.training
            return x / 2

    x = np.random.default_rng(0).normal(size=(7, 2, 3))
    model = Half()
    for size in (1, 3, 100):
        np.testing.assert_allclose(reconstruction_errors(model, x, size), (x**2).mean((1, 2)) / 4, rtol=1e-12)
    assert model.training
    assert reconstruction_errors(model, x[:0]).shape == (0,)


def test_errors_of_a_model_that_gives_another_shape_are_refused_and_the_mode_is_kept():
    model = nn.Linear(3, 2)
    with pytest.raises(ValueError, match="has the shape of its input"):
        reconstruction_errors(model, pl.zeros(4, 3))
    assert model.training


def test_rows_unlike_the_others_are_given_back_badly():
    pl.manual_seed(0)
    rng = np.random.default_rng(0)
    normal = (rng.normal(size=(300, 1)) * np.ones(6)).astype(np.float32)  # all columns alike
    model = Autoencoder([6, 1], activation="identity")
    Trainer(model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.02), seed=0).fit((normal, normal), epochs=20)
    odd = rng.normal(size=(50, 6)).astype(np.float32)
    assert np.median(reconstruction_errors(model, odd)) > 10 * np.quantile(reconstruction_errors(model, normal), 0.95)


def test_the_variational_loss_is_pixels_and_divergence_as_pytorch_has_them():
    rng = np.random.default_rng(0)
    logits, mean, log_variance = (rng.normal(size=shape) for shape in ((4, 6), (4, 2), (4, 2)))
    x = rng.uniform(size=(4, 6))
    ours = [pl.tensor(a, requires_grad=True) for a in (logits, mean, log_variance)]
    theirs = [torch.from_numpy(a).requires_grad_() for a in (logits, mean, log_variance)]
    pixels = torch.nn.functional.binary_cross_entropy_with_logits(theirs[0], torch.from_numpy(x), reduction="sum")
    code = torch.distributions.Normal(theirs[1], (0.5 * theirs[2]).exp())
    far = torch.distributions.kl_divergence(code, torch.distributions.Normal(0.0, 1.0)).sum()
    for beta in (1.0, 0.0, 3.0):
        loss, expected = variational_loss(tuple(ours), pl.tensor(x), beta), (pixels + beta * far) / 4
        assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
    loss.backward()
    expected.backward()
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_a_variational_autoencoder_draws_in_training_and_takes_the_mean_otherwise():
    pl.manual_seed(0)
    model, x = VariationalAutoencoder([6, 5, 4, 2]), pl.rand(3, 6)
    assert np.abs((model(x)[0] - model(x)[0]).detach().numpy()).max() > 1e-3
    y, mean, _ = model.eval()(x)
    assert np.array_equal(y.sigmoid().detach().numpy(), model.decode(mean).detach().numpy())
    assert np.array_equal(mean.detach().numpy(), model.encode(x)[0].detach().numpy())
    assert [tuple(p.shape) for p in model.decoder.parameters()][::2] == [(4, 2), (5, 4), (6, 5)]


def test_what_is_drawn_has_the_mean_and_variance_that_the_encoder_says():
    pl.manual_seed(0)
    model = VariationalAutoencoder([3, 4, 2])
    model.log_variance.bias.array[...] = np.log(0.25) + 0 * model.log_variance.bias.array
    model.log_variance.weight.array[...] = 0
    codes = []
    model.decoder.register_forward_pre_hook(lambda _, z: codes.append(z[0].detach().numpy()))
    _, mean, _ = model(pl.ones(20_000, 3))
    np.testing.assert_allclose(codes[0].std(0), 0.5, rtol=0.02)
    np.testing.assert_allclose(codes[0].mean(0), mean.detach().numpy()[0], atol=0.02)


def test_a_variational_autoencoder_learns_to_a_lower_loss():
    pl.manual_seed(0)
    x = pl.tensor((np.random.default_rng(0).integers(0, 2, size=(200, 1)) * np.ones(8)).astype(np.float32))
    model = VariationalAutoencoder([8, 16, 2])
    optimizer, losses = optim.Adam(model.parameters(), lr=0.01), []
    for _ in range(200):
        loss = variational_loss(model(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 2.5 < losses[0]  # eight pixels cost 8 log 2 = 5.5 nats at first; one bit is worth 0.7


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Autoencoder([4]), ValueError, "sizes needs at least 2"),
        (lambda: Autoencoder([4, 2], output_activation="sigmoidd"), ValueError, "did you mean 'sigmoid'"),
        (lambda: ConvAutoencoder((8, 8)), ValueError, "without the batch"),
        (lambda: ConvAutoencoder((1, 8, 8), code_size=0), ValueError, "code_size is at least 1"),
        (lambda: ConvAutoencoder((1, 8, 8))(pl.zeros(2, 1, 8, 9)), ValueError, r"got the batch \(2, 1, 8, 9\)"),
        (lambda: DenoisingAutoencoder(nn.Linear(2, 2)), TypeError, "one of Autoencoder, ConvAutoencoder"),
        (lambda: DenoisingAutoencoder({"kind": "MLP", "sizes": [2, 2]}), TypeError, "one of Autoencoder"),
        (lambda: DenoisingAutoencoder(Autoencoder([4, 2]), noise=-1), ValueError, "at least 0, got -1"),
        (lambda: DenoisingAutoencoder(Autoencoder([4, 2]), noise="1"), TypeError, "noise is a number"),
        (lambda: VariationalAutoencoder([4, 2]), ValueError, "sizes needs at least 3"),
        (lambda: variational_loss((pl.zeros(2, 4),) * 3, pl.zeros(2, 3)), ValueError, r"\(2, 4\), got \(2, 3\)"),
        (lambda: variational_loss((pl.zeros(2, 4),) * 3, pl.zeros(2, 4), -1), ValueError, "beta is at least 0"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(make, error, message):
    with pytest.raises(error, match=message):
        make()
