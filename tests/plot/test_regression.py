import numpy as np
import pytest

from pellucid import plot

BOTH = pytest.mark.parametrize("picture", [plot.predictions_vs_truth, plot.residuals])


def points(ax):
    return np.asarray(ax.collections[0].get_offsets())


def test_predictions_stand_over_the_truth():
    ax = plot.predictions_vs_truth([1, 2, 3], [1.5, 2.0, 2.5], name="price", unit="€")
    assert points(ax).tolist() == [[1, 1.5], [2, 2.0], [3, 2.5]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("true price [€]", "predicted price [€]")
    # R² = 1 - (0.25 + 0 + 0.25) / 2; the mean absolute error is 1/3.
    assert ax.get_legend().get_title().get_text() == "R² 0.750, mean absolute error 0.333 €"
    assert np.array_equal(ax.lines[0].get_xdata(), ax.lines[0].get_ydata())


def test_residuals_are_true_minus_predicted_in_a_band_of_rmse():
    ax = plot.residuals([1, 2, 3], [1.5, 2.0, 2.5], unit="€")
    assert points(ax).tolist() == [[1.5, -0.5], [2.0, 0.0], [2.5, 0.5]]
    assert ax.get_ylabel() == "true minus predicted [€]"
    rmse = np.sqrt(0.5 / 3)
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (band.y0, band.y1) == pytest.approx((-rmse, rmse))
    assert ax.get_legend().get_texts()[-1].get_text() == "± RMSE (0.408 €)"


@BOTH
def test_a_column_of_numbers_is_not_broadcast(picture):
    assert points(picture([1.0, 2.0, 3.0], [[1.0], [2.0], [3.0]])).shape == (3, 2)


@BOTH
def test_what_does_not_fit_is_refused(picture):
    with pytest.raises(ValueError, match="y_true has 2 rows, y_pred has 3"):
        picture([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="y_pred must be finite"):
        picture([1, 2], [1, np.nan])


@BOTH
def test_one_row_or_equal_truths_can_be_drawn(picture, assert_readable):
    assert_readable(picture([3.0], [4.0]))
    assert_readable(picture([3.0, 3.0], [3.0, 3.0]))


@BOTH
def test_very_many_points_become_an_image(picture, rng):
    few, many = picture(np.arange(9), np.arange(9)), picture(*rng.normal(size=(2, 5000)))
    assert not few.collections[0].get_rasterized()
    assert many.collections[0].get_rasterized()
    assert many.collections[0].get_alpha() < few.collections[0].get_alpha()


@BOTH
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_text_does_not_overlap(picture, scale, rng, assert_readable):
    y = scale * rng.normal(size=200)
    name = "a very long name of a target column that nobody would choose"
    assert_readable(picture(y, 0.8 * y + 0.1 * scale, name=name, unit="kg/m²"))


@BOTH
def test_a_dollar_in_a_name_begins_no_formula(picture):
    ax = picture([1.0, 2.0], [1.0, 2.5], name=r"$\price$", unit="$")
    ax.figure.canvas.draw()
    assert "$" in ax.get_xlabel()
