import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pellucid import plot
from pellucid.plot.palette import DARK, LIGHT


def cells(ax, C):
    return np.array([text.get_text() for text in ax.texts]).reshape(C, C).tolist()


def test_cells_count_true_classes_down_and_predicted_ones_across():
    ax = plot.confusion_matrix(([0, 0, 0, 1, 2, 2], [0, 1, 1, 1, 2, 0]), ["a", "b", "c"])
    assert cells(ax, 3) == [["1", "2", "0"], ["0", "1", "0"], ["1", "0", "1"]]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b", "c"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.get_title(loc="left") == "50.0% of 6 rows right"
    top, bottom = ax.get_ylim()[1], ax.get_ylim()[0]
    assert top < bottom  # the first class is the top row


def test_a_matrix_gives_the_same_picture_as_its_labels():
    matrix = plot.confusion_matrix([[1, 2], [0, 3]])
    labels = plot.confusion_matrix(([0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 1]))
    assert cells(matrix, 2) == cells(labels, 2) == [["1", "2"], ["0", "3"]]


def test_colour_is_the_share_of_the_row_also_of_an_empty_one():
    ax = plot.confusion_matrix([[1, 3, 0], [0, 200, 0], [0, 0, 0]])
    shares = ax.collections[0].get_array().reshape(3, 3)
    assert shares.tolist() == [[0.25, 0.75, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_a_class_without_rows_is_still_shown():
    ax = plot.confusion_matrix(([0, 0], [0, 0]), ["here", "absent"])
    assert cells(ax, 2) == [["2", "0"], ["0", "0"]]


@pytest.mark.parametrize(
    ("source", "classes", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], None, r"shape \(C, C\), got \(2, 3\)"),
        ([[1, 2], [3, 4]], ["a"], "2 classes, but classes names 1"),
        ([[0.5, 0.5], [0.0, 1.0]], None, "holds counts"),
        ([[1, -1], [0, 1]], None, "holds counts"),
        ([[0, 0], [0, 0]], None, "at least one above zero"),
        (([0, 1], [0]), None, "y_true has 2 rows, y_pred has 1"),
        (([0], [0], [0]), None, "the pair"),
        (([0, 1], [0, 2]), ["a", "b"], "y_pred must hold class indices from 0 to 1"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(source, classes, message):
    with pytest.raises(ValueError, match=message):
        plot.confusion_matrix(source, classes)


@pytest.mark.parametrize("C", [2, 3, 5, 10, 12, 13, 20, 30])
@pytest.mark.parametrize("named", ["digits", "words", "long"])
def test_text_does_not_overlap_or_leave_its_cell(C, named, long_names, rng, assert_readable):
    names = {
        "digits": [str(i) for i in range(C)],
        "words": [f"species {i}" for i in range(C)],
        "long": long_names[:C],
    }[named]
    matrix = rng.integers(0, 30, (C, C)) + np.diag(rng.integers(90, 9000, C))
    ax = plot.confusion_matrix(matrix, names)
    assert_readable(ax)
    cell = ax.get_window_extent().width / C
    assert max(text.get_window_extent().width for text in ax.texts) < cell
    assert min(text.get_fontsize() for text in ax.texts) >= 6


def test_very_many_classes_keep_their_colours_and_some_names(rng, assert_readable):
    ax = plot.confusion_matrix(rng.integers(0, 9, (300, 300)), [f"class {i}" for i in range(300)])
    assert_readable(ax)
    assert ax.collections[0].get_array().size == 300 * 300
    assert len(ax.texts) == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"class {i}" for i in range(0, 300, 8)]


def test_large_counts_stay_in_their_cells(assert_readable):
    ax = plot.confusion_matrix([[12_345_678, 1], [99, 87_654_321]], ["no", "yes"])
    assert_readable(ax)
    assert max(t.get_window_extent().width for t in ax.texts) < ax.get_window_extent().width / 2


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_counts_are_readable_on_every_depth_of_blue(name, theme):
    with plot.theme(name):
        # Sixteen classes whose rows hold a different share each: every depth of blue at once.
        shares = np.linspace(3, 100, 16).astype(int)
        ax = plot.confusion_matrix(np.diag(shares) + np.roll(np.diag(100 - shares), 1, axis=1))
    mesh = ax.collections[0]
    assert len(np.unique(mesh.get_array())) > 25
    for text, share in zip(ax.texts, mesh.get_array().ravel(), strict=True):
        *blue, alpha = mesh.cmap(mesh.norm(share))
        cell = alpha * np.array(blue) + (1 - alpha) * np.array(to_rgb(theme.paper))
        assert contrast(to_rgb(text.get_color()), cell) >= 3.5, share


def contrast(one, other):
    def luminance(rgb):
        c = np.asarray(rgb, dtype=float)
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)
