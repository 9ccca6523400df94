"""What a search is for: settings that do better than those that one begins with, on rows that nobody has seen."""

import numpy as np
import pytest

from pellucid.train.config import RunConfig
from pellucid.train.run import train_run
from pellucid.tune import Search, retrain, run_search


@pytest.mark.slow
def test_the_search_beats_the_settings_as_given_on_held_out_digits(tmp_path):
    gains = []
    for seed in range(3):
        # Half of the rows are held out: one row more or less is a tenth of a per cent.
        config = RunConfig(data="digits", seed=seed, test_size=0.5)
        given = train_run(config, tmp_path / f"given-{seed}").metrics["test"]
        found = run_search(Search(config=config, trials=50))
        tuned = retrain(found, tmp_path / f"tuned-{seed}").metrics["test"]
        print(f"seed {seed}: {given['accuracy']:.4f} as given, {tuned['accuracy']:.4f} tuned")  # noqa: T201
        gains.append(tuned["accuracy"] - given["accuracy"])
        assert found.best.score < found.given.score
    assert np.mean(gains) > 0.002
