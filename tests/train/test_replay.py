"""Steps that the engine takes by itself give the bits of steps that are computed one by one."""

import os
import signal

import numpy as np
import pytest
from tests.train.replay_support import LOSSES, OPTIMIZERS, Eager, both, data, everything, trainer_of

import pellucid as pl
from pellucid import nn, optim
from pellucid.nn.utils import get_total_norm
from pellucid.train import Callback, ModelCheckpoint, Trainer, TrainingDivergedError
from pellucid.train.callbacks import GradientNormClipping, GradientValueClipping


@pytest.fixture(autouse=True)
def _native_engine():
    with pl.use_engine("native"):
        yield


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_replayed_steps_give_the_bits_of_computed_ones(loss, optimizer):
    replayed, computed = both(loss, optimizer=optimizer)
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Sigmoid, nn.GELU, nn.SiLU])
def test_activations_are_replayed(activation):
    replayed, computed = both(activation=activation)
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_convolutions_and_pooling_are_replayed(optimizer):
    found = []
    for callbacks in ([], [Eager()]):
        pl.manual_seed(0)
        layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, padding=1, stride=2), nn.ReLU()]
        model = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2), nn.Linear(24, 3))
        X, y = data("classes", 50)
        pictures = np.repeat(X, 20, axis=1)[:, :100].reshape(50, 1, 10, 10)
        made = OPTIMIZERS[optimizer](model.parameters())
        trainer = Trainer(model, nn.CrossEntropyLoss(), made, callbacks=callbacks, seed=1)
        trainer.fit((pictures, y), epochs=3, batch_size=16)
        found.append(trainer)
    replayed, computed = found
    assert replayed.replayed.endswith("steps were replayed by the engine"), replayed.replayed
    assert "Eager looks at every step" in computed.replayed
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("norm", [lambda: nn.LayerNorm(8), lambda: nn.RMSNorm(8), lambda: nn.LayerNorm(8, bias=False)])
def test_norms_of_rows_are_replayed(norm):
    replayed, computed = both(activation=norm)
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("batch_size", [1, 13, 64, 130])
def test_any_size_of_batch_is_replayed_with_its_short_last_one(batch_size):
    replayed, computed = both(batch_size=batch_size, epochs=6)
    assert everything(replayed) == everything(computed)


def test_dropout_draws_the_same_masks_in_a_replay():
    replayed, computed = both(dropout=0.4)
    assert everything(replayed) == everything(computed)
    assert everything(replayed)[0] != everything(both(dropout=0.41)[0])[0]


def test_schedules_by_epoch_validation_and_metrics_go_on():
    def accuracy(outputs, targets):
        return float((outputs.argmax(1) == targets).mean())

    replayed, computed = both(
        schedule=lambda made: optim.lr_scheduler.ExponentialLR(made, 0.7),
        validation=data("classes", 40),
        metrics={"accuracy": accuracy},
    )
    assert everything(replayed) == everything(computed)
    assert len(set(replayed.history["accuracy"])) > 1


def test_hyperparameters_changed_between_epochs_are_seen():
    class Changes(Callback):
        def on_epoch_end(self, trainer):
            trainer.optimizer.param_groups[0]["weight_decay"] += 0.1

    replayed, computed = both(optimizer="AdamW", callbacks=[Changes()])
    assert everything(replayed) == everything(computed)
    unchanged, _ = both(optimizer="AdamW")
    assert everything(replayed)[0] != everything(unchanged)[0]


def test_layers_frozen_between_epochs_are_left_alone():
    class Freezes(Callback):
        def on_epoch_end(self, trainer):
            if trainer.epoch == 2:
                trainer.model[0].requires_grad_(False)

    replayed, computed = both(callbacks=[Freezes()])
    assert everything(replayed)[0] == everything(computed)[0]


def test_weights_put_back_between_epochs_are_those_that_are_trained():
    class PutsBack(Callback):
        def on_epoch_end(self, trainer):
            if trainer.epoch == 1:
                self.kept = {name: p.detach().clone() for name, p in trainer.model.state_dict().items()}
            elif trainer.epoch == 3:
                trainer.model.load_state_dict(self.kept)

    replayed, computed = both(callbacks=[PutsBack()])
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("max_norm", [0.3, 0.45, 100.0])  # exceeded always, at times, never
def test_clipping_by_norm_is_decided_in_each_replayed_step(max_norm):
    replayed, computed = both(callbacks=[GradientNormClipping(max_norm)], epochs=20)
    assert everything(replayed) == everything(computed)
    norms = [float(get_total_norm([p.grad for p in replayed.model.parameters()]))]
    assert norms[0] < max_norm * 1.001
    unclipped, _ = both(epochs=20)
    assert (everything(replayed)[0] == everything(unclipped)[0]) == (max_norm == 100.0)


def test_a_bound_changed_between_epochs_is_seen():
    class Changes(Callback):
        def on_fit_start(self, trainer):
            self.on_epoch_end(trainer)

        def on_epoch_end(self, trainer):
            trainer.callbacks[1].max_norm = 0.5 / 2**trainer.epoch

    replayed, computed = both(callbacks=[GradientNormClipping(0.5), Changes()])
    assert everything(replayed) == everything(computed)


