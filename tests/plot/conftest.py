"""Pictures are drawn without a screen, judged by what they hold, and closed."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.text import Text

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def written(ax: Axes) -> list[Text]:
    """Give every text that a reader of the picture sees."""
    limits = [sorted(ax.get_xlim()), sorted(ax.get_ylim())]
    texts: list[Text] = [ax.xaxis.label, ax.yaxis.label, ax.title, *ax.texts]
    texts += [ax._left_title, ax._right_title]
    if ax.axison:
        for axis, (low, high) in zip((ax.xaxis, ax.yaxis), limits, strict=True):
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [tick.label1 for tick in axis.get_minor_ticks() if low <= tick.get_loc() <= high]
    else:
        texts = list(ax.texts)
    legend = ax.get_legend()
    if legend is not None:
        texts += [legend.get_title(), *legend.get_texts()]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


@pytest.fixture
def assert_readable() -> Callable[[Axes], None]:
    """Check that no two texts touch each other, that none leaves the picture, and that none hides data."""

    def check(ax: Axes) -> None:
        figure = ax.figure
        figure.canvas.draw()
        boxes = [(text.get_text(), text.get_window_extent()) for text in written(ax)]
        page = figure.bbox
        for name, box in boxes:
            inside = box.x0 >= page.x0 and box.y0 >= page.y0 and box.x1 <= page.x1 and box.y1 <= page.y1
            assert inside, f"{name!r} leaves the picture: {box} in {page}"
        for (one, a), (other, b) in combinations(boxes, 2):
            apart = a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0
            assert apart, f"{one!r} and {other!r} overlap: {a}, {b}"
        legend = ax.get_legend()
        if legend is not None:
            inner, key = ax.get_window_extent(), legend.get_window_extent()
            assert key.y0 >= inner.y1 or key.x0 >= inner.x1, "the legend lies on the data"

    return check


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def probabilities(rng: np.random.Generator) -> Callable[..., tuple[Any, Any]]:
    """Give n labels of C classes and probabilities that know something about them."""

    def make(C: int, n: int, sharpness: float = 2.0) -> tuple[Any, Any]:
        y = np.concatenate([np.arange(C), rng.integers(0, C, n - C)])
        z = rng.normal(size=(n, C))
        z[np.arange(n), y] += sharpness
        e = np.exp(z)
        return y, e / e.sum(axis=1, keepdims=True)

    return make


@pytest.fixture
def long_names() -> list[str]:
    return [f"Iris versicolor subspecies number {i} of the far north" for i in range(30)]
