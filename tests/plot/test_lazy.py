import importlib
import subprocess
import sys

import pytest

from pellucid import plot


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, pellucid.plot, pellucid.plot.report_data, pellucid.plot.report; pellucid.plot.ReportData; "
        "heavy = {'matplotlib', 'jinja2', 'sklearn', 'pandas', 'scipy'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_is_there_and_listed():
    assert sorted(plot.__all__) == plot.__all__
    for name in plot.__all__:
        home = plot._HOME[name]
        assert getattr(plot, name) is getattr(importlib.import_module(f"pellucid.plot.{home}"), name)
    assert set(plot._HOME) == set(plot.__all__) == set(dir(plot))


def test_no_module_hides_a_name():
    # A submodule of the same name as a function would take its place once it is imported.
    assert not set(plot._HOME.values()) & set(plot.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'pellucid\.plot' has no attribute 'pie'"):
        plot.pie  # noqa: B018
