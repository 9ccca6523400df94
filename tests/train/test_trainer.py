import signal
import threading

import numpy as np
import pytest

import pellucid as pl
from pellucid.nn.utils import l1_penalty
from pellucid.train import Callback, StopTraining, Trainer, TrainingDivergedError
from pellucid.train.interrupt import DeferredInterrupt, Interrupted


class At(Callback):
    """Calls a function after a step."""

    def __init__(self, step, do):
        self.step, self.do = step, do

    def on_step_end(self, trainer):
        if trainer.step == self.step:
            self.do(trainer)


def test_fit_learns_and_reports_every_epoch(blobs, make_trainer):
    trainer = make_trainer()
    history = trainer.fit(*blobs, epochs=15, batch_size=16)
    assert history.epochs == 15
    assert set(history) == {"loss", "accuracy", "validation_loss", "validation_accuracy", "lr", "seconds"}
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["validation_accuracy"][-1] > 0.85
    assert history.stopped == "All 15 epochs were trained."
    assert (trainer.epoch, trainer.step, trainer.batch) == (15, 15 * 6, 0)


def test_the_loop_is_the_one_anybody_would_write(blobs, make_trainer, weights_of):
    (X, y), _ = blobs
    trainer = make_trainer(dropout=0.0)
    trainer.fit((X, y), epochs=2, batch_size=len(X))
    by_hand = make_trainer(dropout=0.0)
    # One batch of all rows: only the order within it could differ, which moves sums by rounding.
    for _ in range(2):
        by_hand.optimizer.zero_grad()
        by_hand.loss(by_hand.model(pl.tensor(X)), pl.tensor(y)).backward()
        by_hand.optimizer.step()
    for p, q in zip(trainer.model.parameters(), by_hand.model.parameters(), strict=True):
        np.testing.assert_allclose(p.array, q.array, atol=2e-6)


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(blobs, make_trainer, weights_of):
    runs = []
    for seed in (3, 3, 4):
        trainer = make_trainer()
        trainer.seed = seed
        pl.rand(5)  # whatever is drawn outside must not matter
        trainer.fit(*blobs, epochs=3, batch_size=16)
        runs.append(weights_of(trainer))
    assert runs[0] == runs[1] != runs[2]


def test_a_short_last_batch_counts_by_its_rows(make_trainer):
    class Constant(pl.nn.Module):
        def __init__(self):
            super().__init__()
            self.b = pl.nn.Parameter(pl.zeros(1))

        def forward(self, x):
            return self.b.expand(len(x), 1) * 0

    model = Constant()
    trainer = Trainer(model, pl.nn.MSELoss(), pl.optim.SGD(model.parameters(), lr=0.1))
    # Seven rows in batches of four: squared errors 1, 4, 9, 16, 25, 36, 49 have the mean 20.
    y = np.arange(1, 8, dtype=np.float32).reshape(7, 1)
    assert trainer.fit((np.zeros((7, 1), np.float32), y), epochs=1, batch_size=4)["loss"] == [pytest.approx(20)]
    assert trainer.evaluate((np.zeros((7, 1), np.float32), y))["loss"] == pytest.approx(20)


@pytest.mark.parametrize("options", [{"weight": pl.tensor([1.0, 5.0, 0.1])}, {"ignore_index": 1}])
def test_the_loss_of_an_epoch_is_that_of_all_its_rows_at_once(blobs, make_trainer, options):
    (X, y), _ = blobs
    loss = pl.nn.CrossEntropyLoss(**options)
    trainer = make_trainer(loss=loss, dropout=0.0)
    whole = loss(trainer.model(pl.tensor(X)), pl.tensor(y)).item()
    rows = np.argsort(y, kind="stable")  # batches of 16 of very different classes
    loader = pl.data.DataLoader(pl.data.TensorDataset(X[rows], y[rows]), batch_size=16)
    assert trainer.evaluate(loader)["loss"] == pytest.approx(whole, rel=1e-6)


def test_sample_weights_are_repetitions_of_rows(blobs, make_trainer):
    (X, y), _ = blobs
    weights = (np.arange(len(X)) % 3).astype(np.float32)
    repeated = np.repeat(np.arange(len(X)), weights.astype(int))
    a, b = make_trainer(dropout=0.0), make_trainer(dropout=0.0)
    a.fit((X, y, weights), epochs=3, batch_size=len(X))
    b.fit((X[repeated], y[repeated]), epochs=3, batch_size=len(repeated))
    assert a.history["loss"] == pytest.approx(b.history["loss"], rel=1e-5)
    for p, q in zip(a.model.parameters(), b.model.parameters(), strict=True):
        np.testing.assert_allclose(p.array, q.array, atol=1e-5)


