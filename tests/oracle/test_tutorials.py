"""Programs as PyTorch's users write them run under Pellucid and print what they print under PyTorch.

Each file in `tutorials/` runs twice: as it is, and with `import torch` made `import pellucid as torch`.
"""

import contextlib
import io
import re
import warnings
from pathlib import Path

import pytest

TUTORIALS = sorted(Path(__file__).with_name("tutorials").glob("*.py"))
NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![a-zA-Z_\d])")


def as_pellucid(source):
    """The program with its imports changed, and nothing else."""
    source = re.sub(r"^import torch$", "import pellucid as torch", source, flags=re.MULTILINE)
    source = re.sub(r"^import torch\.(\S+) as", r"import pellucid.\1 as", source, flags=re.MULTILINE)
    source = re.sub(r"^import torch\.(\S+)$", r"import pellucid.\1", source, flags=re.MULTILINE)
    return re.sub(r"^from torch\b", "from pellucid", source, flags=re.MULTILINE)


def printed(source, path):
    """What a program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        exec(compile(source, path, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own files
    return out.getvalue().splitlines()


def plain(line):
    """A line without what the two libraries print differently on purpose (see docs/differences.md)."""
    line = line.replace("torch.Size", "Size").replace("dtype=torch.", "dtype=")
    line = re.sub(r", grad_fn=<\w+>|, requires_grad=True", "", line)
    return re.sub(r"(?<=[\[( ])\s+", "", line.strip())


def unit(number):
    """One unit in the last printed place; whole numbers have none."""
    mantissa, _, exponent = number.partition("e")
    if "." not in mantissa:
        return 0.0 if not exponent else 10.0 ** int(exponent)
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def agree(a, b):
    """Say whether two printed numbers differ by rounding only: 1 in the last place, or 1e-5 of the value."""
    a, b = a.strip(), b.strip()
    if unit(a) == unit(b) == 0.0:
        return int(float(a)) == int(float(b))
    return abs(float(a) - float(b)) <= max(1.01 * min(unit(a), unit(b)), 1e-5 * abs(float(a)))


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_the_program_prints_the_same_under_both_libraries(path):
    source = path.read_text()
    expected = [plain(line) for line in printed(source, str(path))]
    found = [plain(line) for line in printed(as_pellucid(source), str(path))]
    assert len(expected) > 2
    assert [NUMBER.sub("#", line) for line in found] == [NUMBER.sub("#", line) for line in expected]
    for line, other in zip(found, expected, strict=True):
        pairs = zip(NUMBER.findall(line), NUMBER.findall(other), strict=True)
        assert all(agree(a, b) for a, b in pairs), f"\n  Pellucid: {line}\n  PyTorch:  {other}"
