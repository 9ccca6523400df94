"""The learning-rate range test: take steps of growing size, and see where the loss falls and where it flies off."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import random
from pellucid._tensor import Array
from pellucid.grad_mode import no_grad
from pellucid.train.batches import as_loader
from pellucid.train.callbacks.callback import TrainingDivergedError
from pellucid.train.callbacks.terminate_on_nan import TerminateOnNaN
from pellucid.train.interrupt import DeferredInterrupt, Interrupted
from pellucid.train.unchanged import unchanged

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["LRRangeTest", "range_test"]

_BETA = 0.7  # how much of an average is the one before


@dataclass(frozen=True, kw_only=True)
class LRRangeTest:
    """What a learning-rate range test saw.

    Attributes:
        lrs: the learning rate of every step, growing geometrically.
        losses: the training loss of that step's batch, before its update.
        smoothed: the course of the loss without what the batches have by themselves; see `range_test`.
        valley: the middle, by log(rate), between the first tenth of the fall and its end: the rate to begin with; None
            when the loss falls nowhere by more than noise would, or than a hundredth.
        steepest: the rate at which the smoothed loss falls fastest by log(rate); bolder, and less the same from seed
            to seed; None likewise.
        diverged: whether the loss flew off before the last rate was reached.
    """

    lrs: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    steepest: float | None
    valley: float | None
    diverged: bool

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the learning rates with what they suggest; returns the Axes."""
        from pellucid.plot import lr_range

        return lr_range(self, ax=ax)


def range_test(
    trainer: "Trainer",
    train: Any,
    *,
    start_lr: float = 1e-7,
    end_lr: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    divergence: float = 4.0,
) -> LRRangeTest:
    """Take `steps` training steps with learning rates from `start_lr` to `end_lr`, and undo them.

        lr_t = start_lr (end_lr / start_lr)^(t / (steps - 1)),  t = 0 .. steps - 1
        d_t  = L_t(w_t) - L_t(w_0)
        m_t  = (0.7 m_(t-1) + 0.3 d_t),  corrected for its beginning at 0:  m_t / (1 - 0.7^(t+1))
        S_t  = mean of L(w_0) + half the sum of m_t and of the same from the end backwards

    L_t(w_0) is the loss of the same batch, with the same dropout, for the weights before the test: what a hard batch
    has by itself is in both and cancels. Of the two averages one alone would lag a few steps behind and
    show every fall at too large a rate. Several groups of parameters keep the ratios of their rates; the first one's
    is swept. Clipping takes part as in training; schedules and other callbacks do not.

    Source: Smith, "Cyclical learning rates for training neural networks", 2017. Differs from it: the rates grow
    geometrically and the loss of batches is watched, where the paper lets them grow linearly and watches the accuracy;
    the difference to L_t(w_0) is our own addition.

    Args:
        trainer: whose model, loss and optimizer are tried; it is as before afterwards, bit for bit.
        train: the training data, as `Trainer.fit` takes them.
        start_lr: the first rate.
        end_lr: the last one.
        steps: how many; at least 10.
        batch_size: rows of a step.
        divergence: the test ends where m_t is above its lowest by divergence - 1 times the loss before the test (or
            the lowest one, if that is larger in absolute value).

    Returns:
        the rates, the losses and what they suggest.

    Raises:
        ValueError: for rates, counts or data that make no sense.
        TrainingDivergedError: when a batch's loss is no number before anything was trained.
    """
    _check(start_lr, end_lr, steps, divergence)
    loader = copy.copy(as_loader(train, batch_size, trainer._dtype(), shuffle=True, seed=trainer.seed))
    if not len(loader):
        raise ValueError("there is no batch in the data: are they empty, or drop_last larger than they are?")
    probe = copy.copy(trainer)
    probe.scheduler, probe.count_decay = None, False
    probe.callbacks = [TerminateOnNaN(), *(copy.deepcopy(c) for c in trainer.callbacks if c.shapes_steps)]
    lrs = np.geomspace(start_lr, end_lr, steps)
    with DeferredInterrupt() as interrupt, np.errstate(all="ignore"):
        try:
            with unchanged(trainer):
                before = _losses_before(probe, loader, steps, interrupt)
            with unchanged(trainer):
                changes, diverged = _sweep(probe, loader, lrs, before, divergence, interrupt)
        except Interrupted:
            raise KeyboardInterrupt from None
    count = len(changes)
    # A loss beyond the limit says that it is beyond, and no more: it must not drown what came before it.
    limited = np.minimum(changes, _limit(_averages(changes), before, divergence))
    smoothed = before.mean() + (_averages(limited) + _averages(limited[::-1])[::-1]) / 2
    steepest, valley = _suggestions(lrs[:count], before.mean() + limited, smoothed)
    return LRRangeTest(
        lrs=tuple(lrs[:count].tolist()),
        losses=tuple((before[:count] + changes).tolist()),
        smoothed=tuple(smoothed.tolist()),
        steepest=steepest,
        valley=valley,
        diverged=diverged,
    )


