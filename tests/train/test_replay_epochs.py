"""Epochs that nobody looks at are replayed many at a time, and leave what epochs one by one leave."""

import io
import os
import signal
import threading

import numpy as np
import pytest
from tests.train.replay_support import OPTIMIZERS, Eager, data, everything, trainer_of

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset
from pellucid.train import Callback, EarlyStopping, ModelCheckpoint, Trainer, TrainingDivergedError, replay
from pellucid.train.callbacks import PlainProgress
from pellucid.train.recorded import Recorded


class Looks(Callback):
    """Looks at every epoch, so that they are replayed one by one; changes nothing."""

    only_shows = True

    def __init__(self):
        self.seen = []

    def on_epoch_end(self, trainer):
        self.seen.append(trainer.epoch)


@pytest.fixture(autouse=True)
def _native_engine():
    with pl.use_engine("native"):
        yield


@pytest.fixture
def together(monkeypatch):
    """How many epochs were taken in each replay of whole epochs."""
    counts, run = [], Recorded.run_epochs

    def counted(self, last, epochs, *others):
        counts.append(epochs)
        return run(self, last, epochs, *others)

    monkeypatch.setattr(Recorded, "run_epochs", counted)
    return counts


def three_ways(rows=64, *, epochs=60, batch_size=32, loader=None, **options):
    """Train with epochs taken together, replayed one by one, and computed step by step."""
    trainers = [trainer_of(**options) for _ in range(3)]
    trainers[1].callbacks.append(Looks())
    trainers[2].callbacks.append(Eager())
    for trainer in trainers:
        trainer.fit(data("classes", rows) if loader is None else loader(), epochs=epochs, batch_size=batch_size)
    return [everything(trainer) for trainer in trainers]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_epochs_taken_together_give_the_bits_of_single_ones(optimizer, together):
    first, second, third = three_ways(optimizer=optimizer)
    assert first == second == third
    assert max(together) >= 8


@pytest.mark.parametrize(("rows", "batch_size"), [(4, 4), (4, 1), (1, 1), (65, 13), (70, 32), (33, 32), (7, 32)])
def test_any_number_of_batches_makes_an_epoch_the_last_one_may_be_shorter(rows, batch_size, together):
    first, second, third = three_ways(rows, batch_size=batch_size)
    assert first == second == third
    assert max(together) >= 8


def test_a_second_plan_is_not_kept_where_the_first_takes_much_memory(together, monkeypatch):
    monkeypatch.setattr(replay, "_SMALL", 100)
    first, second, third = three_ways(70)
    assert first == second == third
    assert not together


def test_masks_of_dropout_are_those_of_each_step(together):
    first, second, third = three_ways(70, dropout=0.4)
    assert first == second == third
    assert max(together) >= 8


@pytest.mark.parametrize("shuffle", [True, False])
def test_rows_left_out_at_the_end_of_an_epoch_are_other_ones_in_each(shuffle, together):
    def loader():
        return DataLoader(TensorDataset(*data("classes", 70)), 32, shuffle=shuffle, drop_last=True, seed=3)

    first, second, third = three_ways(loader=loader)
    assert first == second == third
    assert max(together) >= 8


def test_whoever_looks_at_an_epoch_sees_each(together):
    looks, trainer = Looks(), trainer_of()
    trainer.callbacks.append(looks)
    trainer.fit(data("classes", 64), epochs=20, batch_size=32)
    assert looks.seen == list(range(1, 21))
    assert not together


