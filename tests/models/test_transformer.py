"""Transformers that read: padding counts for nothing, order counts, and they learn."""

import numpy as np
import pytest

import pellucid as pl
from pellucid.inspect import summary
from pellucid.models import SequenceTransformer, TransformerClassifier, TransformerEncoderModel


def test_padding_changes_no_token_and_no_class():
    pl.manual_seed(0)
    model = TransformerClassifier(3, 20, 8, 12, 3, 2).double().eval()
    for p in model.parameters():
        if p.ndim > 1:
            pl.nn.init.normal_(p, std=0.5)
    short, padded = pl.tensor([[4, 9, 7]]), pl.tensor([[4, 9, 7, 0, 0, 0]])
    np.testing.assert_allclose(model(padded).array, model(short).array, rtol=1e-10)
    np.testing.assert_allclose(model.encoder(padded).array[:, :3], model.encoder(short).array, rtol=1e-9, atol=1e-12)
    assert np.abs(model(pl.tensor([[9, 4, 7]])).array - model(short).array).max() > 1e-3  # places count
    seen = TransformerClassifier(3, 20, 8, 12, 3, 2, padding_idx=None).double().eval()
    seen.load_state_dict(model.state_dict())
    assert np.abs(seen(padded).array - seen(short).array).max() > 1e-3
    assert np.isfinite(model(pl.tensor([[0, 0]])).array).all()


def test_the_paddings_vector_learns_nothing():
    pl.manual_seed(0)
    model = TransformerClassifier(2, 6, 5, 8, 2, 1)
    assert not model.encoder.token.weight.array[0].any()
    model(pl.tensor([[1, 2, 0, 0]])).sum().backward()
    assert not model.encoder.token.weight.grad.array[0].any()


def test_it_starts_as_bert_does_and_its_layers_differ():
    pl.manual_seed(0)
    model = TransformerEncoderModel(100, 30, 64, 4, 2)
    first, second = (layer.linear1.weight.array for layer in model.encoder.layers)
    assert first.std() == pytest.approx(0.02, rel=0.05)
    assert np.abs(first - second).max() > 0.01
    assert not model.encoder.layers[0].self_attn.in_proj_bias.array.any()


def test_it_learns_which_of_two_tokens_came_first():
    pl.manual_seed(1)
    rng = np.random.default_rng(0)
    x = rng.integers(3, 12, (256, 8))
    places = np.stack([rng.permutation(8)[:2] for _ in x])
    x[np.arange(256), places[:, 0]], x[np.arange(256), places[:, 1]] = 1, 2
    t = pl.tensor((places[:, 0] < places[:, 1]).astype(np.int64))
    model = TransformerClassifier(2, 12, 8, 24, 2, 1, dropout=0.0)
    optimizer, loss = pl.optim.Adam(model.parameters(), lr=3e-3), pl.nn.CrossEntropyLoss()
    for _ in range(120):
        optimizer.zero_grad()
        loss(model(pl.tensor(x)), t).backward()
        optimizer.step()
    assert (model.eval()(pl.tensor(x)).argmax(1) == t).float().mean() > 0.95


def test_steps_behind_the_end_of_a_sequence_of_vectors_play_no_part_and_order_counts():
    pl.manual_seed(0)
    model = SequenceTransformer(3, 2, d_model=8, heads=2, layers=2).double().eval()
    x = pl.randn(3, 6, 3, dtype=pl.float64)
    together = model(x, lengths=[2, 6, 4]).array
    for i, n in enumerate([2, 6, 4]):
        np.testing.assert_allclose(together[i : i + 1], model(x[i : i + 1, :n]).array, rtol=1e-10, atol=1e-12)
    assert np.abs(model(x).array - together)[[0, 2]].max() > 1e-3
    assert np.abs(model(pl.flip(x, (1,))).array - model(x).array).max() > 1e-3
    with pytest.raises(ValueError, match=r"3 numbers from 1 to 6, got \[0, 6, 4\]"):
        model(x, lengths=[0, 6, 4])
    with pytest.raises(ValueError, match=r"shape \(N, T, 3\), got \(3, 6\)"):
        model(x[:, :, 0])


def test_a_reader_of_vectors_learns_where_the_largest_step_was():
    pl.manual_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 8, 1)).astype(np.float32)
    t = pl.tensor((x[:, :4, 0].max(1) < x[:, 4:, 0].max(1)).astype(np.int64))
    model = SequenceTransformer(1, 2, d_model=16, heads=2, layers=2, dropout=0.0)
    optimizer, loss = pl.optim.Adam(model.parameters(), lr=5e-3), pl.nn.CrossEntropyLoss()
    for _ in range(80):
        optimizer.zero_grad()
        loss(model(pl.tensor(x)), t).backward()
        optimizer.step()
    assert (model.eval()(pl.tensor(x)).argmax(1) == t).float().mean() > 0.95


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match=r"T at most 4, got \(1, 5\)"):
        TransformerEncoderModel(9, 4, 8, 2, 1)(pl.zeros(1, 5).long())
    with pytest.raises(ValueError, match="padding_idx 9 is no row"):
        TransformerEncoderModel(9, 4, padding_idx=9)
    with pytest.raises(ValueError, match="n_classes is at least 1"):
        TransformerClassifier(0, 9, 4)
    with pytest.raises(ValueError, match="no activation"):
        TransformerEncoderModel(9, 4, activation="swish")


def test_summary_counts_the_maps_of_attention():
    made = summary(TransformerEncoderModel(9, 4, 8, 2, 1), pl.ones(1, 4).long())
    assert made.flops == 2 * 4 * 12 * 8 * 8  # 4 d² weights of attention and 8 d² behind it, at 4 places
    assert made.output_shape == (1, 4, 8)
