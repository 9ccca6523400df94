"""A picture as SVG inside a page: text stays text, and its colours follow the page's."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pellucid._extras import require
from pellucid.plot.palette import Theme, detached

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PAGE", "inline_svg", "page"]

PAGE = Theme(paper="#010206", ink="#010203", muted="#010204", grid="#010205")
"""Colours that no data has; `inline_svg` puts the page's variables in their places."""

_VARIABLES = {PAGE.paper: "var(--card)", PAGE.ink: "var(--ink)", PAGE.muted: "var(--muted)", PAGE.grid: "var(--grid)"}


@contextmanager
def page() -> Iterator[None]:
    """Draw pictures for `inline_svg`."""
    with detached(PAGE), warnings.catch_warnings():
        # A letter that Matplotlib's font lacks is drawn by the reader's browser, whose fonts have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def inline_svg(ax: "Axes", key: str, description: str) -> str:
    """Give the figure of `ax`, drawn under `page()`, as an `<svg>` element for an HTML page.

    Args:
        ax: any axes of the figure.
        key: letters that no other picture of the page has; the ids of its parts begin with it.
        description: what the picture shows, for those who cannot see it.

    Example:
        >>> from pellucid.plot import network
        >>> with page():
        ...     svg = inline_svg(network([2, 1]), "net", "two inputs, one output")
        >>> svg.startswith('<svg role="img" aria-label="two inputs, one output"'), "http" in svg
        (True, False)
    """
    matplotlib = require("matplotlib", "plot")
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "savefig.facecolor": "none"}):
        ax.figure.canvas.figure.savefig(file, format="svg", dpi=150, metadata={"Date": None, "Creator": None})
    root = ET.fromstring(file.getvalue())  # noqa: S314, as Matplotlib wrote it a line above
    for part in root.iter():
        part.tag = _bare(part.tag)
        # Inside a page a picture's <style> would rule the whole page, and its metadata name other hosts.
        for child in [child for child in part if _bare(child.tag) in ("metadata", "style")]:
            part.remove(child)
        attributes = {_bare(name): _adapt(value, key) for name, value in part.attrib.items()}
        if "id" in attributes:
            attributes["id"] = f"{key}-{attributes['id']}"
        part.attrib.clear()
        part.attrib.update(attributes)
    size = root.attrib
    root.attrib = {
        "role": "img",
        "aria-label": description,
        "viewBox": size["viewBox"],
        "style": f"max-width: {size['width']}",
    }
    return ET.tostring(root, encoding="unicode")


def _bare(name: str) -> str:
    """Drop the namespace: HTML knows its SVG without."""
    return name.rpartition("}")[2]


def _adapt(value: str, key: str) -> str:
    """Turn references into those of this picture, colours into the page's, and leave fonts to the page."""
    value = re.sub(r"^#(?=\D)", f"#{key}-", value)
    value = value.replace("url(#", f"url(#{key}-")
    value = re.sub(r"font-family: [^;]*;? ?", "", value)
    for color, variable in _VARIABLES.items():
        value = value.replace(color, variable)
    return value
