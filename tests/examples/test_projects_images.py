"""The scores of the projects on images and anomalies, each with a margin below what several seeds gave."""

import re

import pytest
from tests.examples.chapters import line, numbers

pytestmark = pytest.mark.slow


def test_1_the_digits_are_read(project):
    text = project(1)
    assert numbers(line(text, "test accuracy: "))[0] >= 0.985  # ten splits and starts gave 0.9916 to 1
    last, *_ = numbers(line(text, "loss: ").split(",")[1])
    assert last < 0.4
    accuracy = {name: numbers(line(text, name).split(":")[1]) for name in ("CNN  ", "perceptron ")}
    assert len(accuracy["CNN  "]) == 4
    assert min(accuracy["CNN  "]) >= 0.985
    mistakes = {name: 4 - sum(found) for name, found in accuracy.items()}
    assert mistakes["CNN  "] < 0.75 * mistakes["perceptron "]  # "about half as many"


def test_5_anomalies_are_found_by_a_network_that_saw_none(project):
    text = project(5)
    assert numbers(line(text, "ROC AUC:"))[0] >= 0.94  # five splits gave 0.945 to 0.971
    assert numbers(line(text, "ill patients above the threshold:"))[0] >= 0.7
    assert numbers(line(text, "healthy patients above the threshold:"))[0] <= 0.12
    usual, unusual = numbers(line(text, "median error of the healthy"))
    assert unusual > 5 * usual
    ours, distance = numbers(line(text, "healthy rows that do not fit together"))
    assert ours >= 0.9
    assert distance < 0.7
    ours, distance = numbers(line(text, "the ill  "))
    assert abs(ours - distance) < 0.03  # "does as well"
    for name, least in (("the ill, autoencoder:", 0.93), ("rows that do not fit together, autoencoder:", 0.89)):
        lowest, highest = (float(n) for n in re.findall(r"\d\.\d+", line(text, name)))
        assert least <= lowest <= highest
