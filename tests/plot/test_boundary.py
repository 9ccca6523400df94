import numpy as np
import pytest

from pellucid import plot

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = np.array([0, 0, 0, 1])


def both(X):
    return (X.sum(axis=1) > 1.5).astype(np.int64)


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_predict_sees_the_whole_plane_as_float32():
    seen = []

    def predict(grid):
        seen.append(grid)
        return both(grid)

    ax = plot.decision_boundary(predict, X, AND, resolution=50)
    assert seen[0].shape == (2500, 2)
    assert seen[0].dtype == np.float32
    assert seen[0].min(axis=0) == pytest.approx([-0.12, -0.12])
    assert seen[0].max(axis=0) == pytest.approx([1.12, 1.12])
    assert (*ax.get_xlim(), *ax.get_ylim()) == pytest.approx((-0.12, 1.12, -0.12, 1.12))


def test_the_plane_has_the_colour_of_the_winner():
    ax = plot.decision_boundary(both, X, AND, resolution=60)
    image = ax.images[0].get_array()  # (second feature, first feature, rgba), lowest first
    corner, origin = image[-1, -1], image[0, 0]
    assert np.allclose(corner[:3], ax.collections[-1].get_facecolor()[0, :3])
    assert np.allclose(origin[:3], ax.collections[-2].get_facecolor()[0, :3])
    assert not np.allclose(corner[:3], origin[:3])


def test_rows_are_drawn_by_their_true_class():
    ax = plot.decision_boundary(both, X, AND, classes=["off", "on"], feature_names=["left", "right"])
    off, on = (np.asarray(points.get_offsets()).tolist() for points in ax.collections[-2:])
    assert off == [[0, 0], [0, 1], [1, 0]]
    assert on == [[1, 1]]
    assert texts(ax) == ["off", "on"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("left", "right")


@pytest.mark.parametrize("shape", ["column", "row", "classes"])
def test_probabilities_in_every_shape_give_one_picture(shape):
    def predict(grid):
        p = 1 / (1 + np.exp(-5 * (grid.sum(axis=1) - 1.5)))
        return {"column": p[:, None], "row": p, "classes": np.stack([1 - p, p], axis=1)}[shape]

    image = plot.decision_boundary(predict, X, AND, resolution=40).images[0].get_array()
    x1, x2 = np.meshgrid(*[np.linspace(-0.12, 1.12, 40)] * 2)
    p = 1 / (1 + np.exp(-5 * (x1 + x2 - 1.5)))
    # As deep as it is sure: 0 at p = 1/2, where two classes are alike, and 1 at p = 0 or 1.
    assert np.allclose(image[..., 3], 0.08 + 0.42 * (2 * np.maximum(p, 1 - p) - 1), atol=1e-5)


def test_the_plane_is_not_upside_down():
    ax = plot.decision_boundary(lambda g: (g[:, 1] > 0.5).astype(int), X, AND, resolution=40)
    image = ax.images[0]
    assert image.origin == "lower"
    bottom, top = image.get_array()[0, :, :3], image.get_array()[-1, :, :3]
    assert np.allclose(bottom, ax.collections[-2].get_facecolor()[0, :3])
    assert np.allclose(top, ax.collections[-1].get_facecolor()[0, :3])


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda g: g, r"probabilities in \[0, 1\], got -0\.12"),
        (lambda g: g.sum(axis=1), "apply the sigmoid or softmax"),
        (lambda g: np.zeros(3), r"must give \(100,\) or \(100, C\) for 100 points, got \(3,\)"),
        (lambda g: np.full(len(g), np.nan), "integers .* or probabilities"),
        (lambda g: np.full(len(g), -1), "indices from 0"),
    ],
)
def test_answers_that_are_none_are_refused(predict, message):
    with pytest.raises(ValueError, match=message):
        plot.decision_boundary(predict, X, AND, resolution=10)


@pytest.mark.parametrize(
    ("features", "y", "arguments", "message"),
    [
        (np.zeros((4, 3)), AND, {}, r"\(n, 2\): a plane has two features, got \(4, 3\)"),
        (X, AND[:3], {}, "X has 4 rows, y has 3"),
        (np.full((4, 2), np.nan), AND, {}, "X must be finite"),
        (X, AND, {"resolution": 1}, "at least 2, got 1"),
        (X, AND, {"classes": ["only"]}, "indices from 0 to 0"),
        (X, [0, 0, 0, 0], {"classes": ["only"]}, "know 2 classes, but classes names 1"),
    ],
)
def test_rows_that_do_not_fit_are_refused(features, y, arguments, message):
    with pytest.raises(ValueError, match=message):
        plot.decision_boundary(both, features, y, **{"resolution": 10, **arguments})


def test_a_feature_without_spread_can_be_drawn():
    ax = plot.decision_boundary(both, [[1.0, 0.0], [1.0, 2.0]], [0, 1], resolution=10)
    assert ax.get_xlim() == pytest.approx((0.5, 1.5))


@pytest.mark.parametrize("C", [2, 8])
def test_text_does_not_overlap(C, rng, long_names, assert_readable):
    points, y = rng.normal(size=(80, 2)), np.arange(80) % C
    assert_readable(plot.decision_boundary(both, points, y, classes=long_names[:C], resolution=10))
