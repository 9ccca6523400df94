"""Texts of any container; what is missing is refused by its row."""

import numpy as np
import pandas as pd
import pytest

import pellucid as pl
from pellucid.estimators.texts import TokenReader, as_texts, fitted_tokenizer, token_ids
from pellucid.models import TextClassifier, TransformerClassifier

TEXTS = ["A good film.", "A BAD one", ""]


@pytest.mark.parametrize(
    "X", [TEXTS, tuple(TEXTS), np.array(TEXTS), pd.Series(TEXTS, index=[7, 8, 9]), pd.DataFrame({"text": TEXTS})]
)
def test_texts_come_in_any_container(X):
    assert as_texts(X, "TextClassifier") == TEXTS


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("A text", TypeError, r"put the one text into a list"),
        (["a", None], ValueError, r"the text of row 1 is missing \(None\)"),
        (pd.Series(["a", np.nan], index=[4, 5]), ValueError, r"the text of row 1 \(index 5\) is missing \(nan\)"),
        (["a", 3], TypeError, r"row 1 is 3 \(int\), no text"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), ValueError, r"one text for each row, got the shape \(1, 2\)"),
        (3, TypeError, "takes a list of texts, got int"),
    ],
)
def test_what_is_no_text_is_refused_by_its_row(X, error, message):
    with pytest.raises(error, match=message):
        as_texts(X, "TextClassifier")


@pytest.mark.parametrize("kind", ["word", "char", "bpe"])
def test_each_tokenizer_reads_small_letters_and_gives_a_token_to_an_empty_text(kind):
    tokenizer = fitted_tokenizer(kind, [t.upper() for t in TEXTS], None, 1, lowercase=True)
    ids = token_ids(tokenizer, TEXTS, None, lowercase=True)
    assert ids.dtype == np.int64
    assert ids[2].tolist() == [1] + [0] * (ids.shape[1] - 1)
    assert (ids[:2, 0] > 1).all()
    assert token_ids(tokenizer, TEXTS, 2, lowercase=True).shape == (3, 2)


def test_a_tokenizer_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no tokenizer 'wrod'; did you mean 'word'"):
        fitted_tokenizer("wrod", TEXTS, None, 1, lowercase=True)
    with pytest.raises(ValueError, match="at least 258 for tokenizer 'bpe', got 100"):
        fitted_tokenizer("bpe", TEXTS, 100, 1, lowercase=True)


@pytest.mark.parametrize(
    "model", [lambda: TextClassifier(2, 9, 4, 4, "gru"), lambda: TransformerClassifier(2, 9, 6, 4, 2, 1)]
)
def test_a_text_alone_answers_as_in_any_batch(model):
    net = TokenReader(model()).double().eval()
    ids = np.array([[2, 3, 4, 5, 6], [7, 8, 0, 0, 0], [1, 0, 0, 0, 0]])
    together = net(pl.tensor(ids)).detach().numpy()
    for i in range(3):
        np.testing.assert_allclose(net(pl.tensor(ids[i : i + 1])).detach().numpy(), together[i : i + 1], rtol=1e-10)


def test_only_in_training_tokens_are_taken_for_unknown_ones():
    seen = []

    class Spy(TextClassifier):
        def forward(self, x):
            seen.append(x.numpy().copy())
            return super().forward(x)

    ids = np.full((50, 4), 5)
    ids[:, 3] = 0
    net = TokenReader(Spy(2, 9, 4, 4, "mean"), unknown=0.3)
    net(pl.tensor(ids))
    net.eval()(pl.tensor(ids))
    assert 0.2 < (seen[0] == 1).mean() < 0.4
    assert set(np.unique(seen[0])) == {1, 5}
    assert (seen[1] == 5).all()
