"""A diagram of a network: its layers as columns of units, its weights as lines between them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid.plot._labels import named_arrays
from pellucid.plot.palette import COLORS, GREY, ink, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["network"]

_RADIUS = 0.3
_GAP = 2.6
"""Distance between two layers, where two units of one layer are 1 apart."""


def network(model_or_sizes: Any, *, max_units: int = 8, ax: "Axes | None" = None) -> "Axes":
    r"""Draw a plain network: a column of units for each layer, a line for each weight.

    A layer of more than `max_units` units is drawn by its first and last ones with dots between; its true
    number stands below it. Of a model, blue lines are positive weights and orange (dashed) ones negative, as
    strong as the weight is large beside the largest one between the same two layers.

    Args:
        model_or_sizes: the numbers of units, such as `[784, 128, 10]`, or a chain of `Linear` layers with
            `named_parameters()`, whose weights are (out, in).
        max_units: units drawn whole, at least 3.
        ax: where to draw; None makes a new figure of a fitting size.

    Raises:
        ValueError: when there are fewer than two layers, a size is not positive, or the weights are no chain.

    Example:
        >>> ax = network([784, 128, 10])
        >>> [text.get_text() for text in ax.texts if "\n" in text.get_text()]
        ['input\n784', 'hidden\n128', 'output\n10']
    """
    if max_units < 3:
        raise ValueError(f"max_units must be at least 3: the first, the dots, the last; got {max_units}")
    weights: list[npt.NDArray[Any]] = []
    if hasattr(model_or_sizes, "named_parameters"):
        weights = _chain(model_or_sizes)
        sizes = [weights[0].shape[1], *(len(W) for W in weights)]
    else:
        sizes = _sizes(model_or_sizes)
    shown = [_shown(n, max_units) for n in sizes]
    tallest = max(_height(n, units) for n, units in zip(sizes, shown, strict=True))
    if ax is None:
        ax = new_axes(0.6 + 0.5 * (_GAP * (len(sizes) - 1) + 1.6), 0.8 + 0.5 * (tallest + 1.6))
    columns = [
        np.stack([np.full(len(units), _GAP * i), _rows(n, units)], axis=1)  # (units drawn, 2)
        for i, (n, units) in enumerate(zip(sizes, shown, strict=True))
    ]
    for i, (left, right) in enumerate(pairwise(columns)):
        W = weights[i][np.ix_(shown[i + 1], shown[i])] if weights else None
        _lines(ax, left, right, W, float(np.abs(weights[i]).max()) if weights else 1.0)
    for i, n in enumerate(sizes):
        _units(ax, columns[i], elided=len(columns[i]) < n, paint=COLORS[(0, 2, 1)[_part(i, len(sizes))]])
        name = _name(i, len(sizes))
        ax.text(_GAP * i, -tallest / 2 - 0.7, f"{name}\n{n:,}", ha="center", va="top", fontsize=9, color=ink(ax))
    ax.set_xlim(-0.8, _GAP * (len(sizes) - 1) + 0.8)
    ax.set_ylim(-tallest / 2 - 1.7, tallest / 2 + 0.5)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


def _chain(model: Any) -> list[npt.NDArray[Any]]:
    """Give the (out, in) weights of a chain of Linear layers, in order."""
    weights = {name: W for name, W in named_arrays(model).items() if W.ndim == 2}
    if not weights:
        raise ValueError(f"{type(model).__name__} has no Linear layer to draw")
    for (name, W), (after, V) in pairwise(weights.items()):
        if V.shape[1] != len(W):
            raise ValueError(
                f"{after} takes {V.shape[1]} inputs but {name} gives {len(W)} outputs: "
                "no chain of Linear layers; pass the numbers of units instead"
            )
    return list(weights.values())


def _sizes(sizes: Sequence[int]) -> list[int]:
    numbers = [int(n) for n in sizes]
    if len(numbers) < 2 or min(numbers) < 1 or any(n != m for n, m in zip(numbers, sizes, strict=True)):
        raise ValueError(f"sizes must be two or more positive whole numbers, got {list(sizes)}")
    return numbers


def _shown(n: int, most: int) -> npt.NDArray[np.int64]:
    """Give the indices of the units that are drawn: all, or the first and last ones."""
    if n <= most:
        return np.arange(n)
    last = (most - 1) // 2
    return np.concatenate([np.arange(most - 1 - last), np.arange(n - last, n)])


def _height(n: int, units: npt.NDArray[np.int64]) -> float:
    return len(units) - 1 + (1.0 if len(units) < n else 0.0)


def _rows(n: int, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Give the heights of the drawn units, first on top, centred, with room for the dots."""
    down = np.arange(len(units), dtype=np.float64)
    if len(units) < n:
        down[np.flatnonzero(np.diff(units) > 1)[0] + 1 :] += 1.0
    return _height(n, units) / 2 - down


def _lines(
    ax: "Axes",
    left: npt.NDArray[np.float64],
    right: npt.NDArray[np.float64],
    W: npt.NDArray[Any] | None,
    largest: float,
) -> None:
    from matplotlib.collections import LineCollection

    pairs = [(k, j) for k in range(len(right)) for j in range(len(left))]
    segments = [(left[j], right[k]) for k, j in pairs]
    if W is None:
        ax.add_collection(LineCollection(segments, colors=GREY, linewidths=0.7, alpha=0.55, zorder=1))
        return
    share = np.array([abs(float(W[k, j])) for k, j in pairs]) / (largest or 1.0)
    negative = [bool(W[k, j] < 0) for k, j in pairs]
    ax.add_collection(
        LineCollection(
            segments,
            colors=[COLORS[1] if minus else COLORS[0] for minus in negative],
            linestyles=[(0, (4, 2)) if minus else "-" for minus in negative],
            linewidths=0.4 + 2.2 * share,
            alpha=0.25 + 0.75 * share,
            zorder=1,
        )
    )


def _units(ax: "Axes", places: npt.NDArray[np.float64], *, elided: bool, paint: str) -> None:
    from matplotlib.patches import Circle

    for x, y in places:
        ax.add_patch(Circle((float(x), float(y)), _RADIUS, facecolor=paint, edgecolor=ink(ax), lw=0.8, zorder=2))
    if elided:
        gap = int(np.argmin(np.diff(places[:, 1])))  # rows go down, the dots stand in the widest step
        middle = float(places[gap, 1] + places[gap + 1, 1]) / 2
        dots = middle + np.array([-0.25, 0.0, 0.25])
        ax.scatter(np.full(3, places[0, 0]), dots, s=9, color=ink(ax), linewidths=0, zorder=2)


def _part(i: int, layers: int) -> int:
    """Say whether a layer is the input (0), hidden (1) or the output (2)."""
    return 0 if i == 0 else 2 if i == layers - 1 else 1


def _name(i: int, layers: int) -> str:
    if _part(i, layers) != 1:
        return ("input", "", "output")[_part(i, layers)]
    return f"hidden {i}" if layers > 3 else "hidden"
