"""The cases on which every layer is compared with PyTorch: how it is built, and what it is given."""

from collections import OrderedDict
from typing import Any

import numpy as np
from tests.contract import cases_attention, cases_convolution, cases_images, cases_pooling, cases_recurrent
from tests.contract.case import SHAPES, Case, case, indices, normal, wide

ACTIVATIONS: list[tuple[str, dict[str, Any]]] = [
    ("Sigmoid", {}),
    ("Tanh", {}),
    ("LogSigmoid", {}),
    ("Softsign", {}),
    ("Tanhshrink", {}),
    ("SELU", {}),
    ("SiLU", {}),
    ("Mish", {}),
    ("ReLU", {}),
    ("ReLU6", {}),
    ("Hardsigmoid", {}),
    ("Hardswish", {}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": -0.3}),
    ("ELU", {}),
    ("ELU", {"alpha": 1.7}),
    ("CELU", {}),
    ("CELU", {"alpha": 0.25}),  # PyTorch rounds 1/alpha to float32 in the gradient: a power of two stays exact
    ("GELU", {}),
    ("GELU", {"approximate": "tanh"}),
    ("Softplus", {}),
    ("Softplus", {"beta": 2.5, "threshold": 5.0}),
    ("Softplus", {"beta": -1.0}),
    ("Hardtanh", {}),
    ("Hardtanh", {"min_val": -3.0, "max_val": 0.5}),
    ("Softshrink", {}),
    ("Softshrink", {"lambd": 2.0}),
    ("Hardshrink", {}),
    ("Hardshrink", {"lambd": 2.0}),
    ("PReLU", {}),
    ("PReLU", {"init": -0.4}),
]


def _activations():
    for name, options in ACTIVATIONS:
        for shape in SHAPES:
            yield case(name, wide(*shape), **options)
    for shape in SHAPES:
        yield case("Threshold", wide(*shape), args=(0.3, 20.0))
    for shape in [(4, 3), (2, 3, 4), (1, 3)]:
        yield case("PReLU", wide(*shape), num_parameters=3)
    for name in ("Softmax", "LogSoftmax", "Softmin"):
        for shape, dim in [((7,), 0), ((4, 3), 1), ((4, 3), 0), ((2, 3, 4), 1), ((1, 1), -1), ((), 0), ((2, 3, 4), -1)]:
            yield case(name, wide(*shape), dim=dim)
    for shape, dim in [((6,), -1), ((4, 3), 0), ((2, 4, 3), 1), ((1, 2), -1)]:
        yield case("GLU", wide(*shape), dim=dim)


def _products():
    for shape in [(3,), (5, 3), (2, 4, 3), (1, 3)]:
        yield case("Linear", normal(*shape), args=(3, 4))
        yield case("Linear", normal(*shape), args=(3, 1), bias=False)
    for shape in [(), (5,), (2, 4), (1,)]:
        yield case("Bilinear", normal(*shape, 3), normal(*shape, 2), args=(3, 2, 4))
    yield case("Bilinear", normal(5, 3), normal(5, 2), args=(3, 2, 1), bias=False)


def _rearranging():
    for shape in [(4, 3), (2, 3, 4), (1, 1), (2, 1, 3, 2)]:
        yield case("Identity", normal(*shape), args=(54,), unused=0.1)
        yield case("Flatten", normal(*shape))
    yield case("Flatten", normal(2, 3, 4), start_dim=0, end_dim=1)
    yield case("Unflatten", normal(2, 6), args=(1, (2, 3)))
    yield case("Unflatten", normal(4, 2, 3), args=(-3, (2, -1)))


def _random():
    for name in ("Dropout", "AlphaDropout"):
        for shape in SHAPES:
            yield case(name, normal(*shape))
        yield case(name, normal(4, 3), p=0.0)
        yield case(name, normal(4, 3), p=1.0)


def _normalising():
    for shape in [(5, 3), (4, 3, 6), (2, 3)]:
        yield case("BatchNorm1d", normal(*shape), args=(3,))
        yield case("BatchNorm1d", normal(*shape), args=(3,), momentum=None, eps=0.1)
        yield case("BatchNorm1d", normal(*shape), args=(3,), affine=False, momentum=0.7)
        yield case("BatchNorm1d", normal(*shape), args=(3,), track_running_stats=False, bias=False)
    yield case("BatchNorm1d", normal(1, 3, 4), args=(3,))
    for shape in [(4, 6), (2, 3, 6), (6,), (1, 6)]:
        yield case("LayerNorm", normal(*shape), args=(6,))
        yield case("LayerNorm", normal(*shape), args=(6,), eps=0.1, bias=False)
        yield case("LayerNorm", normal(*shape), args=(6,), elementwise_affine=False)
        yield case("RMSNorm", normal(*shape), args=(6,))
        yield case("RMSNorm", normal(*shape), args=(6,), eps=0.1, elementwise_affine=False)
    yield case("LayerNorm", normal(2, 3, 4), args=((3, 4),))
    yield case("RMSNorm", normal(2, 3, 4), args=((3, 4),))
    for shape in [(2, 6), (3, 6, 4), (1, 6, 2, 3)]:
        yield case("GroupNorm", normal(*shape), args=(2, 6))
        yield case("GroupNorm", normal(*shape), args=(3, 6), eps=0.1, bias=False)
        yield case("GroupNorm", normal(*shape), args=(1, 6), affine=False)


def _looking_up():
    for shape in [(5,), (2, 4), (), (1,)]:
        yield case("Embedding", indices(4, *shape), args=(4, 3))
    yield case("Embedding", np.asarray([[0, 3, 3], [1, 3, 0]]), args=(4, 2), padding_idx=3)
    yield case("Embedding", np.asarray([[0, 2, 2], [1, 3, 0]]), args=(4, 2), padding_idx=-2, scale_grad_by_freq=True)
    yield case("Embedding", np.asarray([[0, 2, 2], [1, 2, 0]]), args=(4, 2), scale_grad_by_freq=True)


def _comparing():
    for shape, dim in [((4, 3), 1), ((4, 3), 0), ((2, 3, 4), -1), ((1, 1), 1)]:
        yield case("CosineSimilarity", normal(*shape), normal(*shape), dim=dim)
    for shape in [(4, 3), (3,), (2, 3, 4), (1, 1)]:
        yield case("PairwiseDistance", normal(*shape), normal(*shape))
    for p in (1.0, 3.0, 1.5, float("inf")):
        yield case("PairwiseDistance", normal(4, 3), normal(4, 3), p=p, eps=0.1, keepdim=True)


def _containing():
    def chain(nn):
        return nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 2), nn.LogSoftmax(dim=1)

    def named(nn):
        return (OrderedDict([("first", nn.Linear(3, 2)), ("second", nn.Sequential(nn.Tanh(), nn.Linear(2, 2)))]),)

    def shared(nn):
        layer = nn.Linear(3, 3)
        return layer, nn.Tanh(), layer

    for shape in [(4, 3), (2, 3)]:
        yield case("Sequential", normal(*shape), children=chain)
    yield case("Sequential", normal(4, 3), children=named)
    yield case("Sequential", normal(4, 3), children=shared)
    yield case("Sequential", normal(4, 3))


