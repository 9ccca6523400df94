"""MLPClassifier and MLPRegressor among the data, files and tools of their users."""

import os
import pickle
import signal

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.estimators.data import classes, iris, labels, numbers

import pellucid as pl
from pellucid import estimators, nn
from pellucid.estimators import MLPClassifier, MLPRegressor
from pellucid.train import Callback, TrainingDivergedError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def small(kind=MLPClassifier, **parameters):
    return kind(**{"hidden_layer_sizes": (8,), "max_iter": 30, "random_state": 0, **parameters})


# --- data ---------------------------------------------------------------------------------------------------------
def test_sparse_rows_give_what_dense_ones_give_also_where_they_stay_sparse(monkeypatch):
    X, y = classes(150)
    X[np.abs(X) < 0.8] = 0
    dense = small(batch_size=40).fit(X, y)
    for large in (1 << 26, 10):
        monkeypatch.setattr("pellucid.estimators.rows._LARGE", large)
        for kind in (sparse.csr_matrix, sparse.csc_array):
            model = small(batch_size=40).fit(kind(X), y)
            np.testing.assert_allclose(model.coefs_[0], dense.coefs_[0], rtol=1e-3, atol=1e-5)
            np.testing.assert_allclose(model.predict_proba(kind(X)), dense.predict_proba(X), rtol=1e-3, atol=1e-5)
            assert model.transform(kind(X)).shape == (150, 8)
    judged = small(early_stopping=True).fit(sparse.csr_matrix(X), y, sample_weight=np.arange(1, 151))
    assert judged.validation_scores_


def table(n=160):
    rng = np.random.default_rng(0)
    land = rng.choice(["FR", "IT", None], n)
    frame = pd.DataFrame({"age": rng.random(n), "land": land, "member": rng.random(n) > 0.5})
    return frame, ((land == "IT") ^ frame["member"]).astype(int).to_numpy()


def test_columns_of_categories_are_encoded_inside_when_asked(tmp_path):
    frame, y = table()
    model = small(categories="auto", max_iter=300, learning_rate_init=0.02).fit(frame, y)
    assert model.score(frame, y) > 0.95
    assert model.n_features_in_ == 3
    assert model.feature_names_in_.tolist() == ["age", "land", "member"]
    assert model.coefs_[0].shape == (1 + 3 + 2, 8)
    strange = frame.assign(land="DE")
    assert np.isfinite(model.predict_proba(strange)).all()
    model.save(tmp_path / "m.safetensors")
    again = MLPClassifier.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict_proba(frame), model.predict_proba(frame))
    with pytest.raises(ValueError, match="could not convert"):
        small().fit(frame, y)
    with pytest.raises(ValueError, match="column 'land' holds something else"):
        small(categories=["member"]).fit(frame, y)
    with pytest.raises(ValueError, match=r"NaN.*'age', row 4"):
        small(categories="auto").fit(frame.assign(age=frame["age"].where(frame.index != 4)), y)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[["land", "age", "member"]])


def test_nan_and_other_widths_are_refused_with_scikit_learns_words():
    X, y = iris()
    model = small().fit(X, y)
    broken = X.copy()
    broken[3, 1] = np.nan
    for call in (lambda: small().fit(broken, y), lambda: model.predict(broken)):
        with pytest.raises(ValueError, match="Input X contains NaN"):
            call()
    with pytest.raises(ValueError, match="X has 3 features, but MLPClassifier is expecting 4"):
        model.predict(X[:, :3])
    with pytest.raises(ValueError, match="too large for float32"):
        small().fit(X * 1e300, y)


def test_a_diverging_training_says_what_to_do():
    X, y = numbers()
    with pytest.raises(TrainingDivergedError, match="smaller learning rate"):
        small(MLPRegressor, solver="sgd", learning_rate_init=1e6).fit(X * 1e6, y * 1e6)


# --- at home ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "options", [{}, {"verbose": True}, {"early_stopping": True}, {"learning_rate": "invscaling", "solver": "sgd"}]
)
def test_pickles_answer_the_same_and_can_be_trained_on(options):
    X, y = iris()
    model = small(**options).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    if not options.get("early_stopping"):
        np.testing.assert_array_equal(again.partial_fit(X, y).coefs_[0], model.partial_fit(X, y).coefs_[0])


