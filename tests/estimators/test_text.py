"""TextClassifier: tokens of the training rows, in pipelines and searches, padding that plays no part."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks

from pellucid.estimators import TextClassifier

CELLS = ["lstm", "gru", "rnn", "attention", "mean"]
TEXTS = ["a good film", "a bad film", "so good!", "so bad!", "not good at all", "not bad", "", "good"] * 4
LABELS = ["+", "-", "+", "-", "-", "+", "-", "+"] * 4


def small(**given):
    options = {"hidden_layer_sizes": (8,), "max_iter": 2, "learning_rate": "cosine", "random_state": 0}
    return TextClassifier(**(options | given))


@pytest.mark.parametrize("cell", CELLS)
def test_a_text_gets_the_same_answer_alone_and_in_any_company(cell):
    model = small(cell=cell).fit(TEXTS, LABELS)
    together = model.predict_proba([*TEXTS[:8], "a text much longer than all that were there before " * 5])[:8]
    alone = np.concatenate([model.predict_proba([text]) for text in TEXTS[:8]])
    np.testing.assert_allclose(alone, together, atol=2e-6)
    assert together.std(axis=0).min() > 1e-3


@pytest.mark.parametrize(("cell", "tokenizer"), [("gru", "word"), ("gru", "char"), ("lstm", "bpe")])
def test_it_learns_to_negate(cell, tokenizer):
    model = small(cell=cell, tokenizer=tokenizer, hidden_layer_sizes=(16,), max_iter=60, learning_rate_init=0.01)
    model.fit(TEXTS, LABELS)
    assert model.predict(["good", "not good at all", "NOT BAD"]).tolist() == ["+", "-", "+"]


def test_tokens_are_those_of_the_training_rows_alone():
    model = small().fit(TEXTS, LABELS, X_val=["zebra"] * 3, y_val=["+"] * 3)
    assert "zebra" not in model.tokenizer_.vocabulary
    texts = [f"{text} word{i}" for i, text in enumerate(TEXTS)]
    model = small(early_stopping=True, validation_fraction=0.25).fit(texts, LABELS)
    assert sum(f"word{i}" in model.tokenizer_.vocabulary for i in range(32)) == 24


def test_in_pipelines_and_searches_with_a_column_of_a_table():
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS}, index=range(100, 132))
    pipeline = make_pipeline(FunctionTransformer(lambda s: s.str.strip()), small())
    pipeline.fit(frame["text"], frame["label"])
    assert set(pipeline.predict(frame["text"])) <= {"+", "-"}
    assert len(cross_val_score(small(), frame["text"], frame["label"], cv=3)) == 3
    search = GridSearchCV(small(), {"cell": ["gru", "mean"], "max_features": [5, None]}, cv=2)
    assert search.fit(frame["text"], frame["label"]).best_params_["cell"] in ("gru", "mean")
    (a, b), (c, d) = ((small().fit(x, LABELS), x) for x in (frame["text"], TEXTS))
    assert (a.predict_proba(b) == c.predict_proba(d)).all()


def test_missing_texts_are_refused_with_their_row():
    model = small().fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="TextClassifier: the text of row 1 is missing"):
        model.predict(["a", None])
    with pytest.raises(ValueError, match=r"row 2 \(index 102\) is missing"):
        model.fit(pd.Series(["a", "b", None], index=[100, 101, 102]), ["+", "-", "+"])


@pytest.mark.parametrize(
    "given",
    [
        {"tokenizer": "char"},
        {"max_features": 3},
        {"min_count": 5},
        {"max_length": 1},
        {"embedding_size": 4},
        {"bidirectional": True},
        {"dropout": 0.0},
        {"word_dropout": 0.5},
        {"cell": "mean"},
        {"hidden_layer_sizes": (8, 8)},
        {"max_grad_norm": 0.01, "solver": "sgd", "learning_rate_init": 0.1},
    ],
)
def test_each_parameter_changes_the_training(given):
    plain = {name: value for name, value in given.items() if name in ("solver", "learning_rate_init")}
    a, b = (small(**options).fit(TEXTS, LABELS).loss_curve_ for options in (given, plain))
    assert abs(a[-1] - b[-1]) > 1e-4


def test_capitals_count_when_asked():
    for tokenizer in ("word", "char", "bpe"):
        texts = ["GOOD", "good"] * 8
        model = small(tokenizer=tokenizer, lowercase=False).fit(texts, ["+", "-"] * 8)
        assert np.ptp(model.predict_proba(["GOOD", "good"])[:, 0]) > 1e-4
        model = small(tokenizer=tokenizer).fit(texts, ["+", "-"] * 8)
        assert np.ptp(model.predict_proba(["GOOD", "good"])[:, 0]) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cell": "transformer"}, "TextClassifier has no cell 'transformer'"),
        ({"tokenizer": "words"}, "no tokenizer 'words'; did you mean 'word'"),
        ({"cell": "attention", "max_length": None}, "needs max_length"),
        ({"cell": "attention", "bidirectional": True}, "leave out bidirectional"),
        ({"cell": "mean", "bidirectional": True}, "a recurrent net's"),
        ({"word_dropout": 1}, r"word_dropout must be a number in \[0, 1\)"),
        ({"max_features": 0}, "max_features must be at least 1"),
        ({"min_count": 99}, "no token of .* is left"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        small(**given).fit(TEXTS, LABELS)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("tokenizer", ["word", "char", "bpe"])
def test_it_comes_back_from_a_file(cell, tokenizer, tmp_path):
    model = small(cell=cell, tokenizer=tokenizer, lowercase=cell == "gru").fit(TEXTS, LABELS)
    model.save(tmp_path / "model")
    again = TextClassifier.load(tmp_path / "model")
    assert (again.predict_proba([*TEXTS, "Zebra"]) == model.predict_proba([*TEXTS, "Zebra"])).all()
    assert again.predict(TEXTS).tolist() == model.predict(TEXTS).tolist()
    assert model.transform(TEXTS).shape == (32, 8)


def test_it_is_cloned_pickled_and_goes_on_with_its_tokens():
    model = small(tokenizer="bpe").fit(TEXTS, LABELS)
    assert clone(model).get_params() == model.get_params()
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(TEXTS) == model.predict_proba(TEXTS)).all()
    tokens = len(model.tokenizer_)
    model.partial_fit(["a zebra"] * 4, ["+"] * 4)
    assert len(model.tokenizer_) == tokens


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
)
def test_scikit_learns_checks_of_parameters_hold(check):
    check("TextClassifier", TextClassifier())


@pytest.mark.slow
def test_opinions_are_told_apart_where_words_alone_do_not_tell_them():
    path = Path(__file__).parents[2] / "examples" / "projects" / "data" / "opinions.csv"
    table = pd.read_csv(path)
    scores = {}
    for cell in ("lstm", "gru", "mean"):
        scores[cell] = []
        for seed in range(2):
            split = GroupShuffleSplit(1, test_size=0.2, random_state=seed).split(table, groups=table["pair"])
            train, test = next(split)
            model = TextClassifier(cell=cell, learning_rate="cosine", learning_rate_init=0.01, random_state=seed)
            model.fit(table["review"].iloc[train], table["opinion"].iloc[train])
            scores[cell].append(model.score(table["review"].iloc[test], table["opinion"].iloc[test]))
    assert np.mean(scores["lstm"]) > 0.74
    assert np.mean(scores["gru"]) > 0.74
    assert np.mean(scores["mean"]) < 0.65
