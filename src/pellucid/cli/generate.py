"""`pellucid generate`: a trained language model goes on with a text."""

from typing import Annotated

import typer

from pellucid.cli.options import Debug, Run
from pellucid.train.kinds.language import LanguageRun
from pellucid.train.run_folder import RunError, load_run

__all__ = ["generate"]


def generate(
    run: Run,
    prompt: Annotated[str, typer.Option(metavar="TEXT", help="What the text begins with.", show_default=False)],
    length: Annotated[int, typer.Option(metavar="N", help="Tokens to add.", min=0)] = 200,
    temperature: Annotated[float, typer.Option(metavar="T", help="Below 1 plainer, above wilder; 0: likeliest.")] = 0.8,
    top_k: Annotated[int | None, typer.Option(metavar="K", help="Among the K likeliest only.")] = None,
    top_p: Annotated[float | None, typer.Option(metavar="P", help="Among the likeliest of this share.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of what is drawn; the same seed, the same text.")] = 0,
    debug: Debug = False,
) -> None:
    """Write a text, token after token, with a network that `pellucid train book.txt` left.

    Example: pellucid generate runs/book-1 --prompt "Once upon" --length 300
    """
    del debug
    trained = load_run(run)
    if not isinstance(trained, LanguageRun):
        raise RunError(f"{run} is no language model and writes no text; use it with: pellucid predict {run} DATA")
    typer.echo(trained.generate(prompt, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed))
