"""Attention and transformers against PyTorch: every mask, every option, values and gradients in float64."""

import itertools
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as torch_F

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F

RNG = np.random.default_rng(11)


def normal(*shape):
    return RNG.normal(size=shape)


def compare(mine, theirs, arrays, seed=3):
    """Compare two functions of tensors in value and in the gradient by every floating array."""
    a = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in arrays]
    b = [pellucid.tensor(x, requires_grad=x.dtype.kind == "f") for x in arrays]
    expected, y = theirs(*a), mine(*b)
    np.testing.assert_allclose(y.detach().numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-12, strict=True)
    dy = np.random.default_rng(seed).normal(size=tuple(y.shape))
    expected.backward(torch.tensor(dy))
    y.backward(pellucid.tensor(dy))
    for x, w in zip(b, a, strict=True):
        if w.grad is not None:
            np.testing.assert_allclose(x.grad.numpy(), w.grad.numpy(), rtol=1e-9, atol=1e-11, strict=True)


MASKS = {
    "none": None,
    "added": normal(3, 5),
    "added to one head": normal(2, 1, 3, 5),
    "boolean": np.asarray(RNG.random((3, 5)) < 0.7) | (np.arange(5) == 0),
    "boolean with a blind query": np.arange(3)[:, None] > np.zeros(5),
    "boolean for each key": np.asarray([[True, False, True, True, False]]),
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("scale", [None, 0.3])
def test_scaled_dot_product_attention_is_pytorchs(mask, scale):
    arrays = [normal(2, 4, 3, 6), normal(2, 4, 5, 6), normal(2, 4, 5, 7)]
    arrays += [] if MASKS[mask] is None else [MASKS[mask]]

    def of(package):
        return lambda q, k, v, m=None: package.scaled_dot_product_attention(q, k, v, m, scale=scale)

    compare(of(F), of(torch_F), arrays)


@pytest.mark.parametrize(("length", "keys"), [(4, 4), (3, 5), (5, 3), (1, 1)])
def test_causal_attention_sees_the_keys_up_to_the_querys_own_place(length, keys):
    arrays = [normal(2, length, 4), normal(2, keys, 4), normal(2, keys, 3)]
    compare(
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        lambda q, k, v: torch_F.scaled_dot_product_attention(q, k, v, is_causal=True),
        arrays,
    )


def test_heads_of_keys_are_shared_by_several_heads_of_queries():
    arrays = [normal(2, 6, 3, 4), normal(2, 2, 5, 4), normal(2, 2, 5, 4)]
    compare(
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True),
        lambda q, k, v: torch_F.scaled_dot_product_attention(q, k, v, enable_gqa=True),
        arrays,
    )
    with pytest.raises(ValueError, match="a multiple of those of key"):
        F.scaled_dot_product_attention(*map(pellucid.tensor, [normal(2, 3, 3, 4), *arrays[1:]]), enable_gqa=True)


def test_leading_axes_broadcast():
    arrays = [normal(2, 3, 3, 4), normal(3, 5, 4), normal(2, 1, 5, 4)]
    compare(F.scaled_dot_product_attention, torch_F.scaled_dot_product_attention, arrays)


def test_dropped_weights_are_those_of_the_counted_mask_and_the_gradient_knows_them():
    q, k, v = (pellucid.tensor(normal(2, n, 4), requires_grad=True) for n in (3, 5, 5))
    p = 0.4
    pellucid.manual_seed(9)
    y = F.scaled_dot_product_attention(q, k, v, dropout_p=p)
    pellucid.manual_seed(9)
    weights = F.dropout(F.softmax(q @ k.mT / 2, -1), p)
    np.testing.assert_allclose(y.detach().numpy(), (weights @ v).detach().numpy(), rtol=1e-12)

    def drawn(*given):
        pellucid.manual_seed(9)
        return F.scaled_dot_product_attention(*given, dropout_p=p, is_causal=True)

    assert gradcheck(drawn, [q, k, v])
    assert not F.scaled_dot_product_attention(q, k, v, dropout_p=1.0).array.any()


def test_dropped_attention_keeps_the_mean():
    q, k, v = (pellucid.tensor(normal(1, 40, 8)) for _ in range(3))
    expected = F.scaled_dot_product_attention(q, k, v).array
    got = np.mean([F.scaled_dot_product_attention(q, k, v, dropout_p=0.2).array for _ in range(400)], axis=0)
    assert np.abs(got - expected).max() < 0.1 < np.abs(expected).max()


