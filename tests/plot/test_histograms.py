from types import SimpleNamespace

import numpy as np
import pytest

from pellucid import plot


class Model:
    """Stands for any model: what pictures need is `named_parameters()`."""

    def __init__(self, gradient=None):
        self.gradient = gradient

    def named_parameters(self):
        for name, array in (("0.weight", np.array([[0.5, -0.5]])), ("0.bias", np.array([0.0]))):
            gradient = None if self.gradient is None else SimpleNamespace(array=array * self.gradient)
            yield name, SimpleNamespace(array=array, grad=gradient)


def notes(ax):
    return [text.get_text() for text in ax.texts]


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_each_parameter_has_its_row():
    ax = plot.weight_histogram(Model())
    assert names(ax) == ["0.weight", "0.bias"]
    assert notes(ax) == ["2 values, σ 0.5", "1 value, σ 0"]


def test_bins_hold_all_values():
    values = np.linspace(-1, 1, 1001)
    ax = plot.weight_histogram({"w": values}, bins=10)
    heights, edges, base = ax.patches[0].get_data()
    assert edges[0] < -1 < 1 < edges[-1]
    assert heights.max() - base == pytest.approx(0.8)
    counts = np.histogram(values, edges)[0]
    assert counts.sum() == 1001
    assert np.allclose((heights - base) / 0.8, counts / counts.max())


def test_gradients_show_their_size_and_exact_zeros():
    ax = plot.gradient_histogram({"w": [0.1, -0.2, 0.0, 0.0], "dead": [0.0, 0.0]})
    assert notes(ax) == ["median 0.15, 50% zero", "100% zero"]
    assert ax.get_xscale() == "log"
    heights, edges, base = ax.patches[0].get_data()
    assert np.count_nonzero(heights - base) == 2
    assert edges[0] < 0.1
    assert edges[-1] > 0.2


def test_gradients_of_a_model_are_those_of_its_parameters():
    ax = plot.gradient_histogram(Model(gradient=2.0))
    assert notes(ax) == ["median 1, 0% zero", "100% zero"]


def test_a_model_without_gradients_says_how_to_get_them():
    with pytest.raises(ValueError, match=r"Model has no gradients yet; call loss\.backward\(\) first"):
        plot.gradient_histogram(Model())


def test_a_frozen_parameter_is_shown_as_such():
    class Frozen(Model):
        def named_parameters(self):
            first, second = Model(gradient=1.0).named_parameters()
            second[1].grad = None
            return iter([first, second])

    assert notes(plot.gradient_histogram(Frozen())) == ["median 0.5, 0% zero", "no gradient"]


def test_only_zeros_can_be_drawn(assert_readable):
    assert_readable(plot.gradient_histogram({"w": np.zeros(3)}))
    assert_readable(plot.weight_histogram({"w": np.zeros(3)}))


def test_infinite_gradients_are_named():
    with pytest.raises(ValueError, match=r"2\.bias holds 1 values that are NaN or infinite, of 2"):
        plot.gradient_histogram({"2.bias": [1.0, np.inf]})


@pytest.mark.parametrize("picture", [plot.weight_histogram, plot.gradient_histogram])
@pytest.mark.parametrize("rows", [1, 2, 6, 40])
def test_text_does_not_overlap(picture, rows, rng, assert_readable):
    arrays = {f"encoder.layers.{i // 2}.attention.{i}.weight": 10.0**-i * rng.normal(size=100) for i in range(rows)}
    assert_readable(picture(arrays))
