"""The image classifiers against the published ones: names, counts, arithmetic, numbers."""

import numpy as np
import pytest
import torch
from tests.models import published

import pellucid as pl
from pellucid import nn
from pellucid.inspect import summary
from pellucid.models import CNN, VGG, AlexNet, InvertedResidual, LeNet5, MobileNetV2, ResNet, UNet


@pytest.fixture
def unfilled(monkeypatch):
    """Leave weights at zero: drawing a hundred million of them takes seconds."""
    for name in ("uniform_", "normal_", "kaiming_normal_", "kaiming_uniform_"):
        monkeypatch.setattr(nn.init, name, lambda tensor, *args, **options: tensor)


def count(model):
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (LeNet5, 61_706),
        (AlexNet, 61_100_840),
        (lambda: VGG(11), 132_863_336),
        (lambda: VGG(13), 133_047_848),
        (lambda: VGG(16), 138_357_544),
        (lambda: VGG(19), 143_667_240),
        (lambda: VGG(11, batch_norm=True), 132_868_840),
        (lambda: VGG(16, batch_norm=True), 138_365_992),
        (lambda: VGG(19, batch_norm=True), 143_678_248),
        (lambda: ResNet(18), 11_689_512),
        (lambda: ResNet(34), 21_797_672),
        (lambda: ResNet(50), 25_557_032),
        (lambda: ResNet(101), 44_549_160),
        (lambda: ResNet(152), 60_192_808),
        (MobileNetV2, 3_504_872),
    ],
)
def test_the_number_of_parameters_is_the_published_one(unfilled, make, parameters):
    assert count(make()) == parameters


NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def normed(convolution, batch_norm):
    return [f"{convolution}.weight", *(f"{batch_norm}.{name}" for name in NORM)]


def test_the_state_of_resnet_18_has_the_published_names(unfilled):
    names = normed("conv1", "bn1")
    for stage in (1, 2, 3, 4):
        for block in (0, 1):
            path = f"layer{stage}.{block}"
            names += normed(f"{path}.conv1", f"{path}.bn1") + normed(f"{path}.conv2", f"{path}.bn2")
            if stage > 1 and block == 0:
                names += normed(f"{path}.downsample.0", f"{path}.downsample.1")
    state = ResNet(18).state_dict()
    assert list(state) == [*names, "fc.weight", "fc.bias"]
    assert len(state) == 122
    assert tuple(state["conv1.weight"].shape) == (64, 3, 7, 7)
    assert tuple(state["layer2.0.downsample.0.weight"].shape) == (128, 64, 1, 1)
    assert tuple(state["layer4.1.conv2.weight"].shape) == (512, 512, 3, 3)
    assert tuple(state["fc.weight"].shape) == (1000, 512)


def test_the_state_of_resnet_50_has_the_published_names_and_widths(unfilled):
    state = ResNet(50).state_dict()
    assert len(state) == 320
    assert tuple(state["layer1.0.conv1.weight"].shape) == (64, 64, 1, 1)
    assert tuple(state["layer1.0.conv3.weight"].shape) == (256, 64, 1, 1)
    assert tuple(state["layer1.0.downsample.0.weight"].shape) == (256, 64, 1, 1)
    assert tuple(state["layer3.5.conv2.weight"].shape) == (256, 256, 3, 3)
    assert tuple(state["layer4.0.conv1.weight"].shape) == (512, 1024, 1, 1)
    assert "layer4.1.downsample.0.weight" not in state
    assert tuple(state["fc.weight"].shape) == (1000, 2048)


def test_the_states_of_alexnet_and_vgg_have_the_published_names(unfilled):
    def places(model, part):
        return [int(n.split(".")[1]) for n in model.state_dict() if n.startswith(part) and n.endswith(".weight")]

    assert places(AlexNet(), "features") == [0, 3, 6, 8, 10]
    assert places(AlexNet(), "classifier") == [1, 4, 6]
    vgg = VGG(16)
    assert places(vgg, "features") == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    assert places(vgg, "classifier") == [0, 3, 6]
    assert tuple(vgg.state_dict()["classifier.0.weight"].shape) == (4096, 25088)
    assert tuple(vgg.state_dict()["features.28.bias"].shape) == (512,)
    assert places(VGG(11, batch_norm=True), "features")[:6] == [0, 1, 4, 5, 8, 9]


