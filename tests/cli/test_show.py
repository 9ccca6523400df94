import io

import pytest
from rich.console import Console

from pellucid.cli import show


def terminal(width=40):
    return Console(file=io.StringIO(), width=width, force_terminal=True, markup=False, highlight=False, no_color=True)


def test_sentences_are_whole_lines_in_files_and_broken_between_words_in_terminals():
    sentence = "One sentence that is longer than a line, by far;" * 3
    file = io.StringIO()
    show.say(show.console(file), sentence)
    assert file.getvalue() == sentence + "\n"
    to = terminal()
    show.say(to, "One sentence that is longer than forty characters.")
    assert to.file.getvalue() == "One sentence that is longer than forty \ncharacters.\n"


def test_names_of_columns_are_no_markup():
    file = io.StringIO()
    show.say(show.console(file), "[bold]x[/bold] :smile: [/]")
    assert file.getvalue() == "[bold]x[/bold] :smile: [/]\n"


def test_facts_stand_under_each_other():
    to = terminal(30)
    show.facts(to, {"a": "short", "longer": "a text that does not fit into it"})
    assert to.file.getvalue() == "a       short\nlonger  a text that does not\n        fit into it\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.0000"), (0.00012, "0.0001"), (-0.5, "-0.5000"), (43.2109, "43.21"), (1234.5, "1,234"), (7, "7")],
)
def test_numbers_are_short(value, text):
    assert show.number(value) == text


def test_scores_without_classes_are_one_table():
    file = io.StringIO()
    show.scores(show.console(file), {"rows": 3, "r2": 0.5})
    assert [line.split() for line in file.getvalue().splitlines() if line[:1].isalpha()] == [
        ["metric"],
        ["rows", "3"],
        ["r2", "0.5000"],
    ]


def test_classes_with_slashes_in_their_names_stay_whole():
    file = io.StringIO()
    show.scores(show.console(file), {"recall/a/b": 0.25, "rows/a/b": 4.0})
    assert ["a/b", "0.2500", "4"] in [line.split() for line in file.getvalue().splitlines()]
