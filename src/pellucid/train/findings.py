"""What a reader of a result should know before trusting it."""

import numpy as np

from pellucid.train.config import RunConfig
from pellucid.train.history import History
from pellucid.train.prepare import Prepared

__all__ = ["findings"]

FEW_ROWS = 30  # below it one row more or less moves a share by more than three points
WIDE_GAP = 0.1


def findings(
    config: RunConfig,
    prepared: Prepared,
    history: History,
    metrics: dict[str, dict[str, float]],
    guess: dict[str, float],
) -> list[str]:
    """Return a sentence for each thing in the data or the training that weakens the result.

    `guess` is what the simplest guess reaches on the test rows.
    """
    found = [*_of_data(config, prepared), *_of_training(config, prepared, history, metrics)]
    test = metrics["test"]
    useless = test["accuracy"] <= guess["accuracy"] if "accuracy" in guess else test["mae"] >= guess["mae"]
    if useless:
        found.append(
            "On the test rows the network is no better than the simplest guess: it has learned nothing of use."
        )
    return found


def _of_data(config: RunConfig, prepared: Prepared) -> list[str]:
    found = []
    if prepared.dropped:
        found.append(f"{prepared.dropped} rows were left out because their target is missing.")
    if config.split == "shuffle":
        repeated = _repeated(prepared)
        if repeated:
            found.append(
                f"{repeated} of {len(prepared.split.test)} test rows have the same inputs as a training row: the test "
                "may look better than new data will; drop duplicates, or split by group."
            )
    for part in ("validation", "test"):
        rows = getattr(prepared.split, part)
        if len(rows) < FEW_ROWS:
            found.append(f"The {part} has {len(rows)} rows only: its numbers are uncertain.")
        for column, values in prepared.preprocessor.unseen_values(prepared.features.iloc[rows]).items():
            found.append(
                f"Column {column!r} has values in the {part} that training never saw: {', '.join(values[:3])}."
            )
    if prepared.target.is_classification and config.class_weight == "none":
        counts = np.bincount(prepared.part("train")[1], minlength=prepared.target.n_classes)
        if counts.min() * 10 < counts.max():
            rare = prepared.target.classes[int(counts.argmin())]
            found.append(
                f"Class {rare!r} has {counts.min()} training rows, the largest {counts.max()}: judge by its recall, "
                "and consider class_weight 'balanced'."
            )
    return found


def _repeated(prepared: Prepared) -> int:
    """Return how many test rows equal a training row in every input."""
    train = {row.tobytes() for row in prepared.X[prepared.split.train]}
    return sum(row.tobytes() in train for row in prepared.X[prepared.split.test])


def _of_training(
    config: RunConfig, prepared: Prepared, history: History, metrics: dict[str, dict[str, float]]
) -> list[str]:
    found = []
    if history.epochs == config.epochs and history.best_epoch == history.epochs:
        found.append("The last epoch was the best: more epochs may give a better network.")
    if len(prepared.split.test) < FEW_ROWS:
        return found  # a gap between so few rows is chance
    if prepared.target.is_classification:
        gap = metrics["train"]["accuracy"] - metrics["test"]["accuracy"]
        if gap > WIDE_GAP:
            found.append(
                f"Training accuracy is {gap:.0%} above test accuracy: the network has learned its rows by heart; try "
                "dropout, weight decay, a smaller network or more data."
            )
    elif metrics["train"].get("r2", 0) - metrics["test"].get("r2", 0) > WIDE_GAP:
        found.append(
            f"R2 is {metrics['train']['r2']:.2f} on training rows and {metrics['test']['r2']:.2f} on test rows: the "
            "network has learned its rows by heart; try dropout, weight decay, a smaller network or more data."
        )
    return found
