import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.data.embedded import load_digits
from pellucid.data.errors import DataError
from pellucid.data.table_preprocessor import TablePreprocessor
from pellucid.data.tables import read_table


def learned(preprocessor: TablePreprocessor, folder) -> str:
    """All that fit has learned, as text."""
    preprocessor.save(folder)
    return json.dumps(json.loads((folder / "preprocessing.json").read_text()) | {"sha256": ""}) + repr(
        [
            part.__dict__ if not hasattr(part, "steps") else [step.__dict__ for _, step in part.steps]
            for part in preprocessor._transformer.named_transformers_.values()
        ]
    )


def test_a_table_of_every_kind_becomes_named_numbers(people):
    preprocessor = TablePreprocessor().fit(people)
    X = preprocessor.transform(people)
    assert preprocessor.feature_names_out == [
        "age",
        "children",
        "joined year",
        "joined month",
        "joined day",
        "joined weekday",
        "joined days",
        "member",
        "age missing",
        "member missing",
        "joined missing",
        "land=(missing)",
        "land=DE",
        "land=FR",
        "land=IT",
    ]
    assert (X.dtype, X.shape) == (np.float32, (60, 15))
    column = dict(zip(preprocessor.feature_names_out, X.T, strict=True))
    assert np.flatnonzero(column["age missing"]).tolist() == [3, 9]
    assert np.flatnonzero(column["joined missing"]).tolist() == [2]
    assert np.flatnonzero(column["land=(missing)"]).tolist() == [7, 11]
    known = people["member"].notna().to_numpy()
    np.testing.assert_array_equal(column["member"][known], (people["member"] == "yes").to_numpy()[known])
    np.testing.assert_array_equal(column["land=IT"], (people["land"] == "IT").to_numpy())
    imputed = people["age"].astype(float).fillna(people["age"].astype(float).median())
    expected = (imputed - imputed.mean()) / imputed.std(ddof=0)
    np.testing.assert_allclose(column["age"], expected, rtol=1e-6, atol=1e-6)


def test_left_out_columns_are_reported(people):
    left_out = TablePreprocessor().fit(people).left_out
    assert left_out == {
        "customer": "id: 60 different texts in 60 rows",
        "currency": "constant: has one value only: EUR",
        "nothing": "constant: has no values",
    }


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        ("standard", [-np.sqrt(1.5), 0.0, np.sqrt(1.5)]),
        ("minmax", [0.0, 0.5, 1.0]),
        ("robust", [-1.0, 0.0, 1.0]),
        ("none", [2.0, 4.0, 6.0]),
    ],
)
def test_each_scaling_does_what_it_says(scaling, expected):
    X = TablePreprocessor(scaling).fit_transform(pd.DataFrame({"x": [2.0, 4.0, 6.0]}))
    np.testing.assert_allclose(X[:, 0], expected, rtol=1e-6)


