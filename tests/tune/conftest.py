"""Searches that take a blink."""

import pytest

from pellucid.train.config import RunConfig
from pellucid.tune import Choice, Range, Search

SPACE = {"lr": Range(1e-3, 0.1, log=True), "units": Choice((4, 8)), "layers": Choice((1,))}


@pytest.fixture
def make_search():
    def make(*, data="iris", epochs=6, seed=0, config=None, **more):
        config = RunConfig(data=data, epochs=epochs, seed=seed, **(config or {}))
        return Search(**({"config": config, "space": SPACE, "trials": 4, "cv": 2, "metric": "accuracy"} | more))

    return make
