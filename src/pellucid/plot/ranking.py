"""How well scores rank the rows: ROC and precision-recall curves."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid._extras import require
from pellucid.plot._labels import as_indices, as_scores, shorten_all
from pellucid.plot.palette import GREY, legend, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["precision_recall", "roc"]

MOST_LINES = 8
"""Lines that an eye can tell apart; of more classes the hardest ones are named, the others stay grey."""

_Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]


def roc(
    y_true: npt.ArrayLike,
    scores: npt.ArrayLike,
    classes: Sequence[str] | None = None,
    *,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the receiver operating characteristic; of more than two classes, each against the rest.

    TPR(t) = P(score >= t | positive) over FPR(t) = P(score >= t | negative) for every threshold t; AUC is the
    probability that a positive row has a higher score than a negative one (Hanley and McNeil, 1982).
    With more than eight classes the five with the lowest AUC are named and the others are grey.

    Args:
        y_true: n class indices, or names that are among `classes`.
        scores: (n, C) probabilities; for two classes also the n probabilities of the second one.
        classes: the names of the classes in the order of their indices.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when labels, scores and classes do not fit together, or no class has both rows and
            counter-rows.

    Example:
        >>> ax = roc([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9], classes=["no", "yes"])
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['yes (AUC 0.750)', 'chance (AUC 0.500)']
    """

    def curve(positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> _Curve:
        metrics = require("sklearn.metrics", "tabular")
        fpr, tpr, _ = metrics.roc_curve(positive, score)
        return fpr, tpr, float(metrics.roc_auc_score(positive, score))

    ax, handles, names, _ = _one_against_rest(y_true, scores, classes, curve, "AUC", ax)
    handles += ax.plot([0, 1], [0, 1], color=GREY, linewidth=1.5, linestyle=":", zorder=1)
    names.append("chance (AUC 0.500)")
    return _finish(ax, handles, names, "false positive rate", "true positive rate")


def precision_recall(
    y_true: npt.ArrayLike,
    scores: npt.ArrayLike,
    classes: Sequence[str] | None = None,
    *,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw precision over recall; of more than two classes, each against the rest.

    Precision(t) = TP / (TP + FP) over recall(t) = TP / (TP + FN) for every threshold t, in steps: a straight
    line between two thresholds would promise too much (Davis and Goadrich, 2006). AP is the area under the
    steps. For two classes the dotted line is the share of positive rows, which guessing reaches.
    With more than eight classes the five with the lowest AP are named and the others are grey.

    Args:
        y_true: n class indices, or names that are among `classes`.
        scores: (n, C) probabilities; for two classes also the n probabilities of the second one.
        classes: the names of the classes in the order of their indices.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when labels, scores and classes do not fit together, or no class has both rows and
            counter-rows.

    Example:
        >>> ax = precision_recall([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9], classes=["no", "yes"])
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['yes (AP 0.833)', 'chance (AP 0.500)']
    """

    def curve(positive: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> _Curve:
        metrics = require("sklearn.metrics", "tabular")
        precision, recall, _ = metrics.precision_recall_curve(positive, score)
        return recall, precision, float(metrics.average_precision_score(positive, score))

    ax, handles, names, prior = _one_against_rest(y_true, scores, classes, curve, "AP", ax, steps=True)
    if prior is not None:
        handles.append(ax.axhline(prior, color=GREY, linewidth=1.5, linestyle=":", zorder=1))
        names.append(f"chance (AP {prior:.3f})")
    return _finish(ax, handles, names, "recall", "precision")


def _one_against_rest(
    y_true: npt.ArrayLike,
    scores: npt.ArrayLike,
    classes: Sequence[str] | None,
    curve: Callable[[npt.NDArray[np.bool_], npt.NDArray[np.float64]], _Curve],
    area: str,
    ax: "Axes | None",
    *,
    steps: bool = False,
) -> tuple["Axes", list[Any], list[str], float | None]:
    """Draw one curve a class; give the axes, the legend's handles and names, the share of the positive class."""
    n = np.shape(y_true)[0] if np.ndim(y_true) else 0
    values, all_names = as_scores(scores, n, classes)
    y = as_indices(y_true, classes, C=values.shape[1])
    positives = [1] if values.shape[1] == 2 else list(range(values.shape[1]))
    curves = {c: curve(y == c, values[:, c]) for c in positives if 0 < (y == c).sum() < len(y)}
    if not curves:
        raise ValueError("y_true holds one class only; the curve needs rows of the class and rows of others")
    short = shorten_all(all_names)
    named = list(curves)
    if len(curves) > MOST_LINES:
        named = sorted(curves, key=lambda c: curves[c][2])[:5]
    names = [f"{short[c]} ({area} {curves[c][2]:.3f})" for c in named]
    ax = new_axes(5.0, 4.9 + 0.22 * -(-len(names) // _columns(names))) if ax is None else ax
    drawn: dict[str, Any] = {"drawstyle": "steps-post"} if steps else {}
    others: list[Any] = []
    for c in set(curves) - set(named):
        others += ax.plot(*curves[c][:2], color=GREY, linewidth=1, alpha=0.6, zorder=1.5, **drawn)
    handles: list[Any] = []
    for i, c in enumerate(named):
        handles += ax.plot(*curves[c][:2], linewidth=2, **style(i), **drawn)
    if others:
        handles.append(others[0])
        least = min(a for c, (_, _, a) in curves.items() if c not in named)
        names.append(f"{len(others)} others ({area} ≥ {int(least * 1000) / 1000:.3f})")
    absent = len(positives) - len(curves)
    if absent:
        # A class without rows has no curve; leaving it out silently would look like a smaller problem.
        handles += ax.plot([], [], linestyle="none")
        names.append(f"{absent} class{'es' * (absent > 1)} without rows")
    return ax, handles, names, float((y == 1).mean()) if positives == [1] else None


def _finish(ax: "Axes", handles: list[Any], names: list[str], x: str, y: str) -> "Axes":
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    legend(ax, handles, names, columns=_columns(names))
    return ax


def _columns(names: list[str]) -> int:
    """Give the columns of the legend: two of short names leave more of the figure to the curves."""
    return 2 if len(names) > 2 and max(map(len, names)) <= 23 else 1
