"""The settings of a run as options that several commands take."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from pellucid.cli.settings import given_settings, option
from pellucid.data import embedded_names
from pellucid.data.tokenizers import TOKENIZERS
from pellucid.models.activations import ACTIVATIONS
from pellucid.optim import REGISTRY
from pellucid.train.config import CLASS_WEIGHTS, SCALINGS, SCHEDULES, SPLITS, TASKS
from pellucid.train.kinds import KINDS

__all__ = ["DATA", "NETWORK", "OTHER", "RUN", "Config", "Given", "with_settings"]

DATA, OTHER, NETWORK, RUN = "Data", "Text, pictures, series, anomalies", "Network", "Run"

Given = Mapping[str, Any]
"""The settings that the command line states, converted."""

Config = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Settings from a JSON file, or a run's config.json; options given here win.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with an option for every setting of a run before its own.

    Those that are stated come to it converted, by name, as its first argument.
    """
    signature = inspect.signature(command)
    settings = inspect.signature(_settings).parameters
    parameters = [*settings.values(), *list(signature.parameters.values())[1:]]

    @wraps(command)
    def taking(**options: Any) -> Any:
        stated = {name: options.pop(name) for name in settings}
        return command(given_settings(stated), **options)

    taking.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined] # read by inspect
    taking.__annotations__ = {p.name: p.annotation for p in parameters}
    return taking


def _one_of(names: Any) -> str:
    return ", ".join(names)


def _models() -> list[str]:
    return list(dict.fromkeys(model for kind in KINDS.values() for model in kind.models))


def _settings(
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
) -> None:
    """Declare the options, in the order of the help."""
