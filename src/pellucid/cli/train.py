"""`pellucid train`: from data to a trained, evaluated network in a folder."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli import report, show
from pellucid.cli.codes import INTERRUPTED
from pellucid.cli.folders import new_folder
from pellucid.cli.options import Debug
from pellucid.cli.run_options import RUN, Config, Given, with_settings
from pellucid.cli.settings import config_of, flag, read_settings
from pellucid.cli.tables import naming
from pellucid.train.callbacks import Callback, TrainingDivergedError, progress
from pellucid.train.kinds import Prepared
from pellucid.train.run import RunResult, resume_run, train_run
from pellucid.train.run_folder import RunError, RunFiles
from pellucid.train.trainer import Trainer

__all__ = ["describe", "finish", "train"]


@with_settings
def train(
    given: Given,
    out: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="New folder (default runs/DATA-N).", show_default=False, rich_help_panel=RUN),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Continue an interrupted run.", show_default=False, rich_help_panel=RUN),
    ] = None,
    config: Config = None,
    checkpoint_every_steps: Annotated[
        int | None,
        typer.Option(metavar="N", help="Checkpoints also inside of epochs.", show_default=False, rich_help_panel=RUN),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show the result only.", rich_help_panel=RUN)] = False,
    debug: Debug = False,
) -> int:
    """Train a network on a table, pictures, text or a series, judge it, and leave everything in a folder.

    Example: pellucid train customers.csv --target churned --hidden 64,32
    """
    del debug
    callbacks: list[Callback] = [] if quiet else [progress(sys.stderr)]
    if resume is not None:
        others = {"out": out, "config": config, "checkpoint_every_steps": checkpoint_every_steps}
        refused = [*given, *(name for name, value in others.items() if value is not None)]
        if refused:
            raise RunError(
                f"--resume continues {resume} with its own settings; leave out {', '.join(map(flag, refused))}"
            )
        with _saying_how_to_go_on(resume), naming(resume):
            return finish(resume_run(resume, callbacks, on_prepared=None if quiet else describe))
    if checkpoint_every_steps is not None and checkpoint_every_steps < 1:
        raise RunError(f"--checkpoint-every-steps must be at least 1, got {checkpoint_every_steps}")
    stored = {} if config is None else read_settings(config)
    settings = config_of(given, stored.get("settings", {}), config)

    def before(prepared: Prepared, trainer: Trainer) -> None:
        if not quiet:
            describe(prepared, trainer)
        if "data" not in given and stored.get("data", {}).get("sha256", prepared.sha256) != prepared.sha256:
            _note(f"note: {settings.data} has changed since the run of {config}; this is no exact repetition")

    if out is None and Path(settings.data).resolve() == Path.cwd():
        raise RunError(f"{settings.data} is the folder in which runs/ is made, which would be a class; give --out RUN")
    place: AbstractContextManager[Path] = new_folder(settings.data) if out is None else nullcontext(Path(out))
    every = checkpoint_every_steps or stored.get("checkpoint_every_steps")
    with place as folder, _saying_how_to_go_on(folder), naming(settings.data):
        return finish(train_run(settings, folder, callbacks, on_prepared=before, checkpoint_every_steps=every))


def _note(text: str) -> None:
    show.say(show.console(sys.stderr), text)


def describe(prepared: Prepared, trainer: Trainer) -> None:
    """Show what goes into the training before it begins."""
    to = show.console(sys.stderr)
    show.columns(to, prepared)
    to.print()
    show.facts(to, {**prepared.facts(), "network": show.network(trainer.model)})
    to.print()


def finish(result: RunResult) -> int:
    """Write the report, show the result, and return the exit code."""
    try:
        page = str(report.write(result))
    except ImportError as error:  # a run without pictures is a run
        page = f"none: {error}"
    to = show.console(sys.stdout)
    show.result(to, result)
    for warning in result.warnings:
        show.say(to, f"warning: {warning}")
    to.print()
    run = shlex.quote(str(result.folder))
    use = {
        "language": f"pellucid generate {run} --prompt TEXT",
        "images": f"pellucid predict {run} PICTURES -o predictions.csv",
        "series": f"pellucid predict {run} SERIES.csv -o forecast.csv",
    }.get(result.prepared.kind, f"pellucid predict {run} NEW.csv -o predictions.csv")
    show.facts(to, {"run folder": str(result.folder), "report": page, "use it": use})
    if result.interrupted:
        _note(f"Interrupted; the best weights so far are kept. {_how_to_go_on(result.folder)}")
        return INTERRUPTED
    return 0


def _how_to_go_on(folder: str | Path) -> str:
    return f"Continue with: pellucid train --resume {shlex.quote(str(folder))}"


@contextmanager
def _saying_how_to_go_on(folder: str | Path) -> Iterator[None]:
    """Add to what ends a training early what can be done about it."""
    try:
        yield
    except TrainingDivergedError as error:
        error.add_note(f"The epochs until then are in {folder}; train anew with, for example, a tenth of the --lr.")
        raise
    except (OSError, KeyboardInterrupt) as error:
        if RunFiles(folder).config.exists():
            error.add_note(_how_to_go_on(folder))
        raise
