"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import pellucid

MODULES = sorted(m.name for m in pkgutil.walk_packages(pellucid.__path__, "pellucid.") if "__main__" not in m.name)


def test_there_are_modules_with_examples():
    assert len(MODULES) > 80


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    pellucid.manual_seed(0)
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    if name.startswith("pellucid.plot"):
        importlib.import_module("matplotlib.pyplot").close("all")