def test_what_does_not_fit_is_refused():
    q, k, v = (pellucid.tensor(normal(2, n, 4)) for n in (3, 5, 5))
    refused = [
        (ValueError, "not both", {"attn_mask": pellucid.zeros(3, 5), "is_causal": True}),
        (ValueError, r"does not broadcast to the scores, \(2, 3, 5\)", {"attn_mask": pellucid.zeros(2, 5)}),
        (TypeError, "attn_mask is boolean or floating, got int64", {"attn_mask": pellucid.ones(3, 5).long()}),
        (ValueError, "between 0 and 1, got 1.5", {"dropout_p": 1.5}),
    ]
    for kind, message, options in refused:
        with pytest.raises(kind, match=message):
            F.scaled_dot_product_attention(q, k, v, **options)
    for wrong in [(q, k, q), (q, k[..., :3], v), (q[0, 0], k, v), (q, k[:0], v)]:
        with pytest.raises(ValueError, match="attention of queries"):
            F.scaled_dot_product_attention(*wrong)
    with pytest.raises(RuntimeError, match="one floating dtype"):
        F.scaled_dot_product_attention(q, k.float(), v)


# --- multi-head attention -------------------------------------------------------------------------------------------


def pair(kind, *args, **options):
    theirs = getattr(torch.nn, kind)(*args, **options).double()
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(torch.tensor(RNG.normal(size=tuple(p.shape)) * 0.5))
    mine = getattr(nn, kind)(*args, **options).double()
    mine.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    return mine, theirs


CAUSAL = np.where(np.tri(4, dtype=bool), 0, -np.inf)
SPARSE = np.asarray(RNG.random((4, 4)) < 0.3) & (np.arange(4) > 0)  # every query sees the first key
PADDING = np.asarray([[False, False, False, True], [False, False, True, True]])


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("extras", [{}, {"add_bias_kv": True, "add_zero_attn": True}, {"bias": False}])
@pytest.mark.parametrize(
    ("attn_mask", "padding", "is_causal"),
    [
        (None, None, False),
        (SPARSE, None, False),
        (normal(4, 4), None, False),
        (np.repeat(SPARSE[None], 4, 0), None, False),
        (None, PADDING, False),
        (None, normal(2, 4), False),
        (SPARSE, PADDING, False),
        (CAUSAL, None, False),
        (CAUSAL, None, True),
        (CAUSAL, np.where(PADDING, -np.inf, 0), True),
    ],
    ids=["free", "sparse", "added", "by head", "padded", "padding added", "both", "causal", "told", "told padded"],
)
def test_multi_head_attention_is_pytorchs_under_every_mask(need_weights, extras, attn_mask, padding, is_causal):
    if is_causal and "add_bias_kv" in extras:
        extras = {}  # PyTorch passes over the mask, as if there were no added keys
    for batch_first, to_itself in itertools.product((True, False), (True, False)):
        mine, theirs = pair("MultiheadAttention", 6, 2, batch_first=batch_first, **extras)

        def of(layer, make, to_itself=to_itself):
            options = {
                "attn_mask": None if attn_mask is None else make(attn_mask),
                "key_padding_mask": None if padding is None else make(padding),
                "need_weights": need_weights,
                "is_causal": is_causal,
            }

            def compute(x, y, z):
                out, weights = layer(x, x, x, **options) if to_itself else layer(x, y, z, **options)
                assert (weights is not None) == need_weights
                return out if weights is None else out * weights.sum(-1)[..., None].mean() + weights.mean()

            return compute

        shape = (2, 4, 6) if batch_first else (4, 2, 6)
        compare(of(mine, pellucid.tensor), of(theirs, torch.tensor), [normal(*shape) for _ in range(3)])
        for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
            if q.grad is not None:
                np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_the_weights_of_each_head_are_returned_where_they_are_asked_for():
    mine, theirs = pair("MultiheadAttention", 6, 3, batch_first=True)
    x = normal(2, 4, 6)
    for average in (True, False):
        expected = theirs(*(torch.tensor(x),) * 3, average_attn_weights=average)[1].detach().numpy()
        got = mine(*(pellucid.tensor(x),) * 3, average_attn_weights=average)[1].detach().numpy()
        np.testing.assert_allclose(got, expected, rtol=1e-10, strict=True)


def test_masks_may_be_learned():
    mine, theirs = pair("MultiheadAttention", 6, 2, batch_first=True)
    for need_weights in (True, False):
        compare(
            lambda x, m: mine(x, x, x, attn_mask=m, need_weights=need_weights)[0],  # noqa: B023
            lambda x, m: theirs(x, x, x, attn_mask=m, need_weights=need_weights)[0],  # noqa: B023
            [normal(2, 4, 6), normal(4, 4)],
        )


def test_attention_starts_from_pytorchs_distributions():
    pellucid.manual_seed(0)
    layer = nn.MultiheadAttention(200, 2, add_bias_kv=True)
    bound = np.sqrt(6 / 800)
    assert bound * 0.999 < np.abs(layer.in_proj_weight.array).max() <= bound
    assert np.abs(layer.out_proj.weight.array).max() <= 1 / np.sqrt(200) < bound
    assert not layer.in_proj_bias.array.any()
    assert not layer.out_proj.bias.array.any()
    assert layer.bias_k.array.std() == pytest.approx(np.sqrt(2 / 400), rel=0.2)  # fans of 200 and 200
    split = nn.MultiheadAttention(200, 2, kdim=100, vdim=100)
    assert np.abs(split.k_proj_weight.array).max() == pytest.approx(np.sqrt(6 / 300), rel=1e-3)


