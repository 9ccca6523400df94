"""Every layer that pellucid.nn exports, found by being there, against PyTorch and against finite differences."""

import copy
import dataclasses
import inspect
import pickle
import typing
import warnings

import numpy as np
import pytest
import torch
from tests.contract.layer_cases import (
    CASES,
    NOT_IN_PYTORCH,
    OPTIONS,
    SINGLE_VALUED,
    TAUGHT_BY_CHANCE,
    WITHOUT_FORWARD,
)

import pellucid
from pellucid import nn
from pellucid.autograd import GradcheckError, gradcheck
from pellucid.nn.lazy import LazyModuleMixin
from pellucid.nn.loss import Loss


def is_layer(thing):
    return isinstance(thing, type) and issubclass(thing, nn.Module) and not issubclass(thing, Loss)


LAYERS = sorted(name for name in nn.__all__ if is_layer(getattr(nn, name)) and name != "Module")
LAZY = [name for name in LAYERS if issubclass(getattr(nn, name), LazyModuleMixin)]  # tested in test_lazy_layers.py
COMPUTING = sorted(set(LAYERS) - WITHOUT_FORWARD - set(LAZY))
COMPARED = [(case, mode) for case in CASES for mode in (True, False) if not (mode and case.layer in TAUGHT_BY_CHANCE)]
# Differences are exact to about 1e-9 here; at p=1 nothing depends on anything, which is compared with PyTorch only.
MEASURED = [(case, mode) for case in CASES for mode in (True, False) if case.options.get("p") != 1.0]

every_case = pytest.mark.parametrize("case", CASES, ids=str)
compared = pytest.mark.parametrize(
    ("case", "training"), COMPARED, ids=[f"{c}-{'train' if m else 'eval'}" for c, m in COMPARED]
)
measured = pytest.mark.parametrize(
    ("case", "training"), MEASURED, ids=[f"{c}-{'train' if m else 'eval'}" for c, m in MEASURED]
)


def signature(name):
    return [
        p.name
        for p in inspect.signature(getattr(nn, name)).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def theirs(case):
    """Return PyTorch's layer in float64, its parameters and running statistics away from their plain start."""
    layer = case.build(torch.nn).double()
    generator = np.random.default_rng(3)
    with torch.no_grad():
        for name, value in layer.state_dict().items():
            if value.is_floating_point():
                drawn = torch.tensor(generator.uniform(0.3, 1.7, tuple(value.shape)))
                signs = 1.0 if "running" in name else torch.tensor(generator.choice([-1.0, 1.0], tuple(value.shape)))
                value.copy_(drawn * signs)
    return layer


def ours(case, state, training):
    layer = case.build(nn).double()
    layer.load_state_dict({name: value.numpy() for name, value in state.items()})
    return layer.train(training)


def joined(y):
    """Return what a layer computes as one tensor; the outputs of one that has several, one behind the other."""
    if not isinstance(y, tuple):
        return y
    parts = [joined(part).reshape(-1) for part in y if part is not None]
    return parts[0] if len(parts) == 1 else (torch if isinstance(parts[0], torch.Tensor) else pellucid).cat(parts)


def tensors(make, case, dtype=np.float64):
    def one(a):
        return make(a.astype(dtype), requires_grad=True) if a.dtype.kind == "f" else make(a)

    return [one(a) for a in case.inputs]


def cotangent(shape):
    return np.asarray(np.random.default_rng(7).normal(size=tuple(shape)))


def assert_close(a, b, what, rtol=1e-10, atol=1e-12):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=what, strict=True)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_has_cases(name):
    known = {case.layer for case in CASES} | NOT_IN_PYTORCH | WITHOUT_FORWARD | set(LAZY)
    assert name in known


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")  # PyTorch's
@compared
def test_a_layer_computes_what_pytorch_computes(case, training):
    expected = theirs(case).train(training)
    layer = ours(case, expected.state_dict(), training)
    a = tensors(torch.tensor, case)
    b = tensors(pellucid.tensor, case)
    y_expected, y = joined(expected(*a)), joined(layer(*b))
    assert_close(y.detach().numpy(), y_expected.detach().numpy(), "y")
    if not y_expected.requires_grad:
        assert not y.requires_grad
        return
    dy = cotangent(y.shape)
    y_expected.backward(torch.tensor(dy))
    y.backward(pellucid.tensor(dy))
    # PyTorch computes hardsigmoid's 1/6 in float32, also for float64.
    rtol = 1e-7 if case.layer == "Hardsigmoid" else 1e-9
    for i, (x_expected, x) in enumerate(zip(a, b, strict=True)):
        if x_expected.grad is not None:
            assert_close(x.grad.numpy(), x_expected.grad.numpy(), f"gradient by input {i}", rtol=rtol, atol=1e-11)
    gradients = {name: p.grad.numpy() for name, p in layer.named_parameters()}
    for name, p in expected.named_parameters():
        assert_close(gradients[name], p.grad.numpy(), f"gradient by {name}", rtol=1e-9, atol=1e-11)
    for name, value in expected.state_dict().items():
        assert_close(layer.state_dict()[name].numpy(), value.numpy(), f"{name} after forward")


