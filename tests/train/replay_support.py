"""What the tests of replayed steps share: a small training, taken twice, and all that it leaves."""

import numpy as np

import pellucid as pl
from pellucid import nn, optim
from pellucid.train import Callback, Trainer

OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "SGD with momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.01),
    "AdamW": lambda p: optim.AdamW(p, lr=0.01),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
}
LOSSES = {"classes": nn.CrossEntropyLoss, "numbers": nn.MSELoss, "yes or no": nn.BCEWithLogitsLoss}


class Eager(Callback):
    """Looks at every step, so that none can be replayed; changes nothing."""

    only_shows = True

    def on_gradients(self, trainer):
        del trainer


def data(loss, rows=130):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, 5), dtype=np.float32)
    if loss == "classes":
        return X, rng.integers(0, 3, rows)
    y = rng.standard_normal((rows, 3), dtype=np.float32)
    return X, y if loss == "numbers" else (y > 0).astype(np.float32)


def trainer_of(
    loss="classes", optimizer="Adam", activation=nn.Tanh, dropout=0.0, callbacks=(), schedule=None, **options
):
    pl.manual_seed(0)
    layers = [nn.Linear(5, 8), activation(), *([nn.Dropout(dropout)] if dropout else []), nn.Linear(8, 3)]
    model = nn.Sequential(*layers)
    made = OPTIMIZERS[optimizer](model.parameters())
    scheduler = None if schedule is None else schedule(made)
    return Trainer(model, LOSSES[loss](), made, callbacks=callbacks, scheduler=scheduler, seed=1, **options)


def everything(trainer):
    """Return what a training leaves, as bytes and numbers."""
    state = trainer.state_dict()
    history = {name: trainer.history[name] for name in trainer.history if name != "seconds"}
    moments = {
        (i, name): value.array.tobytes() if isinstance(value, pl.Tensor) else value
        for i, remembered in state["optimizer"]["state"].items()
        for name, value in remembered.items()
    }
    weights = {name: p.array.tobytes() for name, p in trainer.model.state_dict().items()}
    gradients = [p.grad is not None and p.grad.array.tobytes() for p in trainer.model.parameters()]
    groups = state["optimizer"]["param_groups"]
    return weights, moments, groups, gradients, history, state["position"], trainer.optimizer.steps_taken


def both(loss="classes", *, epochs=5, batch_size=32, validation=None, **options):
    """Train twice, replayed and one by one; return both trainers."""
    trainers = trainer_of(loss, **options), trainer_of(loss, **options)
    trainers[1].callbacks.append(Eager())
    for trainer in trainers:
        trainer.fit(data(loss), validation, epochs=epochs, batch_size=batch_size)
    assert trainers[0].replayed.endswith("steps were replayed by the engine"), trainers[0].replayed
    assert "Eager looks at every step" in trainers[1].replayed
    return trainers
