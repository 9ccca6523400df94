"""SequenceClassifier and SequenceRegressor: any length, the same answer in any company."""

import importlib
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.utils import estimator_checks

from pellucid.estimators import SequenceClassifier, SequenceRegressor

CELLS = ["lstm", "gru", "rnn", "attention"]
rng = np.random.default_rng(0)
X = [rng.normal(3, 2, (n, 2)) for n in rng.integers(1, 9, 60)]
LABELS = np.array(["up" if x[0, 0] < x[-1, 1] else "down" for x in X])
SUMS = np.array([x[:, 0].sum() / 10 for x in X])


def small(kind, **given):
    return kind(**({"hidden_layer_sizes": (8,), "max_iter": 2, "learning_rate": "cosine", "random_state": 0} | given))


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_gets_the_same_answer_alone_and_in_any_company(cell):
    model = small(SequenceClassifier, cell=cell).fit(X, LABELS)
    together = model.predict_proba(X)
    alone = np.concatenate([model.predict_proba([x]) for x in X])
    backwards = model.predict_proba(X[::-1])[::-1]
    np.testing.assert_allclose(alone, together, atol=2e-6)
    np.testing.assert_allclose(backwards, together, atol=2e-6)
    assert together.std(axis=0).min() > 1e-3
    regressor = small(SequenceRegressor, cell=cell).fit(X, SUMS)
    np.testing.assert_allclose([regressor.predict([x])[0] for x in X], regressor.predict(X), atol=2e-6)


def test_an_array_is_a_list_of_equally_long_sequences():
    array = rng.normal(size=(40, 5, 2))
    t = array[:, 0, 0] > array[:, -1, 0]
    ours, theirs = (small(SequenceClassifier).fit(data, t).predict_proba(data) for data in (array, list(array)))
    assert (ours == theirs).all()


@pytest.mark.parametrize("cell", ["gru", "attention"])
def test_it_learns_what_only_order_tells(cell):
    x = [rng.normal(size=(n, 1)) for n in rng.integers(3, 8, 300)]
    t = [bool(s[0, 0] > s[-1, 0]) for s in x]
    model = small(SequenceClassifier, cell=cell, hidden_layer_sizes=(16,), max_iter=60, learning_rate_init=0.01)
    assert model.fit(x[:200], t[:200]).score(x[200:], t[200:]) > 0.85


def test_several_numbers_and_quantiles_are_predicted():
    both = np.stack([SUMS, -SUMS], axis=1)
    assert small(SequenceRegressor).fit(X, both).predict(X).shape == (60, 2)
    model = small(SequenceRegressor, loss="quantile", quantiles=(0.1, 0.9), max_iter=30, learning_rate_init=0.02)
    low, high = model.fit(X, SUMS).predict_interval(X).T
    assert 0.5 < ((low <= SUMS) & (high >= SUMS)).mean() < 1
    wrapped = TransformedTargetRegressor(
        small(SequenceRegressor, max_iter=50, learning_rate_init=0.02), func=lambda t: (t - 500) / 3,
        inverse_func=lambda t: 500 + 3 * t, check_inverse=False,
    )  # fmt: skip
    assert wrapped.fit(X, 500 + 3 * SUMS).score(X, 500 + 3 * SUMS) > 0.8


def test_the_scale_is_that_of_the_training_steps_alone_and_can_be_left_out():
    model = small(SequenceClassifier).fit(X, LABELS, X_val=[x * 1000 for x in X], y_val=LABELS)
    np.testing.assert_allclose(model._scale.mean, np.concatenate(X).mean(0))
    strange = [x * 1000 if i % 10 == 0 else x for i, x in enumerate(X)]
    model = small(SequenceClassifier, early_stopping=True, validation_fraction=0.2).fit(strange, LABELS)
    assert np.abs(model._scale.mean - np.concatenate(strange).mean(0)).max() > 1e-3
    assert set(small(SequenceClassifier, scale=False).fit(X, LABELS)._scale.std) == {1.0}
    assert small(SequenceClassifier, scale=False).fit(X, LABELS).loss_curve_ != model.loss_curve_


