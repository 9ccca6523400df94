"""Colours that are readable on white and on near-black, and the axes that wear them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pellucid._extras import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

__all__ = [
    "COLORS",
    "DARK",
    "GREY",
    "LIGHT",
    "Theme",
    "color",
    "detached",
    "dress",
    "ink",
    "legend",
    "legend_width",
    "new_axes",
    "style",
    "theme",
]

COLORS = ("#2f7ed8", "#d9730d", "#149a6c", "#cf5b9d", "#8d6ad6", "#1b98b8", "#d6493d", "#a98600")
"""Eight colours for data, each with a contrast of at least 3 against both backgrounds (WCAG 2.1, 1.4.11)."""

GREY = "#7d828c"
"""For what stands back: the guess of chance, the many other classes."""

_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)))


@dataclass(frozen=True)
class Theme:
    """The colours of everything that is not data: paper, text, axes, grid."""

    paper: str
    ink: str
    muted: str
    grid: str


LIGHT = Theme(paper="#ffffff", ink="#1d2127", muted="#565d68", grid="#e3e6ea")
DARK = Theme(paper="#14171c", ink="#e9ecf1", muted="#a7aeba", grid="#2c323b")

_theme: ContextVar[Theme] = ContextVar("pellucid_plot_theme", default=LIGHT)
_detached: ContextVar[bool] = ContextVar("pellucid_plot_detached", default=False)


@contextmanager
def theme(name: Literal["light", "dark"]) -> Iterator[None]:
    """Draw new pictures on a light or a dark background; figures that exist already stay as they are.

    Args:
        name: "light" (the default outside of any `theme`) or "dark".

    Raises:
        ValueError: when `name` is neither.

    Example:
        >>> import pellucid.plot
        >>> with pellucid.plot.theme("dark"):
        ...     ax = pellucid.plot.learning_curves({"loss": [0.9, 0.5, 0.4]})
        >>> ax.figure.get_facecolor()[0] < 0.1
        True
    """
    themes = {"light": LIGHT, "dark": DARK}
    if name not in themes:
        raise ValueError(f"theme must be 'light' or 'dark', got {name!r}")
    token = _theme.set(themes[name])
    try:
        yield
    finally:
        _theme.reset(token)


@contextmanager
def detached(colors: Theme) -> Iterator[None]:
    """Draw new pictures in these colours on figures unknown to pyplot: no window, nothing to close."""
    tokens = _theme.set(colors), _detached.set(True)
    try:
        yield
    finally:
        _theme.reset(tokens[0])
        _detached.reset(tokens[1])


def color(i: int) -> str:
    """Give the i-th colour of data, beginning again after the last."""
    return COLORS[i % len(COLORS)]


def style(i: int) -> dict[str, Any]:
    """Give colour and dashes of the i-th line: two lines never look alike, also without colour vision."""
    return {"color": color(i), "linestyle": _DASHES[i % len(_DASHES)]}


def new_axes(width: float, height: float) -> "Axes":
    """Make one axes in a new pyplot figure of this size in inches, in the present theme.

    The figure is pyplot's so that `plt.show()`, `plt.savefig()` and notebooks find it, unless `detached`.
    """
    if _detached.get():
        figure = require("matplotlib.figure", "plot").Figure(figsize=(width, height), layout="constrained")
    else:
        figure = require("matplotlib.pyplot", "plot").figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    ax: Axes = figure.add_subplot()
    dress(ax, _theme.get())
    return ax


def dress(ax: "Axes", colors: Theme) -> None:
    """Give an axes and its figure the colours of a theme, a quiet grid and no spines but the scales."""
    ax.figure.set_facecolor(colors.paper)
    ax.set_facecolor("none")
    ax.set_axisbelow(True)
    ax.grid(visible=True, color=colors.grid, linewidth=0.8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(colors.muted)
    ax.tick_params(which="both", color=colors.muted, labelcolor=colors.muted, labelsize=9)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_color(colors.ink)
        label.set_fontsize(10)
    ax.title.set_color(colors.ink)
    ax.title.set_fontsize(11)


def ink(ax: "Axes") -> Any:
    """Give the colour of this axes' text, so that what is added suits the axes a caller brings."""
    return ax.xaxis.label.get_color()


def legend(
    ax: "Axes",
    handles: Sequence[Any],
    names: Sequence[str],
    *,
    place: Literal["above", "right"] = "above",
    columns: int = 1,
    title: str = "",
) -> "Legend":
    """Name the handles, above or to the right of the axes, where no data can be hidden.

    Names are shown letter by letter: "$" begins no formula, and a leading "_" hides nothing.
    """
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.02)}
    if place == "right":
        where = {"loc": "upper left", "bbox_to_anchor": (1.03, 1.0)}
    # Matplotlib reads meaning into labels; placeholders pass through it and are then renamed.
    box = ax.legend(
        handles,
        [str(i) for i in range(len(names))],
        title=title or None,
        alignment="left",
        frameon=False,
        fontsize=9,
        title_fontsize=10,
        labelcolor=ink(ax),
        borderaxespad=0.0,
        borderpad=0.0,
        ncols=columns,
        **where,
    )
    box.get_title().set(color=ink(ax), parse_math=False)
    for text, name in zip(box.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)
    return box


def legend_width(names: Sequence[str]) -> float:
    """Give the inches that a legend with these names takes beside its axes."""
    return 0.6 + 0.082 * max(map(len, names))
