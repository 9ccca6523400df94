"""What is measured: training, asking, the digits from end to end, and the machine's peak."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median

from benchmarks.deep import DeepWork
from benchmarks.runner import Group, Process, RivalError, Settings, Turn, alternate
from benchmarks.workloads import Work

__all__ = ["Row", "Timings", "digits", "peak", "time_work"]

TOLERANCES = {"gradients": 1e-5, "losses": 2e-3}
"""What may differ from float64; scikit-learn and Keras add eps elsewhere in Adam, which shows in the losses."""

DEEP_TOLERANCES = {"gradients": 1e-4, "losses": 1e-3, "float64": 1e-8}
"""The same through more layers; "float64" is what may differ between the libraries' own float64 runs."""

# In eighteen layers of ReLU, some activation near zero falls on the other side by rounding and takes its gradient with
# it: 0.3% of the largest, PyTorch's too. Losses agree to five digits, and both libraries' float64 to eight.
DEEPEST_TOLERANCES = DEEP_TOLERANCES | {"gradients": 2e-2}


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
        absent: why the others are not there.
        doubles: norms of gradients, and losses, in float64, of a deep network, by library.
    """

    work: Work | DeepWork
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, dict[str, float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    doubles: dict[str, list[float]] = field(default_factory=dict)

    def add(self, process: Process, path: str, times: Sequence[float], failure: str) -> None:
        """Add what one process needed to what those before it did."""
        for k, row in enumerate(self.rows):
            if (row.name, row.path) == (process.name, path):
                self.rows[k] = replace(row, times=(*row.times, *times), failure=failure or row.failure)
                return
        self.rows.append(Row(process.name, process.title, path, tuple(times), failure))

    def find(self, name: str, path: str) -> Row | None:
        """Return the row, if it was timed."""
        return next((r for r in self.rows if (r.name, r.path) == (name, path) and r.times), None)


def time_work(work: Work | DeepWork, settings: Settings, paths: Sequence[str]) -> Timings:
    """Check that all compute the same, then time them in turns, several times with new processes.

    A process keeps what it began with (where its memory lies, how its threads were placed): that is worth up to a
    fifth of a step, and a disturbed start up to a factor of two.

    Raises:
        RuntimeError: when a library computes something else.
    """
    found = Timings(work)
    for k in range(settings.processes):
        with Group(settings.rivals, settings.threads) as group:
            found.absent = group.absent
            ready = [pair for process in group.processes for pair in _load(found, process, compare=k == 0)]
            for path in paths:
                seconds = settings.seconds / 3 if path.startswith("infer") else settings.seconds
                turns = [Turn(process, path) for process, offered in ready if path in offered]
                alternate(turns, settings.rounds, seconds)
                for turn in turns:
                    found.add(turn.process, path, turn.times, turn.failure)
    return found


def _load(found: Timings, process: Process, *, compare: bool) -> list[tuple[Process, list[str]]]:
    """Make a process ready; return it with what can be timed, or nothing when it cannot do the work."""
    work = asdict(found.work)
    try:
        if compare:
            errors = process.call("compare", work=work, steps=2 if "shape" in work else 5)
            if "float64" in errors:
                found.doubles.setdefault(process.name, errors["float64"])
                first = next(iter(found.doubles.values()))
                errors["float64"] = max(
                    abs(a - b) / max(abs(b), 1e-12) for a, b in zip(errors["float64"], first, strict=True)
                )
            found.errors[process.name] = errors
        offered = process.call("load", work=work)
    except RivalError as error:
        found.add(process, "loop", [], str(error))
        return []
    tolerances = DEEP_TOLERANCES if "shape" in work else TOLERANCES
    if found.work.name == "resnet18":
        tolerances = DEEPEST_TOLERANCES
    for kind, error in found.errors.get(process.name, {}).items():
        if not error <= tolerances[kind]:
            raise RuntimeError(f"{process.title} computes other {kind} for {found.work.name}: off by {error:.1e}")
    return [(process, offered)]


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
        alternate(turns, settings.rounds + 2, settings.seconds / 2)
        for turn in turns:
            found.setdefault(turn.process.title, {})[n] = 2 * n**3 / min(turn.times)
    return found
