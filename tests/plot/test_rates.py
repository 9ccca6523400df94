import numpy as np
import pytest

from pellucid.plot import lr_range
from pellucid.train import LRRangeTest


def falling(n=80, noise=0.1, **found):
    lrs = np.geomspace(1e-7, 1.0, n)
    smooth = 2.3 - 1.5 / (1 + (1e-3 / lrs) ** 1.5) + 100 * np.maximum(lrs - 0.3, 0)
    losses = smooth + noise * np.random.default_rng(0).normal(size=n)
    suggested = {"steepest": 0.0012, "valley": 0.00043} | found
    return LRRangeTest(lrs=tuple(lrs), losses=tuple(losses), smoothed=tuple(smooth), diverged=True, **suggested)


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_line_the_points_and_the_suggestions_are_there(assert_readable):
    found = falling()
    ax = lr_range(found)
    assert names(ax) == ["batches", "smoothed", "steepest: 0.0012", "valley: 0.00043"]
    assert ax.lines[1].get_ydata().tolist() == list(found.smoothed)
    assert [line.get_xdata()[0] for line in ax.lines[2:]] == [0.0012, 0.00043]
    assert ax.get_xscale() == "log"
    assert_readable(ax)


def test_the_height_of_a_loss_that_flew_off_does_not_flatten_the_valley():
    bottom, top = lr_range(falling()).get_ylim()
    assert 0 < bottom < 0.8
    assert 2.3 < top < 5


def test_without_suggestions_the_course_is_drawn_alone(assert_readable):
    ax = lr_range(falling(steepest=None, valley=None))
    assert names(ax) == ["batches", "smoothed"]
    assert_readable(ax)


def test_a_course_that_only_rises_or_stands_still_is_drawn():
    lrs = (0.1, 0.2, 0.4)
    for course in ((1.0, 2.0, 9.0), (1.0, 1.0, 1.0)):
        found = LRRangeTest(lrs=lrs, losses=course, smoothed=course, steepest=None, valley=None, diverged=False)
        bottom, top = lr_range(found).get_ylim()
        assert bottom < min(course) <= max(course) < top


def test_one_step_is_no_picture():
    with pytest.raises(ValueError, match="two steps at least"):
        lr_range(LRRangeTest(lrs=(1.0,), losses=(1.0,), smoothed=(1.0,), steepest=None, valley=None, diverged=True))
