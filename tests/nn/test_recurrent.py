"""Recurrent layers: what the contract of all layers does not show - states, packed sequences, several outputs."""

import copy
import warnings

import numpy as np
import pytest
import torch
from torch.nn.utils import rnn as torch_rnn

import pellucid
from pellucid import nn
from pellucid.autograd import grad, gradcheck
from pellucid.nn.utils import rnn
from pellucid.ops import recurrence

LENGTHS = [2, 5, 1, 5, 3]
LAYERS = [
    ("RNN", {}),
    ("RNN", {"nonlinearity": "relu"}),
    ("LSTM", {}),
    ("LSTM", {"proj_size": 2}),
    ("GRU", {}),
]
every_layer = pytest.mark.parametrize(("name", "options"), LAYERS, ids=str)


def pair(name, *args, **options):
    """Return our layer and PyTorch's with the same parameters."""
    theirs = getattr(torch.nn, name)(*args, **options, dtype=torch.float64)
    ours = getattr(nn, name)(*args, **options, dtype=pellucid.float64)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    return ours, theirs


def both(array):
    return pellucid.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)


def states_of(name, shapes, rng):
    given = [both(rng.normal(size=shape)) for shape in shapes]
    ours, theirs = zip(*given, strict=True)
    return (ours, theirs) if name.startswith("LSTM") else (ours[0], theirs[0])


def flat(outputs):
    for y in outputs if isinstance(outputs, (tuple, list)) else [outputs]:
        yield from (flat(y) if isinstance(y, tuple) else [y])


def close(a, b):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


def compare(ours, theirs, leaves):
    """Compare outputs, and the gradients of a random weighing of them all."""
    rng = np.random.default_rng(5)
    total, expected = 0.0, 0.0
    for y, y_expected in zip(flat(ours), flat(theirs), strict=True):
        close(y, y_expected)
        weight = rng.normal(size=y.shape)
        total = total + (y * pellucid.tensor(weight)).sum()
        expected = expected + (y_expected * torch.tensor(weight)).sum()
    total.backward()
    expected.backward()
    for a, b in leaves:
        close(a.grad, b.grad)


@every_layer
@pytest.mark.parametrize("batch_first", [False, True])
def test_layers_start_from_given_states_and_give_the_last_ones(name, options, batch_first):
    rng = np.random.default_rng(1)
    ours, theirs = pair(name, 3, 4, 2, bidirectional=True, batch_first=batch_first, **options)
    x, x_expected = both(rng.normal(size=(5, 2, 3)))
    batch = 5 if batch_first else 2
    hx, hx_expected = states_of(name, [(4, batch, options.get("proj_size", 4)), (4, batch, 4)], rng)
    leaves = [(x, x_expected), *zip(flat(hx), flat(hx_expected), strict=True)]
    leaves += zip(ours.parameters(), theirs.parameters(), strict=True)
    compare(ours(x, hx), theirs(x_expected, hx_expected), leaves)


