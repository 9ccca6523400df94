"""The report: one self-contained page about a trained network, for readers without Python."""

import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._extras import require
from pellucid._files import atomic_write
from pellucid.plot.pages import filled
from pellucid.plot.report_data import ColumnRow, LayerRow, ReportData
from pellucid.plot.svg import inline_svg, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ColumnRow", "LayerRow", "ReportData", "render", "write_report"]

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
    kinds: dict[str, int] = {}
    for column in data.columns:
        if not column.left_out:
            kinds[column.kind] = kinds.get(column.kind, 0) + 1
    parts = [part for part in PARTS if part in data.metrics]
    return filled(
        "report.html.jinja",
        _pictures(data),
        data=data,
        kinds=kinds,
        left_out=[column for column in data.columns if column.left_out],
        missing=[column for column in data.columns if column.missing and not column.left_out],
        parts=parts,
        part_names=PARTS,
        metric_names=list(dict.fromkeys(name for part in parts for name in data.metrics[part])),
        per_class=_per_class(data),
        epochs=max((len(values) for values in data.history.values()), default=0),
    )


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
