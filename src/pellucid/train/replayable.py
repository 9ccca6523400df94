"""Which trainings a recorded step can stand for, and what must stay as it was."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import kernels as K
from pellucid import models, nn, optim
from pellucid._tensor import Array
from pellucid.data.datasets import TensorDataset
from pellucid.data.loader import DataLoader
from pellucid.train.callbacks.callback import Callback
from pellucid.train.callbacks.checkpoint import ModelCheckpoint
from pellucid.train.callbacks.clipping import GradientNormClipping
from pellucid.train.callbacks.progress import PlainProgress, RichProgress
from pellucid.train.callbacks.terminate_on_nan import TerminateOnNaN
from pellucid.train.row_losses import BinaryCrossEntropy, HalfSquaredError

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = [
    "RECORDED_LAYERS",
    "classes_fit",
    "epochs_until_looked_at",
    "settings",
    "steps_until_looked_at",
    "why_not",
]

# What these compute does not depend on the numbers that they are given other than through kernels: no branch, no
# count, no check that could raise in a later batch. A layer of the user's own may have any of these.
RECORDED_LAYERS = {
    nn.Sequential,
    models.MLP,
    nn.Linear,
    nn.Conv2d,
    nn.MaxPool2d,
    nn.Identity,
    nn.Flatten,
    nn.Dropout,
    nn.LayerNorm,
    nn.RMSNorm,
    nn.ReLU,
    nn.LeakyReLU,
    nn.Tanh,
    nn.Sigmoid,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Softplus,
}
_LOSSES = {nn.MSELoss, nn.CrossEntropyLoss, nn.BCEWithLogitsLoss, HalfSquaredError, BinaryCrossEntropy}
_OF_ROWS = {HalfSquaredError, BinaryCrossEntropy}
_MANY = 4 << 20  # bytes of parameters; checking a recorded step copies them, and what is remembered of each, twice
_OPTIMIZERS = {optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop}


def why_not(trainer: "Trainer", loader: Any) -> str:
    """Say what speaks against recording the steps of this training; nothing when nothing does."""
    foreign = [type(m).__name__ for m in trainer.model.modules() if type(m) not in RECORDED_LAYERS]
    watching = [type(c).__name__ for c in trainer.callbacks if _watches_steps(c)]
    reasons = (
        (K.new_plan() is None, f"the engine {K.get_engine()!r} records no steps"),
        (bool(foreign), f"the layer {foreign[0]} is not among those that are recorded" if foreign else ""),
        (not _plain_loss(trainer.loss), "the loss is not among those that are recorded"),
        (type(trainer.optimizer) not in _OPTIMIZERS, "the optimizer is not among those that are recorded"),
        (bool(watching), f"the callback {watching[0]} looks at every step" if watching else ""),
        (trainer.penalty is not None, "there is a penalty"),
        (trainer.scheduler is not None and trainer.schedule_every == "step", "the schedule counts steps"),
        (not _plain_data(trainer, loader), "the data are not two arrays that fit model and loss"),
        (
            sum(p.array.nbytes for p in trainer.model.parameters()) > _MANY,
            "with so many parameters, the interpreter takes little of a step",
        ),
        (any(_hooked(m) for m in trainer.model.modules()), "a layer has hooks"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def classes_fit(trainer: "Trainer", targets: Array, outputs: Array) -> bool:
    """Say whether a loss of classes can look up all targets of the data, so that no batch has to be checked."""
    loss: Any = trainer.loss
    if type(loss) is not nn.CrossEntropyLoss:
        return True
    if targets.dtype.kind != "i" or outputs.ndim != 2 or loss.ignore_index >= 0:
        return False
    return bool(targets.min() >= 0 and targets.max() < outputs.shape[1])


def settings(trainer: "Trainer") -> Any:
    """Return all that a recorded step has taken as given, to be compared.

    Arrays are told by where they are: what they hold may change, they themselves may not. The plan holds them, so
    that no other can come to lie in their place.
    """
    optimizer = trainer.optimizer
    return (
        K.get_engine(),
        [(id(p), id(p.array), p.requires_grad) for p in trainer.model.parameters()],
        [[id(p) for p in group["params"]] for group in optimizer.param_groups],
        [{k: v for k, v in group.items() if k not in ("lr", "params")} for group in optimizer.param_groups],
        [id(v) for p in optimizer.state for v in optimizer.state[p].values() if isinstance(v, np.ndarray)],
        [(_hooked(m), _plain(m)) for m in trainer.model.modules()],
        _plain(trainer.loss),
        trainer.count_decay,
        [_plain(c) for c in trainer.callbacks if _clips_by_kernel(c)],
    )


def steps_until_looked_at(trainer: "Trainer") -> int:
    """Return after how many steps a callback wants to see the trainer at the latest."""
    every = [c.every_steps for c in trainer.callbacks if isinstance(c, ModelCheckpoint) and c.every_steps]
    return min((n - trainer.step % n for n in every), default=1 << 30)


def epochs_until_looked_at(trainer: "Trainer") -> int:
    """Return how many epochs pass before one that somebody wants to see, validation rows not asked.

    Progress is among those who can wait for a while; it is shown after each replay. Those who look at nothing but
    the losses are asked afterwards.
    """
    if trainer.metrics or trainer.scheduler is not None:
        return 0
    epochs = trainer.epochs - trainer.epoch - 1
    for callback in trainer.callbacks:
        kind = type(callback)
        if kind is ModelCheckpoint and callback.monitor is None:  # type: ignore[attr-defined]
            every: int = callback.every_epochs  # type: ignore[attr-defined]
            epochs = min(epochs, every - trainer.epoch % every - 1)
        elif callback.by_losses:
            continue
        elif kind.on_epoch_end is not Callback.on_epoch_end and kind not in (PlainProgress, RichProgress):
            return 0
    return min(epochs, (steps_until_looked_at(trainer) - 1) // trainer.batches)


def _watches_steps(callback: Callback) -> bool:
    kind = type(callback)
    return (
        (kind.on_gradients is not Callback.on_gradients and not _clips_by_kernel(callback))
        or (kind.on_loss is not Callback.on_loss and kind is not TerminateOnNaN)
        or (kind.on_step_end is not Callback.on_step_end and kind not in (ModelCheckpoint, RichProgress))
    )


def _clips_by_kernel(callback: Callback) -> bool:
    """Say whether a callback clips gradients by their norm of order 2, which is one kernel."""
    return type(callback) is GradientNormClipping and float(callback.norm_type) == 2


def _plain_loss(loss: Any) -> bool:
    """Say whether a loss is recorded: with weights or ignored rows, a batch's divisor depends on its targets."""
    if type(loss) not in _LOSSES or loss.reduction != "mean":
        return False
    weighted = any(getattr(loss, name, None) is not None for name in ("weight", "pos_weight"))
    return not weighted and not getattr(loss, "label_smoothing", 0)


