"""The record of a trial."""

import json

import pytest

from pellucid.tune import Trial, mean_and_spread


def test_a_record_goes_to_json():
    trial = Trial(number=3, parameters={"lr": 0.1}, scores=(0.5, 0.7), score=0.6, spread=0.1, seconds=2.0, seed=7)
    assert json.loads(json.dumps(trial.to_json())) == {
        "number": 3,
        "parameters": {"lr": 0.1},
        "scores": [0.5, 0.7],
        "score": 0.6,
        "spread": 0.1,
        "seconds": 2.0,
        "seed": 7,
        "state": "complete",
        "error": "",
    }


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"state": "done"}, "state must be one of complete, pruned, failed, diverged, got 'done'"),
        ({"state": "complete"}, "has a score where it is complete"),
        ({"state": "failed", "score": 1.0}, "has a score where it is complete"),
    ],
)
def test_what_contradicts_itself_is_refused(more, message):
    with pytest.raises(ValueError, match=message):
        Trial(number=0, parameters={}, **more)


def test_the_spread_of_folds_is_that_of_a_sample():
    mean, spread = mean_and_spread([1.0, 2.0, 4.0])
    assert mean == pytest.approx(7 / 3)
    assert spread == pytest.approx((((4 / 3) ** 2 + (1 / 3) ** 2 + (5 / 3) ** 2) / 2) ** 0.5)
