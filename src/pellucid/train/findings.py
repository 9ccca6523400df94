"""What a reader of a result should know before trusting it."""

from pellucid.train.config import RunConfig
from pellucid.train.history import History
from pellucid.train.kinds import Prepared

__all__ = ["findings"]

FEW_ROWS = 30  # below it one row more or less moves a share by more than three points
WIDE_GAP = 0.1
ERRORS = ("mae", "bits_per_character")  # the less, the better


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
    if "accuracy" in guess:
        useless = test["accuracy"] <= guess["accuracy"]
    else:
        useless = any(test[name] >= value for name, value in guess.items() if name in ERRORS)
    if useless:
        found.append(
            f"On the test {prepared.noun} the network is no better than the simplest guess: it has learned nothing of "
            "use."
        )
    return found


def _of_data(config: RunConfig, prepared: Prepared) -> list[str]:
    sizes = prepared.sizes()
    few = [
        f"The {part} has {sizes[part]} {prepared.noun} only: its numbers are uncertain."
        for part in ("validation", "test")
        if sizes[part] < FEW_ROWS
    ]
    return few + prepared.findings(config)


def _of_training(
    config: RunConfig, prepared: Prepared, history: History, metrics: dict[str, dict[str, float]]
) -> list[str]:
    found = []
    if history.epochs == config.epochs and history.best_epoch == history.epochs:
        found.append("The last epoch was the best: more epochs may give a better network.")
    if prepared.sizes()["test"] < FEW_ROWS:
        return found  # a gap between so few rows is chance
    if "accuracy" in metrics["train"]:
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
