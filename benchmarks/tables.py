"""Numbers as people read them, and Markdown tables."""

from collections.abc import Sequence
from statistics import median, quantiles

__all__ = ["bytes_text", "number_text", "ratio_text", "spread", "table", "time_text"]


def time_text(seconds: float) -> str:
    """Return a time with its unit: three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number_text(seconds / size)} {unit}"
    return f"{number_text(seconds * 1e6)} µs"


def bytes_text(count: float) -> str:
    """Return a size in MB (a million bytes): three digits."""
    return f"{number_text(count / 1e6)} MB"


def ratio_text(ratio: float) -> str:
    """Return how many times as fast: two or three digits."""
    if ratio < 0.995:
        return f"{ratio:.2f}x"
    return f"{number_text(ratio, 2)}x"


def number_text(value: float, digits: int = 3) -> str:
    """Return a number with about so many digits, and never an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{digits - 2}f}" if value >= 10 else f"{value:.{digits - 1}f}"


def spread(times: Sequence[float]) -> str:
    """Return the median and the quartiles."""
    if len(times) < 2:
        return time_text(times[0])
    low, _, high = quantiles(times, n=4, method="inclusive")
    return f"{time_text(median(times))} ({time_text(low)} to {time_text(high)})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
