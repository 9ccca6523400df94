import csv
import io

import numpy as np
import pytest

import pellucid as pl
from pellucid.train import (
    Callback,
    CSVLogger,
    EarlyStopping,
    GradientNormClipping,
    GradientValueClipping,
    LRLogger,
    MaxNorm,
    ModelCheckpoint,
    PlainProgress,
    RichProgress,
    TensorBoardLogger,
    progress,
)
from pellucid.train import callbacks as callbacks_module


class Script(Callback):
    """Overwrites the validation loss of each epoch with given numbers, before other callbacks see it."""

    def __init__(self, *values):
        self.values = values

    def on_epoch_end(self, trainer):
        trainer.history["validation_loss"][-1] = self.values[trainer.epoch - 1]


class Keep(Callback):
    """Keeps the weights of every epoch."""

    def __init__(self):
        self.weights = []

    def on_epoch_end(self, trainer):
        self.weights.append({k: v.array.copy() for k, v in trainer.model.state_dict().items()})


def test_early_stopping_waits_out_its_patience_and_restores_the_best_weights(blobs, make_trainer):
    keep, stopping = Keep(), EarlyStopping(patience=2)
    trainer = make_trainer([Script(5, 3, 4, 3, 2), keep, stopping])
    history = trainer.fit(*blobs, epochs=5)
    # Epoch 2 is the best; 3 and 4 (equal is not better) use up the patience.
    assert trainer.epoch == 4
    assert history.best_epoch == stopping.best_epoch == 2
    assert history.stopped == (
        "validation_loss had not improved for 2 epochs. The weights of epoch 2, the best one, were kept."
    )
    for name, value in trainer.model.state_dict().items():
        np.testing.assert_array_equal(value.array, keep.weights[1][name])


def test_early_stopping_counts_only_gains_above_min_delta(blobs, make_trainer):
    trainer = make_trainer([Script(5, 4.9, 4.8, 1), EarlyStopping(patience=2, min_delta=0.5)])
    trainer.fit(*blobs, epochs=4)
    assert trainer.epoch == 3


def test_early_stopping_can_watch_something_that_should_grow(blobs, make_trainer):
    stopping = EarlyStopping(monitor="validation_accuracy", mode="max", patience=3)
    make_trainer([stopping]).fit(*blobs, epochs=30)
    assert stopping.best > 0.85


def test_early_stopping_says_what_there_is_to_watch(blobs, make_trainer):
    with pytest.raises(ValueError, match=r"'validation_loss', but an epoch has only loss, .*validation="):
        make_trainer([EarlyStopping()]).fit(blobs[0], epochs=1)


def test_a_finished_epoch_with_nan_to_watch_is_no_improvement(blobs, make_trainer):
    trainer = make_trainer([Script(1, float("nan"), float("nan")), EarlyStopping(patience=2)])
    trainer.fit(*blobs, epochs=3)
    assert trainer.history.best_epoch == 1


@pytest.mark.parametrize("options", [{"patience": -1}, {"min_delta": -1.0}, {"mode": "up"}])
def test_early_stopping_refuses_settings_out_of_range(options):
    with pytest.raises(ValueError, match="EarlyStopping needs"):
        EarlyStopping(**options)


def test_checkpoints_keep_the_last_state_and_the_best_weights(blobs, make_trainer, tmp_path, weights_of):
    keep = Keep()
    trainer = make_trainer([Script(3, 1, 2), keep, ModelCheckpoint(tmp_path / "c")])
    trainer.fit(*blobs, epochs=3)
    best = pl.load(tmp_path / "c" / "best.safetensors")
    for name, value in best.items():
        np.testing.assert_array_equal(value.array, keep.weights[1][name])
    again = make_trainer([Script(3, 1, 2), Keep(), ModelCheckpoint(tmp_path / "d")])
    again.load_checkpoint(tmp_path / "c" / "last.safetensors")
    assert weights_of(again) == weights_of(trainer)
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == ["best.safetensors", "last.safetensors"]


def test_checkpoints_are_written_inside_epochs_when_asked(blobs, make_trainer, tmp_path):
    steps = []

    class Looks(Callback):
        def on_step_end(self, trainer):
            if checkpoint.last.exists():
                steps.append(pl.load(checkpoint.last)["position"]["step"])

    checkpoint = ModelCheckpoint(tmp_path, every_steps=2, monitor=None)
    make_trainer([checkpoint, Looks()]).fit(blobs[0], epochs=1, batch_size=16)
    assert steps == [2, 2, 4, 4, 6]


def test_gradients_are_clipped_before_the_update(blobs, make_trainer):
    norms, values = [], []

    class Measures(Callback):
        def __init__(self, out, size):
            self.out, self.size = out, size

        def on_gradients(self, trainer):
            self.out.append(self.size([p.grad.array for p in trainer.model.parameters()]))

    def norm(gradients):
        return float(np.sqrt(sum((g**2).sum() for g in gradients)))

    def largest(gradients):
        return max(float(np.abs(g).max()) for g in gradients)

    before: list[float] = []
    make_trainer([Measures(before, norm), GradientNormClipping(0.1), Measures(norms, norm)]).fit(blobs[0], epochs=1)
    make_trainer([GradientValueClipping(0.01), Measures(values, largest)]).fit(blobs[0], epochs=1)
    assert min(before) > 0.1
    assert max(norms) == pytest.approx(0.1, rel=1e-4)
    assert max(values) == pytest.approx(0.01)


