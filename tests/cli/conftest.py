"""The command run inside this process, a table with every kind of column, and a network trained on it."""

import contextlib
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pellucid.cli import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def _customers(rows=120, seed=0):
    """Return a table in which old members who pay little leave; some of it is missing."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows).astype(float)
    member = rng.choice(["yes", "no"], rows)
    paid = rng.normal(50, 10, rows).round(2)
    left = (age - paid + 20 * (member == "yes") + rng.normal(0, 3, rows)) > 8
    age[rng.choice(rows, rows // 20, replace=False)] = np.nan
    days = pd.to_datetime("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), unit="D")
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, rows + 1),
            "age": age,
            "city": rng.choice(["Rome", "Oslo", "Lima"], rows),
            "member": member,
            "paid": paid,
            "joined": days.strftime("%Y-%m-%d"),
            "currency": "EUR",
            "left": np.where(left, "yes", "no"),
        }
    )


@pytest.fixture(scope="session")
def make_customers():
    return _customers


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def customers(folder):
    path = folder / "customers.csv"
    _customers().to_csv(path, index=False)
    return path


@pytest.fixture
def pellucid(folder, capfdbinary, monkeypatch):
    """Run the command in this process, in an empty folder; what it says to people comes back as text."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = main([str(a) for a in arguments])
        out, err = capfdbinary.readouterr()
        return Outcome(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory):
    place = tmp_path_factory.mktemp("trained")
    with contextlib.chdir(place), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        _customers().to_csv("customers.csv", index=False)
        assert (
            main(["train", "customers.csv", "--target", "left", "--epochs", "8", "--lr", "0.01", "--out", "run"]) == 0
        )
    return place / "run"


@pytest.fixture
def trained(trained_once, folder, customers) -> Path:
    """A network trained on `customers`, in the folder `run`."""
    shutil.copytree(trained_once, folder / "run")
    return Path("run")


@pytest.fixture
def contents():
    """Return every file and folder below a path with its bytes and its time of change."""

    def of(path):
        return {
            p.relative_to(path): (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"")
            for p in sorted([Path(path), *Path(path).rglob("*")])
        }

    return of
