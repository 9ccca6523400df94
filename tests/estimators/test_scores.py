"""The same setting scores as scikit-learn's does, on the data that it brings."""

import numpy as np
import pytest
from benchmarks.estimators import ESTIMATORS, fit_once

REPEATS = 10


@pytest.mark.slow
@pytest.mark.parametrize("data", ESTIMATORS)
def test_scores_are_scikit_learns_within_noise(data, capsys):
    scores = {
        library: np.array([fit_once(library, data, seed)[1] for seed in range(REPEATS)])
        for library in ("pellucid", "sklearn")
    }
    with capsys.disabled():
        told = [f"{library} {s.mean():.3f} ± {s.std(ddof=1):.3f}" for library, s in scores.items()]
        print(f"\n{data}: {', '.join(told)}")  # noqa: T201
    # The divisions of the rows are the same, so the scores are compared pair by pair.
    apart = scores["pellucid"] - scores["sklearn"]
    noise = apart.std(ddof=1) / np.sqrt(REPEATS)
    assert abs(apart.mean()) <= 3 * noise + 0.002
    assert noise < 0.05