def test_sample_weights_that_make_no_sense_are_refused(blobs, make_trainer):
    (X, y), _ = blobs
    with pytest.raises(ValueError, match="negative"):
        make_trainer().fit((X, y, np.full(len(X), -1.0)), epochs=1)
    with pytest.raises(ValueError, match="shape"):
        make_trainer().fit((X, y, np.ones((len(X), 1))), epochs=1)
    with pytest.raises(TypeError, match="reduction"):
        make_trainer(loss=lambda o, t: o.sum()).fit((X, y, np.ones(len(X))), epochs=1)


def test_evaluate_and_predict_leave_the_mode_and_the_weights(blobs, make_trainer, weights_of):
    trainer = make_trainer()
    before = weights_of(trainer)
    trainer.model.train()
    judged = trainer.evaluate(blobs[1])
    outputs = trainer.predict(blobs[1][0], batch_size=7)
    assert trainer.model.training
    assert weights_of(trainer) == before
    assert judged["accuracy"] == float((outputs.argmax(1) == blobs[1][1]).mean())
    assert outputs.shape == (30, 3)
    np.testing.assert_array_equal(outputs, trainer.predict(blobs[1][0]))  # no dropout in it


def test_validation_rows_are_never_trained_on(blobs, make_trainer, weights_of):
    train, (X, y) = blobs
    a, b = make_trainer(), make_trainer()
    a.fit(train, (X, y), epochs=2)
    b.fit(train, (X * 100, 2 - y), epochs=2)
    assert weights_of(a) == weights_of(b)


def test_a_penalty_shrinks_the_weights(blobs, make_trainer):
    def size(trainer):
        trainer.fit(blobs[0], epochs=10)
        return sum(float(np.abs(p.array).sum()) for p in trainer.model.parameters())

    assert size(make_trainer(penalty=lambda m: 0.05 * l1_penalty(m.parameters()))) < 0.7 * size(make_trainer())


@pytest.mark.parametrize("every", ["epoch", "step"])
def test_schedules_are_stepped_as_often_as_asked(blobs, make_trainer, every):
    trainer = make_trainer(schedule=lambda o: pl.optim.lr_scheduler.ExponentialLR(o, gamma=0.5), schedule_every=every)
    trainer.fit(blobs[0], epochs=2, batch_size=45)  # two steps an epoch
    assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(0.01 * 0.5 ** (2 if every == "epoch" else 4))


def test_a_schedule_on_plateau_sees_the_validation_loss(blobs, make_trainer):
    train, (X, y) = blobs
    trainer = make_trainer(
        lr=0.001, schedule=lambda o: pl.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0, factor=0.5)
    )
    trainer.fit(train, (X, (y + 1) % 3), epochs=8)  # the more it learns, the worse this validation
    assert trainer.optimizer.param_groups[0]["lr"] < 0.001


def test_a_second_fit_goes_on_from_the_first(blobs, make_trainer, weights_of):
    once, twice = make_trainer(), make_trainer()
    once.fit(blobs[0], epochs=5)
    twice.fit(blobs[0], epochs=2)
    twice.fit(blobs[0], epochs=3)
    assert twice.history.epochs == 5
    assert weights_of(once) == weights_of(twice)


@pytest.mark.parametrize("step", [1, 5, 6, 7, 12, 17])
def test_a_run_resumed_at_any_step_gives_the_bits_of_an_undisturbed_one(
    blobs, make_trainer, weights_of, tmp_path, step
):
    def make(callbacks=()):
        return make_trainer(
            callbacks, schedule=lambda o: pl.optim.lr_scheduler.OneCycleLR(o, max_lr=0.05, total_steps=18),
            schedule_every="step",
        )  # fmt: skip

    path = tmp_path / "state.safetensors"
    whole = make([At(step, lambda t: t.save_checkpoint(path))])
    whole.fit(*blobs, epochs=3, batch_size=16)
    resumed = make([At(-1, None)]).load_checkpoint(path)
    assert resumed.step == step
    resumed.fit(*blobs, epochs=3, batch_size=16)
    assert weights_of(resumed) == weights_of(whole)
    assert resumed.optimizer.state_dict()["param_groups"] == whole.optimizer.state_dict()["param_groups"]
    for name in set(whole.history) - {"seconds"}:
        assert resumed.history[name] == whole.history[name], name


