from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pellucid.cli.folders import new_folder


def test_the_first_free_number_is_taken(folder):
    Path("runs/ages-1").mkdir(parents=True)
    Path("runs/ages-3").mkdir()
    with new_folder("data/ages.csv.gz") as path:
        assert path == Path("runs/ages-2")
        assert path.is_dir()


def test_a_folder_that_stays_empty_is_taken_away(folder):
    with pytest.raises(ValueError, match="nothing came of it"), new_folder("iris"):
        raise ValueError("nothing came of it")
    assert list(folder.iterdir()) == []


def test_a_folder_with_something_in_it_stays(folder):
    with new_folder("iris") as path:
        (path / "config.json").touch()
    assert Path("runs/iris-1/config.json").exists()


def test_earlier_runs_stay_when_nothing_came_of_the_next(folder):
    Path("runs").mkdir()
    with new_folder("iris"):
        pass
    assert [p.name for p in folder.iterdir()] == ["runs"]


def test_many_at_once_get_different_folders(folder):
    def claim(_):
        with new_folder("iris") as path:
            (path / "file").touch()
            return path

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(claim, range(40)))) == 40


def test_a_name_without_letters_gets_a_folder_too(folder):
    with new_folder(".csv") as path:
        assert path == Path("runs/data-1")
