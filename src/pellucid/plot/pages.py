"""Self-contained pages from templates: one style, names of strangers escaped, numbers as people read them."""

import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from pellucid._extras import require

__all__ = ["filled"]

_SHORT = {"f1": "F1", "r2": "R²", "mae": "MAE", "rmse": "RMSE", "roc": "ROC", "auc": "AUC", "pr": "PR"}


def filled(template: str, pictures: Mapping[str, str], **values: Any) -> str:
    """Return a template of this room as text, with pictures (SVG, as they are) and values (escaped)."""
    jinja2 = require("jinja2", "plot")
    # Autoescape: names of columns and classes come from files of strangers.
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "duration": _duration, "metric": _metric, "share": _share}
    drawn = {key: jinja2.utils.markupsafe.Markup(svg) for key, svg in pictures.items()}
    page: str = environment.get_template(template).render(pictures=drawn, **values)
    return page


def _source(name: str) -> str:
    return files("pellucid.plot").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def _number(value: Any) -> str:
    """Write a number as people read it; what is no number stays as it is."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return str(value)
    x = float(value)
    if not math.isfinite(x):
        return "–"
    return f"{x:,.0f}" if x.is_integer() and abs(x) < 1e15 else f"{x:,.4g}"


def _share(value: float) -> str:
    """Write a number from 0 to 1, all of the same width, for columns that are compared."""
    return f"{value:.3f}" if math.isfinite(value) else "–"


def _metric(name: str) -> str:
    """Write the name of a metric as papers do: "roc_auc" is "ROC AUC"."""
    return " ".join(_SHORT.get(word, word) for word in name.split("_"))


def _duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
