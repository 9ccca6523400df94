"""The report: one self-contained page about a trained network, for readers without Python."""

import math
import os
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._extras import require
from pellucid._files import atomic_write
from pellucid.plot.report_data import ColumnRow, LayerRow, ReportData
from pellucid.plot.svg import inline_svg, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ColumnRow", "LayerRow", "ReportData", "render", "write_report"]

_SHORT = {"f1": "F1", "r2": "R²", "mae": "MAE", "rmse": "RMSE", "roc": "ROC", "auc": "AUC", "pr": "PR"}
PARTS = {"train": "training", "validation": "validation", "test": "test"}


def write_report(folder: str | os.PathLike[str], data: ReportData) -> Path:
    """Write `report.html` into `folder`: one file, its pictures inside, without network and scripts.

    It is written whole or not at all; an earlier report stays until the new one is on disk.

    Args:
        folder: an existing folder, usually the run's.
        data: what the report tells.

    Returns:
        The path of the page.

    Raises:
        ImportError: when matplotlib or jinja2 is absent.
        OSError: when the folder does not exist or the disk is full.

    Example:
        >>> import tempfile
        >>> data = ReportData(
        ...     name="coins", task="binary", target="side", rows=4, split={"train": 2, "test": 2},
        ...     columns=[ColumnRow("weight", "number")], layers=[LayerRow("0", "Linear", (1,), 2)],
        ...     history={"loss": [0.7, 0.6]}, metrics={"test": {"accuracy": 0.5}}, baseline={"accuracy": 0.5},
        ...     y_true=[0, 1], y_pred=[1, 1], scores=[0.6, 0.7], classes=["head", "tail"],
        ...     training={"seed": 0}, seconds=0.1, stopped="All 2 epochs were run.",
        ...     command="pellucid train coins")
        >>> write_report(tempfile.mkdtemp(), data).name
        'report.html'
    """
    path = Path(folder) / "report.html"
    text = render(data)
    with atomic_write(path) as file:
        file.write(text)
    return path


def render(data: ReportData) -> str:
    """Give the page as text."""
    jinja2 = require("jinja2", "plot")
    # Autoescape: names of columns and classes come from files of strangers.
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": _number, "duration": _duration, "metric": _metric, "share": _share}
    source = files("pellucid.plot").joinpath("templates/report.html.jinja").read_text(encoding="utf-8")
    pictures = {key: jinja2.utils.markupsafe.Markup(svg) for key, svg in _pictures(data).items()}
    kinds: dict[str, int] = {}
    for column in data.columns:
        if not column.left_out:
            kinds[column.kind] = kinds.get(column.kind, 0) + 1
    parts = [part for part in PARTS if part in data.metrics]
    page: str = environment.from_string(source).render(
        data=data,
        pictures=pictures,
        kinds=kinds,
        left_out=[column for column in data.columns if column.left_out],
        missing=[column for column in data.columns if column.missing and not column.left_out],
        parts=parts,
        part_names=PARTS,
        metric_names=list(dict.fromkeys(name for part in parts for name in data.metrics[part])),
        per_class=_per_class(data),
        epochs=max((len(values) for values in data.history.values()), default=0),
    )
    return page


def _pictures(data: ReportData) -> dict[str, str]:
    """Draw every picture that this task has, by the name under which the template shows it."""
    from pellucid import plot

    wanted: dict[str, tuple[str, Callable[[], Axes]]] = {}
    for quantity in dict.fromkeys(key.removeprefix("validation_") for key in data.history):
        title = {"lr": "learning rate"}.get(quantity, quantity)
        if any(math.isfinite(v) for k in (quantity, f"validation_{quantity}") for v in data.history.get(k, ())):
            wanted[f"curve-{quantity}"] = (
                f"{title}, epoch by epoch",
                partial(plot.learning_curves, data.history, quantity, best_epoch=data.best_epoch),
            )
    if data.sizes:
        wanted["network"] = ("diagram of the network", lambda: plot.network(data.sizes))
    y, p, names = data.y_true, data.y_pred, list(data.classes)
    if data.classification:
        wanted["confusion"] = ("confusion matrix", lambda: plot.confusion_matrix((y, p), names))
        if data.scores is not None and len(np.unique(np.asarray(y))) > 1:
            s = data.scores
            wanted["roc"] = ("ROC curve", lambda: plot.roc(y, s, names))
            wanted["pr"] = ("precision-recall curve", lambda: plot.precision_recall(y, s, names))
            wanted["calibration"] = ("calibration", lambda: plot.calibration(y, s, names))
    elif data.task == "regression":
        predictions_vs_truth = partial(plot.predictions_vs_truth, name=data.target, unit=data.unit)
        residuals = partial(plot.residuals, name=data.target, unit=data.unit)
        wanted["truth"] = ("predictions against truth", lambda: predictions_vs_truth(y, p))
        wanted["residuals"] = ("residuals", lambda: residuals(y, p))
    with page():
        return {key: inline_svg(draw(), key, text) for key, (text, draw) in wanted.items()}


def _per_class(data: ReportData) -> list[dict[str, Any]]:
    """Give precision, recall, F1 and rows of each class; None where a class was never there or never said."""
    if not data.classification:
        return []
    metrics = require("sklearn.metrics", "tabular")
    precision, recall, f1, rows = metrics.precision_recall_fscore_support(
        data.y_true, data.y_pred, labels=np.arange(len(data.classes)), zero_division=np.nan
    )
    return [
        {"name": name, "precision": precision[c], "recall": recall[c], "f1": f1[c], "rows": int(rows[c])}
        for c, name in enumerate(data.classes)
    ]


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
