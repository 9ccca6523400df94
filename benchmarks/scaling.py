"""How the time and the memory of a step grow with batch, width, depth and threads.

Every point is a process of its own, so that its memory is that of one network.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.runner import Process, Settings
from benchmarks.workloads import Work

__all__ = ["Point", "scaling"]

BATCHES, WIDTHS, DEPTHS = (1, 8, 64, 512, 4096), (32, 128, 512, 2048), (1, 4, 16, 64)


@dataclass(frozen=True)
class Point:
    """One library at one size: seconds and bytes."""

    axis: str
    value: int
    name: str
    title: str
    seconds: float
    memory: float


def works(*, quick: bool) -> list[tuple[str, int, Work]]:
    """Return the axis, the value on it, and the network."""
    points = [("batch", n, Work("batch", (784, 128, 64, 10), batch=n)) for n in BATCHES]
    points += [("width", n, Work("width", (256, n, n, 10), batch=256)) for n in WIDTHS]
    points += [("depth", n, Work("depth", (128, *[128] * n, 10), batch=64)) for n in DEPTHS]
    return points[::4] if quick else points


def scaling(names: Sequence[str], settings: Settings, threads: Sequence[int]) -> list[Point]:
    """Measure every size with `settings.threads`, and one network with other numbers of threads."""
    chosen = [(axis, value, work, settings.threads) for axis, value, work in works(quick=settings.quick)]
    for work in (Work("threads", (784, 128, 64, 10), batch=256), Work("threads", (1024, 2048, 2048, 10), batch=256)):
        chosen += [(f"threads, {work.title}", n, work, n) for n in threads]
    if settings.quick:
        chosen = chosen[: -len(threads)]
    points = []
    for axis, value, work, count in chosen:
        for name in names:
            with Process(name, count) as process:
                memory = process.call("memory", work=asdict(work))
                times = [process.call("time", path="loop", seconds=settings.seconds / 3) for _ in range(5)]
            points.append(Point(axis, value, name, process.title, median(times), memory))
    return points