@every_case
def test_a_layers_state_has_pytorchs_names_and_shapes_and_types(case):
    expected = {k: (tuple(v.shape), str(v.numpy().dtype)) for k, v in case.build(torch.nn).state_dict().items()}
    state = case.build(nn).state_dict()
    assert {k: (tuple(v.shape), str(v.dtype)) for k, v in state.items()} == expected
    assert list(state) == list(expected)


@every_case
def test_a_layer_prints_as_in_pytorch(case):
    # PyTorch's attention has a Linear of another name, whose only use is to keep quantisation away.
    expected = repr(case.build(torch.nn)).replace("NonDynamicallyQuantizableLinear", "Linear")
    assert repr(case.build(nn)) == expected


@measured
def test_a_layers_gradients_are_those_that_finite_differences_measure(case, training):
    layer = ours(case, theirs(case).state_dict(), training)
    parameters = [(m, name) for m in layer.modules() for name, p in m._parameters.items() if p is not None]
    values = [pellucid.tensor(m._parameters[name].array, requires_grad=True) for m, name in parameters]
    inputs = tensors(pellucid.tensor, case)
    if case.options.get("scale_grad_by_freq") or (case.layer == "Embedding" and "padding_idx" in case.options):
        # Both options change the gradient on purpose: differences must disagree, and PyTorch alone is the oracle.
        with pytest.raises(GradcheckError):
            gradcheck(lambda w: _with(layer, parameters, [w], inputs), values)
        return

    def fn(*given):
        return _with(layer, parameters, given[len(inputs) :], given[: len(inputs)])

    if any(x.requires_grad for x in [*inputs, *values]):
        assert gradcheck(fn, [*inputs, *values], atol=2e-7, rtol=1e-6)


def _with(layer, parameters, values, inputs):
    """Compute with other tensors as the layer's parameters, every time with the same random numbers."""
    pellucid.manual_seed(5)
    for (module, name), value in zip(parameters, values, strict=True):
        module._parameters[name] = value
    return joined(layer(*inputs))


@compared
def test_a_layer_in_float32_stays_in_float32_and_near_float64(case, training):
    exact = ours(case, theirs(case).state_dict(), training)
    layer = copy.deepcopy(exact).float()
    inputs = tensors(pellucid.tensor, case, np.float32)
    y = joined(layer(*inputs))
    assert y.dtype == np.float32
    y_exact = joined(exact(*tensors(pellucid.tensor, case)))
    # Normalised columns of two rows divide by small differences, which float32 knows to 1e-5 only.
    np.testing.assert_allclose(y.detach().numpy(), y_exact.detach().numpy(), rtol=2e-4, atol=2e-5)
    if y.requires_grad:
        y.backward(pellucid.tensor(cotangent(y.shape).astype(np.float32)))
        leaves = [*inputs, *layer.parameters()]
        assert {p.grad.dtype for p in leaves if p.requires_grad and p.grad is not None} <= {np.dtype(np.float32)}
        assert all(b.dtype != np.float64 for b in layer.buffers())


@every_case
def test_a_layer_takes_an_empty_batch_as_pytorch_does(case):
    rows = [a[:0] if a.ndim > 1 else a for a in case.inputs]
    if not any(a.size == 0 for a in rows):
        rows = [a[None][:0] for a in case.inputs]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = tuple(joined(case.build(torch.nn).double().eval()(*map(torch.tensor, rows))).shape)
    except (RuntimeError, ValueError, IndexError):
        return
    layer = case.build(nn).double().eval()
    # PyTorch takes the statistics of nothing.
    if case.layer.startswith("Batch") and case.options.get("track_running_stats") is False:
        with pytest.raises(ValueError, match="at least 2 values for each channel, got 0"):
            layer(*map(pellucid.tensor, rows))
        return
    y = joined(layer(*(pellucid.tensor(a, requires_grad=a.dtype.kind == "f") for a in rows)))
    if case.layer != "PixelUnshuffle":  # PyTorch's leaves an empty image in its shape
        assert tuple(y.shape) == expected
    if y.requires_grad:
        y.sum().backward()
        assert all(not p.grad.array.any() for p in layer.parameters())


@every_case
def test_a_layer_survives_copy_and_pickle(case):
    layer = case.build(nn).double()
    expected = joined(layer.eval()(*tensors(pellucid.tensor, case))).detach().numpy()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(joined(other(*tensors(pellucid.tensor, case))).detach().numpy(), expected)
        assert repr(other) == repr(layer)
        for p, q in zip(layer.parameters(), other.parameters(), strict=True):
            assert type(q) is nn.Parameter
            assert not np.shares_memory(p.array, q.array)


