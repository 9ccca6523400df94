"""The learning-rate range test: the loss over the rate, and the rates that it suggests."""

from typing import TYPE_CHECKING

import numpy as np

from pellucid.plot.palette import GREY, color, legend, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pellucid.train.lr_finder import LRRangeTest

__all__ = ["lr_range"]


def lr_range(found: "LRRangeTest", *, ax: "Axes | None" = None) -> "Axes":
    """Draw the loss over the learning rate, as a range test saw it, with the rates that it suggests.

    Points are the losses of batches, the line their smoothed course. The picture ends as far above the first loss
    as the lowest lies below it: after the loss has flown off, its height says nothing.

    Args:
        found: what `Trainer.find_lr` returned.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when the test ended before its second step.

    Example:
        >>> from pellucid.train import LRRangeTest
        >>> found = LRRangeTest(lrs=(0.01, 0.1, 1.0), losses=(2.0, 1.5, 1.0), smoothed=(2.0, 1.5, 1.0),
        ...                     steepest=0.1, valley=0.05, diverged=False)
        >>> [text.get_text() for text in lr_range(found).get_legend().get_texts()]
        ['batches', 'smoothed', 'steepest: 0.1', 'valley: 0.05']
    """
    lrs, losses, smoothed = (np.asarray(v, dtype=np.float64) for v in (found.lrs, found.losses, found.smoothed))
    if len(lrs) < 2:
        raise ValueError(f"a picture needs two steps at least, and the test ended after {len(lrs)}")
    ax = new_axes(6.4, 4.0) if ax is None else ax
    first, low = float(smoothed[0]), float(smoothed.min())
    high = min(float(smoothed.max()), 2 * first - low) if low < first else float(smoothed.max())
    room = 0.2 * (high - low) or 0.5
    shown = (losses >= low - room) & (losses <= high + room)
    handles = ax.plot(lrs[shown], losses[shown], "o", color=GREY, markersize=3, alpha=0.6)
    handles += ax.plot(lrs, smoothed, color=color(0), linewidth=2)
    names = ["batches", "smoothed"]
    for i, name in enumerate(("steepest", "valley"), start=1):
        rate = getattr(found, name)
        if rate is not None:
            handles.append(ax.axvline(rate, color=color(i), linewidth=1.6, linestyle="--" if i == 1 else ":"))
            names.append(f"{name}: {rate:.2g}")
    ax.set_xscale("log")
    ax.set_xlabel("learning rate")
    ax.set_ylabel("loss")
    ax.set_ylim(low - room, high + room)
    legend(ax, handles, names, columns=len(names))
    return ax