def _check(start_lr: float, end_lr: float, steps: int, divergence: float) -> None:
    if not 0 < start_lr < end_lr < math.inf:
        raise ValueError(f"the rates must satisfy 0 < start_lr < end_lr, got {start_lr} and {end_lr}")
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 10:
        raise ValueError(f"steps must be a whole number of at least 10, got {steps!r}")
    if not divergence > 1:
        raise ValueError(f"divergence must be above 1, got {divergence}")


def _batches(loader: Any, epoch: int) -> Iterator[Any]:
    """Yield batches epoch after epoch, in the orders that training would have."""
    loader.load_state_dict({"seed": loader.seed, "epoch": epoch, "batch": 0})
    while True:
        yield from loader


def _losses_before(probe: "Trainer", loader: Any, steps: int, interrupt: DeferredInterrupt) -> Array:
    """Return the loss of every batch of the test, with the dropout of its step, for the weights as they are."""
    probe.model.train()
    losses = np.empty(steps)
    for t, (inputs, targets, *weights) in zip(range(steps), _batches(loader, probe.epoch), strict=False):
        with random.default_generator.at(probe.seed, probe.step + t), no_grad():
            loss, _, _ = probe._forward(inputs, targets, *weights)
        probe._call("on_loss", inputs, targets, loss)
        losses[t] = loss.item()
        interrupt.check()
    return losses


def _sweep(
    probe: "Trainer", loader: Any, lrs: Array, before: Array, divergence: float, interrupt: DeferredInterrupt
) -> tuple[Array, bool]:
    """Take a step with every rate; return by how much the batches' losses changed, and whether they flew off."""
    groups, ratios = probe.optimizer.param_groups, _ratios(probe)
    changes: list[float] = []
    probe.model.train()
    for lr, batch, untouched in zip(lrs, _batches(loader, probe.epoch), before, strict=False):
        for group, ratio in zip(groups, ratios, strict=True):
            group["lr"] = float(lr) * ratio
        try:
            loss, _, _ = probe._step(*batch)
        except TrainingDivergedError:
            return np.array(changes), True
        changes.append(loss.item() - untouched)
        averages = _averages(np.array(changes))
        if averages[-1] > _limit(averages, before, divergence):
            return np.array(changes), True
        probe._stepped(1)
        interrupt.check()
    return np.array(changes), False


def _ratios(trainer: "Trainer") -> list[float]:
    """Return by how much each group's rate is larger than the first one's."""
    rates: list[float] = [group.get("initial_lr") or group["lr"] for group in trainer.optimizer.param_groups]
    if not rates[0] > 0:
        raise ValueError(
            f"the rates of the groups keep their ratios to the first one's, which must be positive; it is {rates[0]}"
        )
    return [rate / rates[0] for rate in rates]


def _averages(values: Array) -> Array:
    """Return the exponential average up to each value, corrected for its beginning at 0."""
    m, averages = 0.0, np.empty(len(values))
    for t, value in enumerate(values):
        m = _BETA * m + (1 - _BETA) * value
        averages[t] = m / (1 - _BETA ** (t + 1))
    return averages


def _limit(averages: Array, before: Array, divergence: float) -> float:
    """Return the change of the loss from which on it has flown off."""
    lowest, first = float(averages.min()), float(before.mean())
    return lowest + (divergence - 1) * max(abs(first), abs(first + lowest))


def _suggestions(lrs: Array, losses: Array, smoothed: Array) -> tuple[float | None, float | None]:
    """Return the rates of the steepest fall and of the middle of the valley, both before the lowest loss."""
    low = int(smoothed.argmin())
    fall = float(smoothed[0] - smoothed[low])
    noise = float(np.std(losses[: low + 1] - smoothed[: low + 1]))
    if low < 2 or fall <= max(noise, 0.01 * abs(float(smoothed[0]))):
        return None, None
    steepest = int(np.gradient(smoothed, np.log(lrs))[: low + 1].argmin())
    begun = int(np.argmax(smoothed <= smoothed[0] - fall / 10))
    return float(lrs[steepest]), float(math.sqrt(lrs[begun] * lrs[low]))
