"""The run folder: what a training leaves, and how it is read back without running anything."""

import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from pellucid import __version__, kernels
from pellucid._files import read_json, write_json
from pellucid._serialization import load
from pellucid._suggest import nearest
from pellucid.data import DataError
from pellucid.models import build_model
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds import KINDS, Run

__all__ = [
    "FORMAT",
    "Run",
    "RunError",
    "RunFiles",
    "environment",
    "load_run",
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


def load_run(folder: str | Path) -> Run:
    """Read a finished run; nothing in it can execute.

    Raises:
        RunError: when a file is missing, truncated, tampered with, or does not fit the others.
    """
    config, files = read_config(folder), RunFiles(folder)
    if not files.model.is_file():
        raise RunError(f"{folder} has no model.safetensors: its training is not finished; continue it with --resume")
    kind = config.get("kind", "table")  # runs of the first versions know no other
    if kind not in KINDS:
        raise RunError(f"{files.config}: there is no kind of data {kind!r}{nearest(str(kind), KINDS)}")
    try:
        model = build_model(config["model"])
        model.load_state_dict(load(files.model))
        model.eval()
        run = KINDS[kind].run.load(Path(folder), RunConfig.from_json(config["settings"]), model, config)
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
