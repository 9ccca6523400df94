"""The sums of one epoch, from which its loss and metrics are computed once, exactly."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array

__all__ = ["EpochTotals", "Metric", "mean_losses"]

Metric = Callable[[Array, Array], float]
"""A function of (outputs, targets) over all rows of an epoch."""


class EpochTotals:
    """Adds up batches: each counts by its rows (or its sample weights), so a short last one counts less.

    Metrics are computed from all outputs of the epoch together: nothing averages averages.
    """

    def __init__(self, *, keep_outputs: bool) -> None:
        self.keep_outputs = keep_outputs
        self.loss_sum = 0.0
        self.weight = 0.0
        self.outputs: list[Array] = []
        self.targets: list[Array] = []

    def add(self, loss: float, weight: float, outputs: Array, targets: Array) -> None:
        """Add a batch's mean loss, which counts by `weight`, and its outputs."""
        if weight:  # a batch whose rows are all ignored has no mean
            self.loss_sum += loss * weight
        self.weight += weight
        if self.keep_outputs:
            self.outputs.append(outputs)
            self.targets.append(targets)

    def add_many(self, losses: Array, weight: Array | float, outputs: Array | None, targets: Array | None) -> None:
        """Add batches of one size at once, as `add` would one after the other: to the same bits.

        Args:
            losses: the mean losses, one of each batch.
            weight: by how much each counts, one number for all or one each.
            outputs: those of all batches, when they are kept.
            targets: likewise.
        """
        self.loss_sum = float(np.add.accumulate(np.concatenate([[self.loss_sum], losses * weight]))[-1])
        each = np.broadcast_to(np.asarray(weight, np.float64), losses.shape)
        self.weight = float(np.add.accumulate(np.concatenate([[self.weight], each]))[-1])
        if outputs is not None and targets is not None:
            self.outputs.append(outputs)
            self.targets.append(targets)

    def result(self, metrics: Mapping[str, Metric]) -> dict[str, float]:
        """Return the loss and the metrics of the epoch.

        Raises:
            ValueError: when no batch was added.
        """
        if not self.weight:
            raise ValueError("there was no batch in this epoch: is the data empty, or drop_last larger than it?")
        row = {"loss": self.loss_sum / self.weight}
        if metrics:
            outputs, targets = np.concatenate(self.outputs), np.concatenate(self.targets)
            row |= {name: float(metric(outputs, targets)) for name, metric in metrics.items()}
        return row

    def state_dict(self) -> dict[str, Any]:
        """Return the sums, for a checkpoint in the middle of an epoch."""
        kept = (
            {"outputs": np.concatenate(self.outputs), "targets": np.concatenate(self.targets)} if self.outputs else {}
        )
        return {"loss_sum": self.loss_sum, "weight": self.weight, **kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from sums that `state_dict` gave."""
        self.loss_sum, self.weight = state["loss_sum"], state["weight"]
        if self.keep_outputs and "outputs" in state:
            self.outputs, self.targets = [np.asarray(state["outputs"])], [np.asarray(state["targets"])]


def mean_losses(losses: Array, weights: Array) -> Array:
    """Return the loss of each of many epochs, to the bits that `EpochTotals` gives.

    Args:
        losses: (epochs, batches), the mean losses of the batches.
        weights: (batches,) or (epochs, batches), by how much each counts.
    """
    each = np.broadcast_to(weights, losses.shape)
    return np.add.accumulate(losses * each, axis=1)[:, -1] / np.add.accumulate(each, axis=1)[:, -1]
