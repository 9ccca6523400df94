"""What an estimator looks at after every epoch: the loss, the score on held-out rows, whether it still gets better."""

import math
from collections.abc import Sequence

from pellucid._tensor import Array
from pellucid.train import Callback, StopTraining, Trainer

__all__ = ["Watcher"]

_SMALLEST_RATE = 1e-6  # of the adaptive schedule, below which it ends as the others do


class Watcher(Callback):
    """Notes the curves and ends a training that no longer gets better, by scikit-learn's rule.

    An epoch is better when the loss fell by at least `tol`, or the score rose by it; after more than `patience`
    epochs in a row that were not, training ends, or, with the adaptive schedule, the learning rate is divided by 5.

    Args:
        tol: by how much an epoch must be better.
        patience: how many epochs in a row need not be.
        judged: whether the score on held-out rows decides, and the best weights are kept.
        adaptive: whether the learning rate falls before training ends.
    """

    only_shows = True

    def __init__(self, tol: float, patience: float, *, judged: bool = False, adaptive: bool = False) -> None:
        self.tol, self.patience, self.by_losses = tol, patience, not judged
        self.judged, self.adaptive = judged, adaptive
        self.losses: list[float] = []
        self.scores: list[float] = []
        self.validation_losses: list[float] = []
        self.best_loss, self.best_score = math.inf, -math.inf
        self.flat = 0
        self.stopped = self.interrupted = False
        self.best_weights: dict[str, Array] | None = None

    def on_epoch_end(self, trainer: Trainer) -> None:
        """Note the numbers of the epoch, and decide."""
        history = trainer.history
        loss = history["loss"][-1]
        self.losses.append(loss)
        if "validation_loss" in history:
            self.validation_losses.append(history["validation_loss"][-1])
            self.scores.append(history["validation_score"][-1])
        self._compare(trainer, loss)
        if self.flat > self.patience:
            self._give_up(trainer)

    def epochs_borne(self, losses: Sequence[float]) -> int:
        """Return after how many epochs the next one would be one too many that is flat."""
        best, flat = self.best_loss, self.flat
        for epoch, loss in enumerate(losses):
            flat = 0 if loss <= best - self.tol else flat + 1
            if flat > self.patience:
                return epoch
            best = min(loss, best)
        return len(losses)

    def on_losses(self, trainer: Trainer, losses: Sequence[float]) -> None:
        """Note the losses of epochs that were borne."""
        for loss in map(float, losses):
            self.losses.append(loss)
            self._compare(trainer, loss)

    def _compare(self, trainer: Trainer, loss: float) -> None:
        if self.judged:
            score = self.scores[-1]
            better = score >= self.best_score + self.tol
            if score > self.best_score or self.best_weights is None:
                self.best_score = max(score, self.best_score)
                self.best_weights = {name: x.array.copy() for name, x in trainer.model.state_dict().items()}
        else:
            better = loss <= self.best_loss - self.tol
        self.best_loss = min(loss, self.best_loss)
        self.flat = 0 if better else self.flat + 1

    def _give_up(self, trainer: Trainer) -> None:
        groups = trainer.optimizer.param_groups
        if self.adaptive and groups[0]["lr"] > _SMALLEST_RATE:
            for group in groups:
                group["lr"] /= 5.0
            self.flat = 0
            return
        self.stopped = True
        what = "The score on held-out rows" if self.judged else "The training loss"
        raise StopTraining(f"{what} did not get better by tol={self.tol:g} in {self.flat} epochs in a row.")

    def on_interrupt(self, trainer: Trainer) -> None:  # noqa: ARG002
        """Note that Ctrl-C came."""
        self.interrupted = True

    def on_fit_end(self, trainer: Trainer) -> None:
        """Take up the best weights, however training ended."""
        if self.best_weights is not None:
            trainer.model.load_state_dict(self.best_weights)
