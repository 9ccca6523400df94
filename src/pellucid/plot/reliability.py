"""Calibration: whether a stated probability is the frequency with which it comes true."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pellucid._extras import require
from pellucid.plot._labels import as_indices, as_scores, shorten
from pellucid.plot.palette import COLORS, GREY, legend, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calibration"]


def calibration(
    y_true: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    classes: Sequence[str] | None = None,
    *,
    bins: int = 10,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the reliability diagram: how often it came true over how probable the model said it was.

    Rows are put into `bins` equal intervals of probability. For two classes it is the probability of the
    second class over its frequency; for more it is the probability of the predicted class over how often it
    was right. ECE = sum_b (n_b / n) |frequency_b - probability_b| is the expected calibration error (Guo et
    al., 2017). The bars along the bottom are the share of all rows in each interval.

    Args:
        y_true: n class indices, or names that are among `classes`.
        probabilities: (n, C); for two classes also the n probabilities of the second one.
        classes: the names of the classes in the order of their indices.
        bins: the number of intervals.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when probabilities are outside [0, 1], or the arguments do not fit together.

    Example:
        >>> ax = calibration([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75])
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['model (ECE 0.250)', 'perfectly calibrated', 'share of rows']
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    n = np.shape(y_true)[0] if np.ndim(y_true) else 0
    values, names = as_scores(probabilities, n, classes)
    if (values < 0).any() or (values > 1).any():
        raise ValueError(
            f"probabilities must be between 0 and 1, got {values.min():.4g} to {values.max():.4g}; "
            "scores before the sigmoid or softmax are no probabilities"
        )
    y = as_indices(y_true, classes, C=values.shape[1])
    binary = values.shape[1] == 2
    stated = values[:, 1] if binary else values.max(axis=1)
    came_true = (y == 1) if binary else (y == values.argmax(axis=1))

    curve = require("sklearn.calibration", "tabular").calibration_curve
    frequency, probability = curve(came_true, stated, n_bins=bins)
    edges = np.linspace(0.0, 1.0, bins + 1)
    # The same intervals as scikit-learn's: each holds its upper edge.
    counts = np.bincount(np.searchsorted(edges[1:-1], stated), minlength=bins)
    ece = float(np.sum(counts[counts > 0] / n * np.abs(frequency - probability)))

    ax = new_axes(5.0, 5.4) if ax is None else ax
    bars = ax.bar(edges[:-1], counts / n, width=1 / bins, align="edge", color=GREY, alpha=0.35, zorder=1)
    (line,) = ax.plot(probability, frequency, "o-", color=COLORS[0], linewidth=2, markersize=5, zorder=3)
    (ideal,) = ax.plot([0, 1], [0, 1], color=GREY, linewidth=1.5, linestyle=":", zorder=2)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel(
        f"predicted probability of {shorten(names[1])}" if binary else "probability of the predicted class",
        parse_math=False,
    )
    ax.set_ylabel("how often it came true")
    handles = [line, ideal, bars]
    legend(ax, handles, [f"model (ECE {ece:.3f})", "perfectly calibrated", "share of rows"])
    return ax