@pytest.mark.parametrize(
    "given",
    [
        {"cell": "rnn"},
        {"bidirectional": True},
        {"hidden_layer_sizes": (8, 8)},
        {"dropout": 0.5},
        {"max_grad_norm": 0.01, "solver": "sgd"},
    ],
)
def test_each_parameter_changes_the_training(given):
    plain = {name: value for name, value in given.items() if name == "solver"}
    a, b = (small(SequenceClassifier, **options).fit(X, LABELS).loss_curve_ for options in (given, plain))
    assert abs(a[-1] - b[-1]) > 1e-4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cell": "lst"}, "SequenceClassifier has no cell 'lst'; did you mean 'lstm'"),
        ({"hidden_layer_sizes": (8, 4)}, "all the same"),
        ({"hidden_layer_sizes": 0}, "hidden_layer_sizes must be a whole number of at least 1"),
        ({"cell": "attention", "bidirectional": True}, "leave out bidirectional"),
        ({"max_grad_norm": -1}, "max_grad_norm must be a number above 0, or None"),
        ({"scale": "yes"}, "scale must be True or False"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        small(SequenceClassifier, **given).fit(X, LABELS)


def test_classes_and_rows_weigh_as_much_as_is_said():
    rare = np.arange(60) > 50
    curves = [
        small(SequenceClassifier).fit(X, rare).loss_curve_,
        small(SequenceClassifier, class_weight="balanced").fit(X, rare).loss_curve_,
        small(SequenceClassifier).fit(X, rare, sample_weight=np.where(rare, 60 / 18, 60 / 102)).loss_curve_,
    ]
    assert abs(curves[0][-1] - curves[1][-1]) > 1e-3
    assert curves[1] == pytest.approx(curves[2], abs=1e-6)
    kept = small(SequenceClassifier).fit(X[:51], rare[:51] ^ (np.arange(51) > 30))
    zero = small(SequenceClassifier).fit(X, rare ^ (np.arange(60) > 30), sample_weight=np.arange(60) < 51)
    assert zero.predict_proba(X) == pytest.approx(kept.predict_proba(X), abs=1e-4)


def test_other_features_and_unequal_rows_are_refused():
    model = small(SequenceClassifier).fit(X, LABELS)
    with pytest.raises(ValueError, match="expects 2 features at each step, got 1"):
        model.predict([x[:, :1] for x in X])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, LABELS[:-1])
    with pytest.raises(ValueError, match="at least one sequence"):
        model.predict([])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("kind", "t"), [(SequenceClassifier, LABELS), (SequenceRegressor, SUMS)])
def test_it_comes_back_from_a_file(cell, kind, t, tmp_path):
    model = small(kind, cell=cell).fit(X, t)
    model.save(tmp_path / "model")
    assert (kind.load(tmp_path / "model").predict(X) == model.predict(X)).all()
    assert model.transform(X).shape == (60, 8)


def test_it_is_cloned_pickled_searched_and_goes_on():
    model = small(SequenceClassifier).fit(X, LABELS)
    assert clone(model).get_params() == model.get_params()
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(X) == model.predict_proba(X)).all()
    assert len(cross_val_score(small(SequenceRegressor), X, SUMS, cv=3)) == 3
    search = GridSearchCV(small(SequenceClassifier), {"cell": ["gru", "rnn"]}, cv=2).fit(X, LABELS)
    assert search.best_params_["cell"] in ("gru", "rnn")
    model.partial_fit(X, LABELS)
    assert len(model.loss_curve_) == 3


@pytest.mark.parametrize("kind", [SequenceClassifier, SequenceRegressor])
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
def test_scikit_learns_checks_of_parameters_hold(kind, check):
    check(kind.__name__, kind())


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "least"), [("lstm", 0.96), ("gru", 0.96), ("attention", 0.95)])
def test_digits_are_read_row_by_row(cell, least):
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    train, test, t_train, t_test = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=0)
    model = SequenceClassifier(cell=cell, learning_rate="cosine", max_iter=40, random_state=0)
    assert model.fit(train, t_train).score(test, t_test) >= least


@pytest.mark.slow
def test_sunspots_of_the_next_year_are_forecast_better_than_by_this_years():
    sunspots = importlib.import_module("statsmodels.api").datasets.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy()
    steps = 22
    windows = np.lib.stride_tricks.sliding_window_view(sunspots, steps + 1)
    past, following = windows[:, :-1, None] / 50, windows[:, -1] / 50
    model = SequenceRegressor((32,), learning_rate="cosine", max_iter=100, random_state=0)
    model.fit(past[:220], following[:220])
    wrong = np.abs(model.predict(past[220:]) - following[220:]).mean()
    assert wrong < 0.75 * np.abs(past[220:, -1, 0] - following[220:]).mean()
