import re
from dataclasses import replace

import pytest
from tests.plot.test_report import Page
from tests.plot.test_search import many, trial

from pellucid.plot import SearchReport, write_search_report
from pellucid.plot.search_report import render


def report(trials=None, **fields):
    trials = many() if trials is None else trials
    best = max((t for t in trials if t.score is not None), key=lambda t: t.score)
    how = {"name": "a.csv", "metric": "accuracy", "maximize": True, "command": "pellucid tune a.csv", "seconds": 75.0}
    return SearchReport(**(how | {"trials": trials, "best": best} | fields))


def test_the_page_holds_everything_and_needs_nothing(tmp_path):
    data = report(
        held_out={"accuracy": 0.8125, "roc_auc": 0.9},
        importance={"lr": 0.7, "dropout": 0.1},
        given=0.75,
        page="report.html",
        settings={"method": "tpe", "cv": 5},
        warnings=["One trial was begun twice."],
    )
    path = write_search_report(tmp_path / "search.html", data)
    source = path.read_text(encoding="utf-8")
    page = Page(source)
    assert page.pictures == [
        "score of every trial",
        "importance of the parameters",
        "trials as lines",
        *(f"scores over {name}" for name in ("lr", "dropout", "units", "activation", "momentum")),
    ]
    assert "http" not in source.replace("http-equiv", "")
    assert "<script" not in source
    assert {a["href"] for tag, a in page.elements if tag == "a"} == {"report.html"}
    for words in (
        f"The best of 40 trials reaches {data.best.score:.4g} in accuracy; the settings as given reach 0.75.",
        "On rows that the search never saw, it reaches 0.8125.",
        "Of 40 trials 37 came to a score, 1 ended early, because others did better, 1 diverged, 1 failed.",
        "It took 1 min 15 s.",
        "One trial was begun twice.",
        "ROC AUC on the test rows 0.9",
        "pellucid tune a.csv",
        "method tpe cv 5",
    ):
        assert words in page.words, words


def test_trials_are_listed_the_best_first_and_those_without_a_score_with_the_reason():
    trials = [trial(0, 0.5, lr=0.1), trial(1, 0.9, lr=0.2), trial(2, None, "failed", lr=0.3)]
    object.__setattr__(trials[2], "error", "<b>no</b> such column")
    source = render(report(trials))
    assert "<b>no" not in source
    assert "2 failed &lt;b&gt;no&lt;/b&gt; such column" in re.sub(r"\s*</?t[dr][^>]*>\s*", " ", source).replace(
        "  ", " "
    )
    row = r'<tr><td class="n">(\d)</td><td class="n">([\d.–]+)</td>'
    assert re.findall(row, source) == [("1", "0.9"), ("0", "0.5"), ("2", "–")]
    lower = render(report(trials, maximize=False, best=trials[0]))
    assert [number for number, _ in re.findall(row, lower)] == [
        "0",
        "1",
        "2",
    ]


def test_a_search_of_one_setting_has_a_page_too():
    page = Page(render(report([trial(0, 0.5, lr=0.1)])))
    assert page.pictures == ["score of every trial"]
    assert "What mattered" not in page.words


def test_a_best_trial_that_is_none_is_refused():
    with pytest.raises(ValueError, match="number 99, is not among"):
        report(best=trial(99, 1.0))
    with pytest.raises(ValueError, match="no trial came to a score"):
        replace(report(), trials=[trial(0, None, "failed")])
