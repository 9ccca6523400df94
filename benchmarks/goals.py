"""What Pellucid set out to reach, and whether it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.estimators import Fitted
from benchmarks.measure import Row, Timings
from benchmarks.scaling import Point

__all__ = ["Goal", "goals"]

LOOP = {"xor": 8.0, "mlp-32": 6.0, "mlp-256": 2.3, "wide": 1.0}
DEEP_LOOP = {
    "cnn": 3.0,
    "lstm": 2.5,
    "gru": 2.0,
    "bilstm": 2.0,
    "encoder": 1.15,
    "encoder-dropout": 2.0,
    "resnet18": 1.0,
}
DEEP_INFERENCE = {"resnet18": 1.0}
FIT = {"xor": 100.0, "xor-long": 100.0, "mlp-32": 8.0, "mlp-256": 2.5}
ESTIMATORS = 5.0
SHARE_AGAINST_FUSED = 0.6
ONE_ROW = 5.0
OTHERS = ("torch-compile", "jax", "sklearn", "keras")


@dataclass(frozen=True)
class Goal:
    """A ratio of times, or of memory: the rival's by Pellucid's."""

    what: str
    asked: float
    measured: float

    @property
    def reached(self) -> bool:
        """Say whether Pellucid is at least as fast as asked."""
        return self.measured >= self.asked


def goals(
    timings: Mapping[str, Timings],
    digits: Sequence[Row] = (),
    points: Sequence[Point] = (),
    fitted: Sequence[Fitted] = (),
) -> list[Goal]:
    """Return the goals about which something was measured."""
    found = _steps(timings)
    for name, timing in timings.items():
        for path in ("loop", "fit"):
            for other in OTHERS:
                theirs = timing.find(other, path)
                if theirs is not None:
                    what = f"{name}, {path}, against {theirs.title}"
                    found += _against(timing, other, path, 1.0, what, path)
        if name in DEEP_LOOP:
            if name in DEEP_INFERENCE:
                many = f"infer {timing.work.asked[1]}"
                found += _against(timing, "torch", many, DEEP_INFERENCE[name], f"{name}, asked, against PyTorch", many)
            continue
        for mine, how in (("pellucid", ""), ("pellucid-compile", ", compile")):
            what = f"{name}, one row asked{how}, against PyTorch"
            found += _against(timing, "torch", "infer 1", ONE_ROW, what, "infer 1", mine)
    timed = {row.name: row for row in digits if len(row.times) > 1}
    for other in OTHERS:
        if "pellucid" in timed and other in timed:
            ratio = _later(timed[other]) / _later(timed["pellucid"])
            found.append(Goal(f"digits, end to end, against {timed[other].title}", 1.0, ratio))
    found += _estimators(fitted)
    sizes = {(p.axis, p.value, p.name): p for p in points if not p.axis.startswith("threads")}
    for (axis, value, name), mine in sizes.items():
        if name == "pellucid" and (axis, value, "torch") in sizes:
            ratio = sizes[axis, value, "torch"].memory / mine.memory
            found.append(Goal(f"memory of a step, {axis} {value}, against PyTorch", 1.0, ratio))
    return found


def _steps(timings: Mapping[str, Timings]) -> list[Goal]:
    """Return the goals of a training step, against PyTorch's own loop."""
    ways = (
        ("pellucid", "loop", LOOP, "a loop that the user writes"),
        ("pellucid-compile", "loop", LOOP, "the same with compile"),
        ("pellucid", "fit", FIT, "Trainer.fit"),
        ("pellucid", "loop", DEEP_LOOP, "a loop that the user writes"),
    )
    found = []
    for mine, path, asked, how in ways:
        for work, ratio in asked.items():
            for other, share, title in (("torch", 1.0, "PyTorch"), ("torch-fused", SHARE_AGAINST_FUSED, "fused Adam")):
                what = f"{work}, {how}, against {title}"
                found += _against(timings.get(work), other, path, share * ratio, what, mine=mine)
    return found


def _estimators(fitted: Sequence[Fitted]) -> list[Goal]:
    """Return the goals of estimators, against scikit-learn's."""
    mine = {f.data: f.seconds for f in fitted if f.name == "pellucid"}
    theirs = {f.data: f.seconds for f in fitted if f.name == "sklearn"}
    both = [data for data in mine if data in theirs]
    return [Goal(f"{data}, fit, against scikit-learn", ESTIMATORS, theirs[data] / mine[data]) for data in both]


def _later(row: Row) -> float:
    """Return the median without the first time."""
    return Row(row.name, row.title, row.path, row.times[1:]).seconds


def _against(
    timing: Timings | None,
    other: str,
    path: str,
    asked: float,
    what: str,
    other_path: str = "loop",
    mine: str = "pellucid",
) -> list[Goal]:
    ours = timing.find(mine, path) if timing else None
    theirs = timing.find(other, other_path) if timing else None
    return [] if ours is None or theirs is None else [Goal(what, asked, theirs.seconds / ours.seconds)]
