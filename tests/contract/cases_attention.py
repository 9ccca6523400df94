"""The cases of attention, transformers, bags of embeddings and position codes, as in layer_cases.py."""

from typing import Any

import numpy as np
from tests.contract.case import Case, case

_rng = np.random.default_rng(41)

BAGS = (np.asarray([3, 0, 3, 1, 2]), np.asarray([0, 2, 2, 5]))  # of the bags, one in the middle and the last are empty
SMALL: dict[str, Any] = {"dim_feedforward": 5, "dropout": 0.0}


def normal(*shape):
    return np.asarray(_rng.normal(size=shape))


def indices(n, *shape):
    return np.asarray(_rng.integers(0, n, size=shape))


def _bagging():
    for mode in ("sum", "mean", "max"):
        for shape in [(2, 4), (1, 1)]:
            yield case("EmbeddingBag", indices(4, *shape), args=(4, 3), mode=mode)
        yield case("EmbeddingBag", *BAGS, args=(4, 3), mode=mode)
        yield case("EmbeddingBag", *BAGS, args=(4, 3), mode=mode, include_last_offset=True)
        yield case("EmbeddingBag", *BAGS, args=(4, 3), mode=mode, padding_idx=-1)


def _attending():
    for options in [{}, {"bias": False}, {"add_bias_kv": True, "add_zero_attn": True}, {"batch_first": True}]:
        first = options.get("batch_first", False)
        x, y, z = (normal(2, n, 4) if first else normal(n, 2, 4) for n in (3, 5, 5))
        yield case("MultiheadAttention", x, y, z, args=(4, 2), **options)
        yield case("MultiheadAttention", normal(3, 4), normal(5, 4), normal(5, 4), args=(4, 1), **options)
    yield case("MultiheadAttention", normal(3, 2, 4), normal(5, 2, 3), normal(5, 2, 2), args=(4, 2), kdim=3, vdim=2)


def _transforming():
    for options in [{}, {"batch_first": True, "norm_first": True}, {"bias": False}, {"activation": "gelu"}]:
        yield case("TransformerEncoderLayer", normal(3, 2, 4), args=(4, 2), **SMALL, **options)
        yield case("TransformerDecoderLayer", normal(3, 2, 4), normal(3, 2, 4), args=(4, 2), **SMALL, **options)
    yield case("TransformerEncoderLayer", normal(3, 4), args=(4, 2), **SMALL)
    yield case("TransformerDecoderLayer", normal(3, 4), normal(5, 4), args=(4, 1), **SMALL)
    encoder = lambda nn: (nn.TransformerEncoderLayer(4, 2, **SMALL),)  # noqa: E731
    decoder = lambda nn: (nn.TransformerDecoderLayer(4, 2, **SMALL),)  # noqa: E731
    plain = {"num_layers": 2, "enable_nested_tensor": False}
    yield case("TransformerEncoder", normal(3, 2, 4), children=encoder, **plain)
    yield case("TransformerDecoder", normal(3, 2, 4), normal(5, 2, 4), children=decoder, num_layers=2)
    stacks = {"num_encoder_layers": 1, "num_decoder_layers": 1, "batch_first": True}
    yield case("Transformer", normal(2, 3, 4), normal(2, 5, 4), args=(4, 2), **stacks, **SMALL)


def _options_of_attention():
    sizes = {"embed_dim": 4, "num_heads": 2}
    unseen = case("MultiheadAttention", **sizes)
    usual = case("MultiheadAttention", *(normal(3, 2, 4) for _ in range(3)), **sizes)
    return {
        "embed_dim": (unseen, 6),
        "num_heads": (usual, 1),
        "dropout": (usual, 0.5),
        "bias": (usual, False),
        "add_bias_kv": (usual, True),
        "add_zero_attn": (usual, True),
        "kdim": (unseen, 3),
        "vdim": (unseen, 3),
        "batch_first": (usual, True),
    }


def _options_of_layers(name, inputs, **more):
    sizes = {"d_model": 4, "nhead": 2, **SMALL, **more}
    usual = case(name, *(normal(3, 2, 4) for _ in range(inputs)), **sizes)
    return {
        "d_model": (case(name, **sizes), 6),
        "nhead": (usual, 1),
        "dim_feedforward": (usual, 6),
        "dropout": (usual, 0.5),
        "activation": (usual, "gelu"),
        "layer_norm_eps": (usual, 0.1),
        "batch_first": (usual, True),
        "norm_first": (usual, True),
        "bias": (usual, False),
        **dict.fromkeys(more, (usual, 2)),
    }


def _options_of_a_stack(name, inputs):
    x = tuple(normal(3, 2, 4) for _ in range(inputs))

    def layer(nn):
        return (getattr(nn, f"{name}Layer")(4, 2, **SMALL),)

    return {"num_layers": (Case(name, x, (), {"num_layers": 1}, layer), 2)}


def _options_of_bags():
    sizes = {"num_embeddings": 3, "embedding_dim": 2}
    unseen, usual = case("EmbeddingBag", **sizes), case("EmbeddingBag", np.asarray([[0, 1, 1]]), **sizes)
    return {
        "num_embeddings": (unseen, 4),
        "embedding_dim": (unseen, 3),
        "padding_idx": (usual, 1),
        "scale_grad_by_freq": (usual, True),
        "mode": (usual, "sum"),
        "include_last_offset": (case("EmbeddingBag", np.asarray([0, 1]), np.asarray([0, 2]), **sizes), True),
    }


CASES = [*_bagging(), *_attending(), *_transforming()]

# What only says which inputs fit, is compared elsewhere, or gives no choice here.
SINGLE_VALUED = {
    "RotaryPositions": {"head_dim"},
    "SinusoidalPositions": {"embedding_dim"},
    "Transformer": {"custom_encoder", "custom_decoder"},
    "TransformerDecoder": {"decoder_layer", "norm"},
    "TransformerEncoder": {"encoder_layer", "norm", "enable_nested_tensor", "mask_check"},
}

OPTIONS: dict[str, dict[str, tuple[Case, Any]]] = {
    "EmbeddingBag": _options_of_bags(),
    "MultiheadAttention": _options_of_attention(),
    "TransformerEncoderLayer": _options_of_layers("TransformerEncoderLayer", 1),
    "TransformerDecoderLayer": _options_of_layers("TransformerDecoderLayer", 2),
    "TransformerEncoder": _options_of_a_stack("TransformerEncoder", 1),
    "TransformerDecoder": _options_of_a_stack("TransformerDecoder", 2),
    "Transformer": _options_of_layers("Transformer", 2, num_encoder_layers=1, num_decoder_layers=1),
    "SinusoidalPositions": {
        "base": (case("SinusoidalPositions", normal(3, 2, 4), embedding_dim=4), 10.0),
        "batch_first": (case("SinusoidalPositions", normal(3, 2, 4), embedding_dim=4), True),
    },
    "RotaryPositions": {"base": (case("RotaryPositions", normal(3, 4), head_dim=4), 10.0)},
}
