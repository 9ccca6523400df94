"""GPT: its formula against PyTorch's layers, what it may see, what it writes, with and without what it keeps."""

import importlib.util

import numpy as np
import pytest
import torch

import pellucid as pl
from pellucid.inspect import summary
from pellucid.models import GPT, draw_tokens, token_probabilities

ENGINES = ["numpy", "native"] if importlib.util.find_spec("pellucid._native") else ["numpy"]


def lively(model):
    """Weights so large that the tokens written differ."""
    pl.manual_seed(3)
    for p in model.parameters():
        if p.ndim > 1:
            pl.nn.init.normal_(p, std=0.5)
    return model


def test_the_logits_are_those_of_pytorchs_layers():
    model = lively(GPT(11, 7, 12, 3, 2)).double().eval()
    state = {name: torch.tensor(value.array) for name, value in model.state_dict().items()}
    tokens = np.random.default_rng(0).integers(0, 11, (2, 7))
    y = state["token.weight"][torch.tensor(tokens)] + state["position.weight"]

    def gelu(x):
        return torch.nn.functional.gelu(x, approximate="tanh")

    names = {
        "self_attn.in_proj_weight": "attention.qkv.weight",
        "self_attn.in_proj_bias": "attention.qkv.bias",
        "self_attn.out_proj.weight": "attention.out.weight",
        "self_attn.out_proj.bias": "attention.out.bias",
        "linear1.weight": "expand.weight",
        "linear1.bias": "expand.bias",
        "linear2.weight": "contract.weight",
        "linear2.bias": "contract.bias",
        **{f"{norm}.{what}": f"{norm}.{what}" for norm in ("norm1", "norm2") for what in ("weight", "bias")},
    }
    mask = torch.nn.Transformer.generate_square_subsequent_mask(7).double()
    for i in range(2):
        layer = torch.nn.TransformerEncoderLayer(12, 3, 48, 0.0, gelu, batch_first=True, norm_first=True).double()
        layer.load_state_dict({theirs: state[f"blocks.{i}.{ours}"] for theirs, ours in names.items()})
        y = layer(y, src_mask=mask)
    y = torch.nn.functional.layer_norm(y, (12,), state["norm.weight"], state["norm.bias"]) @ state["token.weight"].T
    np.testing.assert_allclose(model(pl.tensor(tokens)).detach().numpy(), y.detach().numpy(), rtol=1e-9, atol=1e-11)


def test_what_comes_later_changes_nothing_before():
    model = lively(GPT(11, 7, 12, 3, 2)).eval()
    tokens = np.random.default_rng(0).integers(0, 11, (1, 7))
    other = tokens.copy()
    other[0, 4] = (other[0, 4] + 1) % 11
    before, after = model(pl.tensor(tokens)).array, model(pl.tensor(other)).array
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert (np.abs(before[:, 4:] - after[:, 4:]).max(-1) > 1e-3).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("options", [{"temperature": 0}, {}, {"temperature": 2.0, "top_k": 5}, {"top_p": 0.8}])
def test_keeping_keys_and_values_gives_the_same_tokens_also_beyond_the_context(engine, options):
    with pl.use_engine(engine):
        model = lively(GPT(11, 9, 12, 3, 2, dropout=0.5))
        for start in ([[1, 2, 3], [4, 5, 6]], [[7]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]):
            pl.manual_seed(5)
            kept = model.generate(start, 14, **options)
            pl.manual_seed(5)
            anew = model.generate(start, 14, cache=False, **options)
            np.testing.assert_array_equal(kept, anew)
            assert kept.shape == (len(start), len(start[0]) + 14)
            np.testing.assert_array_equal(kept[:, : len(start[0])], start)
            assert len(set(kept[0].tolist())) > 3
    assert model.training  # as it was
    assert model.blocks[0].drop.training


def test_tokens_that_are_kept_are_computed_once():
    model, lengths = lively(GPT(11, 16, 12, 3, 2)), []
    model.token.register_forward_pre_hook(lambda _, inputs: lengths.append(inputs[0].shape[1]))
    model.generate([[1, 2, 3]], 4)
    assert lengths == [3, 1, 1, 1]
    lengths.clear()
    model.generate([[1, 2, 3]], 4, cache=False)
    assert lengths == [3, 4, 5, 6]


