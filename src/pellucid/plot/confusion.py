"""The confusion matrix: which classes a classifier takes for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid._extras import require
from pellucid.plot._labels import as_indices, percent, shorten_all
from pellucid.plot.palette import ink, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confusion_matrix"]

BLUE = "#1f62b0"
"""Darker than the blue of lines: white counts stand on it."""

MOST_COUNTED = 40
"""Classes up to which counts are written; more would be a carpet of tiny numbers."""

_WHITE_FROM = 0.78
"""The share of its row from which a cell is so blue that white is easier to read on it than black."""


def confusion_matrix(
    matrix_or_labels: npt.ArrayLike | tuple[npt.ArrayLike, npt.ArrayLike],
    classes: Sequence[str] | None = None,
    *,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how many rows of each true class were taken for each class.

    C[i, j] is the number of rows of class i that were predicted as class j. Cells show counts; the depth of
    their colour is the share of their row, so that a rare class is as visible as a frequent one. With more
    than 40 classes only the colours remain, and some of the names.

    Args:
        matrix_or_labels: the (C, C) counts, or the pair (y_true, y_pred) of class indices, each (n,). A pair
            is a tuple; a matrix is an array or a list of rows.
        classes: the names of the classes in the order of their indices; None names them by their indices.
        ax: where to draw; None makes a new figure that grows with the number of classes.

    Raises:
        ValueError: when the matrix is not square and of counts, or labels and classes do not fit together.

    Example:
        >>> ax = confusion_matrix(([0, 0, 1, 1], [0, 1, 1, 1]), classes=["cat", "dog"])
        >>> [text.get_text() for text in ax.texts]
        ['1', '1', '0', '2']
    """
    counts = _counts(matrix_or_labels, classes)
    C = len(counts)
    names = [str(c) for c in classes] if classes is not None else [str(i) for i in range(C)]
    short = shorten_all(names)
    longest = max(map(len, short))
    if ax is None:
        side = max(3.3, min(C, MOST_COUNTED) * (0.62 if C <= 12 else 0.42))
        margin = 0.085 * longest
        ax = new_axes(side + 0.5 + margin, side + 0.8 + min(margin, 1.0))
    _cells(ax, counts)
    step = -(-C // MOST_COUNTED)
    places = range(0, C, step)
    ax.set_yticks(places, short[::step], parse_math=False)
    upright = longest * 6.0 > _cell_width(ax, C) * step
    ax.set_xticks(places, short[::step], rotation=90 if upright else 0, parse_math=False)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class")
    right, total = int(np.trace(counts)), int(counts.sum())
    ax.set_title(f"{percent(right / total)} of {total:,} rows right", loc="left", color=ink(ax), size=11)
    if C <= MOST_COUNTED:
        _write_counts(ax, counts)
    return ax


def _counts(source: Any, classes: Sequence[str] | None) -> npt.NDArray[np.int64]:
    """Give the (C, C) counts, from themselves or from labels."""
    if isinstance(source, tuple):
        if len(source) != 2:
            raise ValueError(f"labels must be the pair (y_true, y_pred), got a tuple of {len(source)}")
        y_true, y_pred = as_indices(source[0], classes, "y_true"), as_indices(source[1], classes, "y_pred")
        if len(y_true) != len(y_pred):
            raise ValueError(f"y_true has {len(y_true)} rows, y_pred has {len(y_pred)}")
        C = len(classes) if classes is not None else int(max(y_true.max(), y_pred.max())) + 1
        metrics = require("sklearn.metrics", "tabular")
        counts: npt.NDArray[np.int64] = metrics.confusion_matrix(y_true, y_pred, labels=np.arange(C))
        return counts
    matrix = np.asarray(source)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            f"a confusion matrix has the shape (C, C), got {matrix.shape}; labels go in as a tuple (y_true, y_pred)"
        )
    if classes is not None and len(classes) != len(matrix):
        raise ValueError(f"the matrix has {len(matrix)} classes, but classes names {len(classes)}")
    rounded = matrix.astype(np.int64)
    if (matrix != rounded).any() or (rounded < 0).any() or not rounded.sum():
        raise ValueError("a confusion matrix holds counts: whole numbers, none negative, at least one above zero")
    return rounded


def _cells(ax: "Axes", counts: npt.NDArray[np.int64]) -> None:
    """Paint the cells: the same blue everywhere, as deep as the cell's share of its row."""
    from matplotlib.colors import ListedColormap, to_rgb

    # Transparency instead of whiteness: the empty cell is the paper, whichever colour that has.
    blue = np.array([(*to_rgb(BLUE), alpha) for alpha in np.linspace(0.04, 1.0, 256)])
    C = len(counts)
    edges = np.arange(C + 1) - 0.5
    mesh = ax.pcolormesh(edges, edges, _shares(counts), cmap=ListedColormap(blue), vmin=0.0, vmax=1.0)
    mesh.set_edgecolor("none")
    ax.set_ylim(C - 0.5, -0.5)
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _shares(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares


def _cell_width(ax: "Axes", C: int) -> float:
    """Give the width of a cell in points, once the layout has decided it."""
    ax.figure.canvas.figure.draw_without_rendering()
    return float(ax.get_window_extent().width) / C * 72 / ax.figure.dpi


def _write_counts(ax: "Axes", counts: npt.NDArray[np.int64]) -> None:
    """Write each count, small enough that the longest one stays in its cell."""
    C, shares = len(counts), _shares(counts)
    cell = _cell_width(ax, C)
    digits = max(len(f"{n}") for n in counts.flat)
    size = float(np.clip(0.85 * cell / (0.64 * digits), 3.0, 11.0))
    for i, j in np.ndindex(C, C):
        n = int(counts[i, j])
        # In a large matrix hundreds of zeros hide the few numbers that matter.
        text = "·" if n == 0 and C > 12 else str(n)
        ax.text(
            j,
            i,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color="#ffffff" if shares[i, j] >= _WHITE_FROM else ink(ax),
            alpha=0.45 if n == 0 else 1.0,
        )
