import numpy as np
import pytest

import pellucid
from pellucid import nn, plot


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())


def test_a_model_s_parameters_and_gradients_are_drawn(model, rng):
    assert len(plot.weight_histogram(model).texts) == 4
    with pytest.raises(ValueError, match=r"call loss\.backward\(\) first"):
        plot.gradient_histogram(model)
    model(pellucid.tensor(rng.normal(size=(9, 2)), dtype=pellucid.float32)).sum().backward()
    ax = plot.gradient_histogram(model)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert [text.get_text().endswith(", 0% zero") for text in ax.texts] == [True] * 4


def test_a_model_s_diagram_has_its_layers(model):
    assert [text.get_text() for text in plot.network(model).texts] == ["input\n2", "hidden\n4", "output\n1"]


def test_a_model_s_decisions_are_drawn_without_a_tape(model):
    tapes = []

    def predict(grid):
        p = model(pellucid.Tensor(grid))
        tapes.append(p.requires_grad)
        return p

    ax = plot.decision_boundary(predict, np.eye(2), [0, 1], resolution=10)
    assert tapes == [False]
    assert ax.images[0].get_array().shape == (10, 10, 4)
