"""TerminateOnNaN: end a training that has lost its numbers, and name where it happened."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid._tensor import Tensor
from pellucid.grad_mode import no_grad
from pellucid.nn import Module
from pellucid.train.callbacks.callback import Callback, TrainingDivergedError

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["TerminateOnNaN"]

_MEND = "try a smaller learning rate, gradient clipping, or scaled inputs"


class TerminateOnNaN(Callback):
    """Raises TrainingDivergedError when a loss is NaN or infinite, naming the first layer that went bad."""

    def on_loss(self, trainer: "Trainer", inputs: Any, targets: Any, loss: Any) -> None:
        """Look at the loss of a batch."""
        if not math.isfinite(loss.item()):
            where = _first_bad(trainer.model, inputs, targets)
            raise TrainingDivergedError(
                f"the loss became {loss.item()} in epoch {trainer.epoch + 1}, step {trainer.step + 1}: {where}"
            )


def _first_bad(model: Module, inputs: Any, targets: Any) -> str:
    """Say what was the first thing on the way to the loss that is not finite."""
    for name, data in (("inputs", inputs), ("targets", targets)):
        if _bad(data):
            row = int(np.argwhere(~np.isfinite(data.array))[0][0])
            return f"the batch's {name} hold NaN or infinity in its row {row}; impute or drop such values"
    for name, p in model.named_parameters():
        if _bad(p):
            return f"the parameter {name!r} is no longer finite after the update before; {_MEND}"
    found: list[str] = []
    handles = [
        module.register_forward_hook(_watcher(name or type(model).__name__, found))
        for name, module in model.named_modules()
    ]
    try:
        with no_grad(), np.errstate(all="ignore"):
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    if found:
        return f"the layer {found[0]} was the first whose output was not finite; {_MEND}"
    return f"every layer's output is finite, the loss itself is not; check the targets' range, or {_MEND}"


def _watcher(name: str, found: list[str]) -> Any:
    """Return a hook that notes a layer whose inputs are finite and whose output is not."""

    def hook(module: Module, args: Any, output: Any) -> None:
        if not found and _bad(output) and not any(_bad(x) for x in args):
            found.append(f"{name!r} ({type(module).__name__})")

    return hook


def _bad(x: Any) -> bool:
    return isinstance(x, Tensor) and x.array.dtype.kind == "f" and not np.isfinite(x.array).all()
