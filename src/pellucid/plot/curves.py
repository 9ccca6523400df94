"""The course of training: one quantity, epoch by epoch, with the best epoch marked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.plot.palette import GREY, ink, legend, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["best_of", "learning_curves"]

_NAMES = {"lr": "learning rate"}


def learning_curves(
    history: Mapping[str, Sequence[float]],
    quantity: str = "loss",
    *,
    best_epoch: int | None = None,
    log: bool = False,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw one quantity over the epochs, training and validation together, and mark the best epoch.

    Epochs are counted from 1. Values that are NaN leave a gap. Other quantities of the same training, such as
    "accuracy" or "lr", are further calls on further axes.

    Args:
        history: lists of one number an epoch, named "loss", "validation_loss", "accuracy", "lr" ...
        quantity: which of them to draw, together with its "validation_" twin when there is one.
        best_epoch: the epoch to mark; None takes the lowest validation loss, or training loss without
            validation.
        log: whether the vertical axis is logarithmic, for a loss that falls by orders of magnitude.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when the quantity is not in the history, lists differ in length, or no number is finite.

    Example:
        >>> ax = learning_curves({"loss": [0.9, 0.5, 0.4], "validation_loss": [0.8, 0.6, 0.7]})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['training', 'validation', 'best epoch: 2']
    """
    keys = [key for key in (quantity, f"validation_{quantity}") if key in history]
    if not keys:
        raise ValueError(f"the history has no {quantity!r}; it has {sorted(history)}")
    series = {key: np.asarray(history[key], dtype=np.float64) for key in keys}
    shapes = {key: values.shape for key, values in series.items()}
    if len(set(shapes.values())) > 1 or any(len(s) != 1 or s == (0,) for s in shapes.values()):
        raise ValueError(f"the history needs one number an epoch for every quantity, got shapes {shapes}")
    if not any(np.isfinite(values).any() for values in series.values()):
        raise ValueError(f"{quantity!r} holds no finite number: training diverged from the first epoch on")
    if log and any((values <= 0).any() for values in series.values()):
        raise ValueError(f"{quantity!r} holds numbers that are zero or negative; log=True needs positive ones")
    n = len(series[keys[0]])
    best = best_of(history) if best_epoch is None else best_epoch
    if best is not None and not 1 <= best <= n:
        raise ValueError(f"best_epoch must be between 1 and {n}, the number of epochs, got {best}")

    ax = new_axes(6.4, 3.8) if ax is None else ax
    epochs = np.arange(1, n + 1)
    handles, names = [], []
    for i, (key, values) in enumerate(series.items()):
        # One or two epochs would be an invisible line; a few deserve their points.
        handles += ax.plot(epochs, values, **style(i), linewidth=2, marker="o" if n <= 15 else "", markersize=4)
        names.append(_NAMES.get(key) or ("validation" if key.startswith("validation_") else "training"))
    if best is not None:
        handles.append(ax.axvline(best, color=GREY, linewidth=1.2, linestyle=":", zorder=1))
        names.append(f"best epoch: {best}")
        marked = series[keys[-1]][best - 1]
        if np.isfinite(marked):
            ax.plot([best], [marked], "o", color=handles[len(keys) - 1].get_color(), markersize=7)
    _scales(ax, n, quantity, log=log)
    legend(ax, handles, names, columns=len(names))
    return ax


def best_of(history: Mapping[str, Sequence[float]]) -> int | None:
    """Give the epoch (from 1) of the lowest validation loss, else training loss; None without either."""
    for key in ("validation_loss", "loss"):
        values = np.asarray(history.get(key, ()), dtype=np.float64)
        if np.isfinite(values).any():
            return int(np.nanargmin(np.where(np.isfinite(values), values, np.nan))) + 1
    return None


def _scales(ax: "Axes", n: int, quantity: str, *, log: bool) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    if log:
        ax.set_yscale("log")
    elif quantity == "accuracy":
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    ax.set_xlim(0.5, n + 0.5) if n < 3 else ax.set_xlim(1 - 0.02 * n, n * 1.02)
    ax.set_xlabel("epoch")
    ax.set_ylabel(_NAMES.get(quantity, quantity.replace("_", " ")), color=ink(ax))
