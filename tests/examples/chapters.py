"""The course's chapters and projects, and how the tests read what they print."""

import re
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
CHAPTERS = sorted(EXAMPLES.glob("[0-9]*.py"))
PROJECTS = sorted((EXAMPLES / "projects").glob("[0-9]*.py"))


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[+-]\d+)?", text)]


def line(text, beginning):
    (found,) = [row for row in text.splitlines() if row.strip().startswith(beginning)]
    return found.strip().removeprefix(beginning)
