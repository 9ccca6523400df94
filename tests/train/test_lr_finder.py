import numpy as np
import pytest

import pellucid as pl
from pellucid.data import DataLoader, TensorDataset
from pellucid.train import Callback, GradientNormClipping, LRRangeTest, Trainer, TrainingDivergedError


class Counting(pl.nn.Module):
    """Counts its calls in a plain attribute, as users' modules do."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x


class Spoiler(Callback):
    """Does something that a range test must not do."""

    def on_step_end(self, trainer):
        raise AssertionError("a callback that only watches was called")


class Raising(Callback):
    shapes_steps = True

    def __init__(self, error, after):
        self.error, self.after, self.count = error, after, 0

    def on_gradients(self, trainer):
        self.count += 1
        if self.count == self.after:
            raise self.error


def rich_trainer(callbacks=(), lr=0.01):
    """A trainer with every kind of state: batch norm, dropout, an odd module, Adam's moments, a schedule."""
    pl.manual_seed(7)
    nn = pl.nn
    model = nn.Sequential(
        nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), Counting(), nn.Dropout(0.3), nn.Linear(16, 3)
    )
    optimizer = pl.optim.Adam(model.parameters(), lr=lr)
    scheduler = pl.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    return Trainer(model, nn.CrossEntropyLoss(), optimizer, scheduler=scheduler, callbacks=callbacks, seed=3)


def bits(thing):
    """Everything that a trainer holds, by value."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, pl.Tensor):
        return bits(thing.array), None if thing.grad is None else bits(thing.grad.array)
    if isinstance(thing, dict):
        return {k if isinstance(k, (str, int)) else id(k): bits(v) for k, v in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [bits(v) for v in thing]
    return thing


def state_of(trainer):
    return {
        "modules": [bits({k: v for k, v in vars(m).items() if k != "_modules"}) for m in trainer.model.modules()],
        "optimizer": bits(
            {"groups": trainer.optimizer.param_groups, "state": dict(trainer.optimizer.state)}
            | {"steps": trainer.optimizer.steps_taken}
        ),
        "trainer": bits({k: v for k, v in trainer.state_dict().items() if k != "callbacks"}),
        "arrays": [id(p.array) for p in trainer.model.parameters()],
        "random": pl.get_rng_state(),
    }


@pytest.mark.parametrize("training", [True, False])
def test_a_range_test_leaves_everything_as_it_was_bit_for_bit(blobs, training):
    train, validation = blobs
    trainer = rich_trainer([Spoiler()] if not training else [])
    if training:
        trainer.fit(train, validation, epochs=2, batch_size=16)
        trainer.loss(trainer.model(pl.tensor(train[0][:4])), pl.tensor(train[1][:4])).backward()
    trainer.model[4].train()  # one module in another mode than the others
    pl.rand(3)
    before = state_of(trainer)
    found = trainer.find_lr(train, batch_size=16)
    assert found.diverged
    assert state_of(trainer) == before


def test_what_is_drawn_and_schedules_that_count_steps_are_as_they_were(blobs):
    class Drawing(Callback):
        shapes_steps = True

        def on_step_end(self, trainer):
            pl.rand(1)  # outside of the step's own stream

    trainer = rich_trainer([Drawing()])
    trainer.schedule_every, trainer.count_decay = "step", True
    trainer.optimizer.param_groups[0]["weight_decay"] = 0.5
    before = state_of(trainer)
    found = trainer.find_lr(blobs[0], batch_size=16)
    assert state_of(trainer) == before
    # The loss that is told is that of the data, though the trainer counts the decay's share.
    assert found.smoothed[0] == pytest.approx(np.mean(found.losses[:20]), rel=0.2)
    assert found.smoothed[0] < 2


def test_a_fit_after_a_range_test_is_the_fit_without(blobs, weights_of):
    train, validation = blobs
    loader = DataLoader(TensorDataset(*map(pl.tensor, train)), batch_size=16, shuffle=True, seed=5)
    plain, tested = rich_trainer(), rich_trainer()
    for trainer in (plain, tested):
        if trainer is tested:
            trainer.find_lr(train, batch_size=16)
            place = loader.state_dict()
            trainer.find_lr(loader)
            assert loader.state_dict() == place
        trainer.fit(train, validation, epochs=3, batch_size=16)
    assert weights_of(plain) == weights_of(tested)
    assert plain.history["validation_loss"] == tested.history["validation_loss"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_range_test_that_is_ended_leaves_everything_as_it_was(blobs, error):
    trainer = rich_trainer([Raising(error, after=7)])
    before = state_of(trainer)
    with pytest.raises(error):
        trainer.find_lr(blobs[0])
    assert state_of(trainer) == before
    assert trainer.callbacks[1].count == 0


def test_losses_are_those_of_a_loop_written_by_hand(blobs):
    (X, y), _ = blobs
    found = rich_trainer().find_lr((X, y), start_lr=1e-3, end_lr=1e-1, steps=12, batch_size=45)
    assert len(found.lrs) == 12
    np.testing.assert_allclose(np.diff(np.log10(found.lrs)), 2 / 11)
    trainer = rich_trainer()
    loader = DataLoader(TensorDataset(*map(pl.tensor, (X, y))), batch_size=45, shuffle=True, seed=3)
    batches = [batch for _ in range(6) for batch in loader]
    for t, (lr, (inputs, targets)) in enumerate(zip(found.lrs, batches, strict=True)):
        trainer.optimizer.param_groups[0]["lr"] = lr
        with pl.default_generator.at(3, t):
            loss = trainer.loss(trainer.model(inputs), targets)
        assert found.losses[t] == pytest.approx(loss.item(), rel=1e-6)
        trainer.optimizer.zero_grad()
        loss.backward()
        trainer.optimizer.step()


def quadratic(rows=256, noise=0.5, groups=None):
    """Least squares with gradient descent, which diverges above 2 / the largest eigenvalue of its curvature."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 4))
    y = X @ np.ones((4, 1)) * 3 + noise * rng.normal(size=(rows, 1))
    pl.manual_seed(0)
    model = pl.nn.Linear(4, 1, bias=False).double()
    optimizer = pl.optim.SGD(groups(model) if groups else model.parameters(), lr=0.1)
    largest = np.linalg.eigvalsh(2 * X.T @ X / rows).max()
    return Trainer(model, pl.nn.MSELoss(), optimizer, seed=0), (X, y), 2 / largest


