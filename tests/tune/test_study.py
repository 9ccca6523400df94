"""A study: its trials are taken once each, whoever begins, dies, sleeps or comes late."""

import subprocess
import sys
from dataclasses import replace

import optuna
import pytest

from pellucid.tune import Choice, run_search
from pellucid.tune import study as study_module
from pellucid.tune.objective import Outcome
from pellucid.tune.place import StudyError, open_study, shown, stored_search
from pellucid.tune.study import Study

DONE = Outcome(state="complete", scores=(0.5, 0.7), seconds=0.1)


@pytest.fixture
def open_one(make_search, tmp_path):
    def make(place="a.journal", sha256="x", **more):
        return Study(replace(make_search(**more), metric="accuracy"), str(tmp_path / place), sha256)

    return make


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("place", ["a.journal", "a.db"])
def test_two_processes_never_have_the_same_trial(open_one, place):
    first, second = open_one(place), open_one(place)
    claims = [s.claim() for s in (first, second, first, second)]
    assert [c.number for c in claims] == [0, 1, 2, 3]
    assert first.claim() is None
    assert second.claim() is None
    assert not first.is_complete()
    for study, claim in zip((first, second, first, second), claims, strict=True):
        assert study.tell(claim, DONE)
    assert first.is_complete()
    assert [t.number for t in second.trials()] == [0, 1, 2, 3]
    assert (second.was_completed_here(), first.was_completed_here()) == (True, False)


def test_a_slot_that_two_queued_at_the_same_moment_is_run_once(open_one):
    first, second = open_one(), open_one()
    for _ in range(2):  # as if each had seen it free before the other's was written
        first._study.enqueue_trial({}, user_attrs={"slot": 0})
    claims = [first.claim(), second.claim()]
    assert [c.number for c in claims] == [0, 1]
    assert [first.claim().number, second.claim().number] == [2, 3]
    assert first.claim() is None


def test_an_entry_that_nobody_queued_counts_for_nothing(open_one):
    study = open_one()
    study._study.ask()
    assert [study.claim().number for _ in range(4)] == [0, 1, 2, 3]
    assert study.claim() is None


def test_a_dead_processs_trial_is_begun_again_with_the_same_parameters(open_one, dead_pid):
    dead, alive = open_one(), open_one()
    dead._me["pid"] = dead_pid
    left = [dead.claim(), dead.claim()]
    again = [alive.claim() for _ in range(4)]
    assert sorted(c.number for c in again) == [0, 1, 2, 3]
    by_number = {c.number: c.parameters for c in again}
    assert all(by_number[c.number] == c.parameters for c in left)
    assert alive.repeated() == 2
    # One that was only taken for dead comes too late.
    assert not dead.tell(left[0], DONE)
    assert alive.trials() == []
    assert all(alive.tell(c, DONE) for c in again)
    assert [t.score for t in dead.trials()] == [0.6] * 4


def test_a_silent_process_of_another_machine_is_given_up_and_one_that_speaks_is_not(open_one, monkeypatch):
    far, here = open_one(), open_one()
    far._me["host"] = "another"
    claim = far.claim()
    now = [1000.0]
    monkeypatch.setattr(study_module.time, "monotonic", lambda: now[0])
    for beat in range(3):
        here._rescue()
        now[0] += study_module.SILENCE - 1
        claim.trial.set_user_attr("beat", beat)
    here._rescue()
    assert set(here.running()) == {0}
    now[0] += study_module.SILENCE + 1
    here._rescue()
    assert here.running() == {}
    assert here.claim().number == 0


def test_signs_of_life_are_given_while_a_trial_runs(open_one, monkeypatch):
    monkeypatch.setattr(study_module, "BEAT", 0.01)
    study = open_one()
    claim = study.claim()
    with study.alive(claim):
        for _ in range(500):
            if study._entries()[0].user_attrs.get("beat", 0) >= 2:
                break
            study_module.time.sleep(0.01)
    assert study._entries()[0].user_attrs["beat"] >= 2


