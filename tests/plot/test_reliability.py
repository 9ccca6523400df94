import numpy as np
import pytest

from pellucid import plot


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_two_classes_by_hand():
    # Ten rows: four said 0.2 (one came true), six said 0.9 (three came true).
    p = np.array([0.2] * 4 + [0.9] * 6)
    y = np.array([1, 0, 0, 0, 1, 1, 1, 0, 0, 0])
    ax = plot.calibration(y, p, ["no", "yes"], bins=2)
    line = ax.lines[0]
    assert line.get_xdata() == pytest.approx([0.2, 0.9])
    assert line.get_ydata() == pytest.approx([0.25, 0.5])
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.4, 0.6])
    # ECE = 0.4 |0.25 - 0.2| + 0.6 |0.5 - 0.9| = 0.02 + 0.24
    assert texts(ax)[0] == "model (ECE 0.260)"
    assert ax.get_xlabel() == "predicted probability of yes"


def test_more_classes_are_judged_by_the_one_that_was_predicted():
    p = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8]])
    ax = plot.calibration([0, 1, 2, 1], p, bins=2)
    line = ax.lines[0]
    assert line.get_xdata() == pytest.approx([0.4, 0.8])
    assert line.get_ydata() == pytest.approx([1.0, 2 / 3])
    assert ax.get_xlabel() == "probability of the predicted class"


@pytest.mark.parametrize("bins", [1, 5, 10])
def test_every_row_is_counted_also_on_the_edges(bins):
    p = np.array([0.0, 0.1, 0.2, 0.5, 0.6, 1.0])
    ax = plot.calibration([0, 0, 1, 0, 1, 1], p, bins=bins)
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1.0)
    assert len(ax.lines[0].get_xdata()) == sum(bar.get_height() > 0 for bar in ax.patches)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"between 0 and 1, got -1\.5 to 2\.5; scores before the sigmoid"):
        plot.calibration([0, 1], [2.5, 0.5])
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        plot.calibration([0, 1], [0.5, 0.5], bins=0)


@pytest.mark.parametrize("C", [2, 10])
def test_text_does_not_overlap(C, probabilities, long_names, assert_readable):
    assert_readable(plot.calibration(*probabilities(C, 300), long_names[:C]))
