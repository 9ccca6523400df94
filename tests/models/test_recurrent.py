"""Recurrent models: padding plays no part, order does, and they learn."""

import numpy as np
import pytest

import pellucid as pl
from pellucid import nn
from pellucid.inspect import summary
from pellucid.models import (
    AttentionPooling,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    TextClassifier,
)

CELLS = ["rnn", "lstm", "gru"]
POOLINGS = [*CELLS, "attention", "mean"]


def close(a, b):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_steps_behind_the_end_of_a_sequence_play_no_part(cell, bidirectional):
    model = RecurrentClassifier(3, 2, 5, cell, 2, bidirectional).double()
    x = pl.randn(3, 6, 3, dtype=pl.float64)
    together = model(x, lengths=[2, 6, 4])
    for i, n in enumerate([2, 6, 4]):
        close(together[i : i + 1], model(x[i : i + 1, :n]))
    close(model(x, lengths=pl.tensor([6, 6, 6])), model(x))
    assert np.abs((model(x) - together).detach().numpy()[[0, 2]]).max() > 1e-4


@pytest.mark.parametrize("cell", CELLS)
def test_a_classifier_overfits_ten_sequences(cell):
    pl.manual_seed(0)
    rng = np.random.default_rng(0)
    x, t = pl.tensor(rng.normal(size=(10, 8, 2)).astype(np.float32)), pl.tensor(rng.integers(0, 3, 10))
    model, loss = RecurrentClassifier(2, 3, 16, cell, bidirectional=True), nn.CrossEntropyLoss()
    optimizer = pl.optim.Adam(model.parameters(), lr=0.02)
    first = loss(model(x), t).item()
    for _ in range(120):
        optimizer.zero_grad()
        loss(model(x), t).backward()
        optimizer.step()
    assert first > 0.8
    assert loss(model(x), t).item() < 0.02
    assert (model(x).argmax(1) == t).all()


def test_a_regressor_learns_to_add_up_a_sequence():
    pl.manual_seed(0)
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (128, 6, 1)).astype(np.float32)
    y = np.concatenate([x.sum(1), x[:, -1]], axis=1)
    model, loss = RecurrentRegressor(1, 2, 16, "gru"), nn.MSELoss()
    optimizer = pl.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(200):
        optimizer.zero_grad()
        loss(model(pl.tensor(x)), pl.tensor(y)).backward()
        optimizer.step()
    assert loss(model(pl.tensor(x)), pl.tensor(y)).item() < 0.02 * y.var()


@pytest.mark.parametrize("cell", CELLS)
def test_a_text_read_in_parts_gives_what_it_gives_at_once(cell):
    model = RecurrentLanguageModel(7, 3, 5, cell, 2).double().eval()
    x = pl.randint(0, 7, (2, 9))
    whole = model(x)
    first, state = model.read(x[:, :4])
    second, _ = model.read(x[:, 4:], state)
    close(pl.cat([first, second], 1), whole)
    changed = pl.tensor(x.numpy().copy())
    changed[:, 5] = (changed[:, 5] + 1) % 7
    close(model(changed)[:, :5], whole[:, :5])  # nobody sees what comes later
    assert np.abs((model(changed) - whole).detach().numpy()[:, 5:]).min(axis=(0, 2)).max() > 0


def test_a_language_model_learns_a_song_and_sings_it():
    pl.manual_seed(0)
    song = np.asarray([0, 1, 2, 1, 3, 0, 4, 4])
    text = np.tile(song, 6)[None]
    model, loss = RecurrentLanguageModel(5, 8, 24), nn.CrossEntropyLoss()
    optimizer = pl.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(80):
        optimizer.zero_grad()
        loss(model(pl.tensor(text[:, :-1])).reshape(-1, 5), pl.tensor(text[0, 1:])).backward()
        optimizer.step()
    model.train()
    sung = model.generate(text[:, :8], 16, temperature=0)
    np.testing.assert_array_equal(sung, text[:, :24])
    assert model.training
    pl.manual_seed(3)
    first = model.generate(text[:, :8], 12, temperature=3.0)
    pl.manual_seed(3)
    np.testing.assert_array_equal(model.generate(text[:, :8], 12, temperature=3.0), first)
    pl.manual_seed(4)
    assert (model.generate(text[:, :8], 12, temperature=3.0) != first).any()
    np.testing.assert_array_equal(model.generate(text[:, :8], 4, temperature=9.0, top_k=1)[:, 8:], text[:, 8:12])


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("padding", [0, 3])
def test_padding_changes_no_texts_class(pooling, padding):
    model = TextClassifier(3, 9, 4, 5, pooling, padding_idx=padding).double().eval()
    short = pl.tensor([[5, 1, 7], [8, 8, 1]])
    padded = pl.tensor([[5, 1, 7, padding, padding], [8, 8, 1, padding, padding]])
    close(model(padded), model(short))
    bare = TextClassifier(3, 9, 4, 5, pooling, padding_idx=None).double().eval()
    bare.load_state_dict(model.state_dict())
    assert np.abs((bare(padded) - model(short)).detach().numpy()).max() > 1e-3
    close(bare(short), model(short))
    assert np.isfinite(model(pl.tensor([[padding, padding], [5, padding]])).detach().numpy()).all()
    assert not model.embedding.weight.array[padding].any()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_text_classifier_overfits_ten_texts(pooling):
    pl.manual_seed(0)
    rng = np.random.default_rng(2)
    x, t = rng.integers(1, 30, (10, 7)), pl.tensor(rng.integers(0, 2, 10))
    for i, n in enumerate(rng.integers(2, 8, 10)):
        x[i, n:] = 0
    model, loss = TextClassifier(2, 30, 8, 8, pooling), nn.CrossEntropyLoss()
    optimizer = pl.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        loss(model(pl.tensor(x)), t).backward()
        optimizer.step()
    assert loss(model(pl.tensor(x)), t).item() < 0.05


