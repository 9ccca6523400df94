import os
import subprocess
import sys
from functools import cache

import pytest
from tests.examples.chapters import CHAPTERS, PROJECTS

SECONDS = 60  # each takes a few on one idle core; this is for a busy machine
PROJECT_SECONDS = 900  # each takes less than three minutes on one idle core


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Run a chapter or a project once, as a beginner would, and give what it printed and drew."""
    folder = tmp_path_factory.mktemp("pictures")

    @cache
    def once(chapter):
        picture = folder / f"{chapter.stem}.png"
        environment = {
            **os.environ,
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONWARNINGS": "error",
        }
        done = subprocess.run(
            [sys.executable, str(chapter), str(picture)],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=PROJECT_SECONDS if chapter in PROJECTS else SECONDS,
            check=False,
        )
        return done, picture

    return once


@pytest.fixture(scope="session")
def said(run):
    """Give what a chapter printed."""
    return lambda number: run(CHAPTERS[int(number) - 1])[0].stdout


@pytest.fixture(scope="session")
def project(run):
    """Give what a project printed."""
    return lambda number: run(next(path for path in PROJECTS if path.name.startswith(f"{number}_")))[0].stdout
