"""The settings of a run as options of the command line: their help, their defaults, there and back."""

import csv
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import typer

from pellucid._files import read_json
from pellucid.data import embedded_names
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds import defaults_of
from pellucid.train.run_folder import RunError

__all__ = ["as_options", "command_of", "config_of", "differing", "flag", "given_settings", "option", "read_settings"]


def _default(name: str) -> Any:
    field = next(f for f in fields(RunConfig) if f.name == name)
    return None if field.default is MISSING else field.default


def flag(name: str) -> str:
    """Return the option that stands for a setting.

    Example:
        >>> flag("batch_size"), flag("kinds")
        ('--batch-size', '--kind')
    """
    return "DATA" if name == "data" else "--kind" if name == "kinds" else f"--{name.replace('_', '-')}"


def option(name: str, help: str, metavar: str | None = None, panel: str = "Training") -> Any:
    """Return the option of a setting, its default in its help; not given it is None, so that files can tell."""
    default = _default(name)
    if isinstance(default, bool):
        names, metavar = f"{flag(name)}/--no-{flag(name)[2:]}", None
    else:
        names = flag(name)
        if default not in (None, ()):
            help = f"{help} (default {default:g})" if isinstance(default, float) else f"{help} (default {default})"
    return typer.Option(names, help=help, metavar=metavar, show_default=False, rich_help_panel=panel)


def _names(texts: list[str]) -> tuple[str, ...]:
    """Split `a,b`; a name that has a comma in it is put in quotation marks, as in CSV."""
    return tuple(name for row in csv.reader(texts, skipinitialspace=True) for name in row if name)


def _units(text: str) -> tuple[int, ...]:
    if text.strip().lower() == "none":
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(
            f"hidden must be numbers of units such as 64,32, or none for no hidden layer, got {text!r}"
        ) from None


def _number(name: str, what: str = "a number") -> Callable[[str], float]:
    """Return what reads a setting: whole numbers stay whole, for a size of 50 is not one of 50.0."""

    def convert(text: str) -> float:
        for kind in (int, float):
            with suppress(ValueError):
                return kind(text)
        raise ConfigError(f"{name} must be {what}, got {text!r}")

    return convert


def _kinds(texts: list[str]) -> dict[str, str]:
    kinds = {}
    for text in texts:
        column, equals, kind = text.rpartition("=")
        if not equals or not column or not kind:
            raise ConfigError(f"kinds must be given as COLUMN=KIND, such as age=number, got {text!r}")
        kinds[column] = kind
    return kinds


_SIZE = "a share such as 0.2 or a number of rows"
CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "hidden": _units,
    "drop": _names,
    "kinds": _kinds,
    "test_size": _number("test_size", _SIZE),
    "validation_size": _number("validation_size", _SIZE),
    **{name: _number(name) for name in ("dropout", "lr", "momentum", "weight_decay", "l1", "clip_norm", "quantile")},
    **{name: _number(name, "a whole number") for name in ("epochs", "batch_size", "patience", "seed")},
    **{name: _number(name, "a whole number") for name in ("image_size", "vocabulary", "max_length", "context")},
    **{name: _number(name, "a whole number") for name in ("horizon", "window", "season")},
}


def given_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the command line states, converted; `values` are the command's parameters.

    Raises:
        ConfigError: when one cannot be converted.
    """
    given = {f.name: values[f.name] for f in fields(RunConfig) if values[f.name] not in (None, [], ())}
    return {name: CONVERTERS.get(name, lambda value: value)(value) for name, value in given.items()}


def read_settings(path: str) -> dict[str, Any]:
    """Return what a settings file holds: `settings`, and what else is known if it is a run's config.json.

    Raises:
        RunError: when there is no such file or it is no JSON object.
    """
    if Path(path).is_dir():
        path = str(Path(path) / "config.json")
    try:
        content = read_json(path)
    except OSError as error:
        raise RunError(f"--config {path}: {error.strerror}") from None
    except ValueError as error:
        raise RunError(str(error)) from None
    if not isinstance(content, dict) or not isinstance(content.get("settings", {}), dict):
        raise RunError(f'{path} holds no settings; they are written as {{"data": "iris", "lr": 0.01}}')
    return content if "settings" in content else {"settings": content}


def config_of(given: Mapping[str, Any], stored: Mapping[str, Any], path: str | None) -> RunConfig:
    """Return the settings: those given on the command line, over those stored in a file, over the defaults.

    Raises:
        ConfigError: when one cannot be; RunError where it is one that the file states, or the data are standard
            input, which cannot be read twice.
    """
    if "data" not in stored and "data" not in given:
        raise RunError(f"DATA is missing: give a file, a folder of pictures, or one of {', '.join(embedded_names())}")
    try:
        config = RunConfig.from_json({**defaults_of({**stored, **given}), **stored, **given})
    except ConfigError as error:
        if path is None or str(error).split()[0] in given:
            raise
        raise RunError(f"{path}: {error}") from None
    if config.data == "-":
        raise RunError("a run must be able to read its data again, so not from standard input; give a file")
    return config


_OF_SEARCH = {"trials", "timeout", "cv", "method", "pruner", "metric"}


def as_options(message: str) -> str:
    """Write settings as the options that stand for them: the first word, and those with an underscore.

    Example:
        >>> as_options("lr must be a positive number, got -1.0")
        '--lr must be a positive number, got -1.0'
    """
    names = {f.name for f in fields(RunConfig)} - {"data"} | _OF_SEARCH
    first, *rest = message.split(" ")
    inner = [re.sub(r"\w+", lambda m: flag(m[0]) if m[0] in names and "_" in m[0] else m[0], word) for word in rest]
    return " ".join([flag(first) if first in names else first, *inner])


def differing(config: RunConfig) -> dict[str, Any]:
    """Return the settings that are not at their defaults."""
    standard = RunConfig(data=config.data).to_json()
    return {k: v for k, v in config.to_json().items() if k == "data" or v != standard[k]}


def command_of(config: RunConfig) -> str:
    """Return what to type to train with these settings.

    Example:
        >>> command_of(RunConfig(data="my file.csv", target="y", hidden=(8, 4), batch_norm=True))
        "pellucid train 'my file.csv' --target y --hidden 8,4 --batch-norm"
    """
    words = ["pellucid", "train", config.data]
    for name, value in differing(config).items():
        if name == "kinds":
            words += [word for column, kind in value.items() for word in ("--kind", f"{column}={kind}")]
        elif isinstance(value, bool):
            words.append(flag(name if value else f"no_{name}"))
        elif name != "data":
            words += [flag(name), _as_text(name, value)]
    return shlex.join(words)


def _as_text(name: str, value: Any) -> str:
    if name == "hidden":
        return ",".join(map(str, value)) or "none"
    if isinstance(value, list):
        return ",".join('"{}"'.format(v.replace('"', '""')) if set(v) & set(',"') else v for v in value)
    return str(value)
