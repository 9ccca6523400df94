"""What a search came to: trial by trial, parameter by parameter, and all parameters together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.plot._labels import percent, shorten, shorten_all
from pellucid.plot._trials import complete, parameters_of, place_of_best, shown_range
from pellucid.plot.palette import GREY, color, ink, legend, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pellucid.tune.trial import Trial

__all__ = ["parallel_coordinates", "parameter_importance", "search_history", "search_slice"]

_MARKS = {"pruned": ("|", GREY), "diverged": ("x", color(6)), "failed": ("x", color(1))}
_TWO_DECADES = 100.0
_BELOW = -0.14  # where the lines of trials run that lack a parameter


def search_history(
    trials: "Sequence[Trial]", *, maximize: bool, metric: str = "score", ax: "Axes | None" = None
) -> "Axes":
    """Draw the score of every trial and the best so far; marks at the lower edge are trials without a score.

    Scores far worse than most, which would flatten the rest, are shown as triangles at the edge.

    Args:
        trials: in any order; they are drawn by their number.
        maximize: whether a greater score is a better one.
        metric: the score's name.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when no trial came to a score.

    Example:
        >>> from pellucid.tune import Trial
        >>> trials = [Trial(number=i, parameters={"lr": 0.1 * i}, score=s) for i, s in enumerate((0.8, 0.9, 0.85))]
        >>> ax = search_history(trials, maximize=True, metric="accuracy")
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['trials', 'best so far: 0.9, trial 1']
    """
    found = sorted(complete(trials), key=lambda t: t.number)
    numbers = np.array([t.number for t in found])
    scores = np.array([t.score for t in found], dtype=np.float64)
    best = np.maximum.accumulate(scores) if maximize else np.minimum.accumulate(scores)
    first = found[place_of_best(scores, maximize=maximize)]
    last = max(t.number for t in trials)
    ax = new_axes(6.4, 3.8) if ax is None else ax
    low, high = shown_range(scores, maximize=maximize)
    handles = _points(ax, numbers, scores, low, high)
    handles += ax.plot(
        [*numbers, last], [*best, best[-1]], drawstyle="steps-post", color=color(1), linewidth=2, zorder=2
    )
    names = ["trials", f"best so far: {best[-1]:.4g}, trial {first.number}"]
    for state, (marker, shade) in _MARKS.items():
        ended = [t.number for t in trials if t.state == state]
        if ended:
            low -= 0.05 * (high - low)
            handles += ax.plot(ended, [low] * len(ended), marker, color=shade, markersize=6, clip_on=False, zorder=4)
            names.append(f"{state}: {len(ended)}")
    ax.set_ylim(low - 0.02 * (high - low), high)
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    ax.set_xlim(-0.02 * max(last, 1) - 0.3, last + 0.02 * max(last, 1) + 0.3)
    ax.set_xlabel("trial")
    ax.set_ylabel(metric.replace("_", " "), color=ink(ax))
    legend(ax, handles, names, columns=min(len(names), 3))
    return ax


def parameter_importance(shares: Mapping[str, float], *, ax: "Axes | None" = None) -> "Axes":
    """Draw which share of the scores' variance each parameter explains, the largest on top.

    Args:
        shares: from 0 to 1 by parameter, as `pellucid.tune.importance` gives them.
        ax: where to draw; None makes a new figure that grows with the number of parameters.

    Raises:
        ValueError: when there is no parameter, or a share is no number from 0 to 1.

    Example:
        >>> ax = parameter_importance({"lr": 0.7, "dropout": 0.1})
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['dropout', 'lr']
    """
    if not shares or not all(0 <= share <= 1 for share in shares.values()):
        raise ValueError(f"shares must be numbers from 0 to 1 by parameter, at least one, got {dict(shares)}")
    ranked = sorted(shares.items(), key=lambda item: item[1])
    ax = new_axes(6.4, 1.0 + 0.34 * len(ranked)) if ax is None else ax
    ax.barh(range(len(ranked)), [share for _, share in ranked], color=color(0), height=0.62)
    for place, (_, share) in enumerate(ranked):
        ax.text(share + 0.01, place, percent(share), va="center", color=ink(ax), fontsize=9)
    ax.set_yticks(range(len(ranked)), shorten_all([name for name, _ in ranked]), parse_math=False)
    ax.set_xlim(0, 1.15 * max(ranked[-1][1], 0.05))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("share of the scores' variance")
    return ax


def search_slice(
    trials: "Sequence[Trial]", parameter: str, *, maximize: bool, metric: str = "score", ax: "Axes | None" = None
) -> "Axes":
    """Draw the scores over one parameter; the best trial is marked. Names lie side by side, numbers on their scale.

    Args:
        trials: those that lack the parameter, or a score, are left out.
        parameter: its name.
        maximize: whether a greater score is a better one.
        metric: the score's name.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when no trial that came to a score has the parameter.

    Example:
        >>> from pellucid.tune import Trial
        >>> trials = [Trial(number=i, parameters={"lr": 10.0**-i}, score=s) for i, s in enumerate((0.8, 0.9, 0.85))]
        >>> search_slice(trials, "lr", maximize=True).get_xscale()
        'log'
    """
    found = [t for t in complete(trials) if parameter in t.parameters]
    if not found:
        raise ValueError(f"no trial with a score has the parameter {parameter!r}")
    scale = parameters_of(found).get(parameter)
    values = [t.parameters[parameter] for t in found]
    scores = np.array([t.score for t in found], dtype=np.float64)
    ax = new_axes(3.6, 3.0) if ax is None else ax
    if scale is None or scale.kind == "names":
        names = [str(values[0])] if scale is None else list(scale.names)
        # Spread by their order, so that equal scores of one name do not hide each other.
        x = np.array([names.index(str(v)) for v in values]) + np.linspace(-0.18, 0.18, len(values))
        ax.set_xticks(range(len(names)), shorten_all(names, 12), parse_math=False)
        ax.set_xlim(-0.6, len(names) - 0.4)
        if sum(len(n[:12]) for n in names) > 26:
            ax.tick_params(axis="x", rotation=90)
    else:
        x = np.array(values, dtype=np.float64)
        ax.set_xscale(scale.kind)
        few = scale.few
        if scale.kind == "log" and not few and scale.high / scale.low < _TWO_DECADES:
            few = tuple(float(f"{v:.2g}") for v in np.geomspace(scale.low, scale.high, 4))  # minor ticks would touch
        if few:
            ax.set_xticks(few, [f"{v:.3g}" for v in few])
            ax.minorticks_off()
    low, high = shown_range(scores, maximize=maximize)
    _points(ax, x, scores, low, high)
    best = place_of_best(scores, maximize=maximize)
    ax.plot([x[best]], [scores[best]], "o", color=color(1), markersize=8, zorder=4)
    ax.set_ylim(low, high)
    ax.set_xlabel(shorten(parameter), parse_math=False)
    ax.set_ylabel(metric.replace("_", " "), color=ink(ax))
    return ax


def parallel_coordinates(
    trials: "Sequence[Trial]", *, maximize: bool, metric: str = "score", ax: "Axes | None" = None
) -> "Axes":
    """Draw every trial as a line through its parameters and its score, better ones in front.

    A parameter that had one value only is left out; lines of trials that lack one run below its scale.

    Args:
        trials: those without a score are left out.
        maximize: whether a greater score is a better one.
        metric: the score's name.
        ax: where to draw; None makes a new figure that grows with the number of parameters.

    Raises:
        ValueError: when no trial came to a score, or no parameter had two values.

    Example:
        >>> from pellucid.tune import Trial
        >>> trials = [Trial(number=i, parameters={"lr": 10.0**-i}, score=s) for i, s in enumerate((0.8, 0.9, 0.85))]
        >>> [label.get_text() for label in parallel_coordinates(trials, maximize=True).get_xticklabels()]
        ['lr', 'score']
    """
    found = complete(trials)
    scales = parameters_of(found)
    if not scales:
        raise ValueError("no parameter had two values, so there is nothing to compare")
    scores = np.array([t.score for t in found], dtype=np.float64)
    low, high = shown_range(scores, maximize=maximize)
    order = np.argsort(scores if maximize else -scores, kind="stable")
    ranks = np.empty(len(found))
    ranks[order] = (np.arange(len(found)) + 1) / len(found)  # 1: the best
    ax = new_axes(max(6.4, 1.25 * len(scales) + 1.6), 4.4) if ax is None else ax
    kinds: dict[str, Any] = {}
    for i in order:
        name, shade, width, alpha = _class_of(float(ranks[i]), best=i == order[-1])
        places = [scales[n].place(found[i].parameters[n]) if n in found[i].parameters else _BELOW for n in scales]
        height = (np.clip(scores[i], low, high) - low) / (high - low)
        (line,) = ax.plot(range(len(scales) + 1), [*places, height], color=shade, linewidth=width, alpha=alpha)
        kinds[name] = line
    lacking = any(n not in t.parameters for t in found for n in scales)
    _axes_of(ax, scales, (low, high), lacking=lacking)
    ax.set_xticks(range(len(scales) + 1), shorten_all([*scales, metric.replace("_", " ")], 16), parse_math=False)
    shown = [name for name in ("the best", "best tenth", "better half", "worse half") if name in kinds]
    legend(ax, [kinds[name] for name in shown], shown, columns=len(shown))
    return ax


def _class_of(rank: float, *, best: bool) -> tuple[str, str, float, float]:
    """Return name, colour, width and opacity of a trial's line by how good it is."""
    if best:
        return "the best", color(6), 2.6, 1.0
    if rank > 0.9:
        return "best tenth", color(1), 1.6, 0.9
    return ("better half", color(0), 1.0, 0.6) if rank > 0.5 else ("worse half", GREY, 0.8, 0.4)


