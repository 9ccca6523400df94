"""The distribution of each parameter, and of each gradient, one above the other."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid.plot._labels import named_arrays, shorten
from pellucid.plot.palette import color, ink, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["gradient_histogram", "weight_histogram"]


def weight_histogram(model_or_arrays: Any, *, bins: int = 60, ax: "Axes | None" = None) -> "Axes":
    """Draw the distribution of every parameter of a model, one row each, on one scale.

    Each row is scaled to its own highest bin. Beside it stand the number of values and their standard
    deviation σ; parameters of one layer share a colour.

    Args:
        model_or_arrays: a model with `named_parameters()`, or a mapping of names to arrays.
        bins: bins over the common range.
        ax: where to draw; None makes a new figure that grows with the number of parameters.

    Raises:
        ValueError: when there is nothing to draw, or a parameter holds NaN or infinity (it is named).

    Example:
        >>> ax = weight_histogram({"0.weight": [[0.1, -0.2], [0.3, 0.0]], "0.bias": [0.0, 0.0]})
        >>> [text.get_text() for text in ax.texts]
        ['4 values, σ 0.18', '2 values, σ 0']
    """
    arrays = {name: values.ravel() for name, values in named_arrays(model_or_arrays).items()}
    notes = [f"{len(v):,} value{'s' * (len(v) != 1)}, σ {v.std():.2g}" for v in arrays.values()]
    low = min(float(v.min()) for v in arrays.values())
    high = max(float(v.max()) for v in arrays.values())
    pad = 0.02 * (high - low) or 0.5
    ax = _ridges(ax, arrays, np.linspace(low - pad, high + pad, bins + 1), notes)
    ax.set_xlabel("value of the parameter")
    return ax


def gradient_histogram(model_or_arrays: Any, *, bins: int = 60, ax: "Axes | None" = None) -> "Axes":
    """Draw the distribution of |dL/dθ| of every parameter θ, one row each, on one logarithmic scale.

    Rows that wander to the left towards the input are vanishing gradients, to the right exploding ones; a
    high share of exact zeros, which a logarithm cannot show and which stands beside its row, are dead units.

    Args:
        model_or_arrays: a model with `named_parameters()` after `backward()`, or a mapping of names to
            gradients.
        bins: bins over the common range.
        ax: where to draw; None makes a new figure that grows with the number of parameters.

    Raises:
        ValueError: when no parameter has a gradient, or a gradient holds NaN or infinity (it is named).

    Example:
        >>> ax = gradient_histogram({"0.weight": [0.1, -0.2, 0.0, 0.0], "0.bias": [0.3]})
        >>> [text.get_text() for text in ax.texts]
        ['median 0.15, 50% zero', 'median 0.3, 0% zero']
    """
    gradients = {name: np.abs(g.ravel()) for name, g in named_arrays(model_or_arrays, gradients=True).items()}
    arrays = {name: g[g > 0] for name, g in gradients.items()}
    notes = []
    for g, above in zip(gradients.values(), arrays.values(), strict=True):
        if not len(g):
            notes.append("no gradient")
        elif not len(above):
            notes.append("100% zero")
        else:
            notes.append(f"median {np.median(above):.2g}, {1 - len(above) / len(g):.0%} zero")
    reached = [g for g in arrays.values() if len(g)]
    low = min((float(g.min()) for g in reached), default=1e-8) / 1.5
    high = max((float(g.max()) for g in reached), default=1.0) * 1.5
    ax = _ridges(ax, arrays, np.geomspace(low, high, bins + 1), notes)
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_xlabel("size of the gradient, |dL/dθ|")
    return ax


def _ridges(
    ax: "Axes | None", arrays: dict[str, npt.NDArray[Any]], edges: npt.NDArray[np.float64], notes: list[str]
) -> "Axes":
    """Draw one histogram a row, the first on top, with its name to the left and its note to the right."""
    rows = len(arrays)
    ax = new_axes(7.4, 0.9 + 0.46 * max(rows, 2)) if ax is None else ax
    layers = list(dict.fromkeys(name.rpartition(".")[0] for name in arrays))
    for i, (name, values) in enumerate(arrays.items()):
        counts = np.histogram(values, edges)[0]
        heights = 0.8 * counts / max(counts.max(), 1)
        paint = color(layers.index(name.rpartition(".")[0]))
        ax.stairs(heights - i, edges, baseline=-i, fill=True, color=paint, alpha=0.45, linewidth=0)
        ax.stairs(heights - i, edges, baseline=-i, color=paint, linewidth=1.2)
        ax.text(
            1.015,
            0.2 - i,
            notes[i],
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=8,
            color=ink(ax),
        )
    ax.set_yticks([0.2 - i for i in range(rows)], [shorten(name, 30) for name in arrays], parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_xlim(float(edges[0]), float(edges[-1]))
    ax.set_ylim(0.85 - rows, 1.0)
    return ax