def test_suggestions_lie_between_standing_still_and_flying_off():
    trainer, data, bound = quadratic()
    found = trainer.find_lr(data)
    assert found.diverged
    assert bound < found.lrs[-1] < 10
    assert 0.02 * bound < found.valley < found.steepest < bound
    lowest = found.lrs[int(np.argmin(found.smoothed))]
    assert found.steepest <= lowest


def test_what_batches_have_by_themselves_cancels():
    # With noise fifty times the slope's effect a batch's loss says nothing; its change says all.
    trainer, (X, y), _ = quadratic(noise=20.0)
    found = trainer.find_lr((X, y), batch_size=8)
    beginning = [values[: len(values) // 3] for values in (found.losses, found.smoothed)]
    assert np.std(beginning[0]) > 50
    assert np.std(beginning[1]) < 0.01
    assert found.smoothed[0] == pytest.approx(np.mean(y**2), rel=0.3)


def test_where_nothing_is_learned_nothing_is_suggested(blobs):
    (X, y), _ = blobs
    trainer = rich_trainer()
    trainer.loss = lambda outputs, targets: (outputs * 0).mean() + 1.0
    found = trainer.find_lr((X, y))
    assert (found.valley, found.steepest, found.diverged) == (None, None, False)
    assert len(found.lrs) == 100


def test_groups_keep_the_ratios_of_their_first_rates():
    def groups(model):
        extra = pl.nn.Parameter(pl.zeros(1, dtype=pl.float64))
        model.extra = extra
        return [{"params": [model.weight], "lr": 0.1}, {"params": [extra], "lr": 0.02}]

    seen = []

    class Watch(Callback):
        shapes_steps = True

        def on_gradients(self, trainer):
            seen.append([group["lr"] for group in trainer.optimizer.param_groups])

    trainer, data, _ = quadratic(groups=groups)
    trainer.callbacks.append(Watch())
    found = trainer.find_lr(data, steps=10)
    assert [first for first, _ in seen] == pytest.approx(list(found.lrs))
    assert [second / first for first, second in seen] == pytest.approx([0.2] * len(seen))


def test_clipping_takes_part_and_keeps_the_loss_from_flying_off():
    plain, data, _ = quadratic()
    clipped, _, _ = quadratic()
    clipped.callbacks.append(GradientNormClipping(1e-3))
    a, b = (t.find_lr(data, end_lr=10.0) for t in (plain, clipped))
    assert a.diverged
    assert not b.diverged
    assert len(b.lrs) == 100


def test_a_loss_that_is_no_number_before_training_is_an_error_and_later_the_end(blobs):
    (X, y), _ = blobs
    trainer = rich_trainer()
    with pytest.raises(ValueError, match="impute or drop"):
        trainer.find_lr((np.where(np.arange(len(X))[:, None] == 3, np.nan, X), y))
    with pl.no_grad():
        trainer.model[0].weight.fill_(float("nan"))
    with pytest.raises(TrainingDivergedError, match=r"the parameter '0\.weight' is no longer finite"):
        trainer.find_lr((X, y))
    trainer, data, _ = quadratic()
    found = trainer.find_lr(data, start_lr=1e-3, end_lr=1e300, steps=20, divergence=1e300)
    assert found.diverged
    assert np.isfinite(found.losses).all()
    assert len(found.lrs) < 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_lr": 0.0}, "0 < start_lr < end_lr, got 0.0"),
        ({"start_lr": 1.0, "end_lr": 0.1}, "0 < start_lr < end_lr"),
        ({"end_lr": float("inf")}, "0 < start_lr < end_lr"),
        ({"steps": 9}, "steps must be a whole number of at least 10, got 9"),
        ({"steps": 50.0}, "steps must be a whole number"),
        ({"divergence": 1.0}, "divergence must be above 1"),
        ({"batch_size": 0}, "batch_size must be"),
    ],
)
def test_senseless_arguments_are_refused(blobs, options, message):
    with pytest.raises(ValueError, match=message):
        rich_trainer().find_lr(blobs[0], **options)


def test_what_could_not_be_undone_or_scaled_is_refused(blobs):
    model = pl.nn.Sequential(pl.nn.LazyBatchNorm1d(), pl.nn.Linear(2, 3))
    trainer = Trainer(model, pl.nn.CrossEntropyLoss(), pl.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ValueError, match="lazy layer"):
        trainer.find_lr(blobs[0])
    with pytest.raises(ValueError, match="must be positive"):
        rich_trainer(lr=0.0).find_lr(blobs[0])
    empty = DataLoader(TensorDataset(*map(pl.tensor, blobs[0])), batch_size=100, drop_last=True)
    with pytest.raises(ValueError, match="no batch"):
        rich_trainer().find_lr(empty)


def test_it_draws_itself(blobs):
    found = rich_trainer().find_lr(blobs[0])
    assert isinstance(found, LRRangeTest)
    assert found.plot().get_xscale() == "log"
