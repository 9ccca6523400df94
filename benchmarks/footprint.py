"""How long an import takes, and how much is installed for it."""

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks.runner import ROOT

__all__ = ["LIBRARIES", "Footprint", "footprints"]

LIBRARIES = {"pellucid": "pellucid", "torch": "torch", "jax": "jax", "scikit-learn": "sklearn", "keras": "keras"}
"""Names for pip and for Python."""


@dataclass(frozen=True)
class Footprint:
    """Of one library.

    Attributes:
        name: for pip.
        times: of `import`, beyond an empty program's.
        own: bytes of its files.
        whole: the same with all that it needs.
    """

    name: str
    times: tuple[float, ...]
    own: int
    whole: int


def footprints(rounds: int) -> list[Footprint]:
    """Measure all libraries that are installed, in turns."""
    present = {name: module for name, module in LIBRARIES.items() if importlib.util.find_spec(module) is not None}
    commands = {"": "pass", **{name: f"import {module}" for name, module in present.items()}}
    environment = {"KERAS_BACKEND": "jax", **os.environ}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for k in range(rounds + 1):  # the first round brings the files into memory
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", command], check=True, cwd=ROOT, capture_output=True, env=environment)
            if k:
                times[name].append(time.perf_counter() - began)
    empty = median(times.pop(""))
    return [
        Footprint(name, tuple(t - empty for t in times[name]), _size(name), sum(map(_size, _needs([name]))))
        for name in present
    ]


def _needs(names: Sequence[str]) -> set[str]:
    """Return the distributions and all that they need, extras left out."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in found:
            continue
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system or version of Python
        found.add(name)
        left += [re.split(r"[^\w.-]", r, maxsplit=1)[0] for r in requirements if "extra ==" not in r]
    return found


def _size(name: str) -> int:
    """Return the bytes of a distribution's files, compiled Python code left out."""
    distribution = metadata.distribution(name)
    if "editable" in (distribution.read_text("direct_url.json") or ""):
        spec = importlib.util.find_spec(LIBRARIES[name])
        assert spec is not None
        assert spec.origin is not None
        files = list(Path(spec.origin).parent.rglob("*"))
    else:
        files = [Path(str(distribution.locate_file(f))) for f in distribution.files or []]
    return sum(f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc")
