"""The chapters' helpers for pictures; the projects save theirs in examples/projects/pictures."""

import runpy
from pathlib import Path

__all__ = ["panels", "save"]

_chapters = runpy.run_path(str(Path(__file__).parents[1] / "picture.py"))
panels, save = _chapters["panels"], _chapters["save"]
