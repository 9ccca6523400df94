import numpy as np
import pytest

import pellucid as pl
from pellucid import nn
from pellucid.inspect import layer_flops, summary
from pellucid.models import MLP, Neuron


def rows(result):
    return {layer.path: layer for layer in result.layers}


def test_each_layer_stands_with_its_shape_and_parameters():
    model = MLP([64, 32, 10], dropout=0.1, batch_norm=True)
    result = summary(model, (5, 64))
    assert [(layer.path, layer.kind, layer.output_shape, layer.parameters) for layer in result.layers] == [
        ("layers.linear1", "Linear", (5, 32), 64 * 32 + 32),
        ("layers.norm1", "BatchNorm1d", (5, 32), 64),
        ("layers.activation1", "ReLU", (5, 32), 0),
        ("layers.dropout1", "Dropout", (5, 32), 0),
        ("layers.output", "Linear", (5, 10), 330),
    ]
    assert (result.kind, result.input_shape, result.output_shape) == ("MLP", (5, 64), (5, 10))
    assert result.total_parameters == sum(p.array.size for p in model.parameters())


def test_memory_counts_parameters_buffers_and_outputs_in_bytes():
    result = summary(MLP([64, 32, 10], batch_norm=True), (5, 64))
    norm = rows(result)["layers.norm1"]
    # weight, bias, running mean and running variance: 4 x 32 float32; the count of batches: one int64
    assert norm.parameter_bytes == 4 * 32 * 4 + 8
    assert norm.output_bytes == 5 * 32 * 4
    assert result.parameter_bytes == (2080 + 330) * 4 + norm.parameter_bytes
    assert result.output_bytes == (3 * 5 * 32 + 5 * 10) * 4


def test_operations_are_two_for_each_weight_and_row_over_all_calls():
    result = summary(MLP([64, 32, 10], batch_norm=True), (5, 64))
    assert [layer.flops for layer in result.layers] == [2 * 5 * 64 * 32, 0, 0, 2 * 5 * 32 * 10]
    assert result.flops == 2 * 5 * (64 * 32 + 32 * 10) == 23_680
    assert str(result).splitlines()[-1] == "23.7 kFLOPs forward, two for each multiply-and-add"
    assert rows(summary(Shared(), (2, 3)))["first"].flops == 2 * (2 * 2 * 3 * 3)
    assert rows(summary(Shared(), (2, 3)))["unused"].flops == 0


@pytest.mark.parametrize(
    ("layer", "shape", "multiply_adds"),
    [
        (nn.Conv2d(4, 6, 3, padding=1), (2, 4, 5, 7), 2 * 5 * 7 * 6 * 4 * 9),
        (nn.Conv2d(4, 6, (3, 1), stride=2, groups=2), (2, 4, 5, 7), 2 * 2 * 4 * 6 * 2 * 3),
        (nn.Conv1d(4, 6, 3), (2, 4, 7), 2 * 5 * 6 * 4 * 3),
        (nn.Conv3d(4, 6, 2), (2, 4, 3, 3, 3), 2 * 8 * 6 * 4 * 8),
        (nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1), (2, 4, 5, 7), 2 * 5 * 7 * 4 * 6 * 16),
        (nn.ConvTranspose2d(4, 6, 2, groups=2), (2, 4, 5, 7), 2 * 5 * 7 * 4 * 3 * 4),
    ],
)
def test_a_convolution_uses_each_weight_once_a_place(layer, shape, multiply_adds):
    assert summary(layer, shape).flops == 2 * multiply_adds


