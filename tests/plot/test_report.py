import os
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib import pyplot as plt

from pellucid.plot import ColumnRow, LayerRow, ReportData, write_report

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """A page as a browser sees it: its elements, their attributes and its text; unbalanced tags are errors."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.text, self.open = [], [], []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())

    @property
    def pictures(self):
        return [attributes["aria-label"] for tag, attributes in self.elements if tag == "svg"]


@pytest.fixture
def digits(probabilities):
    y, p = probabilities(3, 60)
    scores = {"accuracy": float((p.argmax(axis=1) == y).mean()), "roc_auc": 0.91234, "loss": 0.5}
    return ReportData(
        name="flowers.csv",
        task="multiclass",
        target="species",
        rows=203,
        rows_left_out={"the target is missing": 3},
        split={"train": 100, "validation": 40, "test": 60},
        columns=[
            ColumnRow("petal", "number", 7),
            ColumnRow("colour", "category"),
            ColumnRow("number plate", "id", 0, "nearly every value is different"),
        ],
        layers=[LayerRow("0", "Linear", (8,), 40), LayerRow("2", "Linear", (3,), 27)],
        history={
            "loss": [1.0, 0.7, 0.6],
            "validation_loss": [1.0, 0.8, 0.9],
            "accuracy": [0.3, 0.6, 0.7],
            "lr": [0.1, 0.1, 0.05],
        },
        metrics={"train": scores, "validation": {"accuracy": 0.8}, "test": scores},
        baseline={"accuracy": 0.35},
        y_true=y,
        y_pred=p.argmax(axis=1),
        scores=p,
        classes=["setosa", "versicolor", "virginica"],
        sizes=(4, 8, 3),
        training={"optimizer": "Adam", "learning rate": 0.001, "seed": 7},
        seconds=83.4,
        stopped="The validation loss had not improved for 1 epoch.",
        best_epoch=2,
        warnings=["Three rows appear twice."],
        command="pellucid train flowers.csv --target species --seed 7",
        environment={"Python": "3.12.1"},
    )


@pytest.fixture
def prices(digits, rng):
    y = rng.normal(size=60)
    metrics = {"test": {"mae": float(np.abs(0.1 * y).mean()), "r2": 0.99}}
    return replace(
        digits,
        task="regression",
        target="price",
        unit="€",
        y_true=y,
        y_pred=0.9 * y,
        scores=None,
        classes=(),
        metrics=metrics,
        baseline={"mae": 1.0},
        warnings=(),
        environment=None,
        sizes=(),
    )


def read(folder, data):
    path = write_report(folder, data)
    assert path == folder / "report.html"
    return path.read_text(encoding="utf-8")


def test_a_classifier_s_report_tells_everything(tmp_path, digits):
    page = Page(read(tmp_path, digits))
    for said in (
        digits.headline,
        "Three rows appear twice.",
        "203 rows and 3 input columns",
        "1 of kind “number” and 1 of kind “category”",
        "left out: the target is missing 3 1.5%",
        "number plate nearly every value is different",
        "petal 7 3.4%",
        "training 100 49.3%",
        "ROC AUC 0.9123 – 0.9123 –",
        "versicolor",
        "0 Linear 8 40 2 Linear 3 27 all 67",
        "3 epochs in 1 min 23 s. The validation loss had not improved for 1 epoch. The weights of epoch 2 were kept.",
        "optimizer Adam learning rate 0.001 seed 7",
        digits.command,
        "Python 3.12.1",
    ):
        assert said in page.words
    assert page.pictures == [
        "confusion matrix",
        "ROC curve",
        "precision-recall curve",
        "calibration",
        "diagram of the network",
        "loss, epoch by epoch",
        "accuracy, epoch by epoch",
        "learning rate, epoch by epoch",
    ]


def test_a_regression_s_report_has_its_own_pictures(tmp_path, prices):
    page = Page(read(tmp_path, prices))
    assert prices.headline in page.words
    assert page.pictures[:2] == ["predictions against truth", "residuals"]
    assert "true price [€]" in page.words
    for absent in ("confusion", "precision", "Beware", "Environment", "diagram"):
        assert absent not in page.words


def test_numbers_of_each_class_are_right(tmp_path, digits):
    metrics = {"test": {"accuracy": 5 / 6}}
    y, p = [0] * 30 + [1] * 30, [0] * 20 + [1] * 40
    data = replace(digits, y_true=y, y_pred=p, scores=None, metrics=metrics)
    words = Page(read(tmp_path, data)).words
    # setosa: 20 of 20 said right, 20 of 30 found, F1 = 2 (1 · 2/3) / (1 + 2/3) = 0.8; virginica was never there.
    assert "setosa 1.000 0.667 0.800 30" in words
    assert "versicolor 0.750 1.000 0.857 30" in words
    assert "virginica – – – 0" in words


@pytest.mark.parametrize("task", ["digits", "prices"])
def test_the_page_needs_nothing_but_itself(tmp_path, task, request):
    source = read(tmp_path, request.getfixturevalue(task))
    page = Page(source)
    for word in ("http", "src=", "@import", "<script", "<link", "<iframe", "<object", "//cdn"):
        assert word not in source
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith(("#", "data:"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_names_of_strangers_are_shown_and_never_run(tmp_path, digits):
    bad = '<script>alert("1")</script>'
    data = replace(
        digits,
        name=bad,
        target=bad,
        columns=[ColumnRow(bad, bad, 1), ColumnRow("</style><b>", "id", 0, bad)],
        layers=[LayerRow(bad, bad, (1,), 1)],
        classes=[bad, "'\"><img onerror=x>", "-->"],
        training={bad: bad},
        stopped=bad,
        warnings=[bad],
        command=bad,
        environment={bad: bad},
        rows_left_out={bad: 3},
    )
    source = read(tmp_path, data)
    page = Page(source)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "b"}
    assert "<script" not in source
    assert page.words.count(bad) > 10


def test_letters_that_the_font_lacks_are_left_to_the_browser(tmp_path, digits):
    page = Page(read(tmp_path, replace(digits, classes=["猫", "犬", "鳥"])))
    assert "猫" in page.words


def test_a_training_that_diverged_is_still_reported(tmp_path, digits):
    nan = [float("nan")] * 3
    history = {"loss": nan, "validation_loss": nan, "accuracy": [0.1, 0.1, 0.1]}
    metrics = {"test": {**digits.metrics["test"], "loss": float("nan")}}
    page = Page(read(tmp_path, replace(digits, history=history, metrics=metrics, best_epoch=None)))
    assert "accuracy, epoch by epoch" in page.pictures
    assert "loss, epoch by epoch" not in page.pictures
    assert "loss –" in page.words


def test_one_class_in_the_test_rows_leaves_out_what_cannot_be_drawn(tmp_path, digits):
    y = np.zeros(60, dtype=int)
    metrics = {"test": {"accuracy": 1.0}}
    page = Page(read(tmp_path, replace(digits, y_true=y, y_pred=y, metrics=metrics)))
    assert "confusion matrix" in page.pictures
    assert "ROC curve" not in page.pictures


def test_a_second_report_replaces_the_first_whole(tmp_path, digits, prices):
    read(tmp_path, digits)
    assert "price" in read(tmp_path, prices)


def test_a_report_that_fails_leaves_the_first_one(tmp_path, digits, monkeypatch):
    first = read(tmp_path, digits)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(tmp_path, replace(digits, name="another"))
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == first
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_no_figure_is_left_open(tmp_path, digits):
    write_report(tmp_path, digits)
    assert plt.get_fignums() == []


def test_light_and_dark_and_paper_are_provided_for(tmp_path, digits):
    source = read(tmp_path, digits)
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source
    assert "var(--ink)" in source