def test_rows_that_were_not_fitted_change_nothing(people, tmp_path):
    train, test = people.iloc[:40], people.iloc[40:].copy()
    first = TablePreprocessor().fit(train)
    state, before, shifted = learned(first, tmp_path), first.transform(train), first.transform(test)
    test["age"], test["land"], test["joined"] = 1e6, "XX", "1999-01-01"
    first.transform(test)
    assert learned(first, tmp_path) == state
    np.testing.assert_array_equal(first.transform(train), before)
    np.testing.assert_array_equal(first.transform(people)[:40], before)
    again = TablePreprocessor().fit(pd.concat([train, test]).iloc[:40])
    np.testing.assert_array_equal(again.transform(people.iloc[40:]), shifted)
    # What would be seen if test rows leaked: fitted on all rows, the same rows become other numbers.
    leaky = TablePreprocessor().fit(pd.concat([train, test]))
    assert learned(leaky, tmp_path) != state


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_saved_and_loaded_gives_the_same_bits(people, tmp_path, scaling):
    preprocessor = TablePreprocessor(scaling, kinds={"children": "category"}, unseen="error", max_categories=3)
    X = preprocessor.fit_transform(people)
    preprocessor.save(tmp_path)
    loaded = TablePreprocessor.load(tmp_path)
    np.testing.assert_array_equal(loaded.transform(people), X)
    assert loaded.feature_names_out == preprocessor.feature_names_out
    assert loaded.columns == preprocessor.columns
    assert repr(loaded) == repr(preprocessor)
    assert (loaded.kinds, loaded.unseen, loaded.max_categories) == ({"children": "category"}, "error", 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["preprocessing.json", "preprocessing.skops"]


def test_the_order_of_columns_and_further_columns_do_not_matter(people):
    preprocessor = TablePreprocessor().fit(people)
    other = people[people.columns[::-1]].assign(target=1)
    np.testing.assert_array_equal(preprocessor.transform(other), preprocessor.transform(people))


def test_left_out_columns_may_be_absent_later(people):
    preprocessor = TablePreprocessor().fit(people)
    fewer = people.drop(columns=["customer", "currency", "nothing"])
    np.testing.assert_array_equal(preprocessor.transform(fewer), preprocessor.transform(people))


def test_columns_without_any_value_can_be_predicted_from(people):
    preprocessor = TablePreprocessor().fit(people)
    for column in ["age", "member", "land", "joined", "children"]:
        for nothing in [None, np.nan]:
            X = preprocessor.transform(people.assign(**{column: nothing}))
            assert np.isfinite(X).all()
            if column not in {"children", "land"}:
                where = preprocessor.feature_names_out.index(f"{column} missing")
                assert (X[:, where] == 1).all()


def test_a_value_missing_only_later_becomes_the_median():
    preprocessor = TablePreprocessor("none").fit(pd.DataFrame({"x": [1.0, 2.0, 9.0]}))
    assert preprocessor.transform(pd.DataFrame({"x": [None, 5.0]})).tolist() == [[2.0], [5.0]]


def test_an_empty_table_becomes_no_rows(people):
    assert TablePreprocessor().fit(people).transform(people.iloc[:0]).shape == (0, 15)


def test_unseen_categories_are_zeros_or_an_error_as_asked(people):
    strange = people.assign(land=["XX", *people["land"][1:]])
    ignoring = TablePreprocessor().fit(people)
    lands = [i for i, name in enumerate(ignoring.feature_names_out) if name.startswith("land=")]
    X = ignoring.transform(strange)
    assert X[0, lands].tolist() == [0, 0, 0, 0]
    assert ignoring.unseen_values(strange) == {"land": ["XX"]}
    assert ignoring.unseen_values(people) == {}
    strict = TablePreprocessor(unseen="error").fit(people)
    np.testing.assert_array_equal(strict.transform(people), ignoring.transform(people))
    with pytest.raises(DataError, match="row 0: column 'land' holds 'XX', which training never saw"):
        strict.transform(strange)


def test_rare_categories_share_a_column_and_unseen_ones_join_it():
    train = pd.DataFrame({"c": ["a"] * 5 + ["b"] * 4 + ["c"] * 3 + ["d", "d", "e", "e"]})
    preprocessor = TablePreprocessor(max_categories=3).fit(train)
    assert preprocessor.feature_names_out == ["c=a", "c=b", "c=(rare)"]
    X = preprocessor.transform(pd.DataFrame({"c": ["e", "c", "zz", "a"]}))
    assert X.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 1], [1, 0, 0]]


def test_numbers_as_categories_read_the_same_with_and_without_missing_values():
    preprocessor = TablePreprocessor(kinds={"c": "category"}).fit(pd.DataFrame({"c": [1, 2, 3, 1]}))
    X = preprocessor.transform(pd.DataFrame({"c": [2.0, None]}))
    assert X.tolist() == [[0, 1, 0], [0, 0, 0]]


def test_a_column_of_zeros_and_ones_keeps_other_numbers_later():
    preprocessor = TablePreprocessor().fit(pd.DataFrame({"pixel": [0, 1, 1]}))
    assert preprocessor.transform(pd.DataFrame({"pixel": [2, 0]})).tolist() == [[2], [0]]


def test_yes_and_no_may_be_written_otherwise_later():
    preprocessor = TablePreprocessor().fit(pd.DataFrame({"member": ["yes", "no", "no"]}))
    assert preprocessor.transform(pd.DataFrame({"member": [True, False]})).tolist() == [[1], [0]]
    with pytest.raises(DataError, match="row 1, column 'member': found 'perhaps' where yes or no"):
        preprocessor.transform(pd.DataFrame({"member": ["no", "perhaps"]}))


def test_the_hour_is_learned_where_it_varies():
    times = pd.DataFrame({"t": ["2024-01-01 10:00", "2024-01-01 12:00", "2024-01-01 14:00"]})
    assert TablePreprocessor().fit(times).feature_names_out == ["t hour", "t days"]


def test_text_where_numbers_were_is_named_with_file_line_and_column(people, tmp_path):
    preprocessor = TablePreprocessor().fit(people)
    people.assign(age=people["age"].astype(object).where(people.index != 4, "forty")).to_csv(
        tmp_path / "new.csv", index=False
    )
    with pytest.raises(DataError) as caught:
        preprocessor.transform(read_table(tmp_path / "new.csv"))
    assert str(caught.value).startswith(f"{tmp_path / 'new.csv'}, line 6, column 'age': found 'forty'")


def test_a_lacking_column_is_named(people):
    preprocessor = TablePreprocessor().fit(people)
    with pytest.raises(DataError, match=r"lacks the column 'age'.*did you mean 'ages'"):
        preprocessor.transform(people.rename(columns={"age": "ages"}))


def test_infinity_is_refused_in_fit_and_transform():
    good = pd.DataFrame({"x": [1.0, 2.0, 4.0]})
    bad = pd.DataFrame({"x": [1.0, np.inf, 2.0]})
    with pytest.raises(DataError, match="row 1, column 'x': found inf where a finite number"):
        TablePreprocessor().fit(bad)
    with pytest.raises(DataError, match="row 1, column 'x': found inf where a finite number"):
        TablePreprocessor().fit(good).transform(bad)


