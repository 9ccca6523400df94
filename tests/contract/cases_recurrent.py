"""The cases of recurrent layers and their cells."""

from typing import Any

from tests.contract.case import Case, case, normal

RECURRENT = {
    "RNN": [{}, {"nonlinearity": "relu"}],
    "LSTM": [{}, {"proj_size": 2}],
    "GRU": [{}],
}


def _recurrent():
    """Sequences of several lengths, single ones too, given states, and every option."""
    for name, kinds in RECURRENT.items():
        for kind in kinds:
            yield case(name, normal(4, 2, 3), args=(3, 4), **kind)
            yield case(name, normal(1, 1, 3), args=(3, 3), bias=False, **kind)
            yield case(name, normal(4, 3), args=(3, 4), **kind)
            yield case(name, normal(2, 5, 3), args=(3, 4, 2), batch_first=True, bidirectional=True, **kind)
        yield case(name, normal(3, 2, 2), args=(2, 3), num_layers=3, bias=False)
    for name in ("RNN", "GRU"):
        yield case(name, normal(3, 2, 2), normal(4, 2, 3), args=(2, 3), num_layers=2, bidirectional=True)
        yield case(name, normal(3, 2), normal(1, 3), args=(2, 3))
    for name, kinds in {"RNNCell": [{}, {"nonlinearity": "relu"}], "LSTMCell": [{}], "GRUCell": [{}]}.items():
        for kind in kinds:
            yield case(name, normal(2, 3), args=(3, 4), **kind)
            yield case(name, normal(3), args=(3, 4), bias=False, **kind)
            if name != "LSTMCell":  # which takes a pair; tested in tests/nn
                yield case(name, normal(2, 3), normal(2, 4), args=(3, 4), **kind)
                yield case(name, normal(3), normal(4), args=(3, 4), **kind)


CASES = list(_recurrent())

OPTIONS: dict[str, dict[str, tuple[Case, Any]]] = {
    **{
        name: {
            "input_size": (case(name, input_size=3, hidden_size=4), 2),
            "hidden_size": (case(name, input_size=3, hidden_size=4), 2),
            "num_layers": (case(name, normal(3, 2, 3), input_size=3, hidden_size=4), 2),
            "bias": (case(name, normal(3, 2, 3), input_size=3, hidden_size=4), False),
            "batch_first": (case(name, normal(3, 2, 3), input_size=3, hidden_size=4), True),
            "dropout": (case(name, normal(3, 2, 3), input_size=3, hidden_size=4, num_layers=2), 0.4),
            "bidirectional": (case(name, normal(3, 2, 3), input_size=3, hidden_size=4), True),
            **own,
        }
        for name, own in {
            "RNN": {"nonlinearity": (case("RNN", normal(3, 2, 3), input_size=3, hidden_size=4), "relu")},
            "LSTM": {"proj_size": (case("LSTM", normal(3, 2, 3), input_size=3, hidden_size=4), 2)},
            "GRU": {},
        }.items()
    },
    **{
        name: {
            "input_size": (case(name, input_size=3, hidden_size=4), 2),
            "hidden_size": (case(name, input_size=3, hidden_size=4), 2),
            "bias": (case(name, normal(2, 3), input_size=3, hidden_size=4), False),
            **own,
        }
        for name, own in {
            "RNNCell": {"nonlinearity": (case("RNNCell", normal(2, 3), input_size=3, hidden_size=4), "relu")},
            "LSTMCell": {},
            "GRUCell": {},
        }.items()
    },
}
