"""Compare Pellucid with other libraries: python -m benchmarks [--quick] [--only WORKLOAD] [--output FILE].

Every library runs in a process of its own, with the same weights, data, float32 arithmetic and number of threads;
processes take turns. Needs `pip install ".[bench]"`; what is not installed is named as absent.
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.deep import DEEP
from benchmarks.page import PARTS, Page
from benchmarks.rivals import RIVALS
from benchmarks.runner import ROOT, Settings

__all__ = ["main"]

SLOW = ("pellucid-numpy", "torch-compile", "keras", "xor-long", "mlp-2048", "wide")
NOT_IN_QUICK = (*SLOW, *(work.name for work in DEEP))


def main(arguments: list[str] | None = None) -> str:
    """Measure what the command line asks for, and return the page."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _options(arguments)
    settings = Settings(threads=options.threads)
    parts = [options.only] if options.only else list(PARTS)
    if options.quick:
        quick = tuple(name for name in RIVALS if name not in NOT_IN_QUICK)
        settings = replace(settings, processes=1, rounds=5, seconds=0.05, rivals=quick, quick=True)
        parts = [part for part in parts if options.only or part not in NOT_IN_QUICK]
    if options.rivals:
        settings = replace(settings, rivals=tuple(options.rivals.split(",")))
    page = Page(settings)
    page.measure(parts, " ".join(["python -m benchmarks", *arguments]))
    if options.output:
        Path(options.output).write_text(page.whole(), encoding="utf-8")
    return page.whole()


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
