"""Predicted numbers: against the truth, and what is left of it."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid._extras import require
from pellucid.plot._labels import as_numbers, shorten
from pellucid.plot.palette import COLORS, GREY, ink, legend, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["predictions_vs_truth", "residuals"]

MANY = 2000
"""Points above this number become one image in a vector file, which would otherwise weigh megabytes."""


def predictions_vs_truth(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    name: str = "target",
    unit: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw each prediction over the true value; a perfect model's points lie on the diagonal.

    R² = 1 - sum (y - y_pred)² / sum (y - mean y)²; MAE = mean |y - y_pred|, in the unit of the target.

    Args:
        y_true: n true numbers.
        y_pred: n predictions.
        name: what the numbers are.
        unit: their unit, such as "mg/dl"; empty: none.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when the two differ in length or hold NaN or infinity.

    Example:
        >>> ax = predictions_vs_truth([1.0, 2.0, 3.0], [1.5, 2.0, 2.5], name="price", unit="€")
        >>> ax.get_xlabel(), ax.get_legend().get_title().get_text()
        ('true price [€]', 'R² 0.750, mean absolute error 0.333 €')
    """
    y, p = _pair(y_true, y_pred)
    metrics = require("sklearn.metrics", "tabular")
    ax = new_axes(5.0, 5.2) if ax is None else ax
    points = _scatter(ax, y, p)
    low, high = min(y.min(), p.min()), max(y.max(), p.max())
    pad = 0.04 * (high - low) or 0.5
    (line,) = ax.plot([low - pad, high + pad], [low - pad, high + pad], color=GREY, linestyle=":", linewidth=1.5)
    ax.set_xlim(low - pad, high + pad)
    ax.set_ylim(low - pad, high + pad)
    # With one row or equal truths there is no variation to explain.
    r2 = f"R² {metrics.r2_score(y, p):.3f}, " if np.ptp(y) > 0 else ""
    error = f"{metrics.mean_absolute_error(y, p):.3g}{' ' * bool(unit)}{unit}"
    title = f"{r2}mean absolute error {error}"
    ax.set_xlabel(_label("true", name, unit), parse_math=False)
    ax.set_ylabel(_label("predicted", name, unit), parse_math=False)
    legend(ax, [points, line], ["one row", "perfect prediction"], columns=2, title=title)
    return ax


def residuals(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    name: str = "target",
    unit: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the residual y - y_pred of each row over its prediction, with the band of one RMSE around zero.

    A good model leaves a cloud without shape: a curve says that something was not learned, a funnel that the
    error grows with the value.

    Args:
        y_true: n true numbers.
        y_pred: n predictions.
        name: what the numbers are.
        unit: their unit; empty: none.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when the two differ in length or hold NaN or infinity.

    Example:
        >>> ax = residuals([1.0, 2.0, 3.0], [1.5, 2.0, 2.5])
        >>> ax.get_ylabel()
        'true minus predicted'
    """
    y, p = _pair(y_true, y_pred)
    rmse = float(require("sklearn.metrics", "tabular").root_mean_squared_error(y, p))
    ax = new_axes(6.0, 3.8) if ax is None else ax
    points = _scatter(ax, p, y - p)
    zero = ax.axhline(0.0, color=ink(ax), linewidth=1.5, linestyle=":", zorder=3)
    band = ax.axhspan(-rmse, rmse, color=GREY, alpha=0.16, linewidth=0, zorder=0.5)
    ax.set_xlabel(_label("predicted", name, unit), parse_math=False)
    ax.set_ylabel(f"true minus predicted{f' [{unit}]' * bool(unit)}", parse_math=False)
    size = f"{rmse:.3g}{' ' * bool(unit)}{unit}"
    legend(ax, [points, zero, band], ["one row", "no error", f"± RMSE ({size})"], columns=3)
    return ax


def _pair(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    y, p = as_numbers(y_true, "y_true"), as_numbers(y_pred, "y_pred")
    if len(y) != len(p):
        raise ValueError(f"y_true has {len(y)} rows, y_pred has {len(p)}")
    return y, p


def _scatter(ax: "Axes", x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Any:
    """Draw points, paler the more there are, so that their density shows; give one for the legend."""
    from matplotlib.lines import Line2D

    ax.scatter(
        x,
        y,
        s=22 if len(x) <= 500 else 10,
        color=COLORS[0],
        alpha=float(np.clip(40 / np.sqrt(len(x)), 0.12, 0.75)),
        linewidths=0,
        zorder=2,
        rasterized=len(x) > MANY,
    )
    return Line2D([], [], linestyle="none", marker="o", markersize=5, markeredgewidth=0, color=COLORS[0])


def _label(what: str, name: str, unit: str) -> str:
    return f"{what} {shorten(name, 30)}{f' [{unit}]' if unit else ''}"
