"""Every row of docs/differences.md is true: each is checked with PyTorch on one side and Pellucid on the other."""

import re
import warnings
from pathlib import Path

import pytest
from tests.oracle.differences import networks, operations, tape, tensors, training  # noqa: F401 - register their checks
from tests.oracle.differences.registry import CHECKS

TABLE = Path(__file__).parents[2] / "docs" / "differences.md"
ROWS = re.findall(r"^\| (?!What \|)(?!\*\*)(.+?) \| .+ \| .+ \| .+ \|$", TABLE.read_text(), flags=re.MULTILINE)


def test_every_row_of_the_table_has_a_check():
    assert sorted(ROWS) == sorted(CHECKS)


@pytest.mark.parametrize("name", ROWS)
def test_the_row_is_true(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of some of these
        CHECKS[name]()
