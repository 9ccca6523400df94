"""What people see of a search while it runs: a table in a terminal, a line for each trial elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from rich.box import SIMPLE
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pellucid.cli import show
from pellucid.tune import Snapshot, Trial
from pellucid.tune.loop import Watch

__all__ = ["live_table", "scored", "settings_text", "watching"]


@contextmanager
def watching(stream: IO[str], *, quiet: bool) -> Iterator[Watch | None]:
    """Give what `run_search` tells of a search, and show it: nothing where it is to be quiet."""
    to = show.console(stream)
    if quiet:
        yield None
    elif to.is_terminal:
        began = time.monotonic()
        with Live(console=to, refresh_per_second=4) as live:
            yield lambda snapshot: live.update(live_table(snapshot, time.monotonic() - began, to))
    else:
        yield lambda snapshot: _line(to, snapshot)


def _line(to: Console, snapshot: Snapshot) -> None:
    trial = snapshot.ended
    if trial is None:
        return
    metric = str(snapshot.search.metric).replace("_", " ")
    score = f"  {metric} {scored(trial)}" if trial.score is not None else f"  {trial.error}"
    best = "  best so far" if snapshot.best is not None and snapshot.best.number == trial.number else ""
    what = f"trial {trial.number}  {len(snapshot.trials)}/{snapshot.search.wanted}  {trial.state}{score}{best}"
    show.say(to, f"{what}  {trial.seconds:.1f} s  {settings_text(trial.parameters)}")


def scored(trial: Trial) -> str:
    """Return a trial's score with its spread, where there are several folds.

    Example:
        >>> scored(Trial(number=0, parameters={}, scores=(0.5, 0.7), score=0.6, spread=0.1414))
        '0.6000 ± 0.1414'
    """
    if trial.score is None:
        return ""
    return show.number(trial.score) + ("" if trial.spread is None else f" ± {show.number(trial.spread)}")


def settings_text(parameters: Mapping[str, Any]) -> str:
    """Return parameters in a line.

    Example:
        >>> settings_text({"lr": 0.0123456, "batch_size": 32, "optimizer": "adam"})
        'lr 0.01235, batch size 32, optimizer adam'
    """
    return ", ".join(
        f"{name.replace('_', ' ')} {f'{value:.4g}' if isinstance(value, float) else value}"
        for name, value in parameters.items()
    )


def live_table(snapshot: Snapshot, seconds: float, to: Console) -> Group:
    """Return the table of the last trials that fit into the terminal, and how far the search is."""
    search, best = snapshot.search, snapshot.best
    metric = str(search.metric).replace("_", " ")
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    narrow = (("", 1), ("trial", 5), ("state", 8), (metric, max(15, len(metric))), ("time", 7))
    for heading, width in narrow:
        table.add_column(heading, justify="left" if heading in ("", "state") else "right", no_wrap=True, width=width)
    left = to.width - sum(width + 3 for _, width in narrow) - 2
    table.add_column("settings", no_wrap=True, overflow="ellipsis", max_width=max(left, 8))
    for trial in snapshot.trials[-max(3, to.height - 8 - len(snapshot.running)) :]:
        is_best = best is not None and trial.number == best.number
        row = (
            *("*" if is_best else "", str(trial.number), trial.state, scored(trial), f"{trial.seconds:.1f} s"),
            settings_text(trial.parameters),
        )
        table.add_row(*map(Text, row), style="bold" if is_best else "" if trial.score is not None else "dim")
    for number, parameters in sorted(snapshot.running.items()):
        table.add_row(*map(Text, ("", str(number), "running", "", "", settings_text(parameters))))
    states = [t.state for t in snapshot.trials]
    counts = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states) if s != "complete")
    text = f"{len(states)} of {search.wanted} trials" + (f" ({counts})" if counts else "")
    if best is not None:
        text += f", best {scored(best)} by trial {best.number}"
    return Group(table, Text(f"\n{text}, {seconds:.0f} s; Ctrl-C keeps the best so far"))