def test_the_state_of_mobilenet_v2_has_the_published_names(unfilled):
    state = MobileNetV2().state_dict()
    assert len(state) == 314
    assert list(state)[:6] == normed("features.0.0", "features.0.1")
    assert list(state)[6:18] == [
        *normed("features.1.conv.0.0", "features.1.conv.0.1"),
        *normed("features.1.conv.1", "features.1.conv.2"),
    ]
    assert list(state)[18:36] == [
        *normed("features.2.conv.0.0", "features.2.conv.0.1"),
        *normed("features.2.conv.1.0", "features.2.conv.1.1"),
        *normed("features.2.conv.2", "features.2.conv.3"),
    ]
    assert list(state)[-2:] == ["classifier.1.weight", "classifier.1.bias"]
    assert tuple(state["features.2.conv.1.0.weight"].shape) == (96, 1, 3, 3)
    assert tuple(state["features.17.conv.2.weight"].shape) == (320, 960, 1, 1)
    assert tuple(state["features.18.0.weight"].shape) == (1280, 320, 1, 1)


VGG_11 = [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]
VGG_13 = [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]


@pytest.mark.parametrize(
    ("make", "theirs", "shape"),
    [
        (lambda: ResNet(18, num_classes=5), lambda s, x: published.resnet(s, x, (2, 2, 2, 2), 2), (2, 3, 48, 40)),
        (lambda: ResNet(50, num_classes=5), lambda s, x: published.resnet(s, x, (3, 4, 6, 3), 3), (2, 3, 33, 40)),
        (lambda: MobileNetV2(num_classes=5, width_mult=0.5, dropout=0), published.mobilenet, (2, 3, 48, 40)),
    ],
    ids=["ResNet-18", "ResNet-50", "MobileNetV2"],
)
def test_values_and_gradients_are_those_of_the_published_network(make, theirs, shape):
    rng = np.random.default_rng(0)
    pl.manual_seed(0)
    model = make().double()
    _compare(model, model, theirs, rng.normal(size=shape))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(("depth", "layers"), [(11, VGG_11), (13, VGG_13)])
def test_values_and_gradients_of_vgg_are_those_of_the_paper_s_table(monkeypatch, batch_norm, depth, layers):
    linear = nn.Linear.__init__  # of the linear layers, which are most of the weights, only corners are made
    monkeypatch.setattr(nn.Linear, "__init__", lambda self, n_in, n_out: linear(self, min(n_in, 9), min(n_out, 9)))
    pl.manual_seed(0)
    model = VGG(depth, batch_norm=batch_norm)
    features = model.features.double()
    state = {f"features.{name}": value for name, value in published.torch_state(features).items()}
    x = np.random.default_rng(0).normal(size=(2, 3, 32, 64))
    _compare(features, features, lambda s, x: published.vgg_features(state, x, layers, batch_norm), x, state)


def test_values_of_alexnet_are_those_of_the_published_network():
    pl.manual_seed(0)
    model = AlexNet(num_classes=7).eval()
    x = np.random.default_rng(0).normal(size=(2, 3, 80, 100)).astype(np.float32)
    with torch.no_grad():
        expected = published.alexnet(published.torch_state(model), torch.from_numpy(x)).numpy()
    found = model(pl.tensor(x)).detach().numpy()
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_gradients_of_alexnet_s_features_are_those_of_the_published_network():
    pl.manual_seed(0)
    features = AlexNet(num_classes=7).features.double()
    state = {f"features.{name}": value for name, value in published.torch_state(features).items()}
    x = np.random.default_rng(0).normal(size=(1, 3, 67, 80))
    _compare(features, features, lambda s, x: published.alexnet_features(state, x), x, state)


