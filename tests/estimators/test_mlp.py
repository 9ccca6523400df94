"""MLPClassifier and MLPRegressor: what scikit-learn's do the same way, and what they lack."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor
from sklearn.pipeline import make_pipeline
from tests.estimators.data import classes, iris, labels, numbers

from pellucid import nn, optim
from pellucid.estimators import MLPClassifier, MLPRegressor
from pellucid.train import Callback

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def small(kind=MLPClassifier, **parameters):
    return kind(**{"hidden_layer_sizes": (8,), "max_iter": 30, "random_state": 0, **parameters})


# --- the same as scikit-learn -------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("problem", ["two classes", "three classes", "labels", "number", "numbers"])
def test_a_step_is_scikit_learns_step_with_its_penalty(problem, activation):
    X, y = {
        "two classes": lambda: classes(k=2),
        "three classes": classes,
        "labels": labels,
        "number": numbers,
        "numbers": lambda: numbers(k=3),
    }[problem]()
    ours, theirs = (MLPRegressor, TheirRegressor) if problem.startswith("number") else (MLPClassifier, TheirClassifier)
    if problem == "labels":  # scikit-learn's partial_fit wants all labels by name
        ours_y, parameters = y, {"classes": [0, 1, 2]}
    else:
        ours_y, parameters = y, {} if ours is MLPRegressor else {"classes": np.unique(y)}
    shared = {
        "hidden_layer_sizes": (7, 4),
        "activation": activation,
        "solver": "sgd",
        "learning_rate_init": 0.5,
        "alpha": 3.0,
        "random_state": 1,
    }
    mine, still = ours(**shared), ours(**(shared | {"learning_rate_init": 1e-30}))
    for model in (mine, still):
        model.partial_fit(X, ours_y, **parameters)
    right = theirs(**shared)
    right.partial_fit(X, y, **parameters)
    right.coefs_ = [w.astype(np.float64) for w in still.coefs_]
    right.intercepts_ = [b.astype(np.float64) for b in still.intercepts_]
    del right._optimizer
    right.partial_fit(X, y)
    for found, expected, before in zip(mine.coefs_, right.coefs_, still.coefs_, strict=True):
        assert np.abs(expected - before).max() > 1e-3
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    for found, expected in zip(mine.intercepts_, right.intercepts_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    if problem != "numbers":  # scikit-learn tells the mean over targets there, and descends their sum
        assert mine.loss_ == pytest.approx(right.loss_, rel=1e-5)


@pytest.mark.parametrize("problem", ["two classes", "three classes", "labels", "numbers"])
def test_a_step_of_weighted_rows_is_scikit_learns(problem):
    made = {"two classes": lambda: classes(k=2), "three classes": classes, "labels": labels, "numbers": numbers}
    X, y = made[problem]()
    ours, theirs = (MLPRegressor, TheirRegressor) if problem == "numbers" else (MLPClassifier, TheirClassifier)
    w = np.random.default_rng(0).uniform(0.1, 6, len(X))
    shared = {"solver": "sgd", "learning_rate_init": 0.5, "alpha": 30.0, "random_state": 1, "max_iter": 1}
    mine = ours(**shared).fit(X, y, sample_weight=w)
    still = ours(**(shared | {"learning_rate_init": 1e-30})).fit(X, y, sample_weight=w)
    right = theirs(**shared, warm_start=True).fit(X, y)
    right.coefs_ = [c.astype(np.float64) for c in still.coefs_]
    right.intercepts_ = [b.astype(np.float64) for b in still.intercepts_]
    right.fit(X, y, sample_weight=w)
    for found, expected in zip(mine.coefs_ + mine.intercepts_, right.coefs_ + right.intercepts_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    assert mine.loss_ == pytest.approx(right.loss_, rel=1e-5)


def test_initial_weights_are_glorots_as_scikit_learn_draws_them():
    X, y = classes()
    for activation, factor in (("relu", 6.0), ("logistic", 2.0)):
        model = MLPClassifier((300,), activation, learning_rate_init=1e-30, max_iter=1, random_state=0).fit(X, y)
        for w in (*model.coefs_, model.intercepts_[0]):
            inputs, outputs = (6, 300) if w.shape[0] != 300 or w.ndim == 1 else (300, 3)
            bound = np.sqrt(factor / (inputs + outputs))
            assert 0.95 * bound < np.abs(w).max() <= bound
            assert abs(w.mean()) < 0.15 * bound


def test_names_and_defaults_that_scikit_learn_has_too_are_the_same():
    for ours, theirs in ((MLPClassifier(), TheirClassifier()), (MLPRegressor(), TheirRegressor())):
        mine, right = ours.get_params(), theirs.get_params()
        shared = set(mine) & set(right)
        assert {name: mine[name] for name in shared} == {name: right[name] for name in shared}
        assert set(right) - set(mine) == {"max_fun"}  # of lbfgs


def test_flat_training_ends_with_the_epoch_that_scikit_learns_rule_names():
    X, y = iris()
    model = small(max_iter=500, learning_rate_init=0.05, tol=1e-3, n_iter_no_change=4).fit(X, y)
    best, flat, ends = np.inf, 0, None
    for epoch, loss in enumerate(model.loss_curve_, 1):
        flat = flat + 1 if loss > best - 1e-3 else 0
        best = min(best, loss)
        if flat > 4:
            ends = epoch
            break
    assert model.n_iter_ == len(model.loss_curve_) == ends < 500
    assert model.best_loss_ == min(model.loss_curve_)
    assert model.loss_ == model.loss_curve_[-1]
    assert model.t_ == model.n_iter_ * len(X)


def test_too_few_epochs_give_scikit_learns_warning():
    X, y = iris()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ConvergenceWarning, match=r"Maximum iterations \(3\) reached"):
            small(max_iter=3).fit(X, y)


def test_the_same_seed_gives_the_same_network_and_another_does_not():
    X, y = iris()
    first, again, other = (small(random_state=seed).fit(X, y).predict_proba(X) for seed in (3, 3, 4))
    assert (first == again).all()
    assert np.abs(first - other).max() > 1e-3


def test_early_stopping_keeps_the_weights_of_the_best_epoch():
    X, y = classes(300)
    model = small(early_stopping=True, learning_rate_init=0.1, max_iter=60, validation_fraction=0.3).fit(X, y)
    assert len(model.validation_scores_) == len(model.validation_curve_) == model.n_iter_
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.best_loss_ is None
    with pytest.raises(ValueError, match="validation set is too small"):
        small(early_stopping=True, validation_fraction=0.001).fit(X[:90], np.arange(90) % 1)


def test_warm_start_goes_on_and_partial_fit_is_one_epoch():
    X, y = iris()
    model = small(warm_start=True, max_iter=5).fit(X, y)
    before = model.coefs_[0].copy()
    model.set_params(learning_rate_init=1e-30).fit(X, y)
    np.testing.assert_array_equal(model.coefs_[0], before)
    assert len(model.loss_curve_) == 10
    online = small(learning_rate_init=0.02).partial_fit(X[:50], y[:50], classes=[0, 1, 2])
    for _ in range(60):
        online.partial_fit(X, y)
    assert online.score(X, y) > 0.7
    with pytest.raises(ValueError, match="classes must be passed"):
        small().partial_fit(X, y)
    with pytest.raises(ValueError, match="not the same as on last call"):
        online.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match="class"):
        online.partial_fit(X, y + 1)


def test_a_warm_start_with_other_sizes_is_refused():
    X, y = iris()
    model = small(warm_start=True, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match="fit a clone"):
        model.set_params(hidden_layer_sizes=(9,)).fit(X, y)


def test_partial_fit_may_follow_a_judged_fit():
    X, y = iris()
    model = small(max_iter=3).fit(X, y, X_val=X, y_val=y)
    model.partial_fit(X, y)
    assert model.n_iter_ == 1


def test_unshuffled_rows_come_in_their_order():
    X, y = iris()
    a, b = (small(shuffle=False, batch_size=10, random_state=0, max_iter=2).fit(X, y) for _ in range(2))
    c = small(shuffle=True, batch_size=10, random_state=0, max_iter=2).fit(X, y)
    assert (a.coefs_[0] == b.coefs_[0]).all()
    assert np.abs(a.coefs_[0] - c.coefs_[0]).max() > 1e-4


@pytest.mark.parametrize("rate", ["invscaling", "adaptive", "cosine", "exponential", "step", "onecycle"])
def test_schedules_move_the_learning_rate(rate):
    X, y = iris()
    tol = 0.05 if rate == "adaptive" else 0
    model = small(solver="sgd", learning_rate=rate, learning_rate_init=0.3, max_iter=60, tol=tol).fit(X, y)
    rates = model.history_["lr"]
    assert len(set(rates)) > 1
    if rate == "invscaling":
        assert rates[3] == pytest.approx(0.3 / (3 * len(X) + 1) ** 0.5)
    if rate == "adaptive":
        assert min(rates) == pytest.approx(0.3 / 5 ** round(np.log(0.3 / min(rates)) / np.log(5)))


# --- what scikit-learn lacks --------------------------------------------------------------------------------------
@pytest.mark.parametrize("solver", [*optim.REGISTRY, optim.Adam, lambda p, lr: optim.SGD(p, lr=lr, momentum=0.5)])
def test_any_optimizer_learns(solver):
    X, y = iris()
    model = small(solver=solver, learning_rate_init=0.05, max_iter=40).fit(X, y)
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_what_cannot_be_is_refused_with_its_mend():
    X, y = iris()
    with pytest.raises(NotImplementedError, match="lbfgs"):
        small(solver="lbfgs").fit(X, y)
    for parameters, message in (
        ({"solver": "adm"}, "did you mean 'adam'"),
        ({"activation": "rleu"}, "did you mean 'relu'"),
        ({"activation": ["relu", "tanh"]}, "as many activations"),
        ({"alpha": -1}, "alpha must be a number of at least 0, got -1"),
        ({"max_iter": 0}, "max_iter must be a whole number of at least 1"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes must be whole numbers > 0"),
        ({"learning_rate": "cosin"}, "did you mean 'cosine'"),
        ({"loss": "hinge"}, "loss must be 'log_loss'"),
        ({"calibration": "platt"}, "calibration must be None or 'temperature'"),
        ({"calibration": "temperature"}, "needs held-out rows"),
        ({"categories": "auto"}, "needs a pandas DataFrame"),
    ):
        with pytest.raises(ValueError, match=message):
            small(**parameters).fit(X, y)
    with pytest.raises(TypeError, match="hidden_layer_sizes is the second"):
        MLPRegressor((8,)).fit(X, y)
    with pytest.raises(ValueError, match="belong together"):
        small().fit(X, y, X_val=X)
    with pytest.raises(ValueError, match="not among the classes"):
        small().fit(X, y, X_val=X, y_val=y + 1)
    with pytest.raises(NotFittedError):
        small().predict(X)


def test_dropout_batch_norm_and_activations_by_layer_are_in_the_network():
    X, y = iris()
    model = small(hidden_layer_sizes=(8, 6), activation=["tanh", "gelu"], dropout=0.2, batch_norm=True).fit(X, y)
    kinds = [type(m) for m in model.model_.layers.children()]
    assert kinds.count(nn.Dropout) == kinds.count(nn.BatchNorm1d) == 2
    assert [k for k in kinds if k in (nn.Tanh, nn.GELU)] == [nn.Tanh, nn.GELU]
    assert (model.predict_proba(X) == model.predict_proba(X)).all()


def test_weights_of_classes_and_rows_count_in_the_loss():
    X, y = classes(200, k=2)
    few = np.flatnonzero(y == 1)[10:]
    X, y = np.delete(X, few, 0), np.delete(y, few)
    recalls = [
        small(class_weight=w, max_iter=150).fit(X, y).predict(X)[y == 1].mean() for w in (None, "balanced", {1: 10.0})
    ]
    assert recalls[0] < recalls[1]
    assert recalls[0] < recalls[2]
    balanced = {c: len(y) / (2 * (y == c).sum()) for c in (0, 1)}
    by_row = small().fit(X, y, sample_weight=np.array([balanced[c] for c in y]))
    np.testing.assert_array_equal(by_row.coefs_[0], small(class_weight="balanced").fit(X, y).coefs_[0])
    with pytest.raises(ValueError, match="balanced"):
        small(class_weight="balanced").partial_fit(X, y, classes=[0, 1])


def test_rows_of_no_weight_are_as_if_they_were_not_there():
    X, y = iris()
    w = np.where(y == 2, 0.0, 1.0)
    model = small().fit(X, y, sample_weight=w)
    assert model.classes_.tolist() == [0, 1]
    np.testing.assert_array_equal(model.coefs_[0], small().fit(X[y < 2], y[y < 2], np.ones(100)).coefs_[0])


def test_ones_validation_rows_are_judged_and_never_trained_on():
    X, y = classes(200)
    plain, judged = small().fit(X[:150], y[:150]), small().fit(X[:150], y[:150], X_val=X[150:], y_val=y[150:])
    np.testing.assert_array_equal(plain.coefs_[0], judged.coefs_[0])
    assert len(judged.validation_curve_) == judged.n_iter_
    assert judged.validation_scores_[-1] == pytest.approx(judged.score(X[150:], y[150:]))
    expected = log_loss(y[150:], judged.predict_proba(X[150:]))
    assert judged.validation_curve_[-1] == pytest.approx(expected, rel=1e-4)


def test_callbacks_are_called_and_a_loss_of_ones_own_is_descended():
    X, y = numbers()
    seen = []

    class Noter(Callback):
        def on_epoch_end(self, trainer):
            seen.append(trainer.epoch)

    model = small(MLPRegressor, loss=nn.SmoothL1Loss(), callbacks=[Noter()]).fit(X, y)
    assert seen == list(range(1, model.n_iter_ + 1))
    assert np.abs(model.coefs_[0] - small(MLPRegressor).fit(X, y).coefs_[0]).max() > 1e-4


def test_several_questions_have_heads_of_their_own():
    X, y = classes(200)
    several = np.stack([y, (X[:, 0] > 0) * 5, y % 2], axis=1)
    model = small(max_iter=300, learning_rate_init=0.02).fit(X, several)
    assert [c.tolist() for c in model.classes_] == [[0, 1, 2], [0, 5], [0, 1]]
    assert model.predict(X).shape == (200, 3)
    assert [p.shape for p in model.predict_proba(X)] == [(200, 3), (200, 2), (200, 2)]
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)[0]), model.predict_proba(X)[0], rtol=1e-6)
    assert (model.predict(X) == several).mean() > 0.85


def test_labels_are_there_or_not_each_by_itself():
    X, y = labels()
    model = small(max_iter=300, learning_rate_init=0.02).fit(X, y)
    assert model.predict_proba(X).shape == y.shape
    assert (model.predict(X) == y).mean() > 0.9
    other = small(max_iter=300, learning_rate_init=0.02).fit(X, sparse.csr_matrix(y))
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


def test_quantiles_hold_the_share_of_rows_that_they_name():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (1500, 1))
    y = X[:, 0] + (0.2 + 0.5 * np.abs(X[:, 0])) * rng.standard_normal(1500)
    model = small(MLPRegressor, loss="quantile", quantiles=(0.9, 0.1, 0.5), max_iter=120, learning_rate_init=0.01)
    model.fit(X[:1000], y[:1000])
    low, high = model.predict_interval(X[1000:]).T
    assert (low <= high).all()
    assert 0.72 < ((low <= y[1000:]) & (y[1000:] <= high)).mean() < 0.88
    assert model.predict_quantiles(X).shape == (1500, 3)
    np.testing.assert_array_equal(model.predict(X), model.predict_quantiles(X)[:, 1])
    with pytest.raises(ValueError, match="loss='quantile'"):
        small(MLPRegressor).fit(X, y).predict_interval(X)


def test_other_losses_of_regression():
    X, y = numbers(k=2)
    for loss in ("absolute_error", "huber", "squared_error"):
        assert small(MLPRegressor, loss=loss, max_iter=200, learning_rate_init=0.02).fit(X, y).score(X, y) > 0.8
    counts = np.random.default_rng(0).poisson(np.exp(X[:, 0]))
    model = small(MLPRegressor, loss="poisson", max_iter=200, learning_rate_init=0.02).fit(X, counts)
    assert (model.predict(X) > 0).all()
    assert model.score(X, counts) > 0.3
    with pytest.raises(ValueError, match="must not be negative"):
        small(MLPRegressor, loss="poisson").fit(X, counts - 1)


def test_temperature_scaling_lowers_the_loss_of_probabilities_that_are_too_sure():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((600, 5))
    y = (X[:, 0] + 1.5 * rng.standard_normal(600) > 0).astype(int)
    shared = {"hidden_layer_sizes": (50,), "max_iter": 150, "learning_rate_init": 0.02, "alpha": 0, "tol": 0}
    held = {"X_val": X[200:400], "y_val": y[200:400]}
    raw = small(**shared).fit(X[:200], y[:200], **held)
    scaled = small(**shared, calibration="temperature").fit(X[:200], y[:200], **held)
    assert scaled.temperature_ > 1.5
    assert (raw.predict(X) == scaled.predict(X)).all()
    losses = [log_loss(y[400:], model.predict_proba(X[400:])) for model in (raw, scaled)]
    assert losses[1] < 0.8 * losses[0]
    assert CalibratedClassifierCV(small(), cv=3).fit(X, y).predict_proba(X).shape == (600, 2)


def test_hidden_features_are_what_the_last_layer_reads():
    X, y = iris()
    model = small(hidden_layer_sizes=(8, 5)).fit(X, y)
    features = model.transform(X)
    assert features.shape == (150, 5)
    logits = features @ model.coefs_[-1] + model.intercepts_[-1]
    p = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(p / p.sum(1, keepdims=True), model.predict_proba(X), rtol=1e-6)
    piped = make_pipeline(small(), LogisticRegression()).set_output(transform="pandas").fit(X, y)
    assert piped[0].transform(X).columns.tolist() == [f"hidden{i}" for i in range(8)]


def test_float32_is_answered_in_float32_and_float64_in_float64():
    X, y = numbers()
    model = small(MLPRegressor).fit(X, y)
    assert model.predict(X).dtype == np.float64
    assert model.predict(X.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(model.predict(X), model.predict(X.astype(np.float32)), rtol=1e-4, atol=1e-5)
    model.coefs_[0][...] = 0  # a view: changed by hand, and noticed
    assert np.ptp(model.predict(X)) < 1e-12
