"""Steps whose rows have weights, losses of rows, told penalties and losses watched from afar: replayed as computed."""

import numpy as np
import pytest
from tests.train.replay_support import Eager, data, everything

import pellucid as pl
from pellucid import nn, optim
from pellucid.nn import functional as F
from pellucid.train import Callback, StopTraining, Trainer
from pellucid.train.row_losses import BinaryCrossEntropy, HalfSquaredError
from pellucid.train.sample_weights import weighted_loss

LOSSES = {
    "classes": nn.CrossEntropyLoss,
    "numbers": nn.MSELoss,
    "yes or no": nn.BCEWithLogitsLoss,
    "numbers by row": HalfSquaredError,
    "yes or no by row": BinaryCrossEntropy,
}


class UntilFlat(Callback):
    """Ends a training at the first epoch whose loss falls by less than `least`."""

    by_losses = True
    only_shows = True

    def __init__(self, least):
        self.least, self.last, self.seen = least, np.inf, []

    def flat(self, losses):
        before = [self.last, *losses[:-1]]
        return [i for i, (a, b) in enumerate(zip(before, losses, strict=True)) if a - b < self.least]

    def epochs_borne(self, losses):
        return next(iter(self.flat(losses)), len(losses))

    def on_losses(self, trainer, losses):
        self.seen += [float(x) for x in losses]
        self.last = self.seen[-1]

    def on_epoch_end(self, trainer):
        stop = bool(self.flat([trainer.history["loss"][-1]]))
        self.on_losses(trainer, [trainer.history["loss"][-1]])
        if stop:
            raise StopTraining("flat")


def trainer_of(loss, callbacks=(), dropout=0.0, **options):
    pl.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), *([nn.Dropout(dropout)] if dropout else []), nn.Linear(8, 3))
    weights, biases = [p for p in model.parameters() if p.ndim > 1], [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": 0.05}, {"params": biases}]
    return Trainer(model, LOSSES[loss](), optim.Adam(groups, lr=0.01), callbacks=callbacks, seed=1, **options)


def rows_of(loss, *, weighted, rows=130):
    kind = loss.removesuffix(" by row")
    X, y = data(kind, rows)
    w = np.random.default_rng(5).random(rows).astype(np.float32) + 0.1
    return (X, y, w) if weighted else (X, y)


def both(loss, *, weighted, epochs=9, callbacks=lambda: (), **options):
    trainers = [trainer_of(loss, callbacks=[*callbacks(), *more], **options) for more in ([], [Eager()])]
    for trainer in trainers:
        trainer.fit(rows_of(loss, weighted=weighted), epochs=epochs, batch_size=32)
    assert trainers[0].replayed.endswith("steps were replayed by the engine"), trainers[0].replayed
    assert "Eager looks at every step" in trainers[1].replayed
    return trainers


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("loss", LOSSES)
def test_replayed_steps_give_the_bits_of_computed_ones(loss, weighted):
    with pl.use_engine("native"):
        replayed, computed = both(loss, weighted=weighted, dropout=0.2, count_decay=True)
    assert everything(replayed) == everything(computed)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("least", [1e-9, 1e-3, 4e-3])
def test_who_watches_losses_sees_each_and_ends_where_he_would_have(least, weighted):
    with pl.use_engine("native"):
        replayed, computed = both(
            "classes", weighted=weighted, epochs=400, callbacks=lambda: [UntilFlat(least)], count_decay=True
        )
    assert everything(replayed) == everything(computed)
    seen = [next(c for c in t.callbacks if isinstance(c, UntilFlat)).seen for t in (replayed, computed)]
    assert seen[0] == seen[1] == replayed.history["loss"]
    assert 5 < len(seen[0]) < 400


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_weights_that_may_leave_a_batch_without_any_are_not_replayed(bad):
    X, y, w = rows_of("classes", weighted=True)
    w[3] = bad
    trainer = trainer_of("classes")
    with pl.use_engine("native"):
        if bad < 0:
            with pytest.raises(ValueError, match="must not be negative"):
                trainer.fit((X, y, w), epochs=3)
        else:
            trainer.fit((X, y, w), epochs=3)
            assert "the data are not" in trainer.replayed


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_weighted_loss_is_the_weighted_mean_of_the_rows_losses(loss, engine):
    _, y, w = rows_of(loss, weighted=True, rows=21)
    z = pl.tensor(np.random.default_rng(1).standard_normal((21, 3)), requires_grad=True)
    targets = pl.tensor(y if loss == "classes" else y.astype(np.float64))
    row = {
        "classes": lambda: F.cross_entropy(z, targets, reduction="none"),
        "numbers": lambda: ((z - targets) ** 2).mean(1),
        "yes or no": lambda: F.binary_cross_entropy_with_logits(z, targets, reduction="none").mean(1),
        "numbers by row": lambda: ((z - targets) ** 2).sum(1) * 0.5,
        "yes or no by row": lambda: F.binary_cross_entropy_with_logits(z, targets, reduction="none").sum(1),
    }[loss]()
    weights = pl.tensor(w.astype(np.float64))
    expected = (row * weights).sum() / weights.sum()
    expected.backward()
    slope, z.grad = z.grad.array, None
    with pl.use_engine(engine):
        found = weighted_loss(LOSSES[loss](), z, targets, weights)
        (found * 1.7).backward()
    np.testing.assert_allclose(found.item(), expected.item(), rtol=1e-10)
    np.testing.assert_allclose(z.grad.array, 1.7 * slope, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", [HalfSquaredError, BinaryCrossEntropy])
def test_losses_of_rows_reduce_over_rows_and_refuse_other_shapes(loss):
    z, t = pl.tensor(np.random.default_rng(0).random((4, 3))), pl.tensor(np.random.default_rng(1).random((4, 3)))
    by_row = loss(reduction="none")(z, t)
    assert by_row.shape == (4,)
    np.testing.assert_allclose(loss()(z, t).item(), by_row.array.mean(), rtol=1e-12)
    np.testing.assert_allclose(loss(reduction="sum")(z, t).item(), by_row.array.sum(), rtol=1e-12)
    with pytest.raises(ValueError, match="shape"):
        loss()(z, t[:, :1])


def test_the_told_loss_contains_the_penalty_that_decay_descends():
    told, plain = (trainer_of("classes", count_decay=count) for count in (True, False))
    squares = sum((p.array.astype(np.float64) ** 2).sum() for p in told.model.parameters() if p.ndim > 1)
    for trainer in (told, plain):
        trainer.fit(rows_of("classes", weighted=False), epochs=1, batch_size=130)
    assert told.history["loss"][0] - plain.history["loss"][0] == pytest.approx(0.05 / 2 * squares, rel=1e-4)
    assert [p.array.tobytes() for p in told.model.parameters()] == [p.array.tobytes() for p in plain.model.parameters()]
