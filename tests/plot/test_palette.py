import threading
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from pellucid import plot
from pellucid.plot.palette import COLORS, DARK, GREY, LIGHT, detached, legend, new_axes, style


def luminance(color: str) -> float:
    c = np.array(to_rgb(color))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", [LIGHT.paper, DARK.paper])
@pytest.mark.parametrize("color", [*COLORS, GREY])
def test_every_colour_of_data_stands_out_from_both_papers(color, paper):
    assert contrast(color, paper) >= 3.0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_is_readable_on_its_paper(theme):
    assert contrast(theme.ink, theme.paper) >= 7.0
    assert contrast(theme.muted, theme.paper) >= 4.5


def test_lines_differ_without_colour_vision():
    neighbours = [style(i)["linestyle"] for i in range(4)]
    assert all(a != b for a, b in combinations(neighbours, 2))
    assert len({(style(i)["color"], style(i)["linestyle"]) for i in range(8)}) == 8


def test_theme_holds_inside_its_block_only():
    with plot.theme("dark"):
        assert new_axes(2, 2).figure.get_facecolor()[:3] == pytest.approx(to_rgb(DARK.paper))
    assert new_axes(2, 2).figure.get_facecolor()[:3] == pytest.approx(to_rgb(LIGHT.paper))


def test_theme_of_one_thread_leaves_another_alone():
    seen = []
    with plot.theme("dark"):
        thread = threading.Thread(target=lambda: seen.append(new_axes(2, 2).figure.get_facecolor()[:3]))
        thread.start()
        thread.join()
    assert seen[0] == pytest.approx(to_rgb(LIGHT.paper))


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="'light' or 'dark', got 'blue'"), plot.theme("blue"):
        pass


def test_drawing_changes_no_global_settings():
    before = dict(mpl.rcParams)
    backend = mpl.get_backend()
    with plot.theme("dark"):
        plot.learning_curves({"loss": [2.0, 1.0]})
        plot.network([3, 4, 2])
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend() == backend


def test_pyplot_knows_new_figures_but_not_detached_ones():
    ax = new_axes(2, 2)
    assert ax.figure.number in plt.get_fignums()
    with detached(LIGHT):
        new_axes(2, 2)
    assert plt.get_fignums() == [ax.figure.number]


def test_a_given_axes_is_drawn_on_and_keeps_its_colours():
    figure = Figure(facecolor="black")
    ax = figure.add_subplot()
    ax.xaxis.label.set_color("yellow")
    assert plot.confusion_matrix([[1, 0], [0, 2]], ax=ax) is ax
    assert ax._left_title.get_color() == "yellow"
    assert ax.texts[1].get_color() == "yellow"
    assert plt.get_fignums() == []


def test_legend_shows_names_letter_by_letter():
    ax = new_axes(4, 3)
    handles = ax.plot([0, 1], [0, 1]) + ax.plot([1, 0], [0, 1])
    box = legend(ax, handles, ["_hidden", r"$\nonsense$"])
    assert [text.get_text() for text in box.get_texts()] == ["_hidden", r"$\nonsense$"]
    ax.figure.canvas.draw()  # a formula that is none would raise here