def test_a_living_process_of_this_machine_is_never_given_up_in_haste(open_one):
    first, second = open_one(), open_one()
    first.claim()
    second._rescue()
    assert set(second.running()) == {0}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"seed": 1}, r"begun with seed 0, not 1; give the same, or begin another"),
        ({"epochs": 7}, r"begun with epochs 6, not 7"),
        ({"method": "random"}, r"begun with method 'tpe', not 'random'"),
        ({"cv": 3}, r"begun with cv 2, not 3"),
        ({"space": {"lr": Choice((0.1,))}}, r"begun with the space's lr \{'low': 0.001, .*\}, not \[0.1\]"),
        ({"sha256": "y"}, r"begun with other data; begin another study"),
    ],
)
def test_trials_of_different_searches_are_not_mixed(open_one, more, message):
    open_one()
    with pytest.raises(StudyError, match=message):
        open_one(**more)


def test_more_or_fewer_trials_and_another_bound_of_time_are_the_same_search(open_one):
    study = open_one(trials=2)
    for _ in range(2):
        study.tell(study.claim(), DONE)
    assert study.is_complete()
    assert open_one(trials=1, timeout=5).claim() is None
    assert open_one(trials=3).claim().number == 2


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("runs/a.txt", r"must end in .journal, in .db, .sqlite, .sqlite3, or be a database's URL"),
        ("none/a.journal", "there is no folder none"),
        ("oracle9://host/base", "cannot be opened"),
    ],
)
def test_a_place_that_cannot_be_is_refused(tmp_path, monkeypatch, place, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    monkeypatch.setattr("pellucid.tune.place._TRIES", 1)
    with pytest.raises(StudyError, match=message):
        open_study(place, "maximize", None, None)


def test_a_file_that_is_no_study_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("pellucid.tune.place._TRIES", 1)
    (tmp_path / "a.journal").write_text("to be or not to be\n" * 2)
    with pytest.raises(StudyError, match="journal cannot be opened"):
        open_study(str(tmp_path / "a.journal"), "maximize", None, None)


def test_several_studies_of_one_database_have_names(tmp_path):
    url = f"sqlite:///{tmp_path}/all.db"
    for name in ("#digits", "#iris", ""):
        open_study(url + name, "maximize", None, None)
    assert sorted(optuna.get_all_study_names(url)) == ["digits", "iris", "pellucid"]


def test_passwords_are_not_shown():
    assert shown("postgresql://me:se@cret@host:5/b#n") == "postgresql://me:***@host:5/b#n"
    assert shown("postgresql://me@host/b") == "postgresql://me@host/b"
    assert shown(None) == "in memory"


def test_a_line_that_a_killed_process_left_half_written_loses_no_trial(make_search, tmp_path):
    place = tmp_path / "a.journal"
    first = run_search(make_search(trials=2), str(place))
    with place.open("ab") as file:
        file.write(place.read_bytes().splitlines()[-1][:10])
    second = run_search(make_search(trials=3), str(place))
    assert second.trials[:2] == first.trials
    assert len(second.trials) == 3


@pytest.mark.parametrize("place", ["a.journal", "a.db", "sqlite:///{}/b.db#iris"])
def test_what_was_searched_is_read_back_from_its_study(make_search, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    place = place.format(tmp_path)
    assert stored_search(place) is None
    if "://" not in place:
        assert list(tmp_path.iterdir()) == []
    search = make_search(trials=1)
    found = run_search(search, place)
    told = stored_search(place)
    assert told == found.search.to_json() | {"sha256": told["sha256"], "data": "iris", "trials": 1}


def test_a_study_of_another_program_is_not_taken_for_one_of_ours(tmp_path):
    place = str(tmp_path / "a.db")
    optuna.create_study(storage=f"sqlite:///{place}", study_name="pellucid")
    with pytest.raises(StudyError, match="holds a study that was not begun by pellucid tune"):
        stored_search(place)
