"""The scores of the projects on text and series, each with a margin below what several seeds gave."""

import pytest
from tests.examples.chapters import numbers

pytestmark = pytest.mark.slow


def table(text, heading):
    """Give the rows of numbers that follow the line beginning with `heading`."""
    after = text[text.index(heading) :].splitlines()[1:]
    end = next((i for i, row in enumerate(after) if not row.startswith("  ")), len(after))
    return [numbers(row) for row in after[:end]]


def test_4_forecasts_beat_the_last_season_but_not_where_history_is_too_short(project):
    text = project(4)
    for heading, one_ahead, many_ahead in (("carbon dioxide, 1993", 0.25, 0.35), ("sunspots, 1932", 0.65, 0.92)):
        (_, naive, network, *first), (_, _, _, _, *all_steps) = table(text, heading)
        assert network < one_ahead * naive
        assert len(first) == len(all_steps) == 3
        assert max(first) <= one_ahead
        assert max(all_steps) <= many_ahead
    (*_, first), (*_, all_steps) = table(text, "sunspots, 1854")
    assert first <= 0.85
    assert 1 < all_steps < 1.25  # "fails"
