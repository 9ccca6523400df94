"""Whole networks, ready to train, and the closed list of kinds that a run folder may name."""

from pellucid.models.activations import ACTIVATIONS, make_activation
from pellucid.models.alexnet import AlexNet
from pellucid.models.architecture import suggest_architecture
from pellucid.models.autoencoder import Autoencoder, reconstruction_errors
from pellucid.models.cnn import CNN
from pellucid.models.conv_autoencoder import ConvAutoencoder
from pellucid.models.dcgan import DCGANDiscriminator, DCGANGenerator
from pellucid.models.denoising import DenoisingAutoencoder
from pellucid.models.gpt import GPT, CausalSelfAttention, GPTBlock
from pellucid.models.lenet import LeNet5
from pellucid.models.mlp import MLP
from pellucid.models.mobilenet import InvertedResidual, MobileNetV2
from pellucid.models.model import Model
from pellucid.models.neuron import Neuron
from pellucid.models.perceptron import Perceptron, PerceptronHistory
from pellucid.models.recurrent import RecurrentClassifier, RecurrentRegressor
from pellucid.models.recurrent_language import RecurrentLanguageModel
from pellucid.models.registry import MODELS, build_model
from pellucid.models.resnet import BasicBlock, Bottleneck, ResNet
from pellucid.models.sampling import draw_tokens, token_probabilities
from pellucid.models.sequence_transformer import SequenceTransformer
from pellucid.models.text import AttentionPooling, TextClassifier
from pellucid.models.transformer import TransformerClassifier, TransformerEncoderModel
from pellucid.models.unet import UNet
from pellucid.models.variational import VariationalAutoencoder, variational_loss
from pellucid.models.vgg import VGG

__all__ = [
    "ACTIVATIONS",
    "CNN",
    "GPT",
    "MLP",
    "MODELS",
    "VGG",
    "AlexNet",
    "AttentionPooling",
    "Autoencoder",
    "BasicBlock",
    "Bottleneck",
    "CausalSelfAttention",
    "ConvAutoencoder",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "DenoisingAutoencoder",
    "GPTBlock",
    "InvertedResidual",
    "LeNet5",
    "MobileNetV2",
    "Model",
    "Neuron",
    "Perceptron",
    "PerceptronHistory",
    "RecurrentClassifier",
    "RecurrentLanguageModel",
    "RecurrentRegressor",
    "ResNet",
    "SequenceTransformer",
    "TextClassifier",
    "TransformerClassifier",
    "TransformerEncoderModel",
    "UNet",
    "VariationalAutoencoder",
    "build_model",
    "draw_tokens",
    "make_activation",
    "reconstruction_errors",
    "suggest_architecture",
    "token_probabilities",
    "variational_loss",
]
