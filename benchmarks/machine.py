"""What the numbers were measured on."""

import os
import platform
import re
import time
from importlib import metadata
from pathlib import Path

__all__ = ["Disturbance", "describe_machine", "versions"]

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


class Disturbance:
    """How much of the processors others use while something is measured."""

    def __init__(self) -> None:
        self.began, self.others = time.monotonic(), _others()

    def share(self) -> float:
        """Return the share of all processors' time since the beginning; NaN where the system does not tell."""
        available = (time.monotonic() - self.began) * (os.cpu_count() or 1)
        return max(0.0, (_others() - self.others) / available)


def _others() -> float:
    """Return the seconds that all processors were busy, less those of this process and of its ended children."""
    first = _read("/proc/stat").split("\n")[0].split()[1:]
    if len(first) < 8:
        return float("nan")
    user, nice, system, _, _, irq, softirq, steal = (int(n) for n in first[:8])
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    return busy - sum(os.times()[:4])


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
