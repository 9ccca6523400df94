import numpy as np
import pytest

from pellucid import plot


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def falling(n):
    loss = np.exp(-np.arange(n) / 20) + 0.02
    return {"loss": loss, "validation_loss": loss + 0.1 + (np.arange(n) / n) ** 2, "accuracy": 1 - loss / 2}


def test_lines_hold_the_history():
    history = {"loss": [3.0, 2.0, 1.0], "validation_loss": [3.0, 1.5, 2.5], "lr": [0.1, 0.1, 0.1]}
    ax = plot.learning_curves(history)
    training, validation = ax.lines[:2]
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert training.get_ydata().tolist() == [3.0, 2.0, 1.0]
    assert validation.get_ydata().tolist() == [3.0, 1.5, 2.5]
    assert ax.get_xlabel() == "epoch"
    assert ax.get_ylabel() == "loss"


def test_best_epoch_is_that_of_the_lowest_validation_loss():
    history = {"loss": [3.0, 2.0, 1.0], "validation_loss": [3.0, 1.5, 2.5], "accuracy": [0.1, 0.2, 0.9]}
    for quantity in ("loss", "accuracy"):
        ax = plot.learning_curves(history, quantity)
        assert texts(ax)[-1] == "best epoch: 2"
    assert ax.lines[-1].get_xdata().tolist() == [2]
    assert ax.lines[-1].get_ydata().tolist() == [0.2]


def test_without_validation_the_training_loss_decides():
    assert texts(plot.learning_curves({"loss": [3.0, 1.0, 2.0]})) == ["training", "best epoch: 2"]


def test_best_epoch_can_be_told():
    ax = plot.learning_curves({"loss": [3.0, 1.0, 2.0]}, best_epoch=3)
    assert texts(ax)[-1] == "best epoch: 3"
    with pytest.raises(ValueError, match="between 1 and 3, the number of epochs, got 4"):
        plot.learning_curves({"loss": [3.0, 1.0, 2.0]}, best_epoch=4)


def test_nan_is_a_gap_and_never_the_best():
    ax = plot.learning_curves({"loss": [np.nan, 2.0, 1.0, np.nan]})
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [True, False, False, True]
    assert texts(ax)[-1] == "best epoch: 3"


def test_accuracy_is_written_in_percent_and_the_rate_by_its_name():
    ax = plot.learning_curves({"accuracy": [0.5, 0.75, 1.0]}, "accuracy")
    ax.figure.canvas.draw()
    assert all(tick.get_text().endswith("%") for tick in ax.get_yticklabels())
    ax = plot.learning_curves({"lr": [0.1, 0.01]}, "lr")
    assert ax.get_ylabel() == "learning rate"
    assert texts(ax) == ["learning rate"]


@pytest.mark.parametrize(
    ("history", "arguments", "message"),
    [
        ({"accuracy": [1.0]}, {}, r"no 'loss'; it has \['accuracy'\]"),
        ({"loss": [1.0, 2.0], "validation_loss": [1.0]}, {}, "one number an epoch"),
        ({"loss": []}, {}, "one number an epoch"),
        ({"loss": [np.nan, np.inf]}, {}, "holds no finite number"),
        ({"loss": [1.0, 0.0]}, {"log": True}, "zero or negative"),
    ],
)
def test_a_history_that_cannot_be_drawn_is_refused(history, arguments, message):
    with pytest.raises(ValueError, match=message):
        plot.learning_curves(history, **arguments)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 15, 100, 500])
def test_text_does_not_overlap(epochs, log, assert_readable):
    assert_readable(plot.learning_curves(falling(epochs), log=log))


def test_epochs_are_whole_numbers():
    ax = plot.learning_curves(falling(4))
    low, high = ax.get_xlim()
    assert [x for x in ax.get_xticks() if low <= x <= high] == [1, 2, 3, 4]
