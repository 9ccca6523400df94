"""The way of a real table from its file to the numbers that a network gets, with everything that files have."""

import numpy as np
import pandas as pd
import pytest

from pellucid.data import (
    DataError,
    TablePreprocessor,
    Target,
    load_diabetes,
    load_iris,
    read_table,
    separate_target,
    split_rows,
    time_order,
)


@pytest.fixture
def iris_csv(tmp_path):
    """Iris with ids, dates, yes/no, a constant, text categories, missing cells and missing targets."""
    rng = np.random.default_rng(1)
    frame = load_iris().frame.copy()
    n = len(frame)
    frame.insert(0, "specimen", [f"iris-{i:03d}" for i in rng.permutation(n)])
    frame["collected"] = (pd.Timestamp("1935-04-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D")).strftime(
        "%d.%m.%Y"
    )
    frame["open"] = rng.choice(["yes", "no"], n)
    frame["dried"] = rng.random(n) < 0.3
    frame["place"] = rng.choice(["Gaspé", "Cap-Chat", "Matane; north"], n)
    frame["collector"] = "E. Anderson"
    for i, column in enumerate(["petal length (cm)", "collected", "open", "place"]):
        frame.loc[rng.choice(n, 10 + i, replace=False), column] = None
    frame.loc[[5, 77], "species"] = None
    frame.to_csv(tmp_path / "iris.csv", index=False)
    return tmp_path / "iris.csv"


def test_iris_from_its_file_to_numbers_and_again_after_loading(iris_csv, tmp_path):
    features, y, dropped = separate_target(read_table(iris_csv), "species")
    assert dropped == 2
    whole = Target.infer(y)
    assert whole.classes == ("setosa", "versicolor", "virginica")
    split = split_rows(len(y), labels=whole.transform(y), class_names=whole.classes)
    assert split.sizes() == {"train": 88, "validation": 30, "test": 30}
    preprocessor = TablePreprocessor().fit(features.iloc[split.train])
    kinds = {column.name: column.kind for column in preprocessor.columns}
    assert [kinds[name] for name in ["specimen", "collected", "open", "dried", "place", "collector"]] == [
        *("id", "date", "binary", "binary", "category", "constant")
    ]
    assert sorted(preprocessor.left_out) == ["collector", "specimen"]
    preprocessor.save(tmp_path)
    test = features.iloc[split.test]
    X = TablePreprocessor.load(tmp_path).transform(test)
    np.testing.assert_array_equal(X, preprocessor.transform(test))
    assert X.shape == (30, len(preprocessor.feature_names_out))
    assert {"place=Matane; north", "petal length (cm) missing", "collected weekday"} < set(
        preprocessor.feature_names_out
    )
    train = preprocessor.transform(features.iloc[split.train])
    np.testing.assert_allclose(train[:, :4].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train[:, :4].std(axis=0), 1, rtol=1e-5)


def test_a_bad_cell_is_named_by_its_line_also_after_the_split(iris_csv):
    frame = read_table(iris_csv)
    features, _, _ = separate_target(frame, "species")
    preprocessor = TablePreprocessor().fit(features)
    lines = iris_csv.read_text().splitlines()
    # Line 101 is the hundredth specimen; two rows before it have no target.
    lines[100] = lines[100].replace(lines[100].split(",")[1], "wide", 1)
    iris_csv.write_text("\n".join(lines))
    broken, _, dropped = separate_target(read_table(iris_csv), "species")
    assert dropped == 2
    with pytest.raises(DataError) as caught:
        preprocessor.transform(broken.iloc[50:])
    assert str(caught.value).startswith(f"{iris_csv}, line 101, column 'sepal length (cm)': found 'wide' where")


def test_iris_in_time_order_is_tested_on_its_latest_rows(iris_csv):
    frame = read_table(iris_csv).dropna(subset=["collected"])
    order = time_order(frame["collected"])
    split = split_rows(len(frame), method="time", order=order)
    assert order[split.train].max() <= order[split.validation].min()
    assert order[split.validation].max() <= order[split.test].min()


def test_diabetes_with_categories_and_gaps_is_a_regression(tmp_path):
    frame = load_diabetes().frame
    frame["sex"] = frame["sex"].map({1.0: "f", 2.0: "m"})
    frame.loc[::7, "bmi"] = None
    frame.to_csv(tmp_path / "diabetes.tsv", sep="\t", index=False)
    features, y, dropped = separate_target(read_table(tmp_path / "diabetes.tsv"), "progression")
    split = split_rows(len(y), seed=1)
    target = Target.infer(y).refit(y.iloc[split.train])
    assert (target.task, dropped) == ("regression", 0)
    z = target.transform(y.iloc[split.train])
    np.testing.assert_allclose([z.mean(), z.std()], [0, 1], atol=1e-6)
    assert (target.mean, target.scale) != (y.mean(), y.std(ddof=0))
    preprocessor = TablePreprocessor("robust").fit(features.iloc[split.train])
    assert preprocessor.feature_names_out[-3:] == ["bmi missing", "sex=f", "sex=m"]
    assert np.isfinite(preprocessor.transform(features)).all()
    np.testing.assert_allclose(target.inverse(target.transform(y)), y, rtol=1e-5)
