"""Asking a trained model: the same outputs for few rows, which are recorded, as for many."""

import copy

import numpy as np
import pytest

import pellucid as pl
from pellucid import nn, optim
from pellucid.train import Trainer
from pellucid.train.recorded_answers import RecordedAnswers


def trainer_of(*layers):
    pl.manual_seed(0)
    model = nn.Sequential(*layers) if layers else nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    return Trainer(model, nn.MSELoss(), optim.SGD([*model.parameters()] or [pl.ones(1)], lr=0.1), seed=0)


def computed(trainer, X):
    with pl.no_grad():
        return trainer.model.eval()(pl.tensor(X)).numpy()


@pytest.fixture
def X():
    return np.random.default_rng(0).standard_normal((70, 3), dtype=np.float32)


@pytest.mark.parametrize("rows", [1, 64, 65])
def test_every_ask_gives_what_the_model_computes_also_after_more_training(rows, X):
    trainer = trainer_of()
    for _ in range(3):
        for _ in range(3):
            assert np.array_equal(trainer.predict(X[:rows]), computed(trainer, X[:rows]))
        trainer.fit((X, X[:, :2]), epochs=4)
    trainer.model.load_state_dict({name: 2 * value for name, value in trainer.model.state_dict().items()})
    for _ in range(3):
        assert np.array_equal(trainer.predict(X[:rows]), computed(trainer, X[:rows]))
    trainer.model = nn.Linear(3, 1)
    assert np.array_equal(trainer.predict(X[:rows]), computed(trainer, X[:rows]))


def test_outputs_belong_to_whoever_asked(X):
    trainer = trainer_of()
    answers = [trainer.predict(X[i : i + 1]) for i in range(5)]
    assert np.allclose(np.concatenate(answers), computed(trainer, X[:5]), rtol=1e-5, atol=1e-6)
    rows = X[:2].copy()
    same = trainer_of(nn.Identity())
    for _ in range(4):
        same.predict(rows)[...] = 7
    assert np.array_equal(rows, X[:2])


def test_each_layer_gets_its_own_mode_back(X):
    trainer = trainer_of(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    trainer.model.train()
    trainer.model[1].eval()
    for _ in range(3):
        assert np.array_equal(trainer.predict(X[:4]), trainer.predict(X[:4]))
        assert [m.training for m in trainer.model.modules()] == [True, True, False, True]
        assert trainer.predict(X[:0]).shape == (0, 3)


def test_few_rows_are_recorded_and_many_are_not(X, monkeypatch):
    asked, compute = [], RecordedAnswers.__call__
    monkeypatch.setattr(RecordedAnswers, "__call__", lambda self, x: asked.append(len(x)) or compute(self, x))
    trainer = trainer_of()
    trainer.predict(X[:64])
    trainer.predict(X[:65])
    trainer.predict(X[:64], batch_size=50)
    assert asked == [64, 50, 14]


def test_a_trainer_that_has_answered_can_be_copied(X):
    trainer = trainer_of()
    expected = [trainer.predict(X[:1]) for _ in range(3)][-1]
    assert np.array_equal(copy.deepcopy(trainer).predict(X[:1]), expected)