def test_attention_weighs_places_and_a_mean_does_not():
    pool = AttentionPooling(2, 3).double()
    x = pl.randn(1, 4, 2, dtype=pl.float64)
    y = pool(x)
    scores = np.tanh(x.array @ pool.project.weight.array.T + pool.project.bias.array) @ pool.score.weight.array.T
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    np.testing.assert_allclose(y.detach().numpy(), (weights * x.array).sum(1))
    there = np.asarray([[True, False, True, False]])
    close(pool(x, there), pool(x[:, ::2]))


def test_dropout_drops_in_training_only():
    pl.manual_seed(0)
    for model, x in [
        (RecurrentClassifier(3, 2, 8, num_layers=2, dropout=0.5), pl.randn(2, 4, 3)),
        (RecurrentLanguageModel(5, 4, 8, dropout=0.5), pl.tensor([[1, 2]])),
        (TextClassifier(2, 5, 4, 8, dropout=0.5), pl.tensor([[1, 2]])),
    ]:
        assert np.abs((model(x) - model(x)).detach().numpy()).max() > 1e-3
        model.eval()
        close(model(x), model(x))


def test_a_summary_shows_their_layers():
    for model, x in [
        (RecurrentClassifier(3, 2, 8, num_layers=2), pl.randn(2, 4, 3)),
        (RecurrentLanguageModel(5, 4, 8), pl.tensor([[1, 2]])),
        (TextClassifier(2, 5, 4, 8, "gru"), pl.tensor([[1, 2]])),
    ]:
        text = str(summary(model, x))
        assert "output" in text
        assert f"{sum(p.numel() for p in model.parameters()):,}" in text


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="no recurrent cell 'lst'; did you mean 'lstm'"):
        RecurrentClassifier(3, 2, cell="lst")
    with pytest.raises(ValueError, match="n_inputs is at least 1"):
        RecurrentRegressor(0)
    with pytest.raises(TypeError, match="hidden_size is an integer"):
        RecurrentRegressor(1, hidden_size=2.5)
    with pytest.raises(ValueError, match=r"needs x of shape \(N, T, 3\), got \(2, 4, 2\)"):
        RecurrentClassifier(3, 2)(pl.ones(2, 4, 2))
    with pytest.raises(ValueError, match="lengths must lie between 1 and 4"):
        RecurrentClassifier(3, 2)(pl.ones(2, 4, 3), lengths=[5, 1])
    with pytest.raises(ValueError, match=r"tokens of shape \(N, T\)"):
        RecurrentLanguageModel(5)(pl.tensor([1, 2]))
    with pytest.raises(ValueError, match=r"shape \(N, T\), T at least 1"):
        RecurrentLanguageModel(5).generate([1, 2], 3)
    with pytest.raises(ValueError, match="top_k is at least 1"):
        RecurrentLanguageModel(5).generate([[1, 2]], 3, top_k=0)
    with pytest.raises(ValueError, match="no pooling 'max'"):
        TextClassifier(2, 5, pooling="max")
    with pytest.raises(ValueError, match="the pooling is 'mean'"):
        TextClassifier(2, 5, pooling="mean", num_layers=2)
    with pytest.raises(ValueError, match=r"tokens of shape \(N, T\)"):
        TextClassifier(2, 5)(pl.tensor([1, 2]))