def test_a_checkpoint_of_another_seed_or_with_other_callbacks_is_refused(blobs, make_trainer, tmp_path):
    path = tmp_path / "state.safetensors"
    make_trainer().save_checkpoint(path)
    other = make_trainer()
    other.seed = 99
    with pytest.raises(ValueError, match="seed 3, this trainer has 99"):
        other.load_checkpoint(path)
    with pytest.raises(ValueError, match="callbacks"):
        make_trainer([At(1, None)]).load_checkpoint(path)


def test_a_callback_that_stops_lets_the_others_finish_the_epoch(blobs, make_trainer):
    seen = []

    class Stops(Callback):
        def on_epoch_end(self, trainer):
            if trainer.epoch == 2:
                raise StopTraining("Enough.")

    class Watches(Callback):
        def on_epoch_end(self, trainer):
            seen.append(trainer.epoch)

    history = make_trainer([Stops(), Watches()]).fit(blobs[0], epochs=9)
    assert history.stopped == "Enough."
    assert seen == [1, 2]


def test_ctrl_c_ends_after_the_step_and_says_so(blobs, make_trainer):
    trainer = make_trainer([At(8, lambda _: signal.raise_signal(signal.SIGINT))])
    history = trainer.fit(blobs[0], epochs=5, batch_size=16)
    assert trainer.step == 8
    assert history.stopped == "Interrupted by Ctrl-C in epoch 2."
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_breaks_at_once():
    with DeferredInterrupt():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_an_interrupt_is_noted_until_it_is_asked_for():
    with DeferredInterrupt() as interrupt:
        interrupt.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Interrupted):
            interrupt.check()


def test_training_works_in_another_thread_too(blobs, make_trainer):
    trainer = make_trainer()
    thread = threading.Thread(target=lambda: trainer.fit(blobs[0], epochs=1))
    thread.start()
    thread.join()
    assert trainer.epoch == 1


def test_an_error_in_training_still_closes_the_callbacks(blobs, make_trainer):
    closed = []

    class Closes(Callback):
        def on_fit_end(self, trainer):
            closed.append(trainer.history.stopped)

    def fail(_):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        make_trainer([At(3, fail), Closes()]).fit(blobs[0], epochs=2)
    assert closed == ["Ended by an error: disk full"]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (lambda X, y: X, TypeError, r"must be \(X, y\)"),
        (lambda X, y: (X[:5], y), ValueError, "5"),
        (lambda X, y: (X[:0], y[:0]), ValueError, "empty|no batch|rows"),
        (lambda X, y: (np.where(np.arange(90)[:, None] == 4, np.nan, X), y), ValueError, r"X holds nan at .*4, 0"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_trained_on_are_refused(blobs, make_trainer, data, error, words):
    with pytest.raises(error, match=words):
        make_trainer().fit(data(*blobs[0]), epochs=1)


def test_settings_out_of_range_are_refused(blobs, make_trainer):
    with pytest.raises(ValueError, match="epochs"):
        make_trainer().fit(blobs[0], epochs=0)
    with pytest.raises(ValueError, match="schedule_every"):
        make_trainer(schedule_every="week")


def test_a_loss_between_shapes_that_would_broadcast_is_refused():
    model = pl.nn.Linear(2, 1)
    trainer = Trainer(model, pl.nn.MSELoss(), pl.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ValueError, match=r"unsqueeze|shape"):
        trainer.fit((np.ones((4, 2), np.float32), np.ones(4, np.float32)), epochs=1)


def test_a_diverging_run_raises_and_names_the_first_bad_layer(blobs, make_trainer):
    (X, y), _ = blobs
    trainer = make_trainer(lr=3e38)
    with pytest.raises(TrainingDivergedError, match=r"became (nan|inf) in epoch"):
        trainer.fit((X * 1e4, y), epochs=30)
    trainer = make_trainer(dropout=0.0)
    trainer.model[3].weight.data.fill_(3e38)
    with pytest.raises(TrainingDivergedError, match=r"'3' \(Linear\) was the first"):
        trainer.fit((X * 1e4, y), epochs=1)


def test_a_broken_parameter_is_named(blobs, make_trainer):
    trainer = make_trainer()
    trainer.model[3].bias.data.fill_(float("nan"))
    with pytest.raises(TrainingDivergedError, match=r"parameter '3\.bias'"):
        trainer.fit(blobs[0], epochs=1)