def _axes_of(ax: "Axes", scales: Mapping[str, Any], scores: tuple[float, float], *, lacking: bool) -> None:
    """Draw the scales one beside the other, with what is written at them."""
    paper = ax.figure.get_facecolor()
    ends = [(0.0, f"{scores[0]:.3g}"), (1.0, f"{scores[1]:.3g}")]
    for x, ticks in enumerate([*(scale.ticks() for scale in scales.values()), ends]):
        ax.axvline(x, color=ink(ax), linewidth=0.9, zorder=3)
        for place, text in ticks:
            ax.text(
                x + 0.03,
                place,
                text,
                color=ink(ax),
                fontsize=8,
                va="center",
                zorder=5,
                parse_math=False,
                bbox={"facecolor": paper, "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
            )
    if lacking:
        ax.text(-0.06, _BELOW, "not used", color=ink(ax), fontsize=8, ha="right", va="center")
    ax.set_yticks([])
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="x", length=0, pad=6)
    ax.set_xlim(-0.15 - 0.35 * lacking, len(scales) + 0.45)
    ax.set_ylim(_BELOW - 0.06 if lacking else -0.06, 1.06)


def _points(ax: "Axes", x: Any, scores: Any, low: float, high: float) -> list[Any]:
    """Draw scores as points; those out of range as triangles that point to where they lie."""
    inside = (scores >= low) & (scores <= high)
    handles = ax.plot(x[inside], scores[inside], "o", color=color(0), markersize=4.5, alpha=0.75, zorder=3)
    for beyond, edge, marker in ((scores < low, low, "v"), (scores > high, high, "^")):
        if beyond.any():
            ax.plot(x[beyond], np.full(beyond.sum(), edge), marker, color=GREY, markersize=5, clip_on=False, zorder=3)
    return handles