def test_a_text_is_learned_by_heart():
    pl.manual_seed(0)
    model = GPT(8, 12, 16, 2, 1, dropout=0.0)
    text = np.resize([1, 5, 2, 7, 3, 3, 6], 60)
    windows = np.stack([text[i : i + 13] for i in range(40)])
    x, t = pl.tensor(windows[:, :-1]), pl.tensor(windows[:, 1:])
    optimizer, loss = pl.optim.Adam(model.parameters(), lr=1e-2), pl.nn.CrossEntropyLoss()
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        value = loss(model(x).flatten(0, 1), t.flatten())
        value.backward()
        optimizer.step()
        losses.append(value.item())
    assert losses[0] == pytest.approx(np.log(8), abs=0.2)
    assert losses[-1] < 0.5
    np.testing.assert_array_equal(model.generate(text[None, :9], 12, temperature=0)[0], text[:21])


def test_it_starts_as_gpt_2_does():
    pl.manual_seed(0)
    model = GPT(50, 20, 64, 4, 8)
    state = {name: value.array for name, value in model.state_dict().items()}
    for name, std in [("token.weight", 0.02), ("blocks.3.expand.weight", 0.02), ("blocks.3.contract.weight", 0.005)]:
        assert state[name].std() == pytest.approx(std, rel=0.1)
    assert state["blocks.3.attention.out.weight"].std() == pytest.approx(0.005, rel=0.1)
    assert not state["blocks.0.attention.qkv.bias"].any()
    assert (state["norm.weight"] == 1).all()


def test_probabilities_are_cut_off_to_the_likeliest():
    logits = np.log([[0.1, 0.5, 0.15, 0.25], [0.25, 0.25, 0.25, 0.25]])
    np.testing.assert_allclose(token_probabilities(logits)[0], [0.1, 0.5, 0.15, 0.25])
    np.testing.assert_allclose(token_probabilities(logits, top_k=2), [[0, 2 / 3, 0, 1 / 3], [0.5, 0.5, 0, 0]])
    np.testing.assert_allclose(token_probabilities(logits, top_p=0.6)[0], [0, 2 / 3, 0, 1 / 3])
    np.testing.assert_allclose(token_probabilities(logits, top_p=0.5)[0], [0, 1, 0, 0])
    np.testing.assert_allclose(token_probabilities(logits, top_p=1.0), token_probabilities(logits))
    np.testing.assert_allclose(token_probabilities(logits, temperature=0), [[0, 1, 0, 0], [1, 0, 0, 0]])
    squares = np.asarray([0.1, 0.5, 0.15, 0.25]) ** 2
    np.testing.assert_allclose(token_probabilities(logits, temperature=0.5)[0], squares / squares.sum())
    # First the three likeliest, and among these what has 0.6 together: 0.5 / 0.9 is not yet enough.
    np.testing.assert_allclose(token_probabilities(logits, top_k=3, top_p=0.6)[0], [0, 2 / 3, 0, 1 / 3])


def test_tokens_are_drawn_as_often_as_they_are_likely():
    pl.manual_seed(0)
    p = np.asarray([0.1, 0.5, 0.0, 0.4])
    with np.errstate(divide="ignore"):
        drawn = draw_tokens(np.tile(np.log(p), (20_000, 1)))
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 20_000, p, atol=0.012)


def test_what_makes_no_sense_is_refused():
    model = GPT(5, 4, 4, 2, 1)
    with pytest.raises(ValueError, match="multiple of heads, got 4 and 3"):
        GPT(5, 4, 4, 3)
    with pytest.raises(ValueError, match=r"T at most 4, got \(1, 5\) after 0"):
        model(pl.zeros(1, 5).long())
    with pytest.raises(IndexError, match="5 is out of range"):
        model.generate([[5]], 1)
    for tokens in ([1, 2], [[]]):
        with pytest.raises(ValueError, match=r"\(N, T\), T at least 1"):
            model.generate(tokens, 1)
    for option in ({"temperature": -1.0}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.5}):
        with pytest.raises(ValueError, match=next(iter(option))):
            model.generate([[1]], 1, **option)
    with pytest.raises(ValueError, match="NaN"):
        draw_tokens(np.asarray([[np.nan, 1.0]]))


def test_summary_knows_its_layers():
    made = summary(GPT(65, 32, 16, 2, 2), pl.zeros(1, 32).long())
    assert made.output_shape == (1, 32, 65)
    assert made.total_parameters == sum(p.numel() for p in GPT(65, 32, 16, 2, 2).parameters())
    assert made.flops == 2 * 2 * 32 * (12 * 16 * 16)  # two layers of 12 d² weights, each used at 32 places
