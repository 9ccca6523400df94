import copy
import pickle
import threading

import numpy as np
import pytest

import pellucid
from pellucid import kernels as K
from pellucid import nn
from pellucid.nn.module import Module


def net():
    pellucid.manual_seed(3)
    return nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 3)).eval()


def rows(seed, n=2):
    return pellucid.tensor(np.random.default_rng(seed).standard_normal((n, 5)).astype(np.float32))


def answers(compiled, *batches):
    with pellucid.no_grad():
        return [compiled(x).numpy().copy() for x in batches]


def passes(compiled):
    return list(compiled.__dict__["_recorders"][0].passes.values())


@pytest.fixture
def calls(monkeypatch):
    """Counts how often a linear layer is computed by Python."""
    counted = []
    forward = nn.Linear.forward
    monkeypatch.setattr(nn.Linear, "forward", lambda self, x: counted.append(1) or forward(self, x))
    return counted


def test_recorded_answers_are_those_of_the_model_bit_for_bit():
    model = net()
    compiled = pellucid.compile(model)
    batches = [rows(seed, n) for seed in range(6) for n in (1, 2, 7)]
    for found, x in zip(answers(compiled, *batches), batches, strict=True):
        with pellucid.no_grad():
            np.testing.assert_array_equal(found, model(x).numpy())


def test_from_the_third_input_of_a_shape_on_the_engine_answers(calls):
    compiled = pellucid.compile(net())
    answers(compiled, rows(0), rows(1))
    calls.clear()
    answers(compiled, rows(2), rows(3))
    assert len(calls) == (0 if K.get_engine() == "native" else 4)


def test_answers_do_not_share_memory():
    compiled = pellucid.compile(net())
    with pellucid.no_grad():
        kept = [compiled(rows(seed)) for seed in range(5)]
        again = [compiled(rows(seed)) for seed in range(5)]
    for a, b in zip(kept, again, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert len({y.numpy().tobytes() for y in kept}) == 5


def set_weights_in_place(model):
    model[0].weight.data.copy_(pellucid.ones(4, 5))


def set_weights_anew(model):
    model[0].weight.data = pellucid.ones(4, 5)


def replace_parameter(model):
    model[0].weight = nn.Parameter(pellucid.ones(4, 5))


def replace_layer(model):
    model[1] = nn.Tanh()


def drop_layer(model):
    del model[1]


def drop_all_layers(model):
    del model[:]


def append_layer(model):
    model.append(nn.Sigmoid())


def add_hook(model):
    model[3].register_forward_hook(lambda module, inputs, output: output * 2)


def add_pre_hook(model):
    model[3].register_forward_pre_hook(lambda module, inputs: (inputs[0] * 2,))


def set_forward(model):
    model[1].forward = lambda x: x * 3


@pytest.mark.parametrize(
    "change",
    [
        set_weights_in_place,
        set_weights_anew,
        replace_parameter,
        replace_layer,
        drop_layer,
        drop_all_layers,
        append_layer,
        add_hook,
        add_pre_hook,
        set_forward,
    ],
)
def test_a_changed_model_answers_anew(change):
    model = net()
    compiled = pellucid.compile(model)
    before = answers(compiled, *[rows(0)] * 4)[-1]
    change(model)
    found = answers(compiled, *[rows(0)] * 4)
    with pellucid.no_grad():
        expected = model(rows(0)).numpy()
    assert before.tobytes() != expected.tobytes()
    for y in found:
        np.testing.assert_array_equal(y, expected)


def test_training_mode_draws_masks_as_ever():
    model = net()
    compiled = pellucid.compile(model)
    answers(compiled, *[rows(0)] * 4)
    compiled.train()
    assert model.training
    masks = {y.tobytes() for y in answers(compiled, *[rows(0)] * 6)}
    assert len(masks) > 1


def test_gradients_flow_where_they_are_wanted():
    model = net()
    compiled = pellucid.compile(model)
    answers(compiled, *[rows(0)] * 4)
    compiled(rows(0)).sum().backward()
    assert model[0].weight.grad is not None


def test_another_engine_is_noticed(calls):
    compiled = pellucid.compile(net())
    answers(compiled, *[rows(0)] * 4)
    calls.clear()
    with pellucid.use_engine("numpy"):
        answers(compiled, *[rows(0)] * 4)
    assert len(calls) == 8


def test_a_layer_of_ones_own_is_computed_as_always():
    class Odd(Module):
        def forward(self, x):
            return x if float(x.numpy().sum()) > 0 else -x

    model = nn.Sequential(nn.Linear(5, 1), Odd()).eval()
    compiled = pellucid.compile(model)
    for y in answers(compiled, *[rows(seed) for seed in range(8)]):
        assert y.sum() > 0
    assert not passes(compiled)


def test_several_threads_get_their_own_answers():
    model = net()
    compiled = pellucid.compile(model)
    answers(compiled, rows(0, 3000), rows(0, 3000))
    batches = [rows(seed, 3000) for seed in range(8)]
    with pellucid.no_grad():
        expected = [model(x).numpy() for x in batches]
    wrong = []

    def ask(i):
        for _ in range(50):
            same = answers(compiled, batches[i])[0].tobytes() == expected[i].tobytes()
            wrong.extend([] if same else [i])

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_only_so_many_shapes_are_kept():
    compiled = pellucid.compile(net())
    answers(compiled, *[rows(0, n) for n in range(1, 40)])
    assert len(passes(compiled)) <= 16


def test_rows_that_are_not_contiguous_and_wrong_shapes_are_the_models_own_matter():
    model = net()
    compiled = pellucid.compile(model)
    x = pellucid.tensor(np.random.default_rng(0).standard_normal((5, 2)).astype(np.float32)).T
    found = answers(compiled, *[x] * 4)
    with pellucid.no_grad():
        expected = model(x).numpy()
        for y in found:
            np.testing.assert_array_equal(y, expected)
        with pytest.raises(RuntimeError, match="5 inputs"):
            compiled(pellucid.ones(2, 4))
        assert compiled(pellucid.ones(0, 5)).shape == (0, 3)


def test_state_and_copies_are_those_of_the_model():
    model = net()
    compiled = pellucid.compile(model)
    answers(compiled, *[rows(0)] * 3)
    assert next(iter(compiled.state_dict())) == "_orig_mod.0.weight"
    for other in (copy.deepcopy(compiled), pickle.loads(pickle.dumps(compiled))):
        with pellucid.no_grad():
            other._orig_mod[0].weight.data.zero_()
        np.testing.assert_array_equal(answers(compiled, rows(0))[0], model(rows(0)).detach().numpy())


def test_what_is_not_supported_is_refused():
    with pytest.raises(TypeError, match="functions are not compiled"):
        pellucid.compile(lambda x: x)
    with pytest.raises(NotImplementedError, match="mode"):
        pellucid.compile(net(), mode="reduce-overhead")
    with pytest.raises(NotImplementedError, match="backend"):
        pellucid.compile(net(), backend="eager")
    model = net()
    assert pellucid.compile(model, disable=True) is model
