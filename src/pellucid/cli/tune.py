"""`pellucid tune`: a search for good settings, and the best of them trained and left in a folder."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pellucid._extras import require
from pellucid._files import read_json
from pellucid.cli import search_page, show
from pellucid.cli.codes import INTERRUPTED
from pellucid.cli.folders import new_folder
from pellucid.cli.options import Debug
from pellucid.cli.run_options import RUN, Config, Given, with_settings
from pellucid.cli.settings import config_of, read_settings
from pellucid.cli.tables import naming
from pellucid.cli.train import describe, finish
from pellucid.cli.trials import watching
from pellucid.train.callbacks import progress
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.run import refuse_taken
from pellucid.train.run_folder import RunError
from pellucid.tune import DIRECTIONS, METHODS, PRUNERS, Search, SearchResult, parse_space, retrain, run_search

__all__ = ["tune"]

SEARCH = "Search"
ENDING = ".journal"


def _option(help: str, metavar: str) -> Any:
    return typer.Option(metavar=metavar, help=help, show_default=False, rich_help_panel=SEARCH)


@with_settings
def tune(
    given: Given,
    trials: Annotated[int | None, _option("Settings to try (default 50, or the whole grid).", "N")] = None,
    timeout: Annotated[float | None, _option("No trial begins after so many seconds.", "SECONDS")] = None,
    cv: Annotated[int | None, _option("Folds; 1 for one validation part (default 5 for tables).", "N")] = None,
    method: Annotated[str | None, _option(f"{', '.join(METHODS)} (default tpe).", "NAME")] = None,
    pruner: Annotated[str | None, _option(f"Ends trials early: {', '.join(PRUNERS)}.", "NAME")] = None,
    metric: Annotated[str | None, _option(f"What counts: {', '.join(DIRECTIONS)}.", "NAME")] = None,
    space: Annotated[str | None, _option("JSON file of what is chosen, from what; or a tune.json.", "FILE")] = None,
    study: Annotated[
        str | None,
        _option("File (.journal, .db) or database URL of the trials, to share or continue (default: new).", "STUDY"),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="New folder (default runs/DATA-N).", show_default=False, rich_help_panel=RUN),
    ] = None,
    config: Config = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show the result only.", rich_help_panel=RUN)] = False,
    debug: Debug = False,
) -> int:
    """Search for good settings by cross-validation, train the best, and leave it in a folder.

    Settings given here stay as they are, unless a space in a file names them. The same study given again is
    continued, and shared where several processes are given it.

    Example: pellucid tune customers.csv --target churned --trials 50 --timeout 600
    """
    del debug
    require("optuna", "tune")
    stored = _stored(study, config)
    settings = config_of(given, stored.get("settings", {}), config)
    options = {"trials": trials, "cv": cv, "method": method, "pruner": pruner, "metric": metric}
    search = replace(_search(settings, stored, space, options, given), timeout=timeout)
    if out is not None:
        refuse_taken(out)
    place: AbstractContextManager[Path] = (
        new_folder(settings.data, beside="" if study else ENDING) if out is None else nullcontext(Path(out))
    )
    with place as folder, naming(settings.data):
        where = study or f"{folder}{ENDING}"
        with _saying_how_to_go_on(where), watching(sys.stderr, quiet=quiet) as watch:
            result = run_search(search, where, watch)
        return _finish(result, folder, quiet=quiet)


def _stored(study: str | None, config: str | None) -> dict[str, Any]:
    """Return what is known of the search before the options: of the study that is continued, or of a file."""
    from pellucid.tune.place import stored_search

    begun = None if study is None else stored_search(study)
    if begun is None:
        return {} if config is None else read_settings(config)
    if config is not None:
        raise RunError(f"--study {study} has its settings already; leave out --config")
    return begun | {"settings": {**begun["settings"], "data": begun["data"]}}


def _search(
    settings: RunConfig, stored: Mapping[str, Any], space: str | None, options: Mapping[str, Any], given: Given
) -> Search:
    """Return the search: the options, over those of the study that is continued, over the defaults."""
    known = {name: stored[name] for name in options if stored.get(name) is not None}
    known |= {name: value for name, value in options.items() if value is not None}
    if space is not None:
        try:
            return Search(config=settings, space=parse_space(_read_space(space), settings), **known)
        except ConfigError as error:
            raise ConfigError(f"--space {space}: {error}") from None
    if "space" in stored:
        return Search(config=settings, space=parse_space(stored["space"], settings), **known)
    search = Search(config=settings, **known)
    # What is given is not to be searched.
    fixed = {*given, *(("layers", "units") if "hidden" in given else ())}
    left = {name: values for name, values in search.space.items() if name not in fixed}
    if not left:
        raise ConfigError("nothing is left to search: all that the default space names is given; write a --space FILE")
    return replace(search, space=left, trials=known.get("trials"))


def _read_space(path: str) -> Any:
    """Return the space that a file holds, by itself or as the `tune.json` of a search."""
    try:
        content = read_json(path)
    except OSError as error:
        raise RunError(f"--space {path}: {error.strerror}") from None
    return content["space"] if isinstance(content, dict) and "space" in content else content


def _finish(result: SearchResult, folder: Path, *, quiet: bool) -> int:
    """Show what was found, train it, and return the exit code."""
    out, note = show.console(sys.stdout), show.console(sys.stderr)
    again = f"Continue with: {_command(str(result.study))}"
    if result.elsewhere:
        what = "another process finishes" if not result.complete else "the process that ended last trains the best of"
        show.say(out, f"{len(result.trials)} trials are done; {what} this search.")
        return INTERRUPTED if result.interrupted else 0
    _show_best(out, result)
    if result.interrupted:
        show.say(note, "Interrupted; the best so far is now trained (Ctrl-C once more ends that too).")
    run = retrain(result, folder, [] if quiet else [progress(sys.stderr)], on_prepared=None if quiet else describe)
    code = finish(run)
    try:
        show.facts(out, {"the search": str(search_page.write(result, run))})
    except ImportError as error:  # a search without pictures is a search
        show.facts(out, {"the search": f"{run.folder / 'tune.json'}; no page: {error}"})
    if not result.complete:
        show.say(note, f"{len(result.trials)} of {result.search.wanted} trials are done. {again}")
    return INTERRUPTED if result.interrupted else code


def _show_best(out: Any, result: SearchResult) -> None:
    from pellucid.cli.trials import scored, settings_text

    best, metric = result.best, str(result.search.metric).replace("_", " ")
    facts = {f"best trial of {len(result.trials)}": f"{best.number}, {metric} {scored(best)}"}
    if result.given is not None:
        facts["settings as given"] = f"{metric} {scored(result.given)}"
    facts["chosen"] = settings_text(best.parameters)
    facts["study"] = str(result.study)
    show.facts(out, facts)
    out.print()


def _command(study: str) -> str:
    from pellucid.tune.place import shown

    return f"pellucid tune --study {shlex.quote(shown(study))}"


@contextmanager
def _saying_how_to_go_on(study: str) -> Iterator[None]:
    """Add to what ends a search early that its trials are kept."""
    try:
        yield
    except (OSError, RuntimeError, KeyboardInterrupt) as error:
        if "://" in study or Path(study).exists():
            error.add_note(f"The trials until then are kept. Continue with: {_command(study)}")
        raise
