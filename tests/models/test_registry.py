import json

import numpy as np
import pytest

import pellucid as pl
from pellucid import nn
from pellucid.models import (
    CNN,
    GPT,
    MLP,
    MODELS,
    VGG,
    AlexNet,
    Autoencoder,
    ConvAutoencoder,
    DCGANDiscriminator,
    DCGANGenerator,
    DenoisingAutoencoder,
    LeNet5,
    MobileNetV2,
    Neuron,
    Perceptron,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    ResNet,
    SequenceTransformer,
    TextClassifier,
    TransformerClassifier,
    TransformerEncoderModel,
    UNet,
    VariationalAutoencoder,
    build_model,
)

# What makes a model of each kind, and what makes a batch for it.
EXAMPLES = [
    (lambda: MLP([4, 8, 3], activation="gelu", dropout=0.25, batch_norm=True), lambda: pl.randn(5, 4)),
    (lambda: MLP([4, 3]), lambda: pl.randn(5, 4)),
    (lambda: Neuron(4, "heaviside"), lambda: pl.randn(5, 4)),
    (lambda: Perceptron(4), lambda: pl.randn(5, 4)),
    (lambda: AlexNet(3, dropout=0.25, in_channels=1), lambda: pl.randn(1, 1, 63, 63)),
    (lambda: Autoencoder([4, 3, 2], "tanh", "sigmoid"), lambda: pl.randn(5, 4)),
    (lambda: CNN((1, 8, 8), 3, [4], "gelu", dropout=0.5, batch_norm=False), lambda: pl.randn(5, 1, 8, 8)),
    (lambda: ConvAutoencoder((1, 8, 7), [4, 5], 3, "tanh", "identity"), lambda: pl.randn(5, 1, 8, 7)),
    (lambda: DCGANDiscriminator(1, 8, 4), lambda: pl.randn(5, 1, 8, 8)),
    (lambda: DCGANGenerator(6, 1, 8, 4), lambda: pl.randn(5, 6)),
    (lambda: DenoisingAutoencoder(Autoencoder([4, 2]), noise=0.1), lambda: pl.randn(5, 4)),
    (lambda: GPT(9, 6, 8, 2, 2, dropout=0.2), lambda: pl.tensor([[1, 5, 8], [0, 2, 2]])),
    (lambda: LeNet5(3, in_channels=2), lambda: pl.randn(2, 2, 32, 32)),
    (lambda: MobileNetV2(3, width_mult=0.35, dropout=0.1, in_channels=1), lambda: pl.randn(1, 1, 32, 32)),
    (lambda: RecurrentClassifier(3, 2, 4, "gru", 2, True, 0.25), lambda: pl.randn(2, 5, 3)),
    (lambda: RecurrentLanguageModel(9, 3, 4, "rnn", 2, 0.25), lambda: pl.tensor([[1, 5, 8], [4, 2, 0]])),
    (lambda: RecurrentRegressor(3, 2, 4), lambda: pl.randn(2, 5, 3)),
    (lambda: ResNet(18, 3, in_channels=1), lambda: pl.randn(1, 1, 32, 32)),
    (lambda: SequenceTransformer(3, 2, 8, 2, 1, 6, 0.2, "relu"), lambda: pl.randn(2, 5, 3)),
    (lambda: TextClassifier(3, 9, 4, 5, "gru", 2, True, 0.2, None), lambda: pl.tensor([[1, 5, 8], [4, 2, 0]])),
    (lambda: TransformerClassifier(3, 9, 5, 8, 2, 1), lambda: pl.tensor([[1, 5, 8], [4, 2, 0]])),
    (lambda: TransformerEncoderModel(9, 5, 8, 2, 1, 6, 0.0, "relu", None), lambda: pl.tensor([[1, 5, 8], [4, 2, 0]])),
    (lambda: UNet(1, 3, [4, 6]), lambda: pl.randn(2, 1, 4, 6)),
    (lambda: VGG(11, 3, batch_norm=True, dropout=0.1, in_channels=1), lambda: pl.randn(1, 1, 32, 32)),
    (lambda: VariationalAutoencoder([6, 5, 2], "tanh"), lambda: pl.rand(5, 6)),
]


@pytest.fixture
def drawn_in_part(monkeypatch):
    """Of a weight of millions only the first one is drawn; the others stay zero. All would take half a minute."""
    for name in ("normal_", "uniform_"):
        draw = getattr(nn.init, name)

        def beginning(tensor, *args, draw=draw, **options):
            draw(pl.Tensor(tensor.array.reshape(-1)[: 2**20]), *args, **options)
            return tensor

        monkeypatch.setattr(nn.init, name, beginning)


@pytest.mark.usefixtures("drawn_in_part")
def test_every_kind_is_among_the_examples():
    assert {type(make()) for make, _ in EXAMPLES} == set(MODELS.values())


@pytest.mark.usefixtures("drawn_in_part")
@pytest.mark.parametrize(("make", "batch"), EXAMPLES)
def test_a_model_comes_back_from_its_config_and_state(make, batch):
    model = make()
    config = json.loads(json.dumps(model.config()))
    again = build_model(config)
    assert type(again) is type(model)
    assert again.config() == config == type(model).from_config(config).config()
    again.load_state_dict(model.state_dict())
    x = batch()
    ours, theirs = model.eval()(x), again.eval()(x)
    for y, expected in zip(*(out if isinstance(out, tuple) else (out,) for out in (theirs, ours)), strict=True):
        assert np.array_equal(y.detach().numpy(), expected.detach().numpy())


def test_arguments_with_defaults_may_be_left_out():
    assert build_model({"kind": "MLP", "sizes": [4, 2]}).config() == MLP([4, 2]).config()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"sizes": [4, 2]}, "needs a 'kind', one of .*MLP"),
        ({"kind": "mlp", "sizes": [4, 2]}, "choose one of .*MLP|did you mean 'MLP'"),
        ({"kind": "Nueron", "n_inputs": 4}, "did you mean 'Neuron'"),
        ({"kind": "os.system"}, "no model of kind 'os.system'"),
        ({"kind": ["MLP"]}, "no model of kind"),
        ({"kind": "MLP", "sizes": [4, 2], "droput": 0.5}, "no parameter 'droput'; did you mean 'dropout'"),
        ({"kind": "MLP"}, "lacks sizes"),
        ({"kind": "MLP", "sizes": [4]}, "at least two sizes"),
    ],
)
def test_a_config_that_names_nothing_known_is_refused(config, message):
    with pytest.raises(ValueError, match=message):
        build_model(config)


def test_a_config_of_another_kind_is_refused_by_the_class():
    with pytest.raises(ValueError, match="has kind 'MLP', this one has 'Neuron'"):
        MLP.from_config({"kind": "Neuron", "n_inputs": 4})


@pytest.mark.parametrize("config", ["MLP", None, [("kind", "MLP")]])
def test_a_config_that_is_no_dict_is_refused(config):
    with pytest.raises(TypeError, match="dict"):
        build_model(config)


def test_values_that_json_gives_in_a_wrong_type_are_refused():
    with pytest.raises(TypeError, match="list of integers"):
        build_model({"kind": "MLP", "sizes": "64,32"})
    for wrong in ("0.5", None, True):
        with pytest.raises(TypeError, match="dropout"):
            build_model({"kind": "MLP", "sizes": [4, 2], "dropout": wrong})
    with pytest.raises(TypeError, match="batch_norm"):
        build_model({"kind": "MLP", "sizes": [4, 2], "batch_norm": "false"})
    with pytest.raises(TypeError, match="n_inputs"):
        build_model({"kind": "Neuron", "n_inputs": 2.5})