@every_layer
@pytest.mark.parametrize("bidirectional", [False, True])
def test_packed_sequences_of_unequal_length_give_what_they_give_in_pytorch(name, options, bidirectional):
    rng = np.random.default_rng(2)
    ours, theirs = pair(name, 3, 4, 2, bidirectional=bidirectional, **options)
    x, x_expected = both(rng.normal(size=(6, 5, 3)))
    hx, hx_expected = states_of(name, [(2 + 2 * bidirectional, 5, n) for n in (options.get("proj_size", 4), 4)], rng)
    packed = rnn.pack_padded_sequence(x, LENGTHS, enforce_sorted=False)
    expected = torch_rnn.pack_padded_sequence(x_expected, LENGTHS, enforce_sorted=False)
    y, last = ours(packed, hx)
    y_expected, last_expected = theirs(expected, hx_expected)
    assert isinstance(y, rnn.PackedSequence)
    for a, b in zip(y[1:], y_expected[1:], strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    padded, lengths = rnn.pad_packed_sequence(y, batch_first=True, padding_value=-1, total_length=7)
    padded_expected, _ = torch_rnn.pad_packed_sequence(y_expected, True, -1, 7)
    assert lengths.tolist() == LENGTHS
    leaves = [(x, x_expected), *zip(flat(hx), flat(hx_expected), strict=True)]
    leaves += zip(ours.parameters(), theirs.parameters(), strict=True)
    compare((padded, last), (padded_expected, last_expected), leaves)


@every_layer
def test_a_packed_batch_gives_what_each_sequence_gives_alone(name, options):
    layer = getattr(nn, name)(3, 4, bidirectional=True, dtype=pellucid.float64, **options)
    sequences = [pellucid.randn(n, 3, dtype=pellucid.float64) for n in LENGTHS]
    y, _ = layer(rnn.pack_sequence(sequences, enforce_sorted=False))
    for alone, found in zip(sequences, rnn.unpack_sequence(y), strict=True):
        close(found, layer(alone)[0])


@pytest.mark.parametrize("walk", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("reverse", [False, True])
def test_gradients_through_time_are_those_that_differences_measure(walk, reverse):
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[walk]
    shapes = [(4, 3, 2), (3, 3), *[(3, 3)] * (walk == "lstm")]
    shapes += [(gates * 3, 2), (gates * 3, 3), (gates * 3,), (gates * 3,)]
    rng = np.random.default_rng(3)
    inputs = [pellucid.tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]

    def fn(*given):
        return getattr(recurrence, walk)(*given, lengths=np.asarray([4, 0, 2]), reverse=reverse)

    assert gradcheck(fn, inputs, atol=1e-7, rtol=1e-6)


@pytest.mark.parametrize("walk", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("lengths", [None, [4, 0, 2]])
def test_a_batch_that_comes_first_gives_the_same_as_steps_that_do(walk, lengths):
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[walk]
    shapes = [(4, 3, 2), (3, 3), *[(3, 3)] * (walk == "lstm"), (gates * 3, 2), (gates * 3, 3)]
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=shape) for shape in shapes]
    dy, lengths = pellucid.tensor(rng.normal(size=(4, 3, 3))), None if lengths is None else np.asarray(lengths)
    seen = []
    for batch_first in (False, True):
        x, *others = (pellucid.tensor(a, requires_grad=True) for a in arrays)
        given = x.transpose(0, 1) if batch_first else x
        y, *last = getattr(recurrence, walk)(given, *others, lengths=lengths, batch_first=batch_first)
        y = y.transpose(0, 1) if batch_first else y
        sum(((y * dy).sum(), *(state.square().sum() for state in last))).backward()
        seen.append([y.array, *(state.array for state in last), *(p.grad.array for p in (x, *others))])
        assert [state.array.shape for state in last] == [(1, 3, 3)] * len(last)
    for a, b in zip(*seen, strict=True):
        np.testing.assert_array_equal(a, b)


@every_layer
def test_what_stands_behind_the_end_of_a_sequence_plays_no_part(name, options):
    layer = getattr(nn, name)(3, 4, dtype=pellucid.float64, **options)
    weights, walk = layer._weights(0, 0), layer._walk
    out = options.get("proj_size", 4)
    seen = []
    for behind in (0.0, np.nan):
        x = np.random.default_rng(4).normal(size=(4, 2, 3))
        x[2:, 1] = behind
        layer.zero_grad()
        state = [pellucid.zeros(2, n, dtype=pellucid.float64) for n in (out, *[4] * (name == "LSTM"))]
        given = pellucid.tensor(x, requires_grad=True)
        outputs = walk(given, state, dict(weights), np.asarray([4, 2]), False, False)
        assert not outputs[0].array[2:, 1].any()
        sum((y * y).sum() for y in outputs).backward()
        assert not given.grad.array[2:, 1].any()
        seen.append([given.grad.array, *(p.grad.array for p in layer.parameters()), *(y.array for y in outputs)])
    for a, b in zip(*seen, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("name", "options"), [("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {})]
)
@pytest.mark.parametrize("batch", [(), (2,)])
def test_a_loop_of_cells_gives_what_it_gives_in_pytorch(name, options, batch):
    rng = np.random.default_rng(6)
    ours, theirs = pair(name, 3, 4, **options)
    x, x_expected = both(rng.normal(size=(3, *batch, 3)))
    hx, hx_expected = states_of(name, [(*batch, 4)] * 2, rng)
    leaves = [(x, x_expected), *zip(flat(hx), flat(hx_expected), strict=True)]
    leaves += zip(ours.parameters(), theirs.parameters(), strict=True)
    for t in range(3):
        hx, hx_expected = ours(x[t], hx), theirs(x_expected[t], hx_expected)
    compare(hx, hx_expected, leaves)


def test_each_output_may_be_the_only_one_that_the_loss_depends_on():
    rng = np.random.default_rng(7)
    for k in range(3):
        ours, theirs = pair("LSTM", 3, 4)
        x, x_expected = both(rng.normal(size=(5, 2, 3)))
        compare(list(flat(ours(x)))[k], list(flat(theirs(x_expected)))[k], [(x, x_expected)])


def test_outputs_of_one_operation_have_no_gradient_by_each_other():
    y, (h, _) = nn.LSTM(3, 4)(pellucid.randn(5, 2, 3))
    assert grad(h.sum(), [y], allow_unused=True) == (None,)


def test_the_tape_can_be_walked_twice_and_outputs_not_overwritten():
    layer = nn.GRU(3, 4, dtype=pellucid.float64)
    y, h = layer(pellucid.randn(5, 2, 3, dtype=pellucid.float64))
    h.sum().backward(retain_graph=True)
    first = layer.weight_hh_l0.grad.array.copy()
    h.sum().backward()
    np.testing.assert_allclose(layer.weight_hh_l0.grad.array, 2 * first)

    y, h = layer(pellucid.randn(5, 2, 3, dtype=pellucid.float64))
    y.detach().zero_()
    with pytest.raises(RuntimeError, match="overwritten"):
        h.sum().backward()


def test_dropout_falls_between_layers_and_in_training_only():
    pellucid.manual_seed(0)
    layer = nn.LSTM(3, 16, 2, dropout=0.5)
    x = pellucid.randn(4, 2, 3)
    a, b = (layer(x)[0].detach().numpy() for _ in range(2))
    assert np.abs(a - b).max() > 1e-3
    layer.eval()
    plain = nn.LSTM(3, 16, 2)
    plain.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(layer(x)[0].detach().numpy(), plain(x)[0].detach().numpy())
    below = nn.LSTM(3, 16)
    below.load_state_dict({k: v for k, v in layer.state_dict().items() if "l0" in k})
    layer.train()
    np.testing.assert_array_equal(layer(x)[1][0][0].detach().numpy(), below(x)[1][0][0].detach().numpy())


def test_dropout_without_layers_in_between_is_said_to_have_no_effect():
    with pytest.warns(UserWarning, match="no effect on one layer") as found:
        nn.LSTM(3, 4, dropout=0.5)
    assert found[0].filename == __file__


def test_the_start_is_even_within_one_over_the_root_of_the_units():
    pellucid.manual_seed(0)
    for layer in (nn.LSTM(50, 64, 2), nn.GRUCell(50, 64)):
        drawn = np.concatenate([p.detach().numpy().ravel() for p in layer.parameters()])
        assert np.abs(drawn).max() <= 1 / 8
        assert abs(drawn.std() - 1 / 8 / np.sqrt(3)) < 2e-3


def test_all_weights_lists_the_parameters_of_each_layer_and_direction():
    layer = nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2, bias=False)
    assert [[tuple(p.shape) for p in part] for part in layer.all_weights] == [
        [(16, 3), (16, 2), (2, 4)],
        [(16, 3), (16, 2), (2, 4)],
        [(16, 4), (16, 2), (2, 4)],
        [(16, 4), (16, 2), (2, 4)],
    ]
    layer.flatten_parameters()


def test_large_numbers_raise_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("RNN", "LSTM", "GRU"):
            layer = getattr(nn, name)(2, 3)
            y, _ = layer(pellucid.full((3, 1, 2), 3e38))
            assert not np.isnan(y.detach().numpy()).all()


def test_frozen_weights_get_no_gradient_and_the_input_does():
    layer = nn.LSTM(3, 4).requires_grad_(False)
    x = pellucid.randn(5, 2, 3).requires_grad_()
    layer(x)[0].sum().backward()
    assert x.grad is not None
    assert all(p.grad is None for p in layer.parameters())


WRONG = [
    ({"mode": "LSTMS"}, ValueError, "unknown mode 'LSTMS'"),
    ({"input_size": 0}, ValueError, "input_size must be at least 1"),
    ({"hidden_size": 2.5}, TypeError, "hidden_size is an integer, got float"),
    ({"num_layers": 0}, ValueError, "num_layers must be at least 1"),
    ({"bias": 1}, TypeError, "bias is True or False, got int"),
    ({"batch_first": None}, TypeError, "batch_first is True or False"),
    ({"dropout": 1.5}, ValueError, "dropout is a probability"),
    ({"proj_size": 4}, ValueError, "proj_size must be smaller than hidden_size 4"),
    ({"mode": "GRU", "proj_size": 2}, ValueError, "proj_size is an LSTM's alone"),
]


@pytest.mark.parametrize(("options", "error", "message"), WRONG, ids=lambda v: str(v) if isinstance(v, dict) else "")
def test_wrong_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        nn.RNNBase(**{"mode": "LSTM", "input_size": 3, "hidden_size": 4} | options)


def test_another_nonlinearity_is_refused():
    for make in (lambda: nn.RNN(3, 4, nonlinearity="sigmoid"), lambda: nn.RNNCell(3, 4, nonlinearity="sigmoid")):
        with pytest.raises(ValueError, match="'tanh' or 'relu', got 'sigmoid'"):
            make()
    a = pellucid.ones(2, 2)
    with pytest.raises(ValueError, match="'sigmoid'"):
        recurrence.rnn(a[None], a, a, a, nonlinearity="sigmoid")


def test_inputs_and_states_that_do_not_fit_are_refused():
    layer = nn.LSTM(3, 4)
    x, h = pellucid.ones(5, 2, 3), pellucid.ones(1, 2, 4)
    with pytest.raises(ValueError, match="2 or 3 axes, got shape"):
        layer(pellucid.ones(3))
    with pytest.raises(RuntimeError, match="input_size of 3, got an input of 2 features"):
        layer(pellucid.ones(5, 2, 2))
    with pytest.raises(ValueError, match="weights of float32 and got an input of float64"):
        layer(x.double())
    with pytest.raises(RuntimeError, match=r"a pair \(h_0, c_0\)"):
        layer(x, h)
    with pytest.raises(RuntimeError, match=r"state of shape \(1, 2, 4\), got \(1, 3, 4\)"):
        layer(x, (h, pellucid.ones(1, 3, 4)))
    with pytest.raises(RuntimeError, match=r"state of shape \(1, 4\), got \(1, 2, 4\)"):
        layer(x[:, 0], (h, h))
    with pytest.raises(RuntimeError, match="at least one step"):
        layer(x[:0])
    with pytest.raises(RuntimeError, match="packed rows of numbers"):
        layer(rnn.pack_sequence([pellucid.ones(3)]))
    with pytest.raises(RuntimeError, match="one tensor h_0"):
        nn.GRU(3, 4)(x, (h, h))
    cell = nn.LSTMCell(3, 4)
    with pytest.raises(ValueError, match="1 or 2 axes"):
        cell(x)
    with pytest.raises(RuntimeError, match="input_size of 3"):
        cell(pellucid.ones(2, 4))
    with pytest.raises(RuntimeError, match=r"state of shape \(2, 4\), got \(1, 2, 4\)"):
        cell(x[0], (h, h))
    with pytest.raises(ValueError, match="sizes of at least 1"):
        nn.GRUCell(3, 0)


def test_the_operations_refuse_what_does_not_fit_together():
    x, h, W_ih, W_hh, b = (pellucid.ones(*shape) for shape in [(5, 2, 3), (2, 4), (4, 3), (4, 4), (4,)])
    wrong = {
        "x of shape": (x[0], h, W_ih, W_hh),
        "3 inputs a step": (x, h, W_hh, W_hh),
        "W_hh of": (x, h, W_ih, W_ih),
        "h0 of": (x, h[:1], W_ih, W_hh),
        "b_hh of": (x, h, W_ih, W_hh, b, b[:1]),
        "both biases": (x, h, W_ih, W_hh, b),
        "needs one dtype": (x, h.double(), W_ih, W_hh),
    }
    for message, given in wrong.items():
        with pytest.raises(RuntimeError, match=message):
            recurrence.rnn(*given)
    with pytest.raises(RuntimeError, match="2 sequences need as many lengths"):
        recurrence.rnn(x, h, W_ih, W_hh, lengths=np.asarray([1]))
    with pytest.raises(RuntimeError, match="lengths lie between 0 and 5"):
        recurrence.rnn(x, h, W_ih, W_hh, lengths=np.asarray([1, 6]))


def test_a_copied_layer_is_on_its_own():
    layer = nn.LSTM(3, 4)
    other = copy.deepcopy(layer)
    other.weight_ih_l0.data.zero_()
    assert layer.weight_ih_l0.array.any()