def _compare(model, owner, theirs, x, state=None):
    """Values and gradients in float64, with a random cotangent."""
    state = published.torch_state(owner) if state is None else state
    inputs, their_inputs = pl.tensor(x, requires_grad=True), torch.from_numpy(x).requires_grad_()
    y, expected = model(inputs), theirs(state, their_inputs)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-9, atol=1e-10)
    dy = np.random.default_rng(1).normal(size=tuple(y.shape))
    y.backward(pl.tensor(dy))
    expected.backward(torch.from_numpy(dy))
    wanted = [p.grad for p in state.values() if p.requires_grad]
    largest = max(float(grad.abs().max()) for grad in wanted)  # some are zero: of what the next norm takes away
    for (name, p), grad in zip(owner.named_parameters(), wanted, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), grad.numpy(), rtol=1e-8, atol=1e-11 * largest, err_msg=name)
    np.testing.assert_allclose(inputs.grad.numpy(), their_inputs.grad.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("make", "size", "multiply_adds"),
    [(lambda: ResNet(18), 224, 1.814e9), (AlexNet, 224, 0.714e9), (LeNet5, 32, 416_520)],
)
def test_the_arithmetic_is_the_published_one(unfilled, make, size, multiply_adds):
    model = make()
    channels = 1 if isinstance(model, LeNet5) else 3
    assert summary(model, (1, channels, size, size)).flops / 2 == pytest.approx(multiply_adds, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "multiply_adds"),
    [
        (lambda: ResNet(50), 4.089e9),
        (lambda: VGG(11), 7.609e9),
        (lambda: VGG(16), 15.470e9),
        (MobileNetV2, 0.301e9),
    ],
)
def test_the_arithmetic_of_large_networks_is_the_published_one(unfilled, make, multiply_adds):
    assert summary(make(), (1, 3, 224, 224)).flops / 2 == pytest.approx(multiply_adds, rel=2e-3)


def test_weights_start_with_the_deviation_of_the_published_code():
    pl.manual_seed(0)
    resnet = ResNet(18)
    assert resnet.layer3[0].conv1.weight.detach().numpy().std() == pytest.approx(np.sqrt(2 / (256 * 9)), rel=0.02)
    assert np.all(resnet.layer3[0].bn2.weight.detach().numpy() == 1)
    mobilenet = MobileNetV2()
    assert mobilenet.classifier[1].weight.detach().numpy().std() == pytest.approx(0.01, rel=0.02)
    assert np.all(mobilenet.classifier[1].bias.detach().numpy() == 0)
    assert mobilenet.features[18][0].weight.detach().numpy().std() == pytest.approx(np.sqrt(2 / 1280), rel=0.02)


def test_a_cnn_has_as_many_stages_as_leave_two_or_three_pixels():
    assert CNN((1, 8, 8), 10).channels == (32, 64)
    assert CNN((3, 28, 40), 10).channels == (32, 64, 128)
    assert CNN((3, 224, 224), 2).channels == (32, 64, 128, 256, 256, 256)
    assert CNN((1, 3, 3), 2).channels == (32,)
    for side in range(2, 40):
        left = side >> len(CNN((1, side, side), 2).channels)
        assert left in {1, 2, 3}
        assert left > 1 or side < 4


def test_each_argument_of_a_cnn_changes_it():
    def output(**arguments):
        pl.manual_seed(0)
        model = CNN((1, 8, 8), 3, **arguments)
        return model(pl.linspace(-2, 2, 4 * 64).reshape(4, 1, 8, 8)).detach().numpy()

    plain = output()
    for arguments in ({"channels": [32]}, {"activation": "tanh"}, {"dropout": 0.0}, {"batch_norm": False}):
        assert np.abs(output(**arguments) - plain).max() > 1e-2


def test_a_cnn_is_the_same_network_in_pytorch():
    pl.manual_seed(0)
    model = CNN((2, 9, 10), 3, channels=[4, 6], activation="gelu", dropout=0).double()

    def theirs(s, x):
        for k in (1, 2):
            x = published.norm(s, f"layers.norm{k}", published.conv(s, f"layers.conv{k}", x, padding=1))
            x = torch.nn.functional.max_pool2d(torch.nn.functional.gelu(x), 2)
        return published.linear(s, "layers.output", x.flatten(1))

    _compare(model, model, theirs, np.random.default_rng(0).normal(size=(5, 2, 9, 10)))


def test_lenet_is_the_same_network_in_pytorch():
    pl.manual_seed(0)
    model = LeNet5().double()

    def theirs(s, x):
        for k in (0, 3):
            x = torch.nn.functional.avg_pool2d(published.conv(s, f"features.{k}", x).tanh(), 2)
        x = x.flatten(1)
        for k in (0, 2):
            x = published.linear(s, f"classifier.{k}", x).tanh()
        return published.linear(s, "classifier.4", x)

    _compare(model, model, theirs, np.random.default_rng(0).normal(size=(3, 1, 32, 32)))


