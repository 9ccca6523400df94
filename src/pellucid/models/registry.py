"""The kinds of model that a run folder may name: a closed list, so that loading a file never imports by name."""

from collections.abc import Mapping
from typing import Any

from pellucid._suggest import nearest
from pellucid.models.alexnet import AlexNet
from pellucid.models.autoencoder import Autoencoder
from pellucid.models.cnn import CNN
from pellucid.models.conv_autoencoder import ConvAutoencoder
from pellucid.models.dcgan import DCGANDiscriminator, DCGANGenerator
from pellucid.models.denoising import DenoisingAutoencoder
from pellucid.models.gpt import GPT
from pellucid.models.lenet import LeNet5
from pellucid.models.mlp import MLP
from pellucid.models.mobilenet import MobileNetV2
from pellucid.models.model import Model
from pellucid.models.neuron import Neuron
from pellucid.models.perceptron import Perceptron
from pellucid.models.recurrent import RecurrentClassifier, RecurrentRegressor
from pellucid.models.recurrent_language import RecurrentLanguageModel
from pellucid.models.resnet import ResNet
from pellucid.models.sequence_transformer import SequenceTransformer
from pellucid.models.text import TextClassifier
from pellucid.models.transformer import TransformerClassifier, TransformerEncoderModel
from pellucid.models.unet import UNet
from pellucid.models.variational import VariationalAutoencoder
from pellucid.models.vgg import VGG

__all__ = ["MODELS", "build_model"]

_KINDS: tuple[type[Model], ...] = (
    AlexNet,
    Autoencoder,
    CNN,
    ConvAutoencoder,
    DCGANDiscriminator,
    DCGANGenerator,
    DenoisingAutoencoder,
    GPT,
    LeNet5,
    MLP,
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
    VGG,
    VariationalAutoencoder,
)

MODELS: dict[str, type[Model]] = {kind.__name__: kind for kind in _KINDS}
"""Every kind by its name."""


def build_model(config: Mapping[str, Any]) -> Model:
    """Make the model, with new weights, that a config describes.

    Args:
        config: "kind", a name in `MODELS`, and the arguments of that class; what `Model.config()` gave.

    Raises:
        ValueError: when the kind or an argument is unknown, missing or refused by the class.
        TypeError: when `config` is no dict, or a value has a wrong type.

    Example:
        >>> build_model({"kind": "MLP", "sizes": [2, 4, 2], "activation": "tanh"}).sizes
        (2, 4, 2)
    """
    if not isinstance(config, Mapping):
        raise TypeError(f"a model's config is a dict with a 'kind', got {type(config).__name__}")
    if "kind" not in config:
        raise ValueError(f"a model's config needs a 'kind', one of {', '.join(MODELS)}")
    kind = config["kind"]
    if not isinstance(kind, str) or kind not in MODELS:
        raise ValueError(f"there is no model of kind {kind!r}{nearest(kind, MODELS)}")
    return MODELS[kind].from_config(config)
