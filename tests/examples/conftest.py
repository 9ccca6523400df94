import os
import subprocess
import sys
from functools import cache

import pytest
from tests.examples.chapters import CHAPTERS

SECONDS = 60  # each takes a few on one idle core; this is for a busy machine


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Run a chapter once, as a beginner would, and give what it printed and drew."""
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
            timeout=SECONDS,
            check=False,
        )
        return done, picture

    return once


@pytest.fixture(scope="session")
def said(run):
    """Give what a chapter printed."""
    return lambda number: run(CHAPTERS[int(number) - 1])[0].stdout
