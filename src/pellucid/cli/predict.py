"""`pellucid predict`: a trained network's answers for the rows of a table."""

import sys
from typing import Annotated

import typer

from pellucid.cli import show, tables
from pellucid.cli.options import Debug, Run, Table
from pellucid.train.run_folder import load_run

__all__ = ["predict"]


def predict(
    run: Run,
    data: Table,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="CSV or Parquet file to write; without it, CSV on standard output.",
            show_default=False,
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Add a network's predictions, and the probabilities of classes, to the columns of a table.

    Example: pellucid predict runs/customers-1 new.csv -o predicted.csv
    """
    del debug
    if output is not None and output != "-":
        tables.check_output(output, data)
    trained = load_run(run)
    with tables.naming(data):
        content, _ = trained.read(data)
        predicted = trained.predict(content)
    to = show.console(sys.stderr)
    for note in trained.notes(content):
        show.say(to, f"note: {note}")
    tables.write(predicted, output)
    if output is not None and output != "-":
        show.say(to, f"{len(predicted):,} rows written to {output}")
