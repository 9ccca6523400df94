"""Sequences of unequal length: what is refused, and that padding is marked."""

import numpy as np
import pytest

import pellucid as pl
from pellucid.estimators.sequences import MarkedSequences, StepScale, as_sequences, marked
from pellucid.models import RecurrentClassifier, SequenceTransformer

rng = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((3, 4)), r"X\[:, :, None\]"),
        (np.zeros((3, 0, 2)), "at least one step"),
        ([np.zeros((2, 2)), np.zeros(3)], r"sequence 1 must have the axes .*x\[:, None\]"),
        ([np.zeros((2, 2)), np.zeros((0, 2))], "sequence 1 needs at least one step"),
        ([np.zeros((2, 2)), np.zeros((3, 2)), np.zeros((3, 1))], "sequence 0 has 2, sequence 2 has 1"),
        ([np.zeros((2, 2)), np.array([[1, 2], [np.nan, 0]])], "sequence 1 holds NaN at step 1, feature 0"),
        (np.full((1, 2, 1), np.inf), "sequence 0 holds infinity at step 0"),
        ([np.array([["a"]])], "sequence 0 must hold numbers"),
        ("abc", "got str"),
    ],
)
def test_what_is_no_sequence_is_refused_by_its_number(X, message):
    with pytest.raises(ValueError, match=message):
        as_sequences(X, "SequenceClassifier")


def test_steps_of_the_training_get_mean_0_and_deviation_1_and_padding_is_marked():
    X = as_sequences([rng.normal(3, 2, (n, 2)) for n in (4, 1, 7)], "SequenceClassifier")
    out = marked(X, StepScale.from_json(StepScale.fit(X).to_json()))
    assert out.shape == (3, 7, 3)
    assert out[..., -1].sum(1).tolist() == [4, 1, 7]
    assert (out[out[..., -1] == 0] == 0).all()
    steps = out[out[..., -1] == 1][:, :2]
    np.testing.assert_allclose(steps.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(steps.std(0), 1, atol=1e-6)


@pytest.mark.parametrize(
    "model", [lambda: RecurrentClassifier(2, 3, 4, "gru", 2, True), lambda: SequenceTransformer(2, 3, 8, 2, 2)]
)
def test_a_sequence_alone_answers_as_in_any_batch(model):
    net = MarkedSequences(model()).double().eval()
    X = as_sequences([rng.normal(0, 1, (n, 2)) for n in (4, 1, 7, 3)], "SequenceClassifier")
    batch = marked(X, StepScale.none(2)).astype(np.float64)
    together = net(pl.tensor(batch)).detach().numpy()
    for i, x in enumerate(X):
        alone = net(pl.tensor(marked([x], StepScale.none(2)).astype(np.float64))).detach().numpy()
        np.testing.assert_allclose(together[i : i + 1], alone, rtol=1e-10, atol=1e-12)
    assert np.abs(together[0] - together[1]).max() > 1e-4
