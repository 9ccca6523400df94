"""Who may import whom: downward only, so that every room can be read and tested without those above it."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "pellucid"

# From the ground up; rooms of one floor do not import each other. Files of one room may.
FLOORS = [
    {"_version", "_extras", "_files", "_names", "_quiet", "_suggest"}
    | {"_constants", "_device", "_size", "accelerator", "backends", "cuda", "dtypes", "grad_mode", "random"},
    {"_native"},
    {"kernels"},
    {"tensor"},
    {"ops", "data", "_serialization"},
    {"autograd", "utils"},
    {"nn"},
    {"optim", "models"},
    {"train"},
    {"estimators", "inspect", "plot", "tune"},
    {"cli"},
    {"__init__", "__main__"},
]
ROOM_OF = dict.fromkeys(("_repr", "_tape", "_tensor", "backward"), "tensor")
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}

# Upward all the same, within a function: the methods that show what an object has.
SHOWN_BY = {("train/history.py", "plot"), ("train/lr_finder.py", "plot")}


def imports(path):
    """The rooms that a file imports, and whether at its top."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "pellucid" and rest and not rest.startswith("__version__"):
                yield ROOM_OF.get(rest.split(".")[0], rest.split(".")[0]), node in tree.body


def room(path):
    name = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return ROOM_OF.get(name, name)


FILES = sorted(SOURCE.rglob("*.py"))


def test_every_file_has_a_room_with_a_floor():
    assert {room(path) for path in FILES} - set(FLOOR) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down(path):
    here, where = room(path), path.relative_to(SOURCE).as_posix()
    wrong = [
        there
        for there, _ in imports(path)
        if there != here and FLOOR[there] >= FLOOR[here] and (where, there) not in SHOWN_BY
    ]
    assert wrong == []


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "data"], ids=lambda p: p.name)
def test_data_knows_arrays_and_tensors_but_no_networks(path):
    allowed = {"data", "_extras", "_files", "_suggest", "random", "tensor"}
    assert {there for there, _ in imports(path)} - allowed == set()


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "kernels"], ids=lambda p: p.name)
def test_kernels_know_arrays_only(path):
    assert {there for there, _ in imports(path)} - {"kernels", "_quiet", "_native"} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_stay_short(path):
    assert len(path.read_text().splitlines()) <= 400
