import os
import stat

import pytest

from pellucid._extras import EXTRAS, found, require
from pellucid._files import atomic_write, read_json, write_json
from pellucid._suggest import nearest


def test_a_file_is_replaced_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")

    def fail():
        with atomic_write(path) as file:
            file.write("after")
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    with atomic_write(path) as file:
        file.write("after\n")
        assert path.read_text() == "before"
    assert path.read_bytes() == b"after\n"


def test_a_new_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    with atomic_write(tmp_path / "ours", "wb") as file:
        file.write(b"")
    assert stat.S_IMODE(os.stat(tmp_path / "ours").st_mode) == stat.S_IMODE(os.stat(tmp_path / "plain").st_mode)  # noqa: PTH116


def test_other_modes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="mode"), atomic_write(tmp_path / "a", "a"):
        pass


def test_json_comes_back_and_nan_is_refused(tmp_path):
    write_json(tmp_path / "a.json", {"ü": [1, 2.5, None]})
    assert read_json(tmp_path / "a.json") == {"ü": [1, 2.5, None]}
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", float("nan"))
    assert read_json(tmp_path / "a.json") == {"ü": [1, 2.5, None]}


def test_damaged_json_is_named(tmp_path):
    (tmp_path / "a.json").write_text('{"a": ')
    with pytest.raises(ValueError, match=r"a\.json is not a valid JSON file"):
        read_json(tmp_path / "a.json")


def test_a_missing_library_names_the_extra_that_brings_it():
    with pytest.raises(ImportError, match=r'surely_absent is needed for this; .*pip install "pellucid\[plot\]"'):
        require("surely_absent.part", "plot")


def test_a_library_that_is_broken_inside_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "broken_inside.py").write_text("import surely_absent")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'surely_absent'"):
        require("broken_inside", "plot")


def test_extras_are_those_of_the_project_file():
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
    declared = project["project"]["optional-dependencies"]
    assert set(EXTRAS) == set(declared) - {"all", "test", "dev", "bench", "projects"}
    assert all(f"[{','.join(EXTRAS)}]" in line for line in declared["all"])
    assert all(found(extra) for extra in EXTRAS)


def test_the_nearest_word_is_suggested():
    assert nearest("adm", ["adam", "sgd"]) == "; did you mean 'adam'?"
    assert nearest("zzz", ["adam", "sgd"]) == "; choose one of adam, sgd"
