"""What is measured: training, asking, the digits from end to end, and the machine's peak."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from benchmarks.runner import Process, RivalError, Settings, Turn, alternate
from benchmarks.workloads import Work

__all__ = ["INFERENCE_ROWS", "Row", "Timings", "digits", "peak", "time_work"]

TOLERANCES = {"gradients": 1e-5, "losses": 2e-3}
"""What may differ from float64; scikit-learn and Keras add eps elsewhere in Adam, which shows in the losses."""

INFERENCE_ROWS = (1, 1024)


@dataclass(frozen=True)
class Row:
    """One library's times at one thing, or why there are none."""

    name: str
    title: str
    path: str
    times: tuple[float, ...] = ()
    failure: str = ""
    accuracy: float | None = None

    @property
    def seconds(self) -> float:
        """Return the median."""
        return median(self.times)


@dataclass
class Timings:
    """All libraries' times at one network.

    Attributes:
        work: the network.
        rows: in the order in which libraries were started.
        errors: how far the first gradients and losses are from float64's, by library.
    """

    work: Work
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, dict[str, float]] = field(default_factory=dict)

    def find(self, name: str, path: str) -> Row | None:
        """Return the row, if it was timed."""
        return next((r for r in self.rows if (r.name, r.path) == (name, path) and r.times), None)


def time_work(work: Work, processes: Sequence[Process], settings: Settings, paths: Iterable[str]) -> Timings:
    """Check that all compute the same, then time them in turns.

    Raises:
        RuntimeError: when a library computes something else.
    """
    found, turns, kept = Timings(work), [], []
    for process in processes:
        try:
            found.errors[process.name] = process.call("compare", work=asdict(work), steps=5)
            offered = process.call("load", work=asdict(work))
        except RivalError as failure:
            found.rows.append(Row(process.name, process.title, "loop", failure=str(failure)))
            continue
        for kind, error in found.errors[process.name].items():
            if not error <= TOLERANCES[kind]:
                raise RuntimeError(f"{process.title} computes other {kind} for {work.name}: off by {error:.1e}")
        kept.append((process, offered))
    for path in paths:
        seconds = settings.seconds / 3 if path.startswith("infer") else settings.seconds
        turns = [Turn(process, path) for process, offered in kept if path in offered]
        alternate(turns, settings.rounds, seconds)
        found.rows += [Row(t.process.name, t.process.title, path, tuple(t.times), t.failure) for t in turns]
    return found


def digits(processes: Sequence[Process], settings: Settings) -> list[Row]:
    """Learn the digits in turns; a row's first time is that of the process's first network."""
    rows = {p.name: ([], []) for p in processes}
    failures = {}
    for _ in range(1 + (2 if settings.quick else 5)):
        for process in processes:
            if process.name in failures:
                continue
            try:
                answer = process.call("digits")
            except RivalError as failure:
                failures[process.name] = str(failure)
                continue
            rows[process.name][0].append(answer["seconds"])
            rows[process.name][1].append(answer["accuracy"])
    return [
        Row(
            p.name,
            p.title,
            "digits",
            tuple(rows[p.name][0]),
            failures.get(p.name, ""),
            median(rows[p.name][1]) if rows[p.name][1] else None,
        )
        for p in processes
    ]


def peak(processes: Sequence[Process], settings: Settings) -> dict[str, dict[int, float]]:
    """Return the FLOP/s of the best product of square matrices, by library and size."""
    found: dict[str, dict[int, float]] = {}
    for n in (512, 1024) if settings.quick else (512, 1024, 2048):
        turns = []
        for process in processes:
            turns += [Turn(process, path) for path in process.call("load_product", n=n)]
        alternate(turns, settings.rounds, settings.seconds / 2)
        for turn in turns:
            found.setdefault(turn.process.title, {})[n] = 2 * n**3 / min(turn.times)
    return found
