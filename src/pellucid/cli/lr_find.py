"""`pellucid lr-find`: which learning rate suits these data and this network?"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pellucid._files import atomic_write
from pellucid.cli import show
from pellucid.cli.options import Debug
from pellucid.cli.run_options import RUN, Config, Given, with_settings
from pellucid.cli.settings import command_of, config_of, read_settings
from pellucid.cli.tables import naming
from pellucid.train.kinds import prepare
from pellucid.train.lr_finder import LRRangeTest
from pellucid.train.prepare import build_trainer
from pellucid.train.run_folder import RunError

__all__ = ["lr_find"]


@with_settings
def lr_find(
    given: Given,
    start_lr: Annotated[float, typer.Option(metavar="RATE", help="First rate.", rich_help_panel=RUN)] = 1e-7,
    end_lr: Annotated[float, typer.Option(metavar="RATE", help="Last rate.", rich_help_panel=RUN)] = 10.0,
    steps: Annotated[int, typer.Option(metavar="N", help="Steps, each with a rate.", rich_help_panel=RUN)] = 100,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="FILE", help="PNG (default DATA-lr.png).", show_default=False),
    ] = None,
    config: Config = None,
    debug: Debug = False,
) -> int:
    """Try learning rates from tiny to huge on a network as `train` would begin it, and draw what the loss does.

    Example: pellucid lr-find customers.csv --target churned --optimizer sgd
    """
    del debug
    settings = config_of(given, {} if config is None else read_settings(config).get("settings", {}), config)
    picture = Path(out or f"{Path(settings.data).resolve().stem}-lr.png")
    if picture.suffix.lower() != ".png" or not picture.parent.is_dir():
        raise RunError(f"--out {picture} must end in .png and lie in a folder that exists")
    with naming(settings.data):
        trainer = build_trainer(settings, prepared := prepare(settings))
        found = trainer.find_lr(
            prepared.part("train"), start_lr=start_lr, end_lr=end_lr, steps=steps, batch_size=settings.batch_size
        )
    to = show.console(sys.stdout)
    facts = {**prepared.facts(), "network": show.network(trainer.model), "tried": _tried(found)}
    try:
        _draw(found, picture)
        facts["picture"] = str(picture)
    except ImportError as error:  # numbers without a picture are an answer
        facts["picture"] = f"none: {error}"
    if found.steepest is None or found.valley is None:
        show.facts(to, facts)
        show.say(to, "The loss fell at no rate by more than chance would do: look at the data, or try more --steps.")
        return 2
    # One cycle climbs to ten times the rate that it is given.
    rate = found.valley / 10 if settings.schedule == "onecycle" else found.valley
    facts |= {
        "middle of valley": f"{found.valley:.2g}",
        "steepest fall": f"{found.steepest:.2g}",
        "train with": command_of(replace(settings, lr=float(f"{rate:.2g}"))),
    }
    show.facts(to, facts)
    if not found.diverged and min(found.smoothed) == found.smoothed[-1]:
        show.say(to, "note: the loss was still falling at the last rate; raise --end-lr")
    return 0


def _tried(found: LRRangeTest) -> str:
    end = "where the loss flew off" if found.diverged else "without the loss flying off"
    return f"{len(found.lrs)} rates from {found.lrs[0]:.2g} to {found.lrs[-1]:.2g}, {end}"


def _draw(found: LRRangeTest, picture: Path) -> None:
    from pellucid.plot.palette import LIGHT, detached

    with detached(LIGHT):
        figure = found.plot().figure
    with atomic_write(picture, "wb") as file:
        figure.savefig(file, format="png", dpi=150)
