"""Trainer: fit, one epoch, one step."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import numpy as np

from pellucid import random
from pellucid._serialization import load, save
from pellucid._tensor import Array, Tensor
from pellucid.grad_mode import no_grad
from pellucid.nn import Module
from pellucid.ops.row_losses import with_squares
from pellucid.optim import Optimizer
from pellucid.optim.lr_scheduler import ReduceLROnPlateau
from pellucid.train.batches import as_inputs, as_loader, outputs_by_batch
from pellucid.train.callbacks.callback import Callback, StopTraining
from pellucid.train.callbacks.terminate_on_nan import TerminateOnNaN
from pellucid.train.history import History
from pellucid.train.interrupt import DeferredInterrupt, Interrupted
from pellucid.train.lr_finder import LRRangeTest, range_test
from pellucid.train.recorded_answers import RecordedAnswers
from pellucid.train.replay import Replay
from pellucid.train.sample_weights import batch_weight, weighted_loss
from pellucid.train.totals import EpochTotals, Metric

__all__ = ["Trainer"]

_FEW = 64  # rows: with more, the interpreter takes little of the time


class Trainer:
    """Trains, evaluates and asks a model.

    Nothing here is hidden from people who write their own loop: a step is zero_grad, forward, loss, backward,
    optimizer.step. What a step draws (dropout masks) depends on (seed, step) and the order of the rows on
    (seed, epoch), so a run resumed at any step gives the weights of an undisturbed one, bit for bit.

    Args:
        model: the network.
        loss: a function of (outputs, targets) that returns the mean over the rows, such as a loss of nn.
        optimizer: an optimizer over the model's parameters.
        metrics: functions of (outputs, targets), arrays over a whole epoch, by name.
        validation_metrics: the same, but of validation rows only, where training rows need not be judged.
        scheduler: a schedule of the learning rate, stepped as `schedule_every` says.
        schedule_every: "epoch", or "step" for schedules that count batches, such as OneCycleLR.
        penalty: a function of the model added to the training loss, such as an L1 penalty.
        callbacks: what else happens, in this order; TerminateOnNaN is added where it is not among them.
        seed: seed of the order of rows and of everything drawn in training.
        count_decay: whether the training loss that is told contains weight_decay / 2 ||p||^2, the penalty that weight
            decay (not the decoupled one) descends.

    Attributes:
        epoch: how many epochs are complete.
        step: how many steps are complete.
        batch: how many batches of the current epoch are complete.
        history: the numbers of every epoch.
        replayed: how many steps of the latest fit the engine took by itself, or why none.

    Example:
        >>> import pellucid as pl
        >>> _ = pl.manual_seed(0)
        >>> X = pl.linspace(-1, 1, 64).reshape(64, 1)
        >>> model = pl.nn.Linear(1, 1)
        >>> trainer = Trainer(model, pl.nn.MSELoss(), pl.optim.SGD(model.parameters(), lr=0.1), seed=0)
        >>> history = trainer.fit((X, 3 * X + 1), epochs=40, batch_size=16)
        >>> [round(p.item(), 2) for p in model.parameters()]
        [3.0, 1.0]
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        optimizer: Optimizer,
        *,
        metrics: Mapping[str, Metric] | None = None,
        validation_metrics: Mapping[str, Metric] | None = None,
        scheduler: Any = None,
        schedule_every: str = "epoch",
        penalty: Callable[[Module], Tensor] | None = None,
        callbacks: Iterable[Callback] = (),
        seed: int = 0,
        count_decay: bool = False,
    ) -> None:
        if schedule_every not in ("epoch", "step"):
            raise ValueError(f"schedule_every must be 'epoch' or 'step', got {schedule_every!r}")
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.metrics = dict(metrics or {})
        self.validation_metrics = self.metrics | dict(validation_metrics or {})
        self.scheduler, self.schedule_every = scheduler, schedule_every
        self.penalty, self.count_decay = penalty, count_decay
        self.callbacks = list(callbacks)
        if not any(isinstance(c, TerminateOnNaN) for c in self.callbacks):
            self.callbacks.insert(0, TerminateOnNaN())
        self.seed = seed
        self.epoch = self.step = self.batch = 0
        self.history = History()
        self.epochs = 0  # the epoch at which the current fit ends
        self.batches = 0  # of an epoch
        self._fit_start: int | None = None
        self.replayed = ""  # how the steps of the latest fit were taken
        self._stop = ""  # why a callback wants to stop; part of the state, as a checkpoint may be written after it
        self._totals = EpochTotals(keep_outputs=bool(self.metrics))
        self._answers: RecordedAnswers | None = None

    # --- fit, one epoch, one step ---------------------------------------------------------------------------
    def fit(self, train: Any, validation: Any = None, *, epochs: int = 10, batch_size: int = 32) -> History:
        """Train.

        Ctrl-C ends training after the current step; callbacks then keep what they keep (the best weights, a
        checkpoint), and the history says so. After `load_checkpoint`, the interrupted fit is continued: give
        the same arguments.

        Args:
            train: (X, y), (X, y, sample_weight), a Dataset or a DataLoader.
            validation: the same, judged after every epoch; never trained on.
            epochs: passes over the training data.
            batch_size: rows of a step; the last one of an epoch may have fewer.

        Returns:
            the history, also of earlier calls.

        Raises:
            ValueError: for data that is empty, ragged, or holds NaN or infinity.
            TrainingDivergedError: when the loss is no longer a number, naming the layer where it began.
        """
        if epochs < 1 or batch_size < 1:
            raise ValueError(f"epochs and batch_size must be at least 1, got {epochs} and {batch_size}")
        loader = as_loader(train, batch_size, self._dtype(), shuffle=True, seed=self.seed)
        judged = None if validation is None else self._judging_loader(validation)
        if self._fit_start is None:
            self._fit_start = self.epoch
        self.epochs, self.batches = self._fit_start + epochs, len(loader)
        self.history.stopped = ""
        replay = Replay(self, loader)
        with DeferredInterrupt() as interrupt:
            try:
                self._call("on_fit_start")
                while self.epoch < self.epochs and not self._stop:
                    if judged is None:
                        replay.unwatched_epochs()
                    self._fit_epoch(loader, judged, interrupt, replay)
                self.history.stopped = self._stop or f"All {epochs} epochs were trained."
                self._fit_start, self._stop = None, ""
            except Interrupted:
                self._call("on_interrupt")
                self.history.stopped = f"Interrupted by Ctrl-C in epoch {self.epoch + 1}."
            except BaseException as error:
                self.history.stopped = f"Ended by an error: {error}"
                raise
            finally:
                self.replayed = replay.report()
                self._call("on_fit_end")
                self.model.eval()
        return self.history

    def _fit_epoch(self, loader: Any, validation: Any, interrupt: DeferredInterrupt, replay: Replay) -> None:
        """Train one epoch, or what is left of it, judge it and tell the callbacks."""
        began = time.perf_counter()
        loader.load_state_dict({"seed": loader.seed, "epoch": self.epoch, "batch": self.batch})
        if replay.reason:
            self._epoch(loader, self._totals, interrupt)
        else:
            replay.epoch(self._totals, interrupt)
        row = self._totals.result(self.metrics)
        if validation is not None:
            row |= {f"validation_{name}": value for name, value in self._judged(validation).items()}
        row["lr"] = self.optimizer.param_groups[0]["lr"]
        row["seconds"] = time.perf_counter() - began
        self.history.append(row)
        self.epoch, self.batch = self.epoch + 1, 0
        self._totals = EpochTotals(keep_outputs=bool(self.metrics))
        if self.scheduler is not None and self.schedule_every == "epoch":
            monitored = (row.get("validation_loss", row["loss"]),)
            self.scheduler.step(*(monitored if isinstance(self.scheduler, ReduceLROnPlateau) else ()))
        self._call("on_epoch_end")
        interrupt.check()

    def _epoch(self, loader: Any, totals: EpochTotals, interrupt: DeferredInterrupt | None = None) -> None:
        """Go through the batches once: a training epoch where `interrupt` is given, else a judging one."""
        self.model.train(interrupt is not None)
        for inputs, targets, *weights in loader:
            if interrupt is not None:
                loss, outputs, weight = self._step(inputs, targets, *weights)
            else:
                with no_grad():
                    loss, outputs, weight = self._forward(inputs, targets, *weights)
            totals.add(loss.item(), weight, outputs.array, targets.array)
            if interrupt is not None:
                self._stepped(1)
                interrupt.check()

    def _stepped(self, steps: int) -> None:
        """Count steps that were taken, and tell the callbacks."""
        self.step, self.batch = self.step + steps, self.batch + steps
        self._call("on_step_end")

    def _step(self, inputs: Tensor, targets: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor, float]:
        """Forward, backward, update: the loop that anybody would write."""
        with random.default_generator.at(self.seed, self.step):
            self.optimizer.zero_grad()
            loss, outputs, weight = self._forward(inputs, targets, *weights)
            if self.count_decay:
                for group in self.optimizer.param_groups:
                    if group.get("weight_decay"):
                        loss = with_squares(loss, group["params"], 0.5 * group["weight_decay"])
            self._call("on_loss", inputs, targets, loss)
            objective = loss if self.penalty is None else loss + self.penalty(self.model)
            objective.backward()
            self._call("on_gradients")
            self.optimizer.step()
            if self.scheduler is not None and self.schedule_every == "step":
                self.scheduler.step()
        return loss, outputs, weight

    def _forward(self, inputs: Tensor, targets: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor, float]:
        """Return the mean loss, the outputs, and how much the batch counts: its rows, or its weights' sum."""
        outputs = self.model(inputs)
        if weights:
            return weighted_loss(self.loss, outputs, targets, weights[0]), outputs, float(weights[0].array.sum())
        return self.loss(outputs, targets), outputs, batch_weight(self.loss, targets)

    def find_lr(self, train: Any, **options: Any) -> LRRangeTest:
        """Try learning rates from tiny to huge for a few steps, and undo them: where does the loss fall fastest?

        Args:
            train: the data, as `fit` takes them.
            options: start_lr, end_lr, steps, batch_size, divergence; see `pellucid.train.lr_finder.range_test`.

        Example:
            >>> import pellucid as pl
            >>> _ = pl.manual_seed(0)
            >>> X = pl.linspace(-1, 1, 64).reshape(64, 1)
            >>> model = pl.nn.Linear(1, 1)
            >>> trainer = Trainer(model, pl.nn.MSELoss(), pl.optim.SGD(model.parameters(), lr=0.1), seed=0)
            >>> found = trainer.find_lr((X, 3 * X + 1))
            >>> 0.01 < found.valley < 1, trainer.step
            (True, 0)
        """
        return range_test(self, train, **options)

    # --- judging and asking ---------------------------------------------------------------------------------
    def evaluate(self, data: Any) -> dict[str, float]:
        """Return the loss and the metrics over all rows of `data`, in evaluation mode."""
        was_training = self.model.training
        try:
            return self._judged(self._judging_loader(data))
        finally:
            self.model.train(was_training)

    def _judged(self, loader: Any) -> dict[str, float]:
        totals = EpochTotals(keep_outputs=bool(self.validation_metrics))
        self._epoch(loader, totals)
        return totals.result(self.validation_metrics)

    def predict(self, X: Any, batch_size: int = 1024) -> Array:
        """Return the model's outputs for the rows of X as one array, in evaluation mode.

        Raises:
            ValueError: when X holds NaN or infinity.
        """
        inputs = as_inputs(X, self._dtype())
        return outputs_by_batch(self.model, inputs, batch_size, self._recorded() if len(inputs) <= _FEW else None)

    def _recorded(self) -> RecordedAnswers:
        """Return what answers for few rows by recorded passes, whose memory is small."""
        if self._answers is None or self._answers.model is not self.model:
            self._answers = RecordedAnswers(self.model)
        return self._answers

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle all but what was recorded."""
        return {**vars(self), "_answers": None}

    def _judging_loader(self, data: Any) -> Any:
        return as_loader(data, 1024, self._dtype(), shuffle=False, seed=self.seed)

    def _dtype(self) -> np.dtype[Any]:
        return next((p.dtype for p in self.model.parameters()), np.dtype(np.float32))

    def _call(self, hook: str, *args: Any) -> None:
        """Call a hook of every callback; a wish to stop is noted, so that those after it are called too."""
        for callback in self.callbacks:
            try:
                getattr(callback, hook)(self, *args)
            except StopTraining as stop:
                self._stop = self._stop or str(stop)

    # --- checkpoints ----------------------------------------------------------------------------------------
    def state_dict(self) -> dict[str, Any]:
        """Return everything that continuing needs: weights, optimizer, schedule, seed, position, history."""
        return {
            "model": dict(self.model.state_dict()),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "position": {
                "seed": self.seed,
                "epoch": self.epoch,
                "step": self.step,
                "batch": self.batch,
                "fit_start": self._fit_start,
                "stop": self._stop,
            },
            "totals": self._totals.state_dict(),
            "history": self.history.state_dict(),
            "callbacks": [{"name": type(c).__name__, "state": c.state_dict()} for c in self._stateful()],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go to the position that `state_dict` described.

        Raises:
            ValueError: when the seed or the callbacks differ, which would change what follows.
            RuntimeError: when the model differs.
        """
        names = [type(c).__name__ for c in self._stateful()]
        saved = [c["name"] for c in state["callbacks"]]
        if names != saved:
            raise ValueError(f"the checkpoint was written with the callbacks {saved}, this trainer has {names}")
        if state["position"]["seed"] != self.seed:
            raise ValueError(
                f"the checkpoint was written with seed {state['position']['seed']}, this trainer has {self.seed}"
            )
        if (state["scheduler"] is None) != (self.scheduler is None):
            raise ValueError("the checkpoint and this trainer must both have a scheduler, or neither")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        position = state["position"]
        self.epoch, self.step, self.batch = position["epoch"], position["step"], position["batch"]
        self._fit_start, self._stop = position["fit_start"], position["stop"]
        self._totals = EpochTotals(keep_outputs=bool(self.metrics))
        self._totals.load_state_dict(state["totals"])
        self.history.load_state_dict(state["history"])
        for callback, entry in zip(self._stateful(), state["callbacks"], strict=True):
            callback.load_state_dict(entry["state"])

    def _stateful(self) -> list[Callback]:
        """Return the callbacks that a resumed run must have too."""
        return [c for c in self.callbacks if not c.only_shows]

    def save_checkpoint(self, path: Any) -> None:
        """Write the state to one file, whole or not at all."""
        save(self.state_dict(), path)

    def load_checkpoint(self, path: Any) -> Self:
        """Go to the position of a checkpoint; the next `fit` continues it."""
        self.load_state_dict(load(path))
        return self
