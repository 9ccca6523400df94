"""The decision boundary: what a classifier of two features says everywhere on the plane."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid.grad_mode import no_grad
from pellucid.plot._labels import as_indices, shorten, shorten_all
from pellucid.plot.palette import color, ink, legend, legend_width, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["decision_boundary"]

_MARKERS = "osD^vPX*"


def decision_boundary(
    predict: Callable[[npt.NDArray[np.float32]], Any],
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    feature_names: Sequence[str] | None = None,
    resolution: int = 200,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the class that `predict` gives to every point of the plane, and the rows that it learned from.

    The plane is as deep in colour as the prediction is sure: probability p of the winning class, between 1/C
    (pale) and 1 (deep). Rows have the colour and the marker of their true class.

    Args:
        predict: takes (m, 2) float32 and gives class indices (m,) as integers, or probabilities: (m, C), or
            (m,) or (m, 1) of class 1. It is called without gradients;
            a model with dropout needs `eval()` before.
        X: (n, 2) features.
        y: n class indices, or names that are among `classes`.
        classes: the names of the classes in the order of their indices.
        feature_names: the two names of the axes; None writes x₁ and x₂.
        resolution: points on each side of the grid.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when X has not two features, or `predict` gives another shape, or numbers that are no
            probabilities.

    Example:
        >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 0, 0, 1]
        >>> ax = decision_boundary(lambda X: (X.sum(axis=1) > 1.5).astype(int), X, y, classes=["off", "on"])
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['off', 'on']
    """
    points = np.asarray(X, dtype=np.float32)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"X must have the shape (n, 2): a plane has two features, got {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("X must be finite; NaN or infinity is among its values")
    if resolution < 2:
        raise ValueError(f"resolution must be at least 2, got {resolution}")
    labels = as_indices(y, classes, "y")
    if len(labels) != len(points):
        raise ValueError(f"X has {len(points)} rows, y has {len(labels)}")

    low, high = points.min(axis=0), points.max(axis=0)
    pad = np.where(high > low, 0.12 * (high - low), 0.5)
    low, high = low - pad, high + pad
    x1 = np.linspace(low[0], high[0], resolution, dtype=np.float32)
    x2 = np.linspace(low[1], high[1], resolution, dtype=np.float32)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)  # (resolution², 2)
    with no_grad():
        winner, sureness, C = _answers(predict(grid), len(grid))
    C = max(C, int(labels.max()) + 1, len(classes or ()))
    if classes is not None and len(classes) < C:
        raise ValueError(f"predict and y know {C} classes, but classes names {len(classes)}")

    names = shorten_all(classes if classes is not None else range(C))
    ax = new_axes(4.8 + legend_width(names), 4.4) if ax is None else ax
    _paint(ax, winner, sureness, (low, high), x1, x2)
    handles = [_rows(ax, points[labels == c], c) for c in range(C)]
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    ax.grid(visible=False)
    first, second = feature_names if feature_names is not None else ("x₁", "x₂")
    ax.set_xlabel(shorten(first, 40), parse_math=False)
    ax.set_ylabel(shorten(second, 40), parse_math=False)
    legend(ax, handles, names, place="right")
    return ax


def _answers(said: Any, m: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], int]:
    """Give the winning class (m,), how sure it is from 0 to 1 (m,), and the number of classes."""
    values = np.asarray(said)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim not in (1, 2) or len(values) != m:
        raise ValueError(f"predict must give ({m},) or ({m}, C) for {m} points, got {values.shape}")
    if values.ndim == 1 and values.dtype.kind in "iub":
        winner = as_indices(values, None, "what predict gives")
        return winner, np.full(m, 0.6), int(winner.max()) + 1
    if not np.isfinite(values).all() or (values < 0).any() or (values > 1).any():
        raise ValueError(
            f"predict must give integers (classes) or probabilities in [0, 1], got {values.min():.4g} to "
            f"{values.max():.4g}; apply the sigmoid or softmax, or take argmax, first"
        )
    p = np.stack([1 - values, values], axis=1) if values.ndim == 1 else values  # (m, C)
    C = p.shape[1]
    winner = p.argmax(axis=1)
    return winner, (p.max(axis=1) - 1 / C) / (1 - 1 / C), C


def _paint(
    ax: "Axes",
    winner: npt.NDArray[np.int64],
    sureness: npt.NDArray[np.float64],
    corners: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    x1: npt.NDArray[np.float32],
    x2: npt.NDArray[np.float32],
) -> None:
    """Paint the plane in the colours of the winners and draw the lines where the winner changes."""
    from matplotlib.colors import to_rgb

    side = len(x1)
    image = np.empty((side, side, 4))
    image[..., :3] = np.array([to_rgb(color(c)) for c in range(int(winner.max()) + 1)])[winner.reshape(side, side)]
    image[..., 3] = 0.08 + 0.42 * sureness.reshape(side, side)
    low, high = corners
    extent = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    ax.imshow(image, extent=extent, origin="lower", aspect="auto", interpolation="nearest", zorder=0)
    for c in range(int(winner.max())):
        lower = (winner <= c).reshape(side, side).astype(float)
        if 0 < lower.mean() < 1:
            ax.contour(x1, x2, lower, levels=[0.5], colors=[ink(ax)], linewidths=1.0, alpha=0.6)


def _rows(ax: "Axes", rows: npt.NDArray[np.float32], c: int) -> Any:
    size = float(np.clip(40 - len(rows) / 15, 12, 40))
    marker = _MARKERS[c % len(_MARKERS)]
    return ax.scatter(
        rows[:, 0],
        rows[:, 1],
        s=size,
        color=color(c),
        marker=marker,
        edgecolors=ink(ax),
        linewidths=0.5,
        zorder=2,
    )