def test_a_unet_is_the_same_network_in_pytorch():
    pl.manual_seed(0)
    model = UNet(2, 3, channels=(4, 6, 8)).double()
    F = torch.nn.functional

    def twice(s, path, x):
        for k in (0, 3):
            x = published.norm(s, f"{path}.{k + 1}", published.conv(s, f"{path}.{k}", x, padding=1)).relu()
        return x

    def theirs(s, x):
        large = twice(s, "down.0", x)
        middle = twice(s, "down.1", F.max_pool2d(large, 2))
        x = twice(s, "down.2", F.max_pool2d(middle, 2))
        for k, beside in enumerate((middle, large)):
            wider = F.conv_transpose2d(x, s[f"widen.{k}.weight"], s[f"widen.{k}.bias"], stride=2)
            x = twice(s, f"up.{k}", torch.cat([beside, wider], 1))
        return published.conv(s, "output", x)

    _compare(model, model, theirs, np.random.default_rng(0).normal(size=(2, 2, 8, 12)))


def test_channels_of_mobilenet_are_multiples_of_eight_of_at_least_nine_tenths(unfilled):
    narrow = MobileNetV2(num_classes=2, width_mult=0.35)
    assert narrow.features[0][0].out_channels == 16  # 0.35 · 32 = 11.2, of which 8 would be 71%
    assert narrow.features[7].conv[-2].out_channels == 24  # 0.35 · 64 = 22.4
    assert narrow.features[18][0].out_channels == 1280  # the last is never narrowed
    assert MobileNetV2(num_classes=2, width_mult=1.4).features[18][0].out_channels == 1792


def test_a_block_of_mobilenet_adds_its_input_only_where_the_shape_stays():
    assert InvertedResidual(8, 8, stride=1, expand_ratio=2).use_res_connect
    assert not InvertedResidual(8, 8, stride=2, expand_ratio=2).use_res_connect
    assert not InvertedResidual(8, 16, stride=1, expand_ratio=2).use_res_connect


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: CNN((8, 8), 10), ValueError, r"\(channels, height, width\), without the batch"),
        (lambda: CNN((1, 8, 8), 10, channels=[4, 4, 4, 4]), ValueError, "at least 16 x 16 pixels, got 8 x 8"),
        (lambda: CNN((1, 8, 8), 0), ValueError, "num_classes is at least 1, got 0"),
        (lambda: CNN((1, 8, 8), 2.5), TypeError, "num_classes is an integer"),
        (lambda: CNN((1, 8, 8), 10, channels=[]), ValueError, "channels needs at least 1"),
        (lambda: CNN((1, 8, 8), 10, channels="32"), TypeError, "channels is a list of integers"),
        (lambda: CNN((1, 8, 8), 10, activation="rleu"), ValueError, "did you mean 'relu'"),
        (lambda: CNN((1, 8, 8), 10, dropout=1), ValueError, r"CNN: dropout is a probability in \[0, 1\)"),
        (lambda: CNN((1, 8, 8), 10, batch_norm=1), TypeError, "batch_norm is True or False"),
        (lambda: VGG(12), ValueError, "one of 11, 13, 16, 19, got 12"),
        (lambda: ResNet(20), ValueError, "one of 18, 34, 50, 101, 152, got 20"),
        (lambda: ResNet("18"), ValueError, "got '18'"),
        (lambda: MobileNetV2(width_mult=0), ValueError, "width_mult is above 0"),
        (lambda: MobileNetV2(width_mult="1"), TypeError, "width_mult is a number"),
        (lambda: UNet(channels=[8]), ValueError, "channels needs at least 2"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_reason(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("model", "shape", "message"),
    [
        (CNN((1, 8, 8), 10), (5, 8, 8), r"of the shape \(1, 8, 8\), got the batch \(5, 8, 8\)"),
        (LeNet5(), (5, 1, 28, 28), "32 x 32 pixels, got the batch"),
        (UNet(1, 2, channels=(4, 4, 4)), (1, 1, 8, 10), r"in multiples of 4, got \(1, 1, 8, 10\)"),
    ],
)
def test_images_of_another_size_are_refused(model, shape, message):
    with pytest.raises(ValueError, match=message):
        model(pl.zeros(*shape))
