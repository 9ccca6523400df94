"""The run folder: what a training leaves, and how it is read back without running anything."""

import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import __version__, kernels
from pellucid._extras import require
from pellucid._files import read_json, write_json
from pellucid._serialization import load
from pellucid._tensor import Array
from pellucid.data import DataError, TablePreprocessor, Target, separate_target
from pellucid.models import Model, build_model
from pellucid.train.batches import as_inputs, outputs_by_batch
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import evaluate_classes, evaluate_numbers, probabilities

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FORMAT",
    "Run",
    "RunError",
    "RunFiles",
    "environment",
    "load_run",
    "outputs_of",
    "read_config",
    "read_status",
    "write_status",
]

FORMAT = 1


class RunError(ValueError):
    """A run folder lacks something, is damaged, or does not allow what was asked."""


class RunFiles:
    """The names of a run folder's files."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.config = self.folder / "config.json"
        self.model = self.folder / "model.safetensors"
        self.history = self.folder / "history.csv"
        self.metrics = self.folder / "metrics.json"
        self.environment = self.folder / "environment.json"
        self.report = self.folder / "report.html"
        self.checkpoints = self.folder / "checkpoints"


def environment() -> dict[str, Any]:
    """Return where a run was made: versions, machine, engine, time."""
    packages = {}
    for name in ("numpy", "safetensors", "pandas", "scikit-learn", "skops", "matplotlib"):
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            packages[name] = "absent"
    return {
        "pellucid": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "engine": kernels.get_engine(),
        "packages": packages,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def read_config(folder: str | Path) -> dict[str, Any]:
    """Return what `config.json` of a run folder holds.

    Raises:
        RunError: when the folder is no run, or of a later format.
    """
    files = RunFiles(folder)
    if not files.folder.is_dir():
        raise RunError(f"there is no run folder {str(folder)!r}")
    if not files.config.is_file():
        raise RunError(f"{folder} is no run folder: it has no config.json")
    try:
        config = read_json(files.config)
    except ValueError as error:
        raise RunError(str(error)) from None
    if not isinstance(config, dict) or {"format", "settings", "model", "target", "data"} - set(config):
        raise RunError(f"{files.config} is not the configuration of a run; it was changed or damaged")
    if config["format"] != FORMAT:
        raise RunError(f"{folder} has the format {config['format']}, this version of Pellucid reads {FORMAT}")
    return config


@dataclass(frozen=True, kw_only=True)
class Run:
    """A trained network with its preprocessing, read from a run folder.

    Attributes:
        folder: where it was read from.
        config: its settings.
        model: in evaluation mode.
        preprocessor: as fitted on the training rows.
        target: the same.
    """

    folder: Path
    config: RunConfig
    model: Model
    preprocessor: TablePreprocessor
    target: Target

    def outputs(self, frame: "pd.DataFrame") -> Array:
        """Return probabilities (n, C), or predictions (n,) in the target's unit, for the rows of a table."""
        return outputs_of(self.model, self.preprocessor.transform(frame), self.target)

    def predict(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Return the table with the columns `prediction` and, for classes, `probability_NAME` added.

        Raises:
            DataError: when a column is missing, holds what the network cannot read, or has one of these names.
        """
        pd = require("pandas", "tabular")
        out = self.outputs(frame)
        if self.target.is_classification:
            added = {"prediction": self.target.inverse(out.argmax(axis=1))}
            added |= {f"probability_{c}": out[:, i] for i, c in enumerate(self.target.classes)}
        else:
            added = {"prediction": out}
        taken = [name for name in added if name in frame.columns]
        if taken:
            raise DataError(f"the table already has a column {taken[0]!r}; rename it, so that nothing is overwritten")
        return pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)

    def evaluate(self, frame: "pd.DataFrame") -> dict[str, float]:
        """Return the metrics of the predictions for a table that has the target column too."""
        features, labels, dropped = separate_target(frame, self.target.name)
        out, truth = self.outputs(features), self.target.transform(labels)
        if self.target.is_classification:
            return {"rows": len(labels), "dropped": dropped} | evaluate_classes(truth, out, self.target.classes)
        numbers = evaluate_numbers(self.target.inverse(truth), out)
        return {"rows": len(labels), "dropped": dropped} | numbers


def outputs_of(model: Model, X: Array, target: Target, batch_size: int = 1024) -> Array:
    """Return the model's answer for rows of features: probabilities, or numbers in the target's unit."""
    raw = outputs_by_batch(model, as_inputs(X, np.dtype(np.float32)), batch_size)
    return probabilities(raw) if target.is_classification else target.inverse(raw)


def load_run(folder: str | Path) -> Run:
    """Read a finished run; nothing in it can execute.

    Raises:
        RunError: when a file is missing, truncated, tampered with, or does not fit the others.
    """
    config, files = read_config(folder), RunFiles(folder)
    if not files.model.is_file():
        raise RunError(f"{folder} has no model.safetensors: its training is not finished; continue it with --resume")
    try:
        model = build_model(config["model"])
        model.load_state_dict(load(files.model))
        run = Run(
            folder=Path(folder),
            config=RunConfig.from_json(config["settings"]),
            model=model.eval(),
            preprocessor=TablePreprocessor.load(files.folder),
            target=Target.from_json(config["target"]),
        )
    except (ConfigError, DataError) as error:
        raise RunError(f"{folder}: {error}") from None
    except (RuntimeError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"{folder} cannot be read: {error}") from None
    return run


def read_status(folder: str | Path) -> dict[str, Any]:
    """Return what `write_status` wrote of a run: its "status" and what else is known.

    Raises:
        RunError: when `environment.json` is missing or damaged.
    """
    path = RunFiles(folder).environment
    try:
        state = read_json(path)["run"]
    except FileNotFoundError:
        raise RunError(f"{folder} has no environment.json, which says what became of the run") from None
    except (LookupError, TypeError, ValueError):
        state = None
    if not isinstance(state, dict):
        raise RunError(f"{path} does not say what became of the run; it was changed or damaged")
    return state


def write_status(folder: str | Path, status: str, **more: Any) -> None:
    """Write `environment.json` with what became of the run: "running", "interrupted", "failed", "finished"."""
    write_json(RunFiles(folder).environment, environment() | {"run": {"status": status, **more}})
