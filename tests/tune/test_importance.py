import numpy as np
import pytest

from pellucid.tune import Trial, importance


def trials(n=60, seed=0, score=None):
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        p = {
            "lr": float(10 ** rng.uniform(-4, -1)),
            "activation": str(rng.choice(["relu", "tanh"])),
            "seed": int(i % 7),
        }
        value = -((np.log10(p["lr"]) + 2.5) ** 2) + 0.8 * (p["activation"] == "tanh") if score is None else score(p)
        found.append(Trial(number=i, parameters=p, score=float(value)))
    return found


def test_what_the_score_depends_on_matters_and_the_rest_does_not():
    shares = importance(trials())
    assert list(shares)[:2] == ["lr", "activation"]
    assert shares["lr"] > 0.4
    assert shares["activation"] > 0.08
    assert shares["seed"] < 0.05
    assert sum(shares.values()) <= 1
    only = importance(trials(score=lambda p: p["activation"] == "relu"))
    assert only["activation"] > 0.9


def test_the_same_trials_give_the_same_shares():
    assert importance(trials()) == importance(trials())
    assert importance(trials()) != importance(trials(), seed=1)


def test_parameters_that_many_lack_or_that_never_change_do_not_count():
    found = trials()
    for i, t in enumerate(found):
        t.parameters["constant"] = 3
        if i % 2:
            t.parameters["momentum"] = i / 60
    found[0].parameters.pop("lr")  # the settings as given
    assert set(importance(found)) == {"lr", "activation", "seed"}


@pytest.mark.parametrize(
    "found",
    [
        [],
        trials(7),
        trials(score=lambda p: 1.0),
        [Trial(number=i, parameters={"lr": i}, state="failed") for i in range(20)],
        [Trial(number=i, parameters={}, score=float(i)) for i in range(20)],
    ],
)
def test_where_nothing_can_be_told_nothing_is_said(found):
    assert importance(found) == {}
