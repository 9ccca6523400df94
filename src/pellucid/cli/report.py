"""The report of a run, put together from what the run came to."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pellucid import __version__, kernels
from pellucid.cli.settings import command_of
from pellucid.inspect import summary
from pellucid.models import MLP
from pellucid.plot.report_data import ColumnRow, LayerRow, ReportData
from pellucid.train.kinds import Prepared
from pellucid.train.run import RunResult

__all__ = ["column_rows", "report_of", "write"]


def column_rows(prepared: Prepared, dropped: Sequence[str] = ()) -> list[ColumnRow]:
    """Return every input column as it was used, its missing values counted over all rows."""
    return [ColumnRow(*c) for c in prepared.columns()] + [ColumnRow(str(c), "", 0, "dropped as asked") for c in dropped]


def report_of(result: RunResult) -> ReportData:
    """Return what the report tells of a run."""
    config, prepared = result.config, result.prepared
    model: Any = result.model
    layers = summary(model, prepared.example()).layers
    fields: dict[str, Any] = {
        "name": prepared.name,
        "rows": prepared.rows,
        "columns": column_rows(prepared, config.drop),
        "split": prepared.sizes(),
        "layers": [LayerRow(row.path, row.kind, (row.output_shape or (1,))[1:], row.parameters) for row in layers],
        "history": dict(result.history),
        # What belongs to one class has a table of its own.
        "metrics": {part: {k: v for k, v in m.items() if "/" not in k} for part, m in result.metrics.items()},
        "baseline": result.baseline,
        "sizes": model.sizes if isinstance(model, MLP) else (),
        "training": _training(result),
        "seconds": result.seconds,
        # Which epoch's weights were kept is a sentence of the report's own.
        "stopped": result.history.stopped.partition(" The weights of epoch")[0],
        "best_epoch": result.history.best_epoch,
        "warnings": result.warnings,
        "command": command_of(config),
        "environment": {
            "Pellucid": __version__,
            "Python": platform.python_version(),
            "NumPy": np.__version__,
            "engine": kernels.get_engine(),
        },
        "noun": prepared.noun,
        "guess": prepared.guess(),
    }
    return ReportData(**(fields | prepared.answers(result.outputs, result.metrics["test"])))


def _training(result: RunResult) -> dict[str, Any]:
    config = result.config
    shown = {
        "optimizer": config.optimizer,
        "learning rate": config.lr,
        "momentum": config.momentum,
        "schedule": config.schedule,
        "batch size": config.batch_size,
        "epochs at most": config.epochs,
        "patience": config.patience,
        "activation": config.activation,
        "dropout": config.dropout,
        "batch norm": config.batch_norm,
        "weight decay": config.weight_decay,
        "L1 penalty": config.l1,
        "gradient norm at most": config.clip_norm,
        "class weight": config.class_weight,
        "scaling": config.scaling,
        "split": config.split,
        "seed": config.seed,
    }
    unused = (None, False, "none")
    return {k: v for k, v in shown.items() if k in ("learning rate", "seed") or (v not in unused and v != 0)}


def write(result: RunResult) -> Path:
    """Write `report.html` into the run folder.

    Raises:
        ImportError: when matplotlib or jinja2 is absent.
    """
    from pellucid.plot import write_report

    return write_report(result.folder, report_of(result))
