"""What all projects have in common; the slow lane runs them, and its other files hold their scores."""

import re

import matplotlib.image
import numpy as np
import pytest
from tests.examples.chapters import EXAMPLES, PROJECTS

FOLDER = EXAMPLES / "projects"


def test_the_table_of_contents_links_every_project_and_nothing_else():
    contents = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d_\w+\.py)\)", contents) == [path.name for path in PROJECTS]
    assert len(PROJECTS) >= 1


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_it_is_short_and_begins_with_its_title(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 220
    assert text.startswith(f'"""Project {path.name[0]}: ')


def test_running_without_a_path_leaves_nothing_that_git_sees():
    assert "*" in (FOLDER / "pictures" / ".gitignore").read_text().split()


@pytest.mark.slow
@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_it_runs_prints_and_draws(run, path):
    done, picture = run(path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) >= 5
    assert str(picture) in done.stdout
    pixels = matplotlib.image.imread(picture)
    height, width = pixels.shape[:2]
    assert 300 <= height <= 3000
    assert 500 <= width <= 3000
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20