def test_multi_head_attention_refuses_what_does_not_fit():
    layer, x = nn.MultiheadAttention(6, 2, batch_first=True), pellucid.zeros(2, 4, 6)
    for message, options in [
        ("attn_mask must have the shape", {"attn_mask": pellucid.zeros(4, 5)}),
        ("key_padding_mask must have the shape", {"key_padding_mask": pellucid.zeros(4, 2)}),
        ("is_causal=True says that attn_mask", {"attn_mask": pellucid.zeros(4, 4), "is_causal": True}),
    ]:
        with pytest.raises(ValueError, match=message):
            layer(x, x, x, **options)
    with pytest.raises(TypeError, match="key_padding_mask is boolean or floating, got int64"):
        layer(x, x, x, pellucid.zeros(2, 4).long())
    for wrong in [(x, x, x[:, :3]), (x, x[:1], x[:1]), (x[0], x, x), (x[None], x[None], x[None])]:
        with pytest.raises(ValueError, match="attention of queries"):
            layer(*wrong)
    with pytest.raises(ValueError, match="a multiple of the latter; got 6 and 4"):
        nn.MultiheadAttention(6, 4)
    with pytest.raises(NotImplementedError, match="static_k"):
        F.multi_head_attention_forward(
            x, x, x, 6, 2, layer.in_proj_weight, None, None, None, False, 0.0, layer.out_proj.weight, None, static_k=x
        )


# --- transformers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("masked", [True, False])
def test_a_transformer_is_pytorchs_with_all_its_masks(batch_first, masked):
    sizes = {"num_encoder_layers": 2, "num_decoder_layers": 2, "dim_feedforward": 8, "dropout": 0.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch says which of its ways it will not take
        mine, theirs = pair("Transformer", 6, 2, batch_first=batch_first, activation="gelu", norm_first=True, **sizes)

    def of(model, make):
        masks = {
            "tgt_mask": make(CAUSAL),
            "src_mask": make(SPARSE),
            "memory_mask": make(SPARSE),
            "src_key_padding_mask": make(PADDING),
            "tgt_key_padding_mask": make(np.where(PADDING, -np.inf, 0)),
            "memory_key_padding_mask": make(PADDING),
        }
        return lambda x, y: model(x, y, **masks) if masked else model(x, y)

    shape = (2, 4, 6) if batch_first else (4, 2, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of masks of two types
        compare(of(mine, pellucid.tensor), of(theirs, torch.tensor), [normal(*shape), normal(*shape)])
    for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-8, atol=1e-11)
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    np.testing.assert_array_equal(mask.array, torch.nn.Transformer.generate_square_subsequent_mask(4).numpy())


def test_an_encoder_finds_out_that_its_mask_is_causal_and_copies_start_alike():
    layer = nn.TransformerEncoderLayer(6, 2, 8, 0.0, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(6))
    x = pellucid.tensor(normal(2, 4, 6).astype(np.float32))
    later = x.array.copy()
    later[:, 2:] += 1
    for options in [{"mask": nn.Transformer.generate_square_subsequent_mask(4)}, {"is_causal": True}]:
        y, changed = encoder(x, **options).array, encoder(pellucid.tensor(later), **options).array
        np.testing.assert_allclose(y[:, :2], changed[:, :2], rtol=1e-5, atol=1e-6)
        assert np.abs(y[:, 2:] - changed[:, 2:]).max() > 0.1
    first, second = (p.array for p in (encoder.layers[0].linear1.weight, encoder.layers[1].linear1.weight))
    np.testing.assert_array_equal(first, second)
    assert not np.shares_memory(first, second)


def test_custom_stacks_are_called_and_sizes_checked():
    class Echo(nn.Module):
        def forward(self, x, *memory, **options):
            return x

    model = nn.Transformer(4, 2, custom_encoder=Echo(), custom_decoder=Echo())
    x = pellucid.ones(3, 2, 4)
    assert model(x, x * 2).tolist() == (x * 2).tolist()
    for wrong in [(x, x[:, :1]), (x, x[..., :3]), (x[0], x)]:
        with pytest.raises(ValueError, match="Transformer needs a source and a target of 4 features"):
            model(*wrong)
    with pytest.raises(ValueError, match="'relu', 'gelu' or a function, got 'swish'"):
        nn.TransformerEncoderLayer(4, 2, activation="swish")
    with pytest.raises(ValueError, match="at least one layer"):
        nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), 0)