@pytest.mark.parametrize(
    "options",
    [
        {"validation": data("classes", 9)},
        {"metrics": {"rows": lambda outputs, targets: len(outputs)}},
        {"schedule": lambda made: optim.lr_scheduler.ExponentialLR(made, 0.9)},
        {"callbacks": [EarlyStopping("loss", patience=1000)]},
        {"callbacks": [ModelCheckpoint("never", monitor="loss", every_epochs=1000)]},
    ],
)
def test_validation_metrics_schedules_and_those_who_watch_a_number_want_every_epoch(
    options, together, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    validation = options.pop("validation", None)
    trainer = trainer_of(**options)
    trainer.fit(data("classes", 64), validation, epochs=20, batch_size=32)
    assert not together
    assert trainer.replayed.endswith("steps were replayed by the engine")


@pytest.mark.parametrize("every", [{"every_epochs": 7}, {"every_epochs": 1000, "every_steps": 31}])
def test_checkpoints_are_written_where_they_were_asked_for_and_resumed_to_the_same_bits(every, tmp_path, together):
    kept = {}

    class Keeps(ModelCheckpoint):
        """Is no ModelCheckpoint to the replay, which therefore takes every epoch by itself."""

    def train(kind, name):
        checkpoint = kind(tmp_path / name, monitor=None, **every)
        save = pl.train.Trainer.save_checkpoint
        trainer = trainer_of(dropout=0.2, callbacks=[checkpoint])
        kept[name] = []
        trainer.save_checkpoint = lambda path: (save(trainer, path), kept[name].append(everything(trainer)[:-1]))
        trainer.fit(data("classes", 64), epochs=60, batch_size=32)
        return checkpoint, everything(trainer)

    checkpoint, whole = train(ModelCheckpoint, "together")
    assert max(together) >= 6
    assert train(Keeps, "single")[1] == whole
    assert kept["together"] == kept["single"]
    assert len(kept["together"]) >= 3
    resumed = trainer_of(dropout=0.2, callbacks=[ModelCheckpoint(tmp_path / "later", monitor=None, **every)])
    resumed.load_checkpoint(checkpoint.last)
    resumed.fit(data("classes", 64), epochs=60, batch_size=32)
    assert everything(resumed)[:2] == whole[:2]
    assert resumed.history["loss"] == whole[4]["loss"]


def test_progress_is_written_on_the_way_and_at_the_end(together):
    stream = io.StringIO()
    trainer = trainer_of(callbacks=[PlainProgress(stream, seconds=0.0)])
    trainer.fit(data("classes", 64), epochs=300, batch_size=32)
    lines = stream.getvalue().splitlines()
    assert max(together) >= 8
    assert lines[0].startswith("epoch 1/300")
    assert lines[-2].startswith("epoch 300/300")
    assert 4 < len(lines) < 300


@pytest.mark.parametrize("batch", [0, 1, 2])
def test_a_run_that_diverges_among_epochs_taken_together_raises_the_error_of_a_computed_one(batch, together):
    def diverging(callbacks=()):
        model = nn.Linear(1, 1, bias=False)
        model.weight.array[...] = 1.4**batch  # each step multiplies it by -1.4, up to an infinite square
        trainer = Trainer(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=1.2), callbacks=callbacks)
        with pytest.raises(TrainingDivergedError) as raised:
            trainer.fit((np.ones((96, 1)), np.zeros((96, 1))), epochs=500, batch_size=32)
        return trainer, str(raised.value)

    replayed, words = diverging()
    assert max(together) >= 8
    computed, expected = diverging([Eager()])
    assert words == expected
    assert everything(replayed) == everything(computed)
    assert replayed.state_dict()["totals"] == computed.state_dict()["totals"]
    assert (replayed.step, replayed.batch) == (127 - batch, (127 - batch) % 3)


def test_ctrl_c_ends_soon_and_leaves_a_state_to_go_on_from():
    trainer = trainer_of()
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    trainer.fit(data("classes", 64), epochs=10_000_000, batch_size=32)
    timer.join()
    assert trainer.history.stopped.startswith("Interrupted by Ctrl-C in epoch ")
    reached, steps = trainer.history.epochs, trainer.step
    assert 20 < reached < 1_000_000
    assert steps == 2 * reached + trainer.batch
    computed = trainer_of(callbacks=[Looks()])
    computed.fit(data("classes", 64), epochs=reached, batch_size=32)
    assert computed.history["loss"] == trainer.history["loss"]


def test_orders_are_numpys_where_numpy_draws_another_stream(together, monkeypatch):
    monkeypatch.setattr(DataLoader, "order", lambda self, epoch: np.roll(np.arange(len(self.dataset)), epoch))
    first, second, third = three_ways()
    assert first == second == third
    assert max(together) >= 8
