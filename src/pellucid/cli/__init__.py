"""The command `pellucid`: train, evaluate, predict, info."""

import sys
from collections.abc import Sequence

from pellucid._extras import found

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: a fault of Pellucid's own. 2: something given cannot be used, and one or two lines on standard
    error say what. 130: ended by Ctrl-C.

    Args:
        arguments: what follows the command's name; those of this process by default.

    Example:
        >>> main(["--version"])
        pellucid 0.1.0
        0
    """
    if not found("cli"):
        sys.stderr.write('The command line needs typer and rich; install them with: pip install "pellucid[cli]"\n')
        return 2
    try:
        from pellucid.cli.invoke import invoke

        return invoke(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:  # while the libraries were being loaded
        sys.stderr.write("Interrupted.\n")
        return 130