def test_a_run_resumed_in_the_middle_of_an_epoch_gives_the_same_bits(tmp_path):
    whole, _ = both(dropout=0.2)
    halves = trainer_of(dropout=0.2, callbacks=[ModelCheckpoint(tmp_path, monitor=None, every_epochs=9, every_steps=7)])

    class Stops(Callback):
        only_shows = True

        def on_epoch_end(self, trainer):
            if trainer.epoch == 3:
                raise RuntimeError("the power fails")

    halves.callbacks.append(Stops())
    with pytest.raises(RuntimeError, match="power"):
        halves.fit(data("classes"), epochs=5, batch_size=32)
    resumed = trainer_of(
        dropout=0.2, callbacks=[ModelCheckpoint(tmp_path, monitor=None, every_epochs=9, every_steps=7)]
    )
    resumed.load_checkpoint(resumed.callbacks[-1].last)
    assert resumed.step == 14
    resumed.fit(data("classes"), epochs=5, batch_size=32)
    assert everything(resumed)[:2] == everything(whole)[:2]
    assert resumed.history["loss"] == whole.history["loss"]


def test_ctrl_c_ends_after_a_step_and_leaves_a_state_to_go_on_from():
    class Interrupts(Callback):
        def on_epoch_end(self, trainer):
            if trainer.epoch == 3 and not trainer.history.stopped:
                os.kill(os.getpid(), signal.SIGINT)

    trainer = trainer_of(callbacks=[Interrupts()])
    trainer.fit(data("classes"), epochs=5, batch_size=32)
    assert trainer.history.stopped == "Interrupted by Ctrl-C in epoch 4."
    trainer.fit(data("classes"), epochs=5, batch_size=32)
    _, computed = both()
    assert everything(trainer)[:2] == everything(computed)[:2]


def test_a_run_that_diverges_raises_the_error_of_a_computed_one():
    def diverging(callbacks=()):
        trainer = trainer_of(optimizer="SGD", activation=nn.Identity, callbacks=callbacks)
        trainer.optimizer.param_groups[0]["lr"] = 10.0
        with pytest.raises(TrainingDivergedError) as raised:
            trainer.fit(data("classes"), epochs=50, batch_size=32)
        return trainer, str(raised.value)

    replayed, words = diverging()
    computed, expected = diverging([Eager()])
    assert words == expected
    assert "replayed" in replayed.replayed
    assert everything(replayed)[:2] == everything(computed)[:2]


class Branching(nn.Module):
    """Computes by what it is given, which no recorded step could."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 3)

    def forward(self, x):
        return self.layer(x) if x.array.mean() > 0 else -self.layer(x)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: setattr(t, "model", Branching()), "the layer Branching"),
        (lambda t: setattr(t, "loss", nn.CrossEntropyLoss(weight=pl.ones(3))), "the loss"),
        (lambda t: setattr(t, "loss", nn.CrossEntropyLoss(label_smoothing=0.1)), "the loss"),
        (lambda t: setattr(t, "penalty", lambda model: model[0].weight.abs().sum()), "penalty"),
        (lambda t: t.callbacks.append(GradientNormClipping(1.0, norm_type=1.0)), "GradientNormClipping"),
        (lambda t: t.callbacks.append(GradientValueClipping(1.0)), "GradientValueClipping"),
        (lambda t: t.model[0].register_forward_hook(lambda *_: None), "hooks"),
        (lambda t: setattr(t, "optimizer", optim.Adagrad(t.model.parameters())), "the optimizer"),
    ],
)
def test_what_cannot_be_recorded_is_computed_and_the_reason_kept(change, reason):
    trainer = trainer_of()
    change(trainer)
    if trainer.optimizer.param_groups[0]["params"][0] is not next(trainer.model.parameters()):
        trainer.optimizer = optim.Adam(trainer.model.parameters())
    trainer.fit(data("classes"), epochs=3, batch_size=32)
    assert trainer.replayed.startswith("every step was computed one by one: ")
    assert reason in trainer.replayed


def test_the_reference_engine_computes_every_step():
    with pl.use_engine("numpy"):
        trainer = trainer_of()
        trainer.fit(data("classes"), epochs=3)
    assert "the engine 'numpy' records no steps" in trainer.replayed


def test_a_network_of_many_parameters_is_not_copied_to_be_checked():
    model = nn.Sequential(nn.Linear(5, 1100), nn.ReLU(), nn.Linear(1100, 1000), nn.ReLU(), nn.Linear(1000, 3))
    trainer = Trainer(model, nn.CrossEntropyLoss(), optim.SGD(model.parameters()))
    trainer.fit(data("classes"), epochs=1, batch_size=32)
    assert "so many parameters" in trainer.replayed


def test_a_replayed_step_that_differs_is_never_used(monkeypatch):
    from pellucid.train import replay

    monkeypatch.setattr(replay, "_equal", lambda a, b: False)
    trainer = trainer_of()
    trainer.fit(data("classes"), epochs=5, batch_size=32)
    assert "a replayed step differs" in trainer.replayed
    computed = trainer_of(callbacks=[Eager()])
    computed.fit(data("classes"), epochs=5, batch_size=32)
    assert everything(trainer)[:5] == everything(computed)[:5]
