import importlib.util

import numpy as np
import pytest

import pellucid as pl
from pellucid.train import Trainer

# Where no C++ compiler was found there is no engine that replays steps.
collect_ignore = [] if importlib.util.find_spec("pellucid._native") else ["test_replay.py", "test_replay_epochs.py"]


@pytest.fixture
def blobs():
    """Three overlapping clouds of points: 90 rows to train on, 30 to judge by."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 3
    X = (rng.normal(size=(120, 2)) + 2.5 * np.stack([np.cos(2.1 * y), np.sin(2.1 * y)], axis=1)).astype(np.float32)
    return (X[:90], y[:90]), (X[90:], y[90:])


@pytest.fixture
def make_trainer():
    """Return a trainer of a small network with dropout, the same one at every call but for what is given."""

    def make(callbacks=(), *, dropout=0.3, lr=0.01, schedule=None, **options):
        pl.manual_seed(7)
        model = pl.nn.Sequential(pl.nn.Linear(2, 16), pl.nn.Tanh(), pl.nn.Dropout(dropout), pl.nn.Linear(16, 3))
        optimizer = pl.optim.Adam(model.parameters(), lr=lr)
        scheduler = None if schedule is None else schedule(optimizer)
        options.setdefault("metrics", {"accuracy": lambda o, t: float((o.argmax(1) == t).mean())})
        return Trainer(
            model,
            options.pop("loss", pl.nn.CrossEntropyLoss()),
            optimizer,
            scheduler=scheduler,
            callbacks=callbacks,
            seed=3,
            **options,
        )

    return make


@pytest.fixture
def weights_of():
    """Return a function from a trainer to its weights' bytes."""

    def read(trainer):
        return {name: p.array.tobytes() for name, p in trainer.model.state_dict().items()}

    return read
