import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from pellucid import plot

BOTH = pytest.mark.parametrize("picture", [plot.roc, plot.precision_recall])


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_roc_of_two_classes_is_that_of_the_second_one(probabilities):
    y, p = probabilities(2, 200)
    ax = plot.roc(y, p, ["no", "yes"])
    fpr, tpr, _ = roc_curve(y, p[:, 1])
    assert np.array_equal(ax.lines[0].get_xdata(), fpr)
    assert np.array_equal(ax.lines[0].get_ydata(), tpr)
    assert texts(ax) == [f"yes (AUC {roc_auc_score(y, p[:, 1]):.3f})", "chance (AUC 0.500)"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("false positive rate", "true positive rate")


def test_one_column_of_scores_is_enough_for_two_classes(probabilities):
    y, p = probabilities(2, 100)
    whole, column = plot.roc(y, p).lines[0], plot.roc(y, p[:, 1]).lines[0]
    # 1 - (1 - p) ties no scores that differ by more than rounding, so the curve is the same.
    assert np.array_equal(whole.get_ydata(), column.get_ydata())


def test_precision_recall_is_drawn_in_steps_over_the_share_of_positives(probabilities):
    y, p = probabilities(2, 200)
    ax = plot.precision_recall(y, p, ["no", "yes"])
    precision, recall, _ = precision_recall_curve(y, p[:, 1])
    line, chance = ax.lines
    assert np.array_equal(line.get_xdata(), recall)
    assert np.array_equal(line.get_ydata(), precision)
    assert line.get_drawstyle() == "steps-post"
    assert chance.get_ydata()[0] == pytest.approx((y == 1).mean())
    assert texts(ax)[0] == f"yes (AP {average_precision_score(y, p[:, 1]):.3f})"


def test_more_classes_are_each_against_the_rest(probabilities):
    y, p = probabilities(4, 200)
    ax = plot.roc(y, p, list("abcd"))
    assert texts(ax)[:4] == [f"{c} (AUC {roc_auc_score(y == i, p[:, i]):.3f})" for i, c in enumerate("abcd")]


@BOTH
def test_of_many_classes_the_five_hardest_are_named(picture, probabilities):
    y, p = probabilities(12, 600)
    p[:, 7] = 1 / 12  # says nothing about class 7
    ax = picture(y, p)
    names = texts(ax)
    assert names[0].startswith("7 (")
    assert names[5].startswith("7 others")
    assert len([line for line in ax.lines if line.get_linestyle() != ":"]) == 12  # the dotted one is chance
    areas = [float(name.split()[-1].rstrip(")")) for name in names[:6]]
    assert areas == sorted(areas)


@BOTH
def test_a_class_without_rows_is_told(picture, probabilities):
    y, p = probabilities(3, 60)
    y[y == 2] = 0
    assert "1 class without rows" in texts(picture(y, p))


@BOTH
def test_one_class_only_is_refused(picture):
    with pytest.raises(ValueError, match="one class only"):
        picture([1, 1, 1], [0.2, 0.4, 0.9])


@BOTH
@pytest.mark.parametrize("C", [2, 3, 8, 9, 30])
@pytest.mark.parametrize("long", [False, True])
def test_text_does_not_overlap(picture, C, long, probabilities, long_names, assert_readable):
    ax = picture(*probabilities(C, 300), long_names[:C] if long else None)
    assert_readable(ax)
    area = ax.get_window_extent()
    assert 0.85 < area.height / area.width < 1.2  # the legend takes its own room, not that of the curves