def test_max_norm_bounds_the_weights_that_enter_a_unit(blobs, make_trainer):
    trainer = make_trainer([MaxNorm(0.5)])
    trainer.fit(blobs[0], epochs=5)
    norms = np.linalg.norm(trainer.model[0].weight.array, axis=1)
    assert norms.max() <= 0.5 + 1e-6
    assert np.linalg.norm(make_trainer().model[0].weight.array, axis=1).max() > 0.5


@pytest.mark.parametrize("kind", [GradientNormClipping, GradientValueClipping, MaxNorm])
def test_bounds_must_be_positive(kind):
    with pytest.raises(ValueError, match="positive, got 0"):
        kind(0)


def test_the_csv_log_holds_every_epoch(blobs, make_trainer, tmp_path):
    path = tmp_path / "sub" / "history.csv"
    trainer = make_trainer([CSVLogger(path)])
    history = trainer.fit(*blobs, epochs=3)
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [float(row["loss"]) for row in rows] == history["loss"]


def test_the_learning_rates_of_every_step_are_kept(blobs, make_trainer):
    logger = LRLogger()
    trainer = make_trainer(
        [logger], schedule=lambda o: pl.optim.lr_scheduler.ExponentialLR(o, gamma=0.5), schedule_every="step"
    )
    trainer.fit(blobs[0], epochs=1, batch_size=30)
    assert logger.rates == [pytest.approx([0.01, 0.005, 0.0025])]


def test_tensorboard_events_can_be_read_back(blobs, make_trainer, tmp_path):
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter  # noqa: F401 - the format that is read below

    history = make_trainer([TensorBoardLogger(tmp_path)]).fit(*blobs, epochs=2)
    (path,) = tmp_path.glob("events.out.tfevents.*")
    raw, found = path.read_bytes(), {}
    while raw:  # a record: length (8 bytes), checksum (4), event, checksum (4)
        size = int.from_bytes(raw[:8], "little")
        event = Event.FromString(raw[12 : 12 + size])
        raw = raw[16 + size :]
        for value in event.summary.value:
            found[value.tag, event.step] = value.simple_value
    assert found["loss/train", 2] == pytest.approx(history["loss"][1])
    assert found["loss/validation", 1] == pytest.approx(history["validation_loss"][0])


def test_plain_progress_writes_the_first_and_the_last_epoch_and_why_it_ended(blobs, make_trainer):
    stream = io.StringIO()
    make_trainer([PlainProgress(stream, seconds=1000)]).fit(*blobs, epochs=4)
    lines = stream.getvalue().splitlines()
    assert [line.split("  ")[0] for line in lines[:-1]] == ["epoch 1/4", "epoch 4/4"]
    assert "val loss" in lines[0]
    assert lines[-1] == "All 4 epochs were trained."


def test_rich_progress_ends_with_why_it_ended(blobs, make_trainer):
    stream = io.StringIO()
    make_trainer([RichProgress(stream)]).fit(*blobs, epochs=2)
    assert "All 2 epochs were trained." in stream.getvalue()


def test_progress_is_plain_where_nobody_watches():
    assert isinstance(progress(io.StringIO()), PlainProgress)


def test_every_callback_survives_a_checkpoint(blobs, make_trainer, tmp_path):
    made = {
        "CSVLogger": lambda: CSVLogger(tmp_path / "h.csv"),
        "EarlyStopping": EarlyStopping,
        "GradientNormClipping": lambda: GradientNormClipping(1.0),
        "GradientValueClipping": lambda: GradientValueClipping(1.0),
        "LRLogger": LRLogger,
        "MaxNorm": lambda: MaxNorm(2.0),
        "ModelCheckpoint": lambda: ModelCheckpoint(tmp_path / "c"),
        "PlainProgress": lambda: PlainProgress(io.StringIO()),
        "RichProgress": lambda: RichProgress(io.StringIO()),
        "TensorBoardLogger": lambda: TensorBoardLogger(tmp_path / "t"),
        "TerminateOnNaN": callbacks_module.TerminateOnNaN,
    }
    kinds = {
        name
        for name in callbacks_module.__all__
        if isinstance(kind := getattr(callbacks_module, name), type) and issubclass(kind, Callback)
    } - {"Callback"}
    assert set(made) == kinds  # a new callback is tested by being listed here
    for name, make in made.items():
        trainer = make_trainer([make()])
        trainer.fit(*blobs, epochs=2)
        path = tmp_path / f"{name}.safetensors"
        trainer.save_checkpoint(path)
        again = make_trainer([make()]).load_checkpoint(path)
        whole = make_trainer([make()])
        whole.fit(*blobs, epochs=4)
        again.fit(*blobs, epochs=2)
        if name != "EarlyStopping":  # whose best weights were already restored when the first fit ended
            for p, q in zip(again.model.parameters(), whole.model.parameters(), strict=True):
                np.testing.assert_array_equal(p.array, q.array, err_msg=name)
        assert again.epoch == 4
