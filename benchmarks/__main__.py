"""Compare Pellucid with other libraries: python -m benchmarks [--quick] [--only WORKLOAD] [--output FILE].

Every library runs in a process of its own, with the same weights, data, float32 arithmetic and number of threads;
processes take turns. Needs `pip install ".[bench]"`; what is not installed is named as absent.
"""

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import footprint, measure, report, scaling
from benchmarks.goals import goals
from benchmarks.machine import describe_machine, load, versions
from benchmarks.rivals import RIVALS
from benchmarks.runner import ROOT, Process, Settings, start_all
from benchmarks.tables import table
from benchmarks.workloads import TRAINING

__all__ = ["main"]

WORKS = {work.name: work for work in TRAINING}
PARTS = (*WORKS, "digits", "import", "scaling")
IMPORT_NOTE = (
    "Of `import` beyond an empty program. Sizes are without compiled Python code; Keras also needs a backend, "
    "such as JAX, which it imports and which is not counted with it."
)
GROWTH_NOTE = (
    "Time of a step in a loop that the user writes, and by how much training makes the process grow: weights, moments, "
    "gradients, activations, and what the library makes anew for the size (JAX: compiled programs)."
)
SLOW = ("pellucid-numpy", "torch-compile")
OF_SCALING = ("pellucid", "torch", "jax")
TRAINING_PATHS = ("loop", "fit")
ASKING = tuple(f"infer {n}" for n in measure.INFERENCE_ROWS)


class Report:
    """Says what is measured as soon as it is, and keeps it."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, *paragraphs: str) -> None:
        """Add paragraphs."""
        for paragraph in paragraphs:
            self.text += paragraph.rstrip("\n") + "\n\n"
            print(paragraph.rstrip("\n") + "\n", flush=True)


def main(arguments: list[str] | None = None) -> str:
    """Measure what the command line asks for, and return the page."""
    options = _options(arguments)
    settings = Settings(threads=options.threads)
    if options.quick:
        left = tuple(name for name in RIVALS if name not in SLOW)
        settings = Settings(threads=options.threads, rounds=5, seconds=0.05, rivals=left, quick=True)
    if options.rivals:
        settings = Settings(**{**vars(settings), "rivals": tuple(options.rivals.split(","))})
    say = Report()
    _head(say, settings, arguments if arguments is not None else sys.argv[1:])
    wanted = [options.only] if options.only else [p for p in PARTS if not (options.quick and p in ("mlp-2048", "wide"))]
    compare(say, settings, wanted)
    if "import" in wanted:
        say("## Import and installed size", IMPORT_NOTE)
        say(report.footprint_table(footprint.footprints(3 if options.quick else 9)))
    if "scaling" in wanted:
        _scaling(say, settings)
    if options.output:
        Path(options.output).write_text(say.text.rstrip("\n") + "\n", encoding="utf-8")
    return say.text


def compare(say: Callable[..., None], settings: Settings, wanted: list[str]) -> None:
    """Measure the libraries side by side."""
    works = [WORKS[name] for name in wanted if name in WORKS]
    if not works and "digits" not in wanted:
        return
    processes, absent = start_all(settings.rivals, settings.threads)
    try:
        peaks = measure.peak(processes, settings)
        best = max((v for sizes in peaks.values() for v in sizes.values()), default=float("nan"))
        reached = f"Products of square matrices reach at most {best / 1e9:.0f} GFLOP/s. scikit-learn's are NumPy's."
        say("## The machine's peak", reached)
        say(report.peak_table(peaks))
        timings = []
        for work in works:
            asked = [] if work.sizes in {t.work.sizes for t in timings} else ASKING
            timings.append(measure.time_work(work, processes, settings, [*TRAINING_PATHS, *asked]))
            say(f"## {work.name}: {work.title}", report.training_table(timings[-1], best, absent))
        rows = _digits(say, processes, settings, absent) if "digits" in wanted else []
    finally:
        for process in processes:
            process.close()
    if timings:
        asked_of = list({t.work.sizes: t for t in reversed(timings)}.values())[::-1]
        say("## Asking: outputs of one row and of 1024", "In brackets: times as fast as PyTorch.")
        say(report.inference_table(asked_of, absent))
        say("## The same work", "Largest relative deviation from float64 of the first gradients, and of five losses.")
        say(report.accuracy_table(timings))
    found = goals({t.work.name: t for t in timings}, rows)
    if found:
        say("## Goals", f"{sum(g.reached for g in found)} of {len(found)} reached.", report.goals_table(found))


def _digits(
    say: Callable[..., None], processes: list[Process], settings: Settings, absent: dict[str, str]
) -> list[measure.Row]:
    rows = measure.digits(processes, settings)
    say("## digits: from arrays to predictions", "64-64-10, 30 epochs of 45 batches of 32, then 360 test rows.")
    say(report.digits_table(rows, absent))
    return rows


def _scaling(say: Callable[..., None], settings: Settings) -> None:
    names = [name for name in OF_SCALING if name in settings.rivals]
    names = [p.name for p in _closed(start_all(names, settings.threads)[0])]
    threads = [n for n in (1, 2, 4, 8, 16, 32) if n <= (os.cpu_count() or 1)]
    points = scaling.scaling(names, settings, threads)
    say("## How a step grows", GROWTH_NOTE)
    headings = {
        "batch": "Batch, 784-128-64-10",
        "width": "Width w of 256-w-w-10, batch 256",
        "depth": "Number of hidden layers of 128, batch 64",
    }
    for axis in dict.fromkeys(p.axis for p in points):
        say(f"### {headings.get(axis, axis.capitalize())}", report.scaling_table(points, axis))


def _closed(processes: list[Process]) -> list[Process]:
    for process in processes:
        process.close()
    return processes


def _head(say: Callable[..., None], settings: Settings, arguments: list[str]) -> None:
    today = dt.datetime.now(tz=dt.UTC).date()
    say(f"# Benchmarks, {today}", f"`{' '.join(['python -m benchmarks', *arguments])}`")
    say(
        f"{settings.threads} threads for every library, each in a process of its own; they take turns, "
        f"{settings.rounds} rounds after one that does not count. Times are medians with quartiles. Weights, data "
        "and float32 arithmetic are the same for all, and their first gradients and losses are compared with float64 "
        "before anything is timed. Times of training are taken with a learning rate so small that no network converges."
    )
    before = load()
    facts = {**describe_machine(), "load before": f"{before:.1f}", **versions()}
    say(table(["", ""], [[name, value] for name, value in facts.items()]))
    if before > 0.5:
        say("**The machine was not idle before: libraries whose threads wait for one another suffer most.**")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Compare Pellucid with other libraries.")
    parser.add_argument("--quick", action="store_true", help="under two minutes, fewer sizes and libraries")
    parser.add_argument("--only", choices=PARTS, help="one workload")
    parser.add_argument("--rivals", help=f"names, separated by commas, of {', '.join(RIVALS)}")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1), help="of every library")
    parser.add_argument("--output", help="a file for the page; a full run writes docs/benchmarks.md by itself")
    options = parser.parse_args(arguments)
    unknown = set((options.rivals or "pellucid").split(",")) - set(RIVALS)
    if unknown:
        parser.error(f"unknown rivals: {', '.join(sorted(unknown))}")
    if not (options.output or options.quick or options.only or options.rivals):
        options.output = ROOT / "docs" / "benchmarks.md"
    return options


if __name__ == "__main__":
    main()