@pytest.mark.parametrize(
    ("layer", "shape", "multiply_adds"),
    [
        (nn.RNN(3, 5), (7, 2, 3), 14 * (5 * 3 + 5 * 5)),
        (nn.LSTM(3, 5, num_layers=2), (7, 2, 3), 14 * 4 * (5 * 3 + 3 * 5 * 5)),
        (nn.LSTM(3, 5, proj_size=2), (7, 2, 3), 14 * (4 * (5 * 3 + 5 * 2) + 2 * 5)),
        (nn.GRU(3, 5, bidirectional=True, batch_first=True), (2, 7, 3), 14 * 2 * 3 * (5 * 3 + 5 * 5)),
        (nn.LSTMCell(3, 5), (2, 3), 2 * 4 * (5 * 3 + 5 * 5)),
    ],
)
def test_recurrence_uses_each_matrix_once_a_step(layer, shape, multiply_adds):
    assert summary(layer, shape).flops == 2 * multiply_adds


def test_attention_projects_four_times():
    layer = nn.MultiheadAttention(8, 2, kdim=5, vdim=3, batch_first=True)
    query, key, value = pl.zeros(2, 7, 8), pl.zeros(2, 11, 5), pl.zeros(2, 11, 3)
    assert layer_flops(layer, (query, key, value), None) == 2 * (2 * 7 * 8 * 8 * 2 + 2 * 11 * 8 * (5 + 3))
    assert layer_flops(layer, (query,), None) is None
    encoder = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    assert summary(encoder, (2, 7, 8)).flops == 2 * 2 * 7 * (4 * 8 * 8 + 2 * 8 * 16)


def test_rows_of_an_embedding_are_looked_up_without_arithmetic():
    assert summary(nn.Embedding(7, 3), pl.zeros(4, dtype=pl.int64)).flops == 0


class Strange(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(pl.ones(3, 3))

    def forward(self, x):
        return x @ self.weight


def test_a_layer_whose_operations_are_not_counted_is_named():
    result = summary(nn.Sequential(Strange(), nn.Linear(3, 2)), (1, 3))
    assert [layer.flops for layer in result.layers] == [None, 12]
    assert "12 FLOPs forward, two for each multiply-and-add; those of Strange are not counted" in str(result)
    assert " ?" in str(result).splitlines()[4]


def test_frozen_parameters_are_counted_apart():
    model = MLP([4, 3, 2])
    model.layers.linear1.requires_grad_(False)
    result = summary(model, (1, 4))
    assert (result.frozen_parameters, result.trainable_parameters, result.total_parameters) == (15, 8, 23)
    assert rows(result)["layers.linear1"].frozen == 15
    assert "23 parameters: 8 trainable, 15 frozen" in str(result)


def test_a_model_of_float64_is_asked_with_float64():
    assert rows(summary(MLP([4, 3, 2]).double(), (1, 4)))["layers.linear1"].output_bytes == 3 * 8


def test_a_batch_may_be_given_as_a_tensor_or_an_array():
    assert summary(MLP([4, 2]), pl.zeros(7, 4)).output_shape == (7, 2)
    assert summary(MLP([4, 2]), np.zeros((7, 4), dtype=np.float32)).output_shape == (7, 2)


def test_a_layer_by_itself_and_a_model_with_parameters_of_its_own_are_shown():
    alone = summary(nn.Linear(3, 2), (1, 3))
    assert [(layer.path, layer.parameters) for layer in alone.layers] == [("", 8)]
    assert "(itself)" in str(alone)
    neuron = summary(Neuron(3), (1, 3))
    assert [(layer.path, layer.kind, layer.parameters) for layer in neuron.layers] == [
        ("", "Neuron", 4),
        ("f", "Sigmoid", 0),
    ]


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.tied = nn.Linear(3, 3)
        self.tied.weight = self.first.weight
        self.unused = nn.Linear(5, 7)

    def forward(self, x):
        return self.tied(self.first(self.first(x))), x


def test_shared_parameters_count_once_and_calls_are_counted():
    layers = rows(summary(Shared(), (2, 3)))
    assert (layers["first"].parameters, layers["first"].calls) == (12, 2)
    assert layers["first"].output_bytes == 2 * (2 * 3 * 4)
    assert layers["tied"].parameters == 3


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.act(x)[:1])


def test_of_a_layer_called_twice_the_last_shape_is_shown():
    assert rows(summary(Twice(), (2, 3)))["act"].output_shape == (1, 3)


