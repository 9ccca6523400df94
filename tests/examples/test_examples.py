import re

import matplotlib.image
import numpy as np
import pytest
from tests.examples.chapters import CHAPTERS, EXAMPLES, line, numbers


def test_there_are_chapters_numbered_without_gaps():
    assert [int(path.name[:2]) for path in CHAPTERS] == list(range(1, len(CHAPTERS) + 1))
    assert len(CHAPTERS) >= 10


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_it_runs_prints_and_draws(run, chapter):
    done, picture = run(chapter)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) >= 5
    assert str(picture) in done.stdout
    pixels = matplotlib.image.imread(picture)
    height, width = pixels.shape[:2]
    assert 300 <= height <= 3000
    assert 500 <= width <= 3000
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_it_is_short_and_begins_with_its_title(chapter):
    text = chapter.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 130
    assert text.startswith(f'"""Chapter {int(chapter.name[:2])}: ')


def test_the_table_of_contents_links_every_chapter_and_nothing_else():
    contents = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d+_\w+\.py)\)", contents) == [path.name for path in CHAPTERS]


def test_running_without_a_path_leaves_nothing_that_git_sees():
    assert "*" in (EXAMPLES / "pictures" / ".gitignore").read_text().split()


def test_01_the_neuron_learns_most_of_the_people(said):
    text = said("01")
    by_hand, by_neuron = line(text, "By hand:").split("= ")[-1], line(text, "The neuron:").split("= ")[-1]
    assert by_hand == by_neuron
    first, last = numbers(line(text, "The loss fell from"))
    assert last < 0.3 * first
    probabilities = [
        float(row.split()[2]) for row in text.splitlines() if re.fullmatch(r" +\d\.\d +[01] +\d\.\d+", row)
    ]
    assert len(probabilities) == 10
    assert probabilities == sorted(probabilities)
    assert numbers(line(text, "With the threshold one half it is right for"))[0] >= 8


def test_02_and_is_learned_and_xor_is_refused(said):
    text = said("02")
    assert "AND: linearly separable" in text
    assert "answers [0, 0, 0, 1], the table says [0, 0, 0, 1]" in text
    assert "XOR: not linearly separable" in text


def test_03_formula_and_tape_agree_and_sigmoids_vanish(said):
    text = said("03")
    assert numbers(line(text, "sigmoid' = sigmoid (1 - sigmoid):"))[-1] < 1e-6
    assert numbers(line(text, "Two linear layers and the one that replaces them differ by"))[0] < 1e-5
    assert numbers(line(text, "sigmoid: "))[:2] == [0.25, 0.25]
    assert numbers(line(text, "sigmoid: "))[-1] < 1e-5
    assert numbers(line(text, "relu: "))[-1] == 1


def test_04_by_hand_with_matrices_and_with_layers_is_the_same(said):
    text = said("04")
    answers = {line(text, way).split("= ")[1] for way in ("neuron by neuron:", "with matrices:", "with Pellucid:")}
    assert len(answers) == 1
    assert numbers(line(text, "largest difference:"))[0] < 1e-12
    assert numbers(line(text, "largest difference from Pellucid:"))[0] < 1e-12


def test_05_chain_rule_tape_and_differences_agree(said):
    text = said("05")
    rows = re.findall(r"^dL/d(\w+) +(-?\d\.\d+) +(-?\d\.\d+)(?: +(-?\d\.\d+))?$", text, re.MULTILINE)
    assert [row[0] for row in rows] == ["y", "z2", "h", "z1", "w1", "b1", "w2", "b2"]
    for _, by_hand, by_tape, measured in rows:
        assert by_hand == by_tape
        assert abs(float(by_hand)) > 0.01
        assert not measured or abs(float(measured) - float(by_hand)) < 2e-6
    before, after = numbers(line(text, "One step against the gradient: the loss goes from").rstrip("."))
    assert after < before


def test_06_xor_is_learned(said):
    text = said("06")
    assert "right answers: 4 of 4" in text
    assert "parameters: 13" in text
    losses = [float(n) for n in re.findall(r"loss (\d\.\d+)", text)]
    assert losses[-1] < 0.01 < losses[0]


def test_07_all_gradients_agree_and_one_update_lowers_the_loss(said):
    text = said("07")
    differences = re.findall(r"^dL/d(\w\d): .* at most (\S+)$", text, re.MULTILINE)
    assert [name for name, _ in differences] == ["W1", "b1", "W2", "b2"]
    assert all(float(difference) < 1e-12 for _, difference in differences)
    before, after = numbers(line(text, "the loss falls from"))
    assert after < before
    assert numbers(line(text, "the tape's network now has the loss")) == [after]


def test_08_each_loss_finds_its_own_middle(said):
    text = said("08")
    found = {name: float(value) for name, value in re.findall(r"(\w+) +settles at (\S+)", text)}
    mean, low, high = numbers(line(text, "The mean is").replace("to", "").rstrip("."))
    assert found["MSE"] == mean
    assert low <= found["L1"] <= high
    assert high < found["Huber"] < mean
    assert abs(numbers(line(text, "of the squared error:"))[0]) < 0.01
    assert abs(numbers(line(text, "of the cross-entropy:"))[0]) > 0.9
    assert "refused: " in text


def test_09_the_limit_of_the_learning_rate_is_true_and_everybody_arrives(said):
    text = said("09")
    below, above = [numbers(row) for row in re.findall(r"from the height (.*) in \d+ steps", text)]
    assert below[1] < below[0]
    assert above[1] > above[0]
    steps = {name: int(n) for name, n in re.findall(r"^  (\w+) +(\d+) steps with lr", text, re.MULTILINE)}
    assert set(steps) == {"SGD", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adam"}
    assert steps["Nesterov"] < steps["momentum"] < steps["SGD"]


def test_10_the_digits_are_read(said):
    text = said("10")
    assert numbers(line(text, "test accuracy:"))[0] >= 0.95
    wrong, rows = numbers(line(text, "wrong on"))
    assert abs(1 - wrong / rows - numbers(line(text, "test accuracy:"))[0]) < 1e-3
