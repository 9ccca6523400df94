import numpy as np
import pytest

from pellucid.plot._labels import (
    as_indices,
    as_numbers,
    as_scores,
    named_arrays,
    percent,
    shorten,
    shorten_all,
)


def test_integers_and_booleans_are_indices():
    assert as_indices([2, 0, 1], None).tolist() == [2, 0, 1]
    assert as_indices(np.array([True, False]), ["no", "yes"]).tolist() == [1, 0]
    assert as_indices(np.array([[1], [0]]), None).tolist() == [1, 0]


def test_text_is_looked_up_among_the_classes():
    assert as_indices(["dog", "cat", "dog"], ["cat", "dog"]).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("y", "classes", "message"),
    [
        (["cow"], ["cat", "dog"], "holds 'cow', which is not among the classes"),
        (["cat"], None, "pass classes"),
        ([0, 2], ["cat", "dog"], "from 0 to 1, got 0 to 2"),
        ([-1, 0], None, "from 0 to C - 1, got -1 to 0"),
        ([0.5, 1.0], None, "must hold class indices .* got float64"),
        ([[0, 1]], None, r"shape \(n,\) with n at least 1, got \(1, 2\)"),
        ([], None, r"got \(0,\)"),
    ],
)
def test_labels_that_do_not_fit_are_refused(y, classes, message):
    with pytest.raises(ValueError, match=message):
        as_indices(y, classes)


def test_scores_of_the_second_class_become_two_columns():
    values, names = as_scores([0.25, 1.0], 2, ["no", "yes"])
    assert values.tolist() == [[0.75, 0.25], [0.0, 1.0]]
    assert names == ["no", "yes"]
    assert as_scores([[0.25], [1.0]], 2, None)[0].tolist() == values.tolist()


@pytest.mark.parametrize(
    ("scores", "classes", "message"),
    [
        ([0.1], None, r"shape \(2,\) or \(2, C\), got \(1,\)"),
        ([0.1, np.nan], None, "NaN or infinity"),
        ([[0.1, 0.2, 0.7]] * 2, ["a", "b"], "3 columns, but classes names 2"),
        (np.zeros((2, 2, 2)), None, r"got \(2, 2, 2\)"),
    ],
)
def test_scores_that_do_not_fit_are_refused(scores, classes, message):
    with pytest.raises(ValueError, match=message):
        as_scores(scores, 2, classes)


def test_numbers_come_as_rows_or_as_one_column():
    assert as_numbers([[1], [2]], "y").tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"y must have the shape .* got \(1, 2\)"):
        as_numbers([[1, 2]], "y")
    with pytest.raises(ValueError, match="y must be finite"):
        as_numbers([1.0, np.inf], "y")


def test_an_array_that_went_bad_is_named():
    with pytest.raises(ValueError, match=r"2\.weight holds 1 values that are NaN or infinite, of 3"):
        named_arrays({"0.weight": [1.0], "2.weight": [1.0, np.nan, 2.0]})
    with pytest.raises(ValueError, match="no parameters to draw"):
        named_arrays({})
    with pytest.raises(ValueError, match="bias is empty"):
        named_arrays({"weight": [1.0], "bias": []})


def test_long_names_are_cut_and_stay_different():
    assert shorten("short") == "short"
    assert shorten("a" * 15 + "b" * 15, 11) == "aaaaa…bbbbb"
    names = [f"beginning {i} and an end that is the same" for i in range(12)]
    short = shorten_all(names, 20)
    assert len(set(short)) == 12
    assert max(map(len, short)) <= 20
    assert short[11].endswith("#11")


def test_equal_names_stay_equal():
    assert shorten_all(["a", "a"]) == ["a", "a"]


def test_lines_in_a_name_become_one_line():
    assert shorten("two\n  lines") == "two lines"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.978, "97.8%"),
        (1.0, "100.0%"),
        (0.0, "0.0%"),
        (0.99996, "99.996%"),
        (0.9999, "99.99%"),
        (0.0001, "0.01%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share, text):
    assert percent(share) == text
