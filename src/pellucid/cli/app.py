"""The commands, put together."""

from typing import Annotated

import typer

from pellucid._version import __version__
from pellucid.cli.ctrl_c import ctrl_c_as_error
from pellucid.cli.evaluate import evaluate
from pellucid.cli.generate import generate
from pellucid.cli.info import info
from pellucid.cli.lr_find import lr_find
from pellucid.cli.predict import predict
from pellucid.cli.train import train
from pellucid.cli.tune import tune

__all__ = ["app"]

app = typer.Typer(
    name="pellucid",
    help="Neural networks you can read, at a speed you can use. Begin with: pellucid train digits",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (train, lr_find, tune, evaluate, predict, generate, info):
    app.command()(ctrl_c_as_error(command))


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Show the version or, where no command is given, the help."""
    if version:
        typer.echo(f"pellucid {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
