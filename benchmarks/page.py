"""The page: what is measured is said as soon as it is known, and kept; the goals come first in what is kept."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import replace

from benchmarks import footprint, measure, report, scaling
from benchmarks.deep import DEEP, DeepWork
from benchmarks.estimators import MODULES, Fitted, time_estimators
from benchmarks.goals import goals
from benchmarks.machine import Disturbance, describe_machine, versions
from benchmarks.runner import Group, Settings
from benchmarks.tables import table
from benchmarks.workloads import TRAINING

__all__ = ["PARTS", "Page"]

WORKS = {work.name: work for work in (*TRAINING, *DEEP)}
COMPARED_DEEP = ("pellucid", "torch", "torch-fused")
PARTS = (*WORKS, "digits", "estimators", "import", "scaling")
HOW_NOTE = (
    "Every library runs in processes of its own, begun anew several times; they take turns, after a round that does "
    "not count. Times are medians with quartiles. Weights, data and float32 arithmetic are the same for all, and their "
    "first gradients and losses are compared with float64 (of deep networks: with the library's own, which then must "
    "agree between the libraries) before anything is timed. Steps are timed with a learning "
    "rate so small that no network converges, because numbers that became denormal would slow the libraries that keep "
    "them. Products are counted as the layers' formulas have them; who spares those with the zeros that a pooling's "
    "gradient is full of can be above the machine's peak."
)
DIGITS_NOTE = "## digits: from arrays to predictions\n\n64-64-10, 30 epochs of 45 batches of 32, then 360 test rows."
ESTIMATORS_NOTE = (
    "`MLPClassifier().fit(X, y)` (diabetes: `MLPRegressor`) with default parameters, on standardised columns of three "
    "quarters of the rows; scores are means and standard deviations over divisions of the rows, on the last quarter."
)
ACCURACY_NOTE = "Largest relative deviation from float64 of the first gradients, and of five losses."
IMPORT_NOTE = (
    "Of `import` beyond an empty program. Sizes are without compiled Python code; Keras also needs a backend, "
    "such as JAX, which it imports and which is not counted with it."
)
GROWTH_NOTE = (
    "Time of a step in a loop that the user writes, and by how much training makes the process grow: weights, moments, "
    "gradients, activations, and what the library makes anew for the size (JAX: compiled programs)."
)
OF_SCALING = ("pellucid", "torch", "jax")
TRAINING_PATHS = ("loop", "fit")


class Page:
    """Measures what it is asked for, part by part."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.head = self.goals = self.text = ""
        self.timings: list[measure.Timings] = []
        self.digits: list[measure.Row] = []
        self.points: list[scaling.Point] = []
        self.fitted: list[Fitted] = []

    def say(self, *paragraphs: str) -> None:
        """Print paragraphs and keep them."""
        added = "".join(paragraph.rstrip("\n") + "\n\n" for paragraph in paragraphs)
        print(added, end="", flush=True)
        self.text += added

    def whole(self) -> str:
        """Return all that was said, goals first."""
        return (self.head + self.goals + self.text).rstrip("\n") + "\n"

    def measure(self, wanted: Sequence[str], command: str) -> None:
        """Measure the parts, and judge."""
        self._begin(command)
        disturbance = Disturbance()
        if set(wanted) & {*WORKS, "digits"}:
            self._compare(wanted)
        if "estimators" in wanted:
            with Group([name for name in MODULES if name in self.settings.rivals], self.settings.threads) as group:
                self.fitted = time_estimators(group.processes, self.settings)
            self.say("## estimators: fit and score", ESTIMATORS_NOTE, report.estimators_table(self.fitted))
        if "import" in wanted:
            self.say("## Import and installed size", IMPORT_NOTE)
            self.say(report.footprint_table(footprint.footprints(3 if self.settings.quick else 9)))
        if "scaling" in wanted:
            self._scale()
        self._tell_disturbance(disturbance.share())
        found = goals({t.work.name: t for t in self.timings}, self.digits, self.points, self.fitted)
        if found:
            said = f"{sum(g.reached for g in found)} of {len(found)} reached; ratios are the rival's by Pellucid's."
            measured, self.text = self.text, ""
            self.say("## Goals", said, report.goals_table(found))
            self.goals, self.text = self.text, measured

    def _tell_disturbance(self, share: float) -> None:
        measured, self.text = self.text, ""
        self.say(f"Other programs used {share:.1%} of the processors meanwhile.")
        if not share < 0.05:
            self.say("**That is too much: libraries whose threads wait for one another suffer most.**")
        self.head, self.text = self.head + self.text, measured

    def _compare(self, wanted: Sequence[str]) -> None:
        """Measure the libraries side by side."""
        with Group(self.settings.rivals, self.settings.threads) as group:
            peaks = measure.peak(group.processes, self.settings)
        best = max((v for sizes in peaks.values() for v in sizes.values()), default=float("nan"))
        reached = f"Products of square matrices reach at most {best / 1e9:.0f} GFLOP/s. scikit-learn's are NumPy's."
        self.say("## The machine's peak", reached, report.peak_table(peaks))
        for work in (WORKS[name] for name in wanted if name in WORKS):
            new = work.label not in {t.work.label for t in self.timings}
            asked = [f"infer {n}" for n in work.asked] if new else []
            settings = self.settings
            if isinstance(work, DeepWork):
                settings = replace(settings, rivals=[name for name in settings.rivals if name in COMPARED_DEEP])
            self.timings.append(measure.time_work(work, settings, [*TRAINING_PATHS, *asked]))
            self.say(f"## {work.name}: {work.title}", report.training_table(self.timings[-1], best, group.absent))
        if "digits" in wanted:
            with Group(self.settings.rivals, self.settings.threads) as group:
                self.digits = measure.digits(group.processes, self.settings)
            self.say(DIGITS_NOTE, report.digits_table(self.digits, group.absent))
        if self.timings:
            asked_of = list({t.work.label: t for t in reversed(self.timings)}.values())[::-1]
            self.say("## Asking: outputs of one row and of many", "In brackets: times as fast as PyTorch.")
            for deep in (False, True):
                asked = [t for t in asked_of if isinstance(t.work, DeepWork) == deep]
                if asked:
                    self.say(report.inference_table(asked, group.absent))
            self.say("## The same work", ACCURACY_NOTE, report.accuracy_table(self.timings))

    def _scale(self) -> None:
        names = [name for name in OF_SCALING if name in self.settings.rivals]
        if self.settings.quick:
            names = [name for name in names if name != "jax"]  # which compiles anew for each size
        with Group(names, self.settings.threads) as group:
            names = [process.name for process in group.processes]
        threads = [n for n in (1, 2, 4, 8, 16, 32) if n <= (os.cpu_count() or 1)]
        self.points = scaling.scaling(names, self.settings, threads)
        self.say("## How a step grows", GROWTH_NOTE)
        headings = {
            "batch": "Batch, 784-128-64-10",
            "width": "Width w of 256-w-w-10, batch 256",
            "depth": "Number of hidden layers of 128, batch 64",
        }
        for axis in dict.fromkeys(p.axis for p in self.points):
            self.say(f"### {headings.get(axis, axis.capitalize())}", report.scaling_table(self.points, axis))

    def _begin(self, command: str) -> None:
        today = dt.datetime.now(tz=dt.UTC).date()
        self.say(f"# Benchmarks, {today}", f"`{command}`")
        self.say(
            f"{self.settings.threads} threads; {self.settings.processes} x {self.settings.rounds} timings. {HOW_NOTE}"
        )
        facts = {**describe_machine(), **versions()}
        self.say(table(["", ""], [[name, value] for name, value in facts.items()]))
        self.head, self.text = self.text, ""