def test_a_layer_that_is_not_called_says_so_and_several_outputs_have_no_one_shape():
    result = summary(Shared(), (2, 3))
    unused = rows(result)["unused"]
    assert (unused.output_shape, unused.calls, unused.parameters) == (None, 0, 42)
    assert "not called" in str(result)
    assert result.output_shape is None
    assert "Shared: (2, 3) -> several" in str(result)


class Restless(nn.Module):
    """Changes what it can in its forward pass."""

    def __init__(self):
        super().__init__()
        self.register_buffer("steps", pl.zeros(1))
        self.inner = nn.Dropout(0.5)

    def forward(self, x):
        self.steps = self.steps + 1
        return self.inner(x) + pl.rand(1)


def test_nothing_is_changed():
    pl.manual_seed(3)
    model = nn.Sequential(Restless(), nn.BatchNorm1d(4))
    model[1].eval()
    seen = []
    handle = model.register_forward_hook(lambda *_: seen.append(1))
    state = {k: v.numpy().copy() for k, v in model.state_dict().items()}
    counted = pl.get_rng_state()
    summary(model, pl.ones(8, 4))
    assert [m.training for m in model.modules()] == [True, True, True, False]
    assert pl.get_rng_state() == counted
    assert all(np.array_equal(state[k], v.numpy()) for k, v in model.state_dict().items())
    assert [len(m._forward_hooks) for m in model.modules()] == [1, 0, 0, 0]
    assert all(p.grad is None for p in model.parameters())
    handle.remove()


def test_nothing_is_changed_when_the_forward_pass_fails():
    model = MLP([4, 3, 2], dropout=0.5)
    with pytest.raises((ValueError, RuntimeError)):
        summary(model, (1, 5))
    assert all(m.training and not m._forward_hooks for m in model.modules())


def test_the_forward_pass_is_off_the_tape():
    model, recorded = MLP([4, 3, 2]), []
    model.layers.linear1.register_forward_hook(lambda _module, _x, y: recorded.append(y.requires_grad))
    summary(model, (1, 4))
    assert recorded == [False]


def test_the_mode_is_evaluation_so_one_row_passes_batch_norm():
    assert summary(MLP([4, 3, 2], batch_norm=True), (1, 4)).output_shape == (1, 2)


def test_the_table_is_aligned_and_its_repr_is_the_same():
    text = str(summary(MLP([64, 128, 10]), (1, 64)))
    lines = text.splitlines()
    head, first = lines[2], lines[4]
    assert head.index("kind") == first.index("Linear")
    assert head.index("trainable") + len("trainable") == first.index("8,320") + len("8,320")
    assert len({len(line) for line in lines if line.startswith("-")}) == 1
    assert max(map(len, lines[:-3])) == len(lines[1])
    assert repr(summary(MLP([64, 128, 10]), (1, 64))) == text


def test_the_html_holds_the_same_numbers_and_escapes_names():
    result = summary(nn.Sequential(nn.Linear(64, 128)), (1, 64))
    html = result._repr_html_()
    assert html.count("<tr>") == 2
    assert "8,320" in html
    hostile = type("<b>", (nn.Linear,), {})
    assert "<b>" not in summary(hostile(2, 2), (1, 2))._repr_html_()


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_951, "1.0 MB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_bytes_are_written_in_the_fitting_unit(n_bytes, text):
    from pellucid.inspect.model_summary import _size

    assert _size(n_bytes) == text


@pytest.mark.parametrize("wrong", [(1, 64.0), "64", 64, None, [[1, 64]]])
def test_what_is_neither_shape_nor_batch_is_refused(wrong):
    with pytest.raises(TypeError, match="shape such as"):
        summary(MLP([64, 2]), wrong)


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError, match="write 1 for the batch axis"):
        summary(MLP([64, 2]), (-1, 64))


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match="needs a Module"):
        summary(lambda x: x, (1, 2))
