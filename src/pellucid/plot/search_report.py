"""The report of a search: one self-contained page on what was tried and what mattered."""

import math
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid._files import atomic_write
from pellucid.plot._trials import complete, parameters_of
from pellucid.plot.pages import filled
from pellucid.plot.svg import inline_svg, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pellucid.tune.trial import Trial

__all__ = ["SearchReport", "render", "write_search_report"]


@dataclass(frozen=True, kw_only=True)
class SearchReport:
    """What the report of a search tells.

    Attributes:
        name: of the data.
        metric: what was judged by.
        maximize: whether a greater score is a better one.
        trials: all of them.
        best: the one that was taken.
        command: what to type to repeat the search.
        seconds: that it took.
        settings: of the search: method, folds, seed ...
        held_out: metrics of the best trial's network on rows that the search never saw.
        importance: share of the scores' variance by parameter; None where it was not computed.
        given: the score of the settings as given, for comparison.
        page: the report of the best trial's run, beside this one.
        warnings: sentences on what a reader should know.

    Raises:
        ValueError: when no trial came to a score, or the best one is not among them.
    """

    name: str
    metric: str
    maximize: bool
    trials: "Sequence[Trial]"
    best: "Trial"
    command: str
    seconds: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    held_out: Mapping[str, float] = field(default_factory=dict)
    importance: Mapping[str, float] | None = None
    given: float | None = None
    page: str = ""
    warnings: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.best.number not in {t.number for t in complete(self.trials)}:
            raise ValueError(f"the best trial, number {self.best.number}, is not among those that came to a score")

    @property
    def headline(self) -> str:
        """What the search came to, in a sentence."""
        best, metric = self.best, self.metric.replace("_", " ")
        spread = "" if best.spread is None else f" ± {best.spread:.2g}"
        folds = f" over {len(best.scores)} folds" if len(best.scores) > 1 else ""
        text = f"The best of {len(self.trials)} trials reaches {best.score:.4g}{spread} in {metric}{folds}"
        if self.given is not None and best.score is not None:
            better = (best.score - self.given) * (1 if self.maximize else -1)
            text += f"; the settings as given reach {self.given:.4g}" if better else ", the settings as given"
        if self.metric in self.held_out:
            text += f". On rows that the search never saw, it reaches {self.held_out[self.metric]:.4g}"
        return f"{text}."

    @property
    def counted(self) -> str:
        """How many trials there were of each kind, in a sentence."""
        states = Counter[str](t.state for t in self.trials)
        words = {"complete": "came to a score", "pruned": "ended early, because others did better"}
        words |= {"diverged": "diverged", "failed": "failed"}
        parts = [f"{states[state]} {text}" for state, text in words.items() if states[state]]
        return f"Of {len(self.trials)} trials {', '.join(parts)}."


def write_search_report(path: str | os.PathLike[str], data: SearchReport) -> Path:
    """Write the page: one file, its pictures inside, without network and scripts; whole or not at all.

    Args:
        path: the file to write, such as "search.html" in the run's folder.
        data: what it tells.

    Returns:
        The path.

    Raises:
        ImportError: when matplotlib or jinja2 is absent.
        OSError: when the folder does not exist or the disk is full.

    Example:
        >>> import tempfile
        >>> from pellucid.tune import Trial
        >>> trials = [Trial(number=i, parameters={"lr": 10.0**-i}, score=s) for i, s in enumerate((0.8, 0.9, 0.85))]
        >>> data = SearchReport(name="coins", metric="accuracy", maximize=True, trials=trials, best=trials[1],
        ...                     command="pellucid tune coins", seconds=1.0)
        >>> write_search_report(tempfile.mkdtemp() + "/search.html", data).name
        'search.html'
    """
    path = Path(path)
    text = render(data)
    with atomic_write(path) as file:
        file.write(text)
    return path


def render(data: SearchReport) -> str:
    """Give the page as text."""
    pictures = _pictures(data)
    sign = -1 if data.maximize else 1
    ranked = sorted(data.trials, key=lambda t: (t.score is None, sign * (t.score or 0.0), t.number))
    return filled(
        "search.html.jinja",
        pictures,
        data=data,
        slices=[key for key in pictures if key.startswith("slice-")],
        ended=[t for t in data.trials if t.state in ("failed", "diverged")],
        ranked=ranked,
        names=list(dict.fromkeys(name for t in data.trials for name in t.parameters)),
    )


def _pictures(data: SearchReport) -> dict[str, str]:
    """Draw what there is to draw: a search of one setting has no parameters that differ."""
    from pellucid import plot

    how: dict[str, Any] = {"maximize": data.maximize, "metric": data.metric}
    wanted: dict[str, tuple[str, Callable[[], Axes]]] = {
        "history": ("score of every trial", partial(plot.search_history, data.trials, **how))
    }
    if data.importance and all(math.isfinite(share) for share in data.importance.values()):
        wanted["importance"] = ("importance of the parameters", partial(plot.parameter_importance, data.importance))
    names = list(parameters_of(complete(data.trials)))
    if names:
        wanted["parallel"] = ("trials as lines", partial(plot.parallel_coordinates, data.trials, **how))
    ranks = data.importance or {}
    for i, name in enumerate(sorted(names, key=lambda n: -ranks.get(n, 0.0))):
        wanted[f"slice-{i}"] = (f"scores over {name}", partial(plot.search_slice, data.trials, name, **how))
    with page():
        return {key: inline_svg(draw(), key, text) for key, (text, draw) in wanted.items()}
