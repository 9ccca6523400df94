"""`__all__` names all that is public and nothing else, in every module, and for the package as a whole."""

import ast
import importlib
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import pellucid

SOURCE = Path(pellucid.__file__).parent
FILES = sorted(
    p for p in SOURCE.rglob("*.py") if p.name not in ("__main__.py", "_version.py") and p != SOURCE / "__init__.py"
)


def module_of(path):
    return ".".join(("pellucid", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_all_is_complete_and_resolves(path):
    module = importlib.import_module(module_of(path))
    assert hasattr(module, "__all__"), "every module says what is public in it"
    named = list(module.__all__)
    assert len(named) == len(set(named))
    assert [name for name in named if not hasattr(module, name)] == []
    defined = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    ]
    assert sorted(set(defined) - set(named)) == []
    assert [name for name in named if name.startswith("_")] == []


@pytest.mark.parametrize("name", pellucid.__all__)
def test_every_public_name_of_the_package_resolves(name):
    assert getattr(pellucid, name) is not None


def test_the_package_says_what_it_has_and_refuses_the_rest():
    assert set(pellucid.__all__) <= set(dir(pellucid))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pellucid.nothing  # noqa: B018


def test_the_types_of_the_public_names_stand_in_the_stub():
    tree = ast.parse((SOURCE / "__init__.pyi").read_text())
    typed = {
        alias.asname: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(typed) == sorted(pellucid.__all__)
    for name, (module, attribute) in typed.items():
        there = importlib.import_module(module)
        value = getattr(there, attribute, None)
        if value is None:
            value = importlib.import_module(f"{module}.{attribute}")
        assert getattr(pellucid, name) is value


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_importing_the_package_loads_nothing_heavy():
    heavy = {"pandas", "sklearn", "matplotlib", "torch", "scipy", "rich", "typer", "skops", "jinja2", "safetensors"}
    step = "pellucid.nn.Linear(2, 1)(pellucid.ones(1, 2)).sum().backward()"
    for statement in ("import pellucid", f"import pellucid; {step}"):
        loaded = json.loads(run(f"{statement}; import sys, json; print(json.dumps(sorted(sys.modules)))"))
        assert sorted(heavy & set(loaded)) == []


def test_importing_the_package_costs_little_more_than_numpy():
    clock = "time.process_time()"  # of this process alone: other tests run beside
    code = f"import time; a={clock}; import numpy; b={clock}; import pellucid; c={clock}; print((c - b) / (b - a))"
    added = statistics.median(float(run(code)) for _ in range(9))
    assert added <= 0.3
