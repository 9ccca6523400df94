import pytest

from pellucid.train import History


@pytest.fixture
def history():
    made = History()
    made.append({"loss": 0.5, "validation_loss": 0.75})
    made.append({"loss": 0.25, "validation_loss": 0.5})
    return made


def test_a_history_is_read_like_a_dict(history):
    assert history["loss"] == [0.5, 0.25]
    assert dict(history) == {"loss": [0.5, 0.25], "validation_loss": [0.75, 0.5]}
    assert history.epochs == 2
    assert repr(history) == "History(2 epochs; last: loss=0.25, validation_loss=0.5)"
    assert repr(History()) == "History(no epochs)"


def test_a_missing_name_lists_those_there_are(history):
    with pytest.raises(KeyError, match="loss, validation_loss"):
        history["acuracy"]


def test_an_epoch_with_other_names_is_refused(history):
    with pytest.raises(ValueError, match="those before were"):
        history.append({"loss": 0.1})


def test_a_history_becomes_a_table_and_html(history):
    frame = history.to_frame()
    assert frame.index.tolist() == [1, 2]
    assert frame["loss"].tolist() == [0.5, 0.25]
    assert "<table" in history._repr_html_()


def test_a_history_draws_itself(history):
    history.best_epoch = 2
    ax = history.plot()
    assert [list(line.get_ydata()) for line in ax.lines][:2] == [[0.5, 0.25], [0.75, 0.5]]
    ax.figure.clf()


def test_a_history_survives_its_state(history):
    again = History()
    again.load_state_dict(history.state_dict())
    assert dict(again) == dict(history)
