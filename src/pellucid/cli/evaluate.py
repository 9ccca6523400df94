"""`pellucid evaluate`: how good a trained network is on a table with answers."""

import json
import sys
from typing import Annotated

import typer

from pellucid.cli import show
from pellucid.cli.options import Debug, Run, Table
from pellucid.cli.tables import naming
from pellucid.train.run_folder import load_run, read_config

__all__ = ["evaluate"]


def evaluate(
    run: Run,
    data: Table,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Judge a trained network on a table that has the target column too.

    Example: pellucid evaluate runs/customers-1 customers-2025.csv
    """
    del debug
    trained = load_run(run)
    with naming(data):
        content, digest = trained.read(data)
        metrics = trained.evaluate(content)
    if digest == read_config(run)["data"]["sha256"]:
        show.say(
            show.console(sys.stderr),
            f"note: {run} was trained on most of these very rows, so this says little about new ones; what it reached "
            "on rows kept apart is in its metrics.json",
        )
    if as_json:
        typer.echo(json.dumps(metrics, indent=2, ensure_ascii=False))
    else:
        show.scores(show.console(sys.stdout), metrics)
