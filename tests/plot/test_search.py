import numpy as np
import pytest

from pellucid import plot
from pellucid.plot._trials import scale_of
from pellucid.tune import Trial


def trial(number, score=None, state="complete", **parameters):
    return Trial(number=number, parameters=parameters, score=score, state=state)


def many(n=40, names=("relu", "tanh"), maximize=True, seed=0):
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        lr, units = float(10 ** rng.uniform(-4, -1)), int(2 ** rng.integers(4, 8))
        score = 0.9 - 0.03 * (np.log10(lr) + 2.5) ** 2 + 0.01 * rng.normal()
        parameters = {"lr": lr, "units": units, "activation": str(rng.choice(names)), "dropout": rng.uniform(0, 0.5)}
        if i % 3 == 0:
            parameters["momentum"] = 0.9 * rng.random()
        state = {7: "pruned", 9: "failed", 11: "diverged"}.get(i, "complete")
        found.append(trial(i, (score if maximize else 1 - score) if state == "complete" else None, state, **parameters))
    return found


def names_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(("maximize", "best"), [(True, [1, 1, 3, 3]), (False, [1, 0, 0, 0])])
def test_the_best_so_far_never_gets_worse(maximize, best):
    trials = [trial(i, float(s), lr=0.1) for i, s in enumerate([1, 0, 3, 2])]
    ax = plot.search_history(trials[::-1], maximize=maximize, metric="log_loss")
    points, line = ax.lines[:2]
    assert points.get_xdata().tolist() == [0, 1, 2, 3]
    assert points.get_ydata().tolist() == [1, 0, 3, 2]
    assert line.get_ydata()[:-1].tolist() == best
    assert ax.get_ylabel() == "log loss"
    assert names_of(ax)[1] == ("best so far: 3, trial 2" if maximize else "best so far: 0, trial 1")


def test_trials_without_a_score_are_marked_and_counted(assert_readable):
    ax = plot.search_history(many(), maximize=True, metric="accuracy")
    assert names_of(ax)[2:] == ["pruned: 1", "diverged: 1", "failed: 1"]
    assert [line.get_xdata().tolist() for line in ax.lines[2:]] == [[7], [11], [9]]
    assert_readable(ax)


def test_a_score_far_off_flattens_nothing_and_is_shown_at_the_edge():
    scores = [0.5, 0.4, 0.45, 0.42, 0.41, 1000.0]
    ax = plot.search_history([trial(i, s) for i, s in enumerate(scores)], maximize=False)
    low, high = ax.get_ylim()
    assert low < 0.4
    assert 0.5 < high < 1
    (edge,) = [line for line in ax.lines if line.get_marker() == "^"]
    assert edge.get_xdata().tolist() == [5]


def test_importance_is_ranked_and_written(assert_readable):
    ax = plot.parameter_importance({"dropout": 0.04, "lr": 0.8, "units": 0.0})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["units", "dropout", "lr"]
    assert [bar.get_width() for bar in ax.patches] == [0.0, 0.04, 0.8]
    assert [text.get_text() for text in ax.texts] == ["0.0%", "4.0%", "80.0%"]
    assert_readable(ax)
    for shares in ({}, {"lr": 1.5}, {"lr": float("nan")}):
        with pytest.raises(ValueError, match="numbers from 0 to 1"):
            plot.parameter_importance(shares)


def test_scales_suit_the_values():
    decades = scale_of([1e-4, 1e-3, 1e-2, 1e-1])
    assert decades.kind == "log"
    assert [decades.place(v) for v in (1e-4, 1e-2, 1e-1)] == pytest.approx([0, 2 / 3, 1])
    assert scale_of([0.001, 0.2, 0.3, 0.4, 0.5]).kind == "linear"  # wide, but not spread over decades
    assert scale_of([16, 32, 64, 128, 256]).kind == "log"
    assert scale_of([1, 2, 3]).ticks() == [(0, "1"), (0.5, "2"), (1, "3")]
    assert scale_of([5, 5]).place(5) == 0.5
    for values in (["b", "a"], [True, False], [None, 1.0], [float("inf"), 1.0], [(8, 4), (16,)]):
        scale = scale_of(values)
        assert scale.kind == "names"
        assert scale.names == tuple(sorted(map(str, values)))
        assert sorted(scale.place(v) for v in values) == [0.25, 0.75]


def test_slices_show_numbers_on_their_scale_and_names_side_by_side(assert_readable):
    trials = many()
    ax = plot.search_slice(trials, "lr", maximize=True, metric="accuracy")
    assert ax.get_xscale() == "log"
    assert len(ax.lines[0].get_xdata()) == 37
    best = max((t for t in trials if t.score is not None), key=lambda t: t.score)
    assert ax.lines[-1].get_xydata().tolist() == [[best.parameters["lr"], best.score]]
    assert_readable(ax)
    ax = plot.search_slice(trials, "activation", maximize=True)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["relu", "tanh"]
    assert_readable(ax)
    ax = plot.search_slice(trials, "units", maximize=True)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["16", "32", "64", "128"]
    assert_readable(ax)
    units = [trial(i, i / 30, units=round(16 * 1.13**i)) for i in range(25)]
    assert_readable(plot.search_slice(units, "units", maximize=True))
    assert len(plot.search_slice(trials, "momentum", maximize=True).lines[0].get_xdata()) == 13  # of the complete ones
    assert_readable(plot.search_slice(many(names=[f"activation_{i}" for i in range(9)]), "activation", maximize=True))
    with pytest.raises(ValueError, match="has the parameter 'depth'"):
        plot.search_slice(trials, "depth", maximize=True)


def test_lines_of_better_trials_lie_in_front(assert_readable):
    for maximize in (True, False):
        trials = many(maximize=maximize)
        ax = plot.parallel_coordinates(trials, maximize=maximize, metric="accuracy")
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert labels == ["lr", "units", "activation", "dropout", "momentum", "accuracy"]
        assert names_of(ax) == ["the best", "best tenth", "better half", "worse half"]
        lines = [line for line in ax.lines if len(line.get_xdata()) == 6]
        assert len(lines) == 37
        heights = [line.get_ydata()[-1] for line in lines]
        assert heights == sorted(heights, reverse=not maximize)
        assert_readable(ax)
    lacking = [line for line in lines if line.get_ydata()[4] < 0]
    assert len(lacking) == 37 - 13
    assert "not used" in [text.get_text() for text in ax.texts]


def test_what_cannot_be_drawn_is_refused():
    for draw in (plot.search_history, plot.parallel_coordinates):
        with pytest.raises(ValueError, match="no trial came to a score"):
            draw([trial(0, None, "failed", lr=0.1), trial(1, float("nan"), lr=0.2)], maximize=True)
    with pytest.raises(ValueError, match="no parameter had two values"):
        plot.parallel_coordinates([trial(0, 0.5, lr=0.1), trial(1, 0.6, lr=0.1)], maximize=True)


@pytest.mark.parametrize("n", [1, 2, 200])
def test_searches_of_any_length_are_readable(n, assert_readable):
    trials = [t for t in many(n + 3) if t.state == "complete"][:n]
    assert_readable(plot.search_history(trials, maximize=True))
    assert_readable(plot.search_slice(trials, "lr", maximize=True))
