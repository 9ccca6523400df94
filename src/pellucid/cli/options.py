"""Arguments and options that several commands share."""

from typing import Annotated

import typer

__all__ = ["Debug", "Run", "Table"]

Run = Annotated[str, typer.Argument(metavar="RUN", help="The folder that a training left.", show_default=False)]
Table = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="CSV or Parquet file, embedded name, or - for standard input.", show_default=False
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
"""`invoke` looks for it itself, before the options are understood."""
