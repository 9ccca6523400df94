"""Whole networks, ready to train, and the closed list of kinds that a run folder may name."""

from pellucid.models.activations import ACTIVATIONS, make_activation
from pellucid.models.architecture import suggest_architecture
from pellucid.models.mlp import MLP
from pellucid.models.model import Model
from pellucid.models.neuron import Neuron
from pellucid.models.perceptron import Perceptron, PerceptronHistory
from pellucid.models.registry import MODELS, build_model

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "MODELS",
    "Model",
    "Neuron",
    "Perceptron",
    "PerceptronHistory",
    "build_model",
    "make_activation",
    "suggest_architecture",
]