def test_files_answer_the_same_and_hold_no_code(tmp_path):
    path = tmp_path / "model.safetensors"
    X, y = iris()
    names = np.array(["setosa", "versicolor", "virginica"])
    held = {"X_val": X, "y_val": names[y]}
    for model in (
        small(calibration="temperature", activation=("tanh",), batch_norm=True).fit(X, names[y], **held),
        small().fit(X, (X[:, :2] > 0).astype(int)),
        small().fit(X, np.stack([y, y % 2 + 3], axis=1)),
        small(MLPRegressor, loss="quantile").fit(X, y),
    ):
        model.save(path)
        again = estimators.load(path)
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        if hasattr(model, "predict_proba"):
            for mine, right in zip(again.predict_proba(X), model.predict_proba(X), strict=True):
                np.testing.assert_array_equal(mine, right)
        assert again.get_params() == model.get_params()
        assert again.loss_curve_ == model.loss_curve_
    again.partial_fit(X, y)
    with pytest.raises(ValueError, match="holds a MLPRegressor, no MLPClassifier"):
        MLPClassifier.load(path)
    with pytest.raises(TypeError, match="loss is a MSELoss, which a file"):
        small(MLPRegressor, loss=nn.MSELoss()).fit(X, y).save(path)
    pl.save({"a": 1}, path)
    with pytest.raises(ValueError, match="holds no estimator"):
        estimators.load(path)


def test_a_file_that_names_another_class_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    X, y = iris()
    small().fit(X, y).save(path)
    state = pl.load(path)
    for change, message in (
        ({"estimator": "Popen"}, "names 'Popen'"),
        ({"format": 99}, "format 99"),
        ({"parameters": {"nonsense": 1}}, "damaged"),
    ):
        pl.save({**state, **change}, path)
        with pytest.raises(ValueError, match=message):
            estimators.load(path)


def test_searches_pipelines_and_routing_find_their_way():
    X, y = iris()
    piped = make_pipeline(StandardScaler(), small())
    found = GridSearchCV(piped, {"mlpclassifier__alpha": [1e-4, 1e-1]}, cv=2, n_jobs=2).fit(X, y)
    assert found.best_score_ > 0.3
    with config_context(enable_metadata_routing=True):
        asked = small().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        scores = cross_validate(asked, X, y, cv=2, params={"sample_weight": np.ones(150)}, return_estimator=True)
        assert len(scores["estimator"]) == 2
    assert clone(small(dropout=0.3)).dropout == 0.3


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("problem", ["repeated rows", "two classes", "labels", "number", "numbers"])
def test_steps_are_left_to_the_engine(problem, weighted):
    X, y = {
        "repeated rows": iris,
        "two classes": lambda: classes(k=2),
        "labels": labels,
        "number": numbers,
        "numbers": lambda: numbers(k=2),
    }[problem]()
    w = np.arange(1, len(X) + 1) if weighted else None
    with pl.use_engine("native"):
        for batch in (len(X), 50):
            model = small(MLPRegressor if "number" in problem else MLPClassifier, batch_size=batch).fit(X, y, w)
            replayed = model._network.trainer.replayed
            assert replayed.endswith("steps were replayed by the engine"), replayed


def test_workers_share_the_processors():
    threads = Parallel(n_jobs=2)(delayed(pl.get_num_threads)() for _ in range(2))
    assert max(threads) <= max(1, (os.cpu_count() or 1) // 2)


def test_ctrl_c_keeps_the_best_weights_and_says_so():
    X, y = classes(200)

    class CtrlC(Callback):
        def on_step_end(self, trainer):
            if trainer.step == 12:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.warns(UserWarning, match="interrupted by user"):
        model = small(early_stopping=True, callbacks=[CtrlC()], max_iter=100).fit(X, y)
    assert model.n_iter_ < 100
    assert model.predict(X).shape == y.shape
