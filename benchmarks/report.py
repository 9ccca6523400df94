"""The tables."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev

from benchmarks.estimators import Fitted
from benchmarks.footprint import LIBRARIES, Footprint
from benchmarks.goals import Goal
from benchmarks.measure import Row, Timings
from benchmarks.scaling import Point
from benchmarks.tables import bytes_text, number_text, ratio_text, spread, table, time_text

__all__ = [
    "accuracy_table",
    "digits_table",
    "estimators_table",
    "footprint_table",
    "goals_table",
    "inference_table",
    "peak_table",
    "scaling_table",
    "training_table",
]

HOW = {
    ("pellucid", "fit"): "Trainer.fit",
    ("pellucid-numpy", "fit"): "Trainer.fit",
    ("jax", "fit"): "an epoch by lax.scan",
    ("sklearn", "loop"): "partial_fit",
    ("sklearn", "fit"): "fit",
    ("keras", "loop"): "train_on_batch",
    ("keras", "fit"): "fit",
}
FITS = ("torch", "torch-fused")


def training_table(timings: Timings, peak: float, absent: Mapping[str, str]) -> str:
    """Return the times of a step, the ratios to PyTorch's, and the share of the machine's peak."""
    rows = []
    for row in timings.rows:
        if row.path not in ("loop", "fit"):
            continue
        how = HOW.get((row.name, row.path), "own loop")
        if not row.times:
            rows.append([row.title, how, f"does not work here: {_cell(row.failure)}", "", "", "", ""])
            continue
        ratios = [
            ratio_text(base.seconds / row.seconds) if (base := timings.find(name, "loop")) else "" for name in FITS
        ]
        speed = timings.work.flops() / row.seconds
        share = f"{speed / peak:.0%}" if speed / peak >= 0.005 else "-"
        rows.append([row.title, how, spread(row.times), *ratios, number_text(speed / 1e9, 2), share])
    header = [
        "library",
        "how",
        "a step: median (quartiles)",
        "vs. PyTorch Adam()",
        "vs. fused",
        "GFLOP/s",
        "of the peak",
    ]
    return table(header, rows + _absent(absent, 7))


def inference_table(all_timings: Sequence[Timings], absent: Mapping[str, str]) -> str:
    """Return the times of asking for one row and for many."""
    columns = [(t, f"infer {n}") for t in all_timings for n in t.work.asked]
    names = {row.name: row.title for t in all_timings for row in t.rows}
    rows = []
    for name, title in names.items():
        cells = []
        for timings, path in columns:
            mine, torch = timings.find(name, path), timings.find("torch", path)
            if mine is None:
                cells.append("-")
            else:
                ratio = f" ({ratio_text(torch.seconds / mine.seconds)})" if torch else ""
                cells.append(time_text(mine.seconds) + ratio)
        rows.append([title, *cells])
    header = [f"{t.work.label}, {path[6:]} row{'s' * (path != 'infer 1')}" for t, path in columns]
    return table(["library", *header], rows + _absent(absent, 1 + len(columns)))


def digits_table(rows: Sequence[Row], absent: Mapping[str, str]) -> str:
    """Return the times from arrays to predictions, the first apart."""
    torch = next((row for row in rows if row.name == "torch" and len(row.times) > 1), None)
    cells = []
    for row in rows:
        if len(row.times) < 2:
            cells.append([row.title, f"does not work here: {_cell(row.failure)}", "", "", ""])
            continue
        later = Row(row.name, row.title, row.path, row.times[1:])
        ratio = ratio_text(Row("", "", "", torch.times[1:]).seconds / later.seconds) if torch else ""
        cells.append([row.title, time_text(row.times[0]), spread(later.times), ratio, f"{row.accuracy:.3f}"])
    header = ["library", "first time in a process", "later: median (quartiles)", "vs. PyTorch Adam()", "test accuracy"]
    return table(header, cells + _absent(absent, 5))


def estimators_table(fitted: Sequence[Fitted]) -> str:
    """Return times and scores of estimators, table by table."""
    rows = []
    for f in fitted:
        theirs = next((g for g in fitted if (g.name, g.data) == ("sklearn", f.data)), None)
        ratio = ratio_text(theirs.seconds / f.seconds) if theirs is not None else ""
        rows.append([f.data, f.title, spread(f.times), ratio, f"{mean(f.scores):.3f} ± {stdev(f.scores):.3f}"])
    return table(["data", "library", "fit: median (quartiles)", "vs. scikit-learn", "score"], rows)


def footprint_table(footprints: Sequence[Footprint]) -> str:
    """Return import times and sizes."""
    rows = [[f.name, spread(f.times), bytes_text(f.own), bytes_text(f.whole)] for f in footprints]
    missing = {name: "not installed" for name in LIBRARIES if name not in {f.name for f in footprints}}
    header = ["library", "import: median (quartiles)", "installed, alone", "installed, with all it needs"]
    return table(header, rows + _absent(missing, 4))


def scaling_table(points: Sequence[Point], axis: str) -> str:
    """Return time and memory of a step along one axis, library by library."""
    chosen = [p for p in points if p.axis == axis]
    titles = list(dict.fromkeys(p.title for p in chosen))
    rows = []
    for value in dict.fromkeys(p.value for p in chosen):
        cells = {p.title: p for p in chosen if p.value == value}
        rows.append(
            [
                str(value),
                *(f"{time_text(cells[t].seconds)}, {bytes_text(cells[t].memory)}" for t in titles if t in cells),
            ]
        )
    return table([axis.split(",", maxsplit=1)[0], *titles], rows)


def goals_table(goals: Sequence[Goal]) -> str:
    """Return what was asked and what was measured."""
    rows = [
        [g.what, ratio_text(g.asked), ratio_text(g.measured), "reached" if g.reached else "**missed**"] for g in goals
    ]
    return table(["goal", "asked", "measured", ""], rows)


def accuracy_table(all_timings: Sequence[Timings]) -> str:
    """Return how far every library's first gradients and losses are from float64's."""
    names = {row.name: row.title for t in all_timings for row in t.rows}
    rows = []
    for name, title in names.items():
        errors = [t.errors.get(name, {}) for t in all_timings]
        cells = [" / ".join(f"{e[kind]:.0e}" if kind in e else "-" for kind in ("gradients", "losses")) for e in errors]
        rows.append([title, *cells])
    return table(["gradients / losses", *(t.work.name for t in all_timings)], rows)


def peak_table(peaks: Mapping[str, Mapping[int, float]]) -> str:
    """Return the GFLOP/s of products of square matrices."""
    sizes = sorted({n for found in peaks.values() for n in found})
    rows = [[title, *(f"{found[n] / 1e9:.0f}" if n in found else "-" for n in sizes)] for title, found in peaks.items()]
    return table(["GFLOP/s", *(f"{n} x {n}" for n in sizes)], rows)


def _absent(absent: Mapping[str, str], width: int) -> list[list[str]]:
    return [[name, f"absent: {_cell(why)}", *[""] * (width - 2)] for name, why in absent.items()]


def _cell(text: str) -> str:
    return text.replace("|", "/")[:120]
