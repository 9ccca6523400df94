import numpy as np
import pytest

import pellucid
from pellucid import kernels as K
from pellucid import nn


def net(*, dropout=0.0):
    pellucid.manual_seed(5)
    layers = [nn.Linear(5, 4), nn.Tanh(), nn.Dropout(dropout), nn.Linear(4, 3)]
    return nn.Sequential(*[layer for layer in layers if dropout or type(layer) is not nn.Dropout])


def pair(**options):
    return net(**options), pellucid.compile(net(**options))


def rows(seed, n=6, wide=5):
    return pellucid.tensor(np.random.default_rng(seed).standard_normal((n, wide)).astype(np.float32))


def weights(model):
    return [p.numpy().copy() for p in map(pellucid.Tensor.detach, model.parameters())]


def gradients(model):
    return [None if p.grad is None else p.grad.numpy().copy() for p in model.parameters()]


def same(first, second):
    for a, b in zip(first, second, strict=True):
        assert (a is None) == (b is None)
        np.testing.assert_array_equal(a, b)


def warm(compiled, times=3, **options):
    for seed in range(times):
        compiled(rows(seed, **options)).sum().backward()
    compiled.zero_grad()


@pytest.fixture
def calls(monkeypatch):
    """Counts how often a linear layer is computed by Python."""
    counted = []
    forward = nn.Linear.forward
    monkeypatch.setattr(nn.Linear, "forward", lambda self, x: counted.append(1) or forward(self, x))
    return counted


def test_a_training_takes_the_same_steps_bit_for_bit(calls):
    ends = []
    for model in pair():
        optimizer = pellucid.optim.Adam(model.parameters(), lr=0.1)
        for seed in range(12):
            if seed == 6:
                calls.clear()
            optimizer.zero_grad()
            nn.functional.mse_loss(model(rows(seed)), rows(seed, wide=3)).backward()
            optimizer.step()
        ends.append(weights(model))
    same(*ends)
    assert len(calls) == (0 if K.get_engine() == "native" else 12)


def test_layers_that_are_computed_together_are_replayed(monkeypatch):
    calls, convolve = [], nn._fusion.conv_relu_max_pool
    monkeypatch.setattr(nn._fusion, "conv_relu_max_pool", lambda *args: calls.append(1) or convolve(*args))
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
    compiled = pellucid.compile(model)
    for seed in range(6):
        found = []
        for either in (compiled, model):
            model.zero_grad()
            calls.clear()
            either(rows(seed, wide=64).reshape(6, 1, 8, 8)).sum().backward()
            found.append(gradients(model))
            assert len(calls) == (either is model or K.get_engine() != "native" or seed < 2)
        same(*found)


def test_gradients_that_somebody_holds_are_not_overwritten():
    model, compiled = pair()
    warm(compiled)
    compiled(rows(7)).sum().backward()
    model(rows(7)).sum().backward()
    held = [p.grad for p in compiled.parameters()]
    views = [p.grad.numpy()[..., :1] for p in compiled.parameters()]
    compiled.zero_grad()
    compiled(rows(8)).sum().backward()
    same([g.numpy() for g in held], gradients(model))
    same(views, [g[..., :1] for g in gradients(model)])


def test_gradients_add_up_over_steps_without_zero_grad():
    model, compiled = pair()
    warm(compiled)
    for seed in range(6):
        for m in (model, compiled):
            m(rows(seed)).sum().backward()
    same(gradients(model), gradients(compiled))


def test_two_passes_before_one_walk_do_not_disturb_each_other():
    model, compiled = pair()
    warm(compiled)
    for m in (model, compiled):
        (m(rows(1)).sum() + (m(rows(2)) ** 2).sum()).backward()
    same(gradients(model), gradients(compiled))


def test_outputs_stay_as_they_were():
    _, compiled = pair()
    warm(compiled)
    first = compiled(rows(1))
    kept = first.detach().numpy().copy()
    compiled(rows(2)).sum().backward()
    np.testing.assert_array_equal(first.detach().numpy(), kept)


def test_passes_that_are_never_walked_do_not_matter():
    model, compiled = pair()
    for seed in range(5):
        compiled(rows(seed))
    warm(compiled)
    compiled(rows(3))
    for m in (model, compiled):
        m(rows(4)).sum().backward()
    same(gradients(model), gradients(compiled))


def test_the_input_gets_its_gradient():
    model, compiled = pair()
    found = []
    for m in (model, compiled, compiled, compiled, compiled):
        x = rows(1).requires_grad_()
        m(x).sum().backward()
        found.append(x.grad.numpy())
    for g in found[1:]:
        np.testing.assert_array_equal(g, found[0])


def test_a_graph_can_be_walked_twice():
    model, compiled = pair()
    warm(compiled)
    for m in (model, compiled):
        y = m(rows(1)).sum()
        y.backward(retain_graph=True)
        y.backward()
    same(gradients(model), gradients(compiled))


@pytest.mark.parametrize("weight", [0, 1, 2])
def test_frozen_and_freed_weights_are_noticed(weight):
    model, compiled = pair()
    for needed in (False, True, False):
        for m in (model, compiled):
            m.zero_grad()
            list(m.parameters())[weight].requires_grad = needed
            for seed in range(4):
                m(rows(seed)).sum().backward()
        same(gradients(model), gradients(compiled))


def test_hooks_of_weights_are_called_once():
    _, compiled = pair()
    warm(compiled)
    called = []
    next(compiled.parameters()).register_hook(lambda g: called.append(1))
    for seed in range(4):
        compiled(rows(seed)).sum().backward()
    assert len(called) == 4


def test_a_weight_overwritten_between_the_passes_is_refused():
    _, compiled = pair()
    warm(compiled)
    y = compiled(rows(1)).sum()
    with pellucid.no_grad():
        next(compiled.parameters()).add_(1.0)
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


def test_dropout_draws_as_ever():
    found = []
    for m in pair(dropout=0.5):
        pellucid.manual_seed(9)
        found.append([m(rows(0)).detach().numpy() for _ in range(6)])
    same(*found)
    assert len({y.tobytes() for y in found[0]}) > 1


def test_training_and_evaluation_take_turns(calls):
    model, compiled = pair()
    x = rows(0)
    for turn in range(8):
        if turn == 4:
            calls.clear()
        compiled.train()
        compiled(x).sum().backward()
        compiled.eval()
        with pellucid.no_grad():
            y = compiled(x)
        compiled.zero_grad()
    assert len(calls) == (0 if K.get_engine() == "native" else 16)
    np.testing.assert_array_equal(y.numpy(), model(x).detach().numpy())


def test_a_gradient_that_is_not_contiguous_is_taken_as_it_is():
    model, compiled = pair()
    warm(compiled)
    weight = rows(9, n=3, wide=6).T
    for m in (model, compiled):
        m(rows(1)).backward(weight)
    same(gradients(model), gradients(compiled))


def test_a_weight_that_is_used_twice_gets_both_gradients():
    def twice():
        pellucid.manual_seed(5)
        layer = nn.Linear(5, 5)
        return nn.Sequential(layer, nn.Tanh(), layer)

    model, compiled = twice(), pellucid.compile(twice())
    for seed in range(5):
        for m in (model, compiled):
            m.zero_grad()
            m(rows(seed)).sum().backward()
        same(gradients(model), gradients(compiled))


def test_hooks_of_the_compiled_module_itself_are_called():
    _, compiled = pair()
    warm(compiled)
    compiled.register_forward_hook(lambda module, inputs, output: output * 0)
    assert float(compiled(rows(1)).abs().sum()) == 0.0
