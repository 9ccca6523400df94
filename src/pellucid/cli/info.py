"""`pellucid info`: what is installed and in use, or what a run folder holds."""

import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pellucid import __version__, kernels
from pellucid._extras import EXTRAS, found, require
from pellucid._files import read_json
from pellucid.cli import show
from pellucid.cli.options import Debug
from pellucid.cli.settings import command_of
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.run_folder import RunError, RunFiles, read_config, read_status

__all__ = ["info"]


def info(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A folder that a training left.", show_default=False)
    ] = None,
    debug: Debug = False,
) -> None:
    """Show version, engine, threads and extras; or what a run folder holds.

    Example: pellucid info runs/digits-1
    """
    del debug
    to = show.console(sys.stdout)
    if run is None:
        show.facts(to, {**_program(), **_extras()})
    else:
        show.facts(to, _run(run))
        metrics = RunFiles(run).metrics
        if metrics.is_file():
            to.print()
            show.parts(to, _object(metrics))


def _program() -> dict[str, str]:
    return {
        "pellucid": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "engine": kernels.describe_engine(),
        "threads": _threads(),
    }


def _threads() -> str:
    said = f"{os.cpu_count()} processors"
    if "OMP_NUM_THREADS" in os.environ:
        said += f", OMP_NUM_THREADS={os.environ['OMP_NUM_THREADS']}"
    try:
        control = require("threadpoolctl", "tabular")  # scikit-learn brings it
    except ImportError:
        return said
    pools = {f"{pool['internal_api']} uses {pool['num_threads']}" for pool in control.threadpool_info()}
    return ", ".join([said, *sorted(pools)])


def _extras() -> dict[str, str]:
    return {
        f"extra {name}": "found"
        if found(name)
        else f'absent; pip install "pellucid[{name}]" brings {", ".join(brings)}'
        for name, brings in EXTRAS.items()
    }


def _run(folder: str) -> dict[str, str]:
    described, files = read_config(folder), RunFiles(folder)
    try:
        config = RunConfig.from_json(described["settings"])
        data, model, target = described["data"], described["model"], described["target"]
        facts = {
            "run": folder,
            "made by": f"pellucid {described['pellucid']}",
            "data": f"{data['name']}, {data['rows']:,} rows",
            "target": f"{target['name']}, {target['task']}",
            "network": f"{'-'.join(map(str, model['sizes']))} units, {model['activation']}",
            "command": command_of(config),
        }
    except (ConfigError, LookupError, TypeError) as error:
        raise RunError(f"{files.config} was changed or damaged: {error!r}") from None
    steps = read_status(files.folder).get("steps")
    return (
        facts | {"status": _status(files)} | ({"steps": str(steps)} if steps else {}) | {"files": _files(files.folder)}
    )


def _status(files: RunFiles) -> str:
    state = read_status(files.folder)
    said = str(state.get("status", "unknown"))
    if state.get("stopped"):
        said += f": {state['stopped']}"
    if "seconds" in state:
        said += f" {state['seconds']:.1f} s of training."
    return said


def _files(folder: Path) -> str:
    """List the files of a folder with their sizes."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return ", ".join(f"{p.relative_to(folder)} ({_size(p.stat().st_size)})" for p in paths)


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KiB" if count >= 1024 else f"{count} bytes"


def _object(path: Path) -> dict[str, Any]:
    try:
        value = read_json(path)
    except ValueError as error:
        raise RunError(str(error)) from None
    if not isinstance(value, dict):
        raise RunError(f"{path} was changed or damaged: it is no JSON object")
    return value
