"""`pellucid train`: from data to a trained, evaluated network in a folder."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from pellucid.cli import report, show
from pellucid.cli.codes import INTERRUPTED
from pellucid.cli.folders import new_folder
from pellucid.cli.options import Debug
from pellucid.cli.settings import config_of, flag, given_settings, option, read_settings
from pellucid.cli.tables import naming
from pellucid.data import embedded_names
from pellucid.data.tokenizers import TOKENIZERS
from pellucid.models.activations import ACTIVATIONS
from pellucid.optim import REGISTRY
from pellucid.train.callbacks import Callback, TrainingDivergedError, progress
from pellucid.train.config import CLASS_WEIGHTS, SCALINGS, SCHEDULES, SPLITS, TASKS
from pellucid.train.kinds import KINDS, Prepared
from pellucid.train.run import RunResult, resume_run, train_run
from pellucid.train.run_folder import RunError, RunFiles
from pellucid.train.trainer import Trainer

__all__ = ["train"]

DATA, OTHER, NETWORK, RUN = "Data", "Text, pictures, series, anomalies", "Network", "Run"


def _one_of(names: Any) -> str:
    return ", ".join(names)


def _models() -> list[str]:
    return list(dict.fromkeys(model for kind in KINDS.values() for model in kind.models))


def train(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="Table (CSV, Parquet), folder of pictures by class, text file, or an embedded data set: "
            f"{_one_of(embedded_names())}.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        str | None, option("target", "Column to predict; embedded data sets know theirs.", "COLUMN", DATA)
    ] = None,
    task: Annotated[str | None, option("task", f"{_one_of(TASKS)}.", "TASK", DATA)] = None,
    scaling: Annotated[str | None, option("scaling", f"Of numbers: {_one_of(SCALINGS)}.", "HOW", DATA)] = None,
    drop: Annotated[list[str] | None, option("drop", "Columns to leave out.", "A,B", DATA)] = None,
    kinds: Annotated[
        list[str] | None,
        option("kinds", "Kind of a column: number, category, binary, date, id. Repeatable.", "COLUMN=KIND", DATA),
    ] = None,
    split: Annotated[str | None, option("split", f"How rows are divided: {_one_of(SPLITS)}.", "HOW", DATA)] = None,
    split_column: Annotated[
        str | None, option("split_column", "Column of times or groups to divide by.", "COLUMN", DATA)
    ] = None,
    stratify: Annotated[
        bool | None, option("stratify", "Keep the classes' shares the same in all parts.", panel=DATA)
    ] = None,
    test_size: Annotated[str | None, option("test_size", "Share or number of test rows.", "SIZE", DATA)] = None,
    validation_size: Annotated[
        str | None, option("validation_size", "Share or number of validation rows.", "SIZE", DATA)
    ] = None,
    text_column: Annotated[str | None, option("text_column", "Column of text to read.", "COLUMN", OTHER)] = None,
    tokenizer: Annotated[str | None, option("tokenizer", f"{_one_of(TOKENIZERS)}.", "NAME", OTHER)] = None,
    vocabulary: Annotated[str | None, option("vocabulary", "Different tokens at most.", "N", OTHER)] = None,
    max_length: Annotated[str | None, option("max_length", "Tokens of a text that are read.", "N", OTHER)] = None,
    context: Annotated[str | None, option("context", "Tokens a language model sees.", "N", OTHER)] = None,
    image_size: Annotated[str | None, option("image_size", "Pixels a side (default: median).", "N", OTHER)] = None,
    augment: Annotated[bool | None, option("augment", "Vary training pictures.", panel=OTHER)] = None,
    time: Annotated[str | None, option("time", "Column of a series' dates.", "COLUMN", OTHER)] = None,
    horizon: Annotated[str | None, option("horizon", "Values of a series to forecast.", "N", OTHER)] = None,
    window: Annotated[str | None, option("window", "Values of its past to see.", "N", OTHER)] = None,
    season: Annotated[str | None, option("season", "Values of one season.", "N", OTHER)] = None,
    normal: Annotated[str | None, option("normal", "Class that an autoencoder learns.", "CLASS", OTHER)] = None,
    quantile: Annotated[
        str | None, option("quantile", "Share of normal rows below the threshold.", "SHARE", OTHER)
    ] = None,
    model: Annotated[str | None, option("model", f"{_one_of(_models())}.", "NAME", NETWORK)] = None,
    hidden: Annotated[
        str | None,
        option("hidden", "Units of the hidden layers; none for a linear model (default: suggested).", "64,32", NETWORK),
    ] = None,
    activation: Annotated[str | None, option("activation", f"{_one_of(ACTIVATIONS)}.", "NAME", NETWORK)] = None,
    dropout: Annotated[str | None, option("dropout", "Share of hidden units dropped.", "SHARE", NETWORK)] = None,
    batch_norm: Annotated[bool | None, option("batch_norm", "Normalise hidden layers.", panel=NETWORK)] = None,
    optimizer: Annotated[str | None, option("optimizer", f"{_one_of(REGISTRY)}.", "NAME")] = None,
    lr: Annotated[str | None, option("lr", "Learning rate.", "RATE")] = None,
    momentum: Annotated[str | None, option("momentum", "Of sgd and rmsprop.", "SHARE")] = None,
    schedule: Annotated[str | None, option("schedule", f"Of the rate: {_one_of(SCHEDULES)}.", "NAME")] = None,
    weight_decay: Annotated[str | None, option("weight_decay", "L2 decay of the weights.", "WEIGHT")] = None,
    l1: Annotated[str | None, option("l1", "L1 penalty on the weights.", "WEIGHT")] = None,
    clip_norm: Annotated[str | None, option("clip_norm", "Bound of the gradients' norm.", "NORM")] = None,
    epochs: Annotated[str | None, option("epochs", "Passes over the rows at most.", "N")] = None,
    batch_size: Annotated[str | None, option("batch_size", "Rows of a step.", "N")] = None,
    patience: Annotated[str | None, option("patience", "Epochs without improvement before the end.", "N")] = None,
    class_weight: Annotated[
        str | None, option("class_weight", f"Of classes in the loss: {_one_of(CLASS_WEIGHTS)}.", "HOW")
    ] = None,
    seed: Annotated[str | None, option("seed", "Of everything random.", "N", RUN)] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="New folder (default runs/DATA-N).", show_default=False, rich_help_panel=RUN),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Continue an interrupted run.", show_default=False, rich_help_panel=RUN),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Settings from a JSON file, or a run's config.json; options given here win.",
            show_default=False,
            rich_help_panel=RUN,
        ),
    ] = None,
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
    given = given_settings(locals())
    callbacks: list[Callback] = [] if quiet else [progress(sys.stderr)]
    if resume is not None:
        others = {"out": out, "config": config, "checkpoint_every_steps": checkpoint_every_steps}
        refused = [*given, *(name for name, value in others.items() if value is not None)]
        if refused:
            raise RunError(
                f"--resume continues {resume} with its own settings; leave out {', '.join(map(flag, refused))}"
            )
        with _saying_how_to_go_on(resume), naming(resume):
            return _finish(resume_run(resume, callbacks, on_prepared=None if quiet else _describe))
    if checkpoint_every_steps is not None and checkpoint_every_steps < 1:
        raise RunError(f"--checkpoint-every-steps must be at least 1, got {checkpoint_every_steps}")
    stored = {} if config is None else read_settings(config)
    settings = config_of(given, stored.get("settings", {}), config)
    if settings.data == "-":
        raise RunError("a run must be able to read its data again, so not from standard input; give a file")

    def before(prepared: Prepared, trainer: Trainer) -> None:
        if not quiet:
            _describe(prepared, trainer)
        if "data" not in given and stored.get("data", {}).get("sha256", prepared.sha256) != prepared.sha256:
            _note(f"note: {settings.data} has changed since the run of {config}; this is no exact repetition")

    if out is None and Path(settings.data).resolve() == Path.cwd():
        raise RunError(f"{settings.data} is the folder in which runs/ is made, which would be a class; give --out RUN")
    place: AbstractContextManager[Path] = new_folder(settings.data) if out is None else nullcontext(Path(out))
    every = checkpoint_every_steps or stored.get("checkpoint_every_steps")
    with place as folder, _saying_how_to_go_on(folder), naming(settings.data):
        return _finish(train_run(settings, folder, callbacks, on_prepared=before, checkpoint_every_steps=every))


def _note(text: str) -> None:
    show.say(show.console(sys.stderr), text)


def _describe(prepared: Prepared, trainer: Trainer) -> None:
    """Show what goes into the training before it begins."""
    to = show.console(sys.stderr)
    show.columns(to, prepared)
    to.print()
    show.facts(to, {**prepared.facts(), "network": show.network(trainer.model)})
    to.print()


def _finish(result: RunResult) -> int:
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
