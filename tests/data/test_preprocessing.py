import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from pellucid.data.preprocessing import Normalizer, OneHot, Standardizer, normalize, one_hot, standardize

X = np.random.default_rng(0).normal(5, 3, (20, 4))
tables = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)), elements=st.integers(-1000, 1000).map(float)
)


def test_functions_and_objects_agree_with_scikit_learn():
    expected = MinMaxScaler().fit_transform(X)
    np.testing.assert_allclose(normalize(X), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(Normalizer().fit_transform(X), expected, rtol=1e-12, atol=1e-12)
    expected = StandardScaler().fit_transform(X)
    np.testing.assert_allclose(standardize(X), expected, rtol=1e-12)
    np.testing.assert_allclose(Standardizer().fit_transform(X), expected, rtol=1e-12)


def test_the_axis_is_that_of_the_samples():
    np.testing.assert_allclose(normalize(X, axis=1), normalize(X.T).T)
    np.testing.assert_allclose(standardize(X, axis=1), standardize(X.T).T)
    assert (normalize(X, axis=None).min(), normalize(X, axis=None).max()) == (0, 1)
    assert abs(standardize(X, axis=None).std() - 1) < 1e-12


def test_constant_columns_become_zero():
    constant = np.full((5, 1), 0.1)
    for Z in [
        normalize(constant),
        standardize(constant),
        Normalizer().fit_transform(constant),
        Standardizer().fit_transform(constant),
    ]:
        assert Z.tolist() == [[0.0]] * 5


def test_a_constant_column_keeps_the_difference_later():
    for scaler in [Normalizer(), Standardizer()]:
        scaler.fit([[3.0], [3.0]])
        assert scaler.transform([[5.0]]).tolist() == [[2.0]]


@settings(deadline=None)
@given(tables)
def test_the_inverse_gives_the_numbers_back(table):
    for scaler in [Normalizer(), Standardizer()]:
        back = scaler.inverse_transform(scaler.fit_transform(table))
        np.testing.assert_allclose(back, table, rtol=1e-9, atol=1e-9)


def test_float32_stays_float32_and_whole_numbers_become_float64():
    assert normalize(X.astype(np.float32)).dtype == standardize(X.astype(np.float32)).dtype == np.float32
    assert Standardizer().fit_transform(X.astype(np.float32)).dtype == np.float32
    assert normalize([1, 2, 3]).dtype == np.float64


@pytest.mark.parametrize("prepare", [normalize, standardize, Normalizer().fit, Standardizer().fit])
def test_missing_infinite_and_other_values_are_refused(prepare):
    with pytest.raises(ValueError, match=r"X\[1, 0\] is nan"):
        prepare([[1.0, 2.0], [np.nan, 3.0]])
    with pytest.raises(ValueError, match=r"X\[0, 1\] is inf"):
        prepare([[1.0, np.inf]])
    with pytest.raises(ValueError, match="must hold numbers"):
        prepare([["a"]])
    with pytest.raises(ValueError, match="is empty"):
        prepare(np.zeros((0, 2)))


@pytest.mark.parametrize("kind", [Normalizer, Standardizer])
def test_scalers_refuse_other_shapes_and_use_before_fit(kind):
    with pytest.raises(RuntimeError, match=f"this {kind.__name__} is not fitted"):
        kind().transform(X)
    with pytest.raises(ValueError, match=r"shape \(n, d\), got \(3,\)"):
        kind().fit([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"shape \(m, 4\) as in fit, got \(20, 3\)"):
        kind().fit(X).transform(X[:, :3])
    with pytest.raises(ValueError, match=r"X\[0, 0\] is nan"):
        kind().fit(X).transform(np.full((1, 4), np.nan))


def test_one_hot_has_a_single_one():
    assert one_hot([2, 0]).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot([1], num_classes=4).tolist() == [[0, 1, 0, 0]]
    assert one_hot(np.zeros(0, np.int64), num_classes=2).shape == (0, 2)


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([0, 3], {"num_classes": 3}, r"must lie in 0\.\.2, got 0\.\.3"),
        ([-1, 0], {}, "must lie in"),
        ([0.0, 1.0], {}, "whole numbers"),
        ([[0]], {}, r"shape \(n,\)"),
        (np.zeros(0, np.int64), {}, "say num_classes"),
        (["a"], {}, "use OneHot"),
    ],
)
def test_one_hot_refuses_what_are_no_indices(y, options, message):
    with pytest.raises(ValueError, match=message):
        one_hot(y, **options)


@pytest.mark.parametrize("y", [["b", "a", "c", "a"], [3, 1, 7], [True, False, True], [0.5, 1.5]])
def test_one_hot_labels_come_back(y):
    encoder = OneHot()
    Z = encoder.fit_transform(y)
    assert Z.dtype == np.float32
    assert Z.shape == (len(y), len(set(y)))
    assert (Z.sum(axis=1) == 1).all()
    assert encoder.classes.tolist() == sorted(set(y))
    assert encoder.inverse_transform(Z).tolist() == y


def test_one_hot_refuses_unseen_and_missing_labels():
    encoder = OneHot().fit(["a", "b"])
    with pytest.raises(ValueError, match=r"the class 'z' was not there in fit; known are \['a', 'b'\]"):
        encoder.transform(["a", "z"])
    with pytest.raises(ValueError, match="mixes kinds of values or lacks some"):
        encoder.fit(["a", None])
    with pytest.raises(ValueError, match=r"y\[1\] is missing"):
        OneHot().fit([1.0, np.nan])
    with pytest.raises(ValueError, match="at least one"):
        OneHot().fit([])
    with pytest.raises(RuntimeError, match="not fitted"):
        OneHot().transform(["a"])
    with pytest.raises(ValueError, match=r"shape \(m, 2\), got \(1, 3\)"):
        encoder.inverse_transform([[0, 1, 0]])
