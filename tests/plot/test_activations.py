import numpy as np
import pytest

from pellucid import Tensor, nn, plot

NAMES = [
    "celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid", "mish",
    "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softshrink", "softsign", "tanh", "tanhshrink",
]  # fmt: skip


def lines(ax):
    """Give x, f(x) and f'(x): the last two lines, after those of the axes' cross."""
    f, derivative = ax.lines[-2:]
    return f.get_xdata(), f.get_ydata(), derivative.get_ydata()


@pytest.mark.parametrize("name", NAMES)
def test_the_derivative_is_the_slope_of_the_line(name, assert_readable):
    ax = plot.activation(name)
    x, y, slope = lines(ax)
    assert (x[0], x[-1]) == (-5.0, 5.0)
    differences = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
    # A jump leaves a gap, and a central difference across a kink is off; both are at few points.
    apart = np.abs(differences - slope[1:-1])
    assert np.nanmedian(apart) < 1e-4
    assert np.nanmean(apart > 1e-3) < 0.02
    assert np.isfinite(y).all() or name == "hardshrink"
    assert_readable(ax)


def test_values_are_those_of_the_formula():
    x, y, slope = lines(plot.activation("sigmoid", limits=(-2, 3)))
    assert (x[0], x[-1]) == (-2, 3)
    s = 1 / (1 + np.exp(-x))
    assert np.allclose(y, s, rtol=1e-12)
    assert np.allclose(slope, s * (1 - s), rtol=1e-10)


def test_a_jump_of_the_derivative_is_a_gap():
    x, y, slope = lines(plot.activation("relu"))
    assert np.isfinite(y).all()
    assert np.isnan(slope).sum() == 1
    assert abs(x[np.isnan(slope)][0]) < 0.011
    assert slope[0] == 0.0
    assert slope[-1] == 1.0


def test_a_small_jump_of_the_function_is_a_gap_too():
    x, y, _ = lines(plot.activation("hardshrink"))
    assert np.isnan(y).sum() == 2
    assert np.allclose(np.abs(x[np.isnan(y)]), 0.5, atol=0.011)


def test_a_step_has_a_gap_and_no_slope():
    def step(x):
        return Tensor((x.array >= 0).astype(float))

    _, y, slope = lines(plot.activation(step))
    assert np.isnan(y).sum() == 1
    assert np.nanmax(np.abs(slope)) == 0.0


def test_without_derivative_there_is_one_line():
    ax = plot.activation("tanh", derivative=False)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["tanh(x)"]
    assert len(ax.lines) == 3


def test_functions_and_modules_are_named_by_themselves():
    def half(x):
        return x * 0.5

    for function, name in ((half, "half(x)"), (nn.LeakyReLU(0.5), "LeakyReLU(x)")):
        ax = plot.activation(function)
        assert ax.get_legend().get_texts()[0].get_text() == name
        assert lines(ax)[2][0] == pytest.approx(0.5)


@pytest.mark.parametrize("function", [nn.Softmax(dim=-1), lambda x: x - x.mean(), lambda x: x[:10]])
def test_what_mixes_its_inputs_is_refused(function):
    with pytest.raises(ValueError, match="mixes its inputs"):
        plot.activation(function)


@pytest.mark.parametrize("name", ["rulu", "_private", "__all__"])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ValueError, match=f"has no '{name}'"):
        plot.activation(name)


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0), (0.0, np.inf)])
def test_limits_must_be_an_interval(limits):
    with pytest.raises(ValueError, match="lowest x, highest x"):
        plot.activation("tanh", limits=limits)
