from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from pellucid import plot
from pellucid.plot.palette import COLORS


def model(*shapes, fill=1.0):
    arrays = {f"{i}.weight": np.full(shape, fill) for i, shape in enumerate(shapes)}
    arrays |= {f"{i}.bias": np.zeros(shape[0]) for i, shape in enumerate(shapes)}
    return SimpleNamespace(named_parameters=lambda: [(n, SimpleNamespace(array=a)) for n, a in arrays.items()])


def lines(ax):
    return [c for c in ax.collections if isinstance(c, LineCollection)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_small_network_is_drawn_whole():
    ax = plot.network([3, 4, 2])
    assert len(ax.patches) == 3 + 4 + 2
    assert [len(c.get_segments()) for c in lines(ax)] == [12, 8]
    assert texts(ax) == ["input\n3", "hidden\n4", "output\n2"]


def test_a_large_layer_is_elided_and_counted():
    ax = plot.network([784, 128, 64, 10], max_units=6)
    assert len(ax.patches) == 4 * 5  # six places: five units and the dots
    assert texts(ax) == ["input\n784", "hidden 1\n128", "hidden 2\n64", "output\n10"]
    dots = [c for c in ax.collections if not isinstance(c, LineCollection)]
    assert len(dots) == 4


def test_dots_stand_in_the_gap_between_first_and_last_units():
    ax = plot.network([20, 1], max_units=5)
    heights = sorted(p.center[1] for p in ax.patches[:4])
    dots = np.asarray(next(c for c in ax.collections if not isinstance(c, LineCollection)).get_offsets())[:, 1]
    assert heights[1] + 0.3 < dots.min() < dots.max() < heights[2] - 0.3


def test_a_model_shows_the_sign_and_strength_of_its_weights():
    network = model((1, 2))
    network.named_parameters()[0][1].array[:] = [[2.0, -1.0]]
    (drawn,) = lines(plot.network(network))
    assert np.allclose(drawn.get_colors()[:, :3], [to_rgb(COLORS[0]), to_rgb(COLORS[1])])
    strong, weak = drawn.get_linewidths()
    assert strong > 1.5 * weak
    # From the first input, on top, to the unit: the positive weight.
    assert drawn.get_segments()[0][0][1] > drawn.get_segments()[1][0][1]


def test_a_model_gives_the_sizes_of_its_chain():
    assert texts(plot.network(model((4, 3), (2, 4)))) == ["input\n3", "hidden\n4", "output\n2"]


def test_weights_that_are_all_zero_can_be_drawn():
    assert len(lines(plot.network(model((2, 2), fill=0.0)))) == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([3], "two or more positive whole numbers"),
        ([3, 0], "two or more positive whole numbers"),
        ([3, 1.5], "two or more positive whole numbers"),
        (model((4, 3), (2, 5)), r"1\.weight takes 5 inputs but 0\.weight gives 4 outputs"),
        (model((4,)), "has no Linear layer"),
    ],
)
def test_what_is_no_chain_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        plot.network(source)


def test_elision_needs_room():
    with pytest.raises(ValueError, match="at least 3"):
        plot.network([3, 2], max_units=2)


@pytest.mark.parametrize("sizes", [[1, 1], [3, 4, 2], [784, 128, 64, 10], [12345678, 87654321, 1], [9] * 12])
def test_text_does_not_overlap(sizes, assert_readable):
    assert_readable(plot.network(sizes))