CASES = [
    *_activations(),
    *_products(),
    *_rearranging(),
    *_random(),
    *_normalising(),
    *_looking_up(),
    *_comparing(),
    *_containing(),
    *cases_attention.CASES,
    *cases_convolution.CASES,
    *cases_images.CASES,
    *cases_pooling.CASES,
    *cases_recurrent.CASES,
]

NOT_IN_PYTORCH = {"Heaviside", "RotaryPositions", "SinusoidalPositions"}
"""Layers that PyTorch lacks; each has tests of its own."""

WITHOUT_FORWARD = {"ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "RNNBase", "RNNCellBase"}
"""What holds modules or parameters and computes nothing itself; tested in tests/nn."""

TAUGHT_BY_CHANCE = {"Dropout", "AlphaDropout", *cases_images.DROPPED}
"""Layers whose training is random: PyTorch draws other numbers."""

OPTIONS: dict[str, dict[str, tuple[Case, Any]]] = {
    "LeakyReLU": {"negative_slope": (case("LeakyReLU", wide(5)), 0.4)},
    "PReLU": {
        "init": (case("PReLU", wide(5)), 0.4),
        "num_parameters": (case("PReLU", wide(4, 3)), 3),
    },
    "Hardtanh": {"min_val": (case("Hardtanh", wide(9)), -2.0), "max_val": (case("Hardtanh", wide(9)), 2.0)},
    "Threshold": {
        "threshold": (case("Threshold", wide(90), threshold=0.0, value=3.0), 2.0),
        "value": (case("Threshold", wide(90), threshold=0.0, value=3.0), 4.0),
    },
    "Softshrink": {"lambd": (case("Softshrink", wide(9)), 1.5)},
    "Hardshrink": {"lambd": (case("Hardshrink", normal(9)), 1.0)},
    "Heaviside": {"value": (case("Heaviside", np.zeros(2)), 0.5)},
    "Softplus": {"beta": (case("Softplus", wide(5)), 2.0), "threshold": (case("Softplus", wide(9)), 1.0)},
    "ELU": {"alpha": (case("ELU", wide(9)), 2.0)},
    "CELU": {"alpha": (case("CELU", wide(9)), 2.0)},
    "GELU": {"approximate": (case("GELU", normal(9)), "tanh")},
    "Softmax": {"dim": (case("Softmax", normal(4, 3), dim=0), 1)},
    "LogSoftmax": {"dim": (case("LogSoftmax", normal(4, 3), dim=0), 1)},
    "Softmin": {"dim": (case("Softmin", normal(4, 3), dim=0), 1)},
    "GLU": {"dim": (case("GLU", normal(4, 4)), 0)},
    "Linear": {
        "in_features": (case("Linear", normal(4, 0), in_features=1, out_features=1), 2),
        "out_features": (case("Linear", normal(4, 2), in_features=2, out_features=1), 3),
        "bias": (case("Linear", normal(4, 2), in_features=2, out_features=1), False),
    },
    "Bilinear": {
        "in1_features": (case("Bilinear", in1_features=1, in2_features=2, out_features=3), 2),
        "in2_features": (case("Bilinear", in1_features=1, in2_features=2, out_features=3), 3),
        "out_features": (case("Bilinear", in1_features=1, in2_features=2, out_features=3), 4),
        "bias": (case("Bilinear", normal(4, 1), normal(4, 2), in1_features=1, in2_features=2, out_features=3), False),
    },
    "Flatten": {
        "start_dim": (case("Flatten", normal(2, 3, 4)), 0),
        "end_dim": (case("Flatten", normal(2, 3, 4, 2)), 2),
    },
    "Unflatten": {
        "dim": (case("Unflatten", normal(6, 6), dim=0, unflattened_size=(2, 3)), 1),
        "unflattened_size": (case("Unflatten", normal(6, 6), dim=0, unflattened_size=(2, 3)), (3, 2)),
    },
    "Dropout": {"p": (case("Dropout", normal(64)), 0.2)},
    "AlphaDropout": {"p": (case("AlphaDropout", normal(64)), 0.2)},
    "BatchNorm1d": {
        "num_features": (case("BatchNorm1d", num_features=3), 2),
        "eps": (case("BatchNorm1d", normal(5, 3), num_features=3), 0.1),
        "momentum": (case("BatchNorm1d", normal(5, 3), num_features=3), 0.4),
        "affine": (case("BatchNorm1d", normal(5, 3), num_features=3), False),
        "track_running_stats": (case("BatchNorm1d", normal(5, 3), num_features=3), False),
        "bias": (case("BatchNorm1d", normal(5, 3), num_features=3), False),
    },
    "LayerNorm": {
        "normalized_shape": (case("LayerNorm", normal(5, 2, 3), normalized_shape=3), (2, 3)),
        "eps": (case("LayerNorm", normal(5, 3), normalized_shape=3), 0.1),
        "elementwise_affine": (case("LayerNorm", normal(5, 3), normalized_shape=3), False),
        "bias": (case("LayerNorm", normal(5, 3), normalized_shape=3), False),
    },
    "RMSNorm": {
        "normalized_shape": (case("RMSNorm", normal(5, 2, 3), normalized_shape=3), (2, 3)),
        "eps": (case("RMSNorm", normal(5, 3), normalized_shape=3), 0.1),
        "elementwise_affine": (case("RMSNorm", normal(5, 3), normalized_shape=3), False),
    },
    "GroupNorm": {
        "num_groups": (case("GroupNorm", normal(5, 6), num_groups=2, num_channels=6), 3),
        "num_channels": (case("GroupNorm", num_groups=2, num_channels=6), 4),
        "eps": (case("GroupNorm", normal(5, 6), num_groups=2, num_channels=6), 0.1),
        "affine": (case("GroupNorm", normal(5, 6), num_groups=2, num_channels=6), False),
        "bias": (case("GroupNorm", normal(5, 6), num_groups=2, num_channels=6), False),
    },
    "Embedding": {
        "num_embeddings": (case("Embedding", num_embeddings=3, embedding_dim=2), 4),
        "embedding_dim": (case("Embedding", num_embeddings=3, embedding_dim=2), 3),
        "padding_idx": (case("Embedding", np.asarray([0, 1, 1]), num_embeddings=3, embedding_dim=2), 1),
        "scale_grad_by_freq": (case("Embedding", np.asarray([0, 1, 1]), num_embeddings=3, embedding_dim=2), True),
        "_freeze": (case("Embedding", np.asarray([0, 1, 1]), num_embeddings=3, embedding_dim=2), True),
    },
    "CosineSimilarity": {
        "dim": (case("CosineSimilarity", normal(4, 3), normal(4, 3)), 0),
        "eps": (case("CosineSimilarity", normal(4, 3), normal(4, 3)), 5.0),
    },
    "PairwiseDistance": {
        "p": (case("PairwiseDistance", normal(4, 3), normal(4, 3)), 1.0),
        "eps": (case("PairwiseDistance", normal(4, 3), normal(4, 3)), 0.1),
        "keepdim": (case("PairwiseDistance", normal(4, 3), normal(4, 3)), True),
    },
    **cases_attention.OPTIONS,
    **cases_convolution.OPTIONS,
    **cases_images.OPTIONS,
    **cases_pooling.OPTIONS,
    **cases_recurrent.OPTIONS,
}
"""For each layer and option: a case, and another value of the option that must change what comes out."""

SINGLE_VALUED = cases_attention.SINGLE_VALUED | cases_convolution.SINGLE_VALUED
"""For each layer: the options that know one value only."""