def test_a_number_beyond_float32_is_refused():
    preprocessor = TablePreprocessor().fit(pd.DataFrame({"x": [1.0, 2.0, 4.0]}))
    with pytest.raises(DataError, match="row 0: 'x' is too large for float32"):
        preprocessor.transform(pd.DataFrame({"x": [1e300]}))


def test_tables_that_cannot_be_learned_from_are_refused():
    with pytest.raises(DataError, match="no rows"):
        TablePreprocessor(kinds={"x": "number"}).fit(pd.DataFrame({"x": np.zeros(0)}))
    with pytest.raises(DataError, match="no column can be learned from: 'x' is constant"):
        TablePreprocessor().fit(pd.DataFrame({"x": [1, 1]}))
    with pytest.raises(DataError, match="the table has none"):
        TablePreprocessor().fit(pd.DataFrame(index=range(3)))


def test_wrong_parameters_are_refused():
    with pytest.raises(ValueError, match=r"scaling must be one of .* got 'standart' \(did you mean 'standard'"):
        TablePreprocessor("standart")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unseen must be one of"):
        TablePreprocessor(unseen="drop")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_categories must be at least 2"):
        TablePreprocessor(max_categories=1)


def test_it_must_be_fitted_first(people, tmp_path):
    for call in [
        lambda p: p.transform(people),
        lambda p: p.feature_names_out,
        lambda p: p.save(tmp_path),
        lambda p: p.unseen_values(people),
    ]:
        with pytest.raises(RuntimeError, match="not fitted"):
            call(TablePreprocessor())


def test_a_fit_that_fails_leaves_the_earlier_one(people):
    preprocessor = TablePreprocessor().fit(people)
    before = preprocessor.transform(people)
    with pytest.raises(DataError):
        preprocessor.fit(people.assign(age=[*range(59), np.inf], children=range(60)))
    np.testing.assert_array_equal(preprocessor.transform(people), before)


def test_constant_pixels_of_the_digits_are_left_out_and_reported():
    pixels = load_digits().frame.drop(columns="digit")
    preprocessor = TablePreprocessor().fit(pixels)
    assert sorted(preprocessor.left_out) == ["pixel_0_0", "pixel_4_0", "pixel_4_7"]
    assert preprocessor.transform(pixels).shape == (1797, 61)


def test_a_numbered_table_works_as_one_with_names(tmp_path):
    frame = pd.DataFrame(np.arange(12.0).reshape(4, 3) ** 2)
    preprocessor = TablePreprocessor()
    X = preprocessor.fit_transform(frame)
    assert preprocessor.feature_names_out == ["0", "1", "2"]
    np.testing.assert_array_equal(preprocessor.transform(frame.rename(columns=str)), X)


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(np.float64, (6, 2), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
def test_numbers_of_any_size_become_finite(values):
    frame = pd.DataFrame(values, columns=["a", "b"])
    preprocessor = TablePreprocessor(kinds={"a": "number", "b": "number"})
    X = preprocessor.fit_transform(frame)
    assert np.isfinite(X).all()
    assert X.shape == (6, len(preprocessor.feature_names_out))


def rewrite(folder, **changes) -> None:
    path = folder / "preprocessing.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_damaged_description_is_refused(people, tmp_path):
    preprocessor = TablePreprocessor().fit(people)
    path = tmp_path / "preprocessing.json"
    with pytest.raises(DataError, match=r"preprocessing\.json cannot be read"):
        TablePreprocessor.load(tmp_path)
    preprocessor.save(tmp_path)
    whole = path.read_text()
    for damage, message in [
        (whole[:100], "not a valid JSON file"),
        ("[]", "not a saved preprocessing"),
        (whole.replace('"format": 1', '"format": 2'), "format 2, this version reads 1"),
        (whole.replace('"standard"', '"sideways"'), "is damaged"),
        (whole.replace('"kind": "number"', '"kind": "constant"', 1), "is damaged"),
        (whole.replace('"children"', '"child"'), "does not belong"),
        (whole.replace('"feature_names": [', '"feature_names": ["one", '), "does not belong"),
        (whole.replace('"columns"', '"colums"'), "is damaged"),
        (whole.replace('"land=DE"', '"land=XX"'), "does not belong"),
    ]:
        assert damage != whole
        path.write_text(damage)
        with pytest.raises(DataError, match=message):
            TablePreprocessor.load(tmp_path)
    path.write_text(whole)
    TablePreprocessor.load(tmp_path)


def test_files_of_two_fits_do_not_mix(people, tmp_path):
    for folder, rows in [("a", 30), ("b", 60)]:
        (tmp_path / folder).mkdir()
        TablePreprocessor().fit(people.iloc[:rows]).save(tmp_path / folder)
    (tmp_path / "a" / "preprocessing.skops").write_bytes((tmp_path / "b" / "preprocessing.skops").read_bytes())
    with pytest.raises(DataError, match="damaged or was changed"):
        TablePreprocessor.load(tmp_path / "a")
