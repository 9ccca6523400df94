"""The native engine's instruction set and threads, as the environment and the machine allow."""

import os

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError

__all__ = ["available_isas", "get_num_threads", "isa", "set_num_threads"]


def isa() -> str:
    """Return the instruction set in use: "avx512", "avx2" or "baseline"."""
    return _native.isa()


def available_isas() -> list[str]:
    """Return the instruction sets that this processor runs, the widest first."""
    return _native.available_isas().split(",")


def get_num_threads() -> int:
    """Return how many threads kernels may use."""
    return _native.thread_count()


def set_num_threads(count: int) -> None:
    """Use at most `count` threads from now on; results do not depend on it.

    Raises:
        ValueError: when count is below 1.
    """
    if count < 1:
        raise ValueError(f"there is at least one thread, got {count}")
    _native.set_thread_count(count)


def _threads_wanted() -> int:
    """Return the number of threads that the environment asks for, or that the process may use."""
    for name in ("PELLUCID_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "").split(",")[0]
        if value:
            if not value.isdigit() or int(value) < 1:
                raise RuntimeError(f"{name} must be a positive whole number, got {os.environ[name]!r}")
            return int(value)
    return _processors()


def _processors() -> int:
    """Return how many processors this process may use: its affinity, within a control group's limit."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:  # noqa: PTH123 - read before pathlib is needed
            quota, period = file.read().split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, -(-int(quota) // int(period))))


def _choose_isa() -> None:
    name = os.environ.get("PELLUCID_ISA", "")
    if name and not _native.choose_isa(name):
        raise RuntimeError(
            f"PELLUCID_ISA={name!r} does not run here; this processor runs {', '.join(available_isas())}"
        )


_choose_isa()
set_num_threads(_threads_wanted())
