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
        frame, _ = tables.read(data)
        predicted = trained.predict(frame)
    to = show.console(sys.stderr)
    for column, values in trained.preprocessor.unseen_values(frame).items():
        more = f" and {len(values) - 5} more" if len(values) > 5 else ""
        show.say(
            to,
            f"note: column {column!r} holds values that training never saw: {', '.join(values[:5])}{more}; "
            "they count as none of the known ones",
        )
    tables.write(predicted, output)
    if output is not None and output != "-":
        show.say(to, f"{len(frame):,} rows written to {output}")