@pytest.mark.parametrize("name", COMPUTING)
def test_a_layer_has_pytorchs_parameters_and_defaults(name):
    if name in NOT_IN_PYTORCH:
        assert not hasattr(torch.nn, name)
        return
    deprecated = {"min_value", "max_value"}  # Hardtanh's old names, on which PyTorch warns
    mine, other = ([inspect.signature(getattr(package, name))] for package in (nn, torch.nn))
    # Recurrent layers take *args and **kwargs there; what is meant stands in the overloads for the type checker.
    other = [inspect.signature(stated) for stated in typing.get_overloads(getattr(torch.nn, name).__init__)] or other
    mine, other = (
        [(p.name, getattr(p.default, "__name__", p.default), p.kind) for p in which[0].parameters.values()]
        for which in (mine, other)
    )
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    deprecated |= {"self"}
    assert [p for p in mine if p[2] in plain] == [p for p in other if p[2] in plain and p[0] not in deprecated]


def observed(case, options):
    """Return everything that can be seen of a layer: shapes, outputs in both modes, gradients, state."""
    pellucid.manual_seed(1)
    layer = dataclasses.replace(case, options=options).build(nn).double()
    seen = {f"shape of {k}": np.asarray(v.shape) for k, v in layer.state_dict().items()}
    seen |= {f"learns {k}": np.asarray(float(p.requires_grad)) for k, p in layer.named_parameters()}
    if not case.inputs or case.inputs[0].size == 0:
        return seen
    for p in layer.parameters():
        p.data = p.array + 0.3
    inputs = tensors(pellucid.tensor, case)
    y = joined(layer(*inputs))
    if y.requires_grad:
        y.backward(pellucid.tensor(cotangent(y.shape)))
    seen |= {"y": y.detach().numpy(), "y in evaluation": joined(layer.eval()(*inputs)).detach().numpy()}
    seen |= {f"d{i}": x.grad.numpy() for i, x in enumerate([*inputs, *layer.parameters()]) if x.grad is not None}
    return seen | {k: v.detach().numpy() for k, v in layer.state_dict().items()}


@pytest.mark.parametrize("name", COMPUTING)
def test_every_option_of_a_layer_changes_what_it_does(name):
    elsewhere = {"device", "dtype", "inplace", "max_norm", "norm_type", "sparse", "_weight"}
    elsewhere |= {"return_indices", "_random_samples"}
    options = set(OPTIONS.get(name, {}))
    assert set(signature(name)) - (elsewhere - options) - SINGLE_VALUED.get(name, set()) == options
    for option, (case, value) in OPTIONS.get(name, {}).items():
        before, after = observed(case, case.options), observed(case, case.options | {option: value})
        different = [
            k
            for k in before.keys() | after.keys()
            if k not in before
            or k not in after
            or before[k].shape != after[k].shape
            or np.abs(before[k] - after[k]).max(initial=0) > 1e-4  # a million times what comparisons allow
        ]
        assert different, f"{option}={value} changes nothing"


@pytest.mark.parametrize("name", [n for n in COMPUTING if "dtype" in signature(n)])
def test_a_layer_is_made_in_the_type_and_on_the_device_asked_for(name):
    case = next(c for c in CASES if c.layer == name)
    layer = dataclasses.replace(case, options=case.options | {"dtype": pellucid.float64, "device": "cpu"}).build(nn)
    assert {v.dtype for v in layer.state_dict().values() if v.dtype.kind == "f"} == {np.dtype(np.float64)}
    with pytest.raises(RuntimeError, match="cuda"):
        dataclasses.replace(case, options=case.options | {"device": "cuda"}).build(nn)


@pytest.mark.parametrize("name", [n for n in COMPUTING if "inplace" in signature(n)])
@pytest.mark.parametrize("training", [True, False])
def test_a_layer_in_place_puts_the_same_result_into_its_input(name, training):
    case = next(c for c in CASES if c.layer == name and c.inputs[0].size > 1)
    plain = case.build(nn).train(training)
    inplace = dataclasses.replace(case, options=case.options | {"inplace": True}).build(nn).train(training)
    pellucid.manual_seed(2)
    x = pellucid.tensor(case.inputs[0], requires_grad=True)
    y = plain(x * 1)
    y.backward(pellucid.tensor(cotangent(y.shape)))

    pellucid.manual_seed(2)
    x2 = pellucid.tensor(case.inputs[0], requires_grad=True)
    middle = x2 * 1
    y2 = inplace(middle)
    y2.backward(pellucid.tensor(cotangent(y.shape)))
    assert y2 is middle
    np.testing.assert_array_equal(middle.detach().numpy(), y.detach().numpy())
    np.testing.assert_array_equal(x2.grad.numpy(), x.grad.numpy())

    pellucid.manual_seed(2)
    array = case.inputs[0].copy()
    inplace(pellucid.Tensor(array))
    np.testing.assert_array_equal(array, y.detach().numpy())
    if training or "Dropout" not in name:
        with pytest.raises(RuntimeError, match="leaf"):
            inplace(pellucid.tensor(case.inputs[0], requires_grad=True))
