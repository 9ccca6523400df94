"""What the numbers were measured on."""

import os
import platform
import re
from importlib import metadata
from pathlib import Path

__all__ = ["describe_machine", "load", "versions"]

DISTRIBUTIONS = ("pellucid", "numpy", "torch", "jax", "scikit-learn", "keras")


def describe_machine() -> dict[str, str]:
    """Return what /proc and the platform tell; fewer lines where they tell less."""
    said = {"system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"}
    cpu = _read("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpu)
    family = re.search(r"cpu family\s*: (\d+)", cpu)
    if model:
        said["processor"] = f"{model[1]}{f', family {family[1]}' if family else ''}"
    if re.search(r"^flags.*\bhypervisor\b", cpu, re.MULTILINE):
        said["processor"] = said.get("processor", "unknown") + ", a virtual machine"
    said["processors"] = str(os.cpu_count())
    wide = [name for name in ("avx512f", "avx512_bf16", "amx_tile", "avx2") if re.search(rf"\b{name}\b", cpu)]
    said["instructions"] = ", ".join(wide) or "unknown"
    caches = [
        f"L{_read(c / 'level')} {_read(c / 'type').lower()} {_read(c / 'size')}"
        for c in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"))
    ]
    said["caches"] = ", ".join(caches) or "unknown"
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    if memory:
        said["memory"] = f"{int(memory[1]) / 1024**2:.0f} GiB"
    return said


def load() -> float:
    """Return how many processes wanted to run during the last minute, on average."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def versions() -> dict[str, str]:
    """Return the versions of what is installed, "absent" for what is not."""
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