def _plain_data(trainer: "Trainer", loader: Any) -> bool:
    """Say whether a batch is rows of (X, y) or (X, y, weights) that no check of a later batch will refuse."""
    if type(loader) is not DataLoader or loader.collate_fn is not None or type(loader.dataset) is not TensorDataset:
        return False
    arrays = [part.array for part in loader.dataset.tensors]
    if len(arrays) not in (2, 3) or not all(a.flags.c_contiguous and a.size for a in arrays):
        return False
    if arrays[0].dtype != np.float32 or (len(arrays) == 3 and not _plain_weights(arrays[2])):
        return False
    targets = arrays[1]
    if isinstance(trainer.loss, nn.CrossEntropyLoss):
        return targets.dtype == np.int64
    if (type(trainer.loss) in _OF_ROWS or len(arrays) == 3) and targets.ndim != 2:
        return False
    of_probabilities = isinstance(trainer.loss, (nn.BCEWithLogitsLoss, BinaryCrossEntropy))
    in_range = not of_probabilities or bool(((targets >= 0) & (targets <= 1)).all())
    return targets.dtype == np.float32 and in_range


def _plain_weights(w: Array) -> bool:
    """Say whether no batch can be without weight."""
    return w.dtype == np.float32 and w.ndim == 1 and bool((np.isfinite(w) & (w > 0)).all())


def _hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _plain(thing: Any) -> dict[str, Any]:
    """Return the settings of a layer or a loss: what it holds beside parameters and other layers."""
    return {name: value for name, value in vars(thing).items() if not name.startswith("_")}
