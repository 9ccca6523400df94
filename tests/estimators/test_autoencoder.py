"""Autoencoder: a transformer and a detector of outliers, by scikit-learn's contract."""

import pickle
import warnings
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from pellucid.estimators import Autoencoder

rng = np.random.default_rng(0)
t = rng.uniform(-1, 1, 300)
X = np.stack([t, 100 + 5 * t**2, t**3, -t], axis=1)
STRANGE = np.array([[0.5, 101.25, 0.125, 0.5], [0.5, 130.0, 0.125, -0.5]])


def fitted(**given):
    options = {"hidden_layer_sizes": (16, 1), "activation": "tanh", "learning_rate_init": 0.01, "random_state": 0}
    return Autoencoder(**(options | given)).fit(X)


@parametrize_with_checks([Autoencoder()])
def test_scikit_learns_contract_holds(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            check(estimator)
        except SkipTest:  # arrays of other libraries, which scikit-learn leaves out without SCIPY_ARRAY_API
            assert check.func.__name__ == "check_array_api_input"


def test_a_curve_in_four_columns_is_one_number():
    model = fitted()
    z = model.transform(X)
    assert z.shape == (300, 1)
    np.testing.assert_allclose(model.inverse_transform(z), model.reconstruct(X), atol=1e-9)
    wrong = np.mean((model.reconstruct(X) - X) ** 2) / X.var(axis=0).mean()
    pca = make_pipeline(StandardScaler(), PCA(1)).fit(X)
    by_pca = np.mean((pca.inverse_transform(pca.transform(X)) - X) ** 2) / X.var(axis=0).mean()
    assert wrong < 0.1 * by_pca


def test_scores_are_mean_squares_on_standardised_columns_and_strange_rows_have_low_ones():
    model = fitted()
    expected = -np.mean(((model.reconstruct(X) - X) / X.std(axis=0)) ** 2, axis=1)
    np.testing.assert_allclose(model.score_samples(X), expected, rtol=1e-9)
    np.testing.assert_allclose(model.decision_function(X), expected - model.offset_, rtol=1e-9)
    assert model.predict(STRANGE).tolist() == [-1, -1]
    assert (model.predict(X) == 1).mean() > 0.85
    assert model.score_samples(STRANGE).max() < 5 * model.offset_


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_contamination_is_the_share_of_training_rows_that_count_as_outliers(share):
    model = fitted(max_iter=5, tol=0, learning_rate="cosine", contamination=share)
    assert (model.predict(X) == -1).mean() == pytest.approx(share, abs=1 / 300)


@pytest.mark.parametrize("share", [0, 0.6, "a few", True, None])
def test_a_contamination_that_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match=r"contamination must be 'auto' or a number in \(0, 0.5\]"):
        fitted(contamination=share)


@pytest.mark.parametrize(
    "given", [{"scale": False}, {"noise": 0.5}, {"hidden_layer_sizes": 2}, {"hidden_layer_sizes": None}, {"alpha": 1.0}]
)
def test_each_parameter_changes_the_training(given):
    a, b = (fitted(max_iter=3, learning_rate="cosine", **options).loss_curve_[-1] for options in (given, {}))
    assert abs(a - b) > 1e-4


def test_the_scale_is_that_of_the_training_rows_alone():
    options = {"max_iter": 3, "learning_rate": "cosine", "random_state": 0}
    model = Autoencoder(**options).fit(X, X_val=1000 * X)
    np.testing.assert_allclose(model.mean_, X.mean(axis=0))
    assert len(model.validation_curve_) == 3
    strange = X * np.where(np.arange(300) % 10, 1, 1000)[:, None]
    model = Autoencoder(early_stopping=True, **options).fit(strange)
    assert np.abs(model.mean_ - strange.mean(axis=0)).max() > 1


@pytest.mark.parametrize("given", [{}, {"noise": 0.1, "contamination": 0.1, "scale": False}])
def test_it_comes_back_from_a_file(given, tmp_path):
    model = fitted(max_iter=3, learning_rate="cosine", **given)
    model.save(tmp_path / "model")
    again = Autoencoder.load(tmp_path / "model")
    assert again.get_params() == model.get_params()
    assert (again.decision_function(X) == model.decision_function(X)).all()
    assert (again.inverse_transform(again.transform(X)) == model.reconstruct(X)).all()


def test_names_types_pickles_and_going_on():
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = Autoencoder((3, 2), max_iter=3, learning_rate="cosine", random_state=0).set_output(transform="pandas")
    codes = model.fit_transform(frame)
    assert list(codes.columns) == ["autoencoder0", "autoencoder1"]
    assert model.feature_names_in_.tolist() == list("abcd")
    model.set_output(transform="default")
    assert model.transform(frame.astype(np.float32)).dtype == np.float32
    again = pickle.loads(pickle.dumps(model))
    assert (again.score_samples(frame) == model.score_samples(frame)).all()
    assert clone(model).get_params() == model.get_params()
    model.partial_fit(frame)
    assert (again.score_samples(frame) != model.score_samples(frame)).any()
    with pytest.raises(ValueError, match="codes of 2 columns, got 4"):
        model.inverse_transform(X)
    with pytest.raises(NotFittedError):
        Autoencoder().score_samples(X)


@pytest.mark.slow
def test_malignant_rows_stand_out_for_one_that_learned_from_benign_ones():
    data, benign = load_breast_cancer(return_X_y=True)
    areas = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(np.flatnonzero(benign))
        train = order[: len(order) * 7 // 10]
        test = np.setdiff1d(np.arange(len(data)), train)
        model = Autoencoder(learning_rate="cosine", learning_rate_init=0.003, max_iter=300, random_state=seed)
        model.fit(data[train])
        areas.append(roc_auc_score(benign[test], model.score_samples(data[test])))
        caught = model.predict(data[test])[benign[test] == 0] == -1
        alarms = model.predict(data[test])[benign[test] == 1] == -1
        assert caught.mean() > 2 * alarms.mean()
    assert np.mean(areas) > 0.9  # 0.93, 0.95, 0.94
