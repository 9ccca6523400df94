"""What people see in the terminal: tables and sentences, for 80 columns and for files."""

import math
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import IO, Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from pellucid.cli.report import column_rows
from pellucid.models import MLP
from pellucid.train.kinds import Prepared
from pellucid.train.run import RunResult

__all__ = ["columns", "console", "facts", "network", "number", "parts", "result", "say", "scores"]

MANY_COLUMNS = 12
MAIN_METRICS = ("accuracy", "f1_macro", "f1_weighted", "roc_auc", "log_loss", "r2", "mae", "rmse")
OTHER_METRICS = ("recall", "false_alarms", "bits_per_character", "perplexity", "share_above")


def console(stream: IO[str]) -> Console:
    """Return a console that shows text as it is: names of columns are not markup."""
    return Console(file=stream, markup=False, highlight=False, emoji=False)


def say(to: Console, text: str) -> None:
    """Write a sentence: broken between words in a terminal, in one line into a file."""
    to.print(text, soft_wrap=not to.is_terminal)


def number(value: Any) -> str:
    """Write a number with four digits, or more where it is large and whole.

    Example:
        >>> number(0.97222), number(12345.0), number(31)
        ('0.9722', '12,345', '31')
    """
    if isinstance(value, int) or (math.isfinite(value) and float(value).is_integer() and abs(value) >= 1000):
        return f"{int(value):,}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:,.4g}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int = 1) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i >= numbers_from else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def facts(to: Console, pairs: Mapping[str, str]) -> None:
    """Write names and what belongs to them, one a line; a terminal's long lines go on under their beginning."""
    indent = max(map(len, pairs)) + 2
    for name, text in pairs.items():
        line = f"{name:<{indent}}{text}"
        if to.is_terminal:
            line = textwrap.fill(line, to.width, subsequent_indent=" " * indent, break_on_hyphens=False)
        to.print(line, soft_wrap=True)


def network(model: Any) -> str:
    """Describe a model in a line: the units of a plain network, the class of others, and the parameters."""
    parameters = f"{sum(p.numel() for p in model.parameters()):,} parameters"
    if not isinstance(model, MLP):
        return f"{type(model).__name__}, {parameters}"
    text = f"{'-'.join(map(str, model.sizes))} units, {model.activation}"
    text += f", dropout {model.dropout}" if model.dropout else ""
    return f"{text}{', batch norm' if model.batch_norm else ''}, {parameters}"


def columns(to: Console, prepared: Prepared) -> None:
    """Show the columns of the table: each of a few, a summary of many."""
    rows = column_rows(prepared)
    if not rows:
        return
    if len(rows) <= MANY_COLUMNS:
        shown = [(r.name, r.kind, str(r.missing or ""), f"left out: {r.left_out}" if r.left_out else "") for r in rows]
        table = _table(["column", "kind", "missing", "note"], shown, numbers_from=9)
        table.columns[2].justify = "right"
        to.print(table)
        return
    kinds = Counter(r.kind for r in rows if not r.left_out)
    say(to, f"{len(rows)} columns: {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}")
    _list(to, "missing values in", [f"{r.name} ({r.missing})" for r in rows if r.missing and not r.left_out])
    _list(to, "left out", [f"{r.name} ({r.left_out})" for r in rows if r.left_out])


def _list(to: Console, what: str, names: Sequence[str], most: int = 6) -> None:
    if names:
        more = f" and {len(names) - most} more" if len(names) > most else ""
        say(to, f"{what}: {', '.join(names[:most])}{more}")


def result(to: Console, outcome: RunResult) -> None:
    """Show how good the network is on each part, beside the simplest guess."""
    parts(to, outcome.metrics, outcome.baseline)
    prepared = outcome.prepared
    say(to, f"(The simplest guess on the test {prepared.noun}: always {prepared.guess()}.)")


def parts(to: Console, metrics: Mapping[str, Mapping[str, float]], guess: Mapping[str, float] | None = None) -> None:
    """Show the main metrics of train, validation and test side by side."""
    names = [n for n in (*MAIN_METRICS, *OTHER_METRICS) if any(n in part for part in metrics.values())]
    columns = [*metrics.values(), *([] if guess is None else [guess])]
    rows = [[n.replace("_", " "), *(number(part[n]) if n in part else "" for part in columns)] for n in names]
    to.print(_table(["", *metrics, *([] if guess is None else ["simplest guess"])], rows))


def scores(to: Console, metrics: Mapping[str, float]) -> None:
    """Show a flat dict of metrics: a table, and one of the classes where there are classes."""
    overall = [(name.replace("_", " "), number(value)) for name, value in metrics.items() if "/" not in name]
    to.print(_table(["metric", ""], overall))
    kinds = list(dict.fromkeys(name.split("/", 1)[0] for name in metrics if "/" in name))
    classes = list(dict.fromkeys(name.split("/", 1)[1] for name in metrics if "/" in name))
    if classes:
        shown = [[c, *(number(_whole(k, metrics[f"{k}/{c}"])) for k in kinds)] for c in classes]
        to.print()
        to.print(_table(["class", *kinds], shown))


def _whole(kind: str, value: float) -> float | int:
    return int(value) if kind == "rows" else value
