"""Chains, lists and dictionaries of modules and parameters."""

from collections import OrderedDict

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn


def layers(package, n=4):
    return [package.Linear(2, i + 1) for i in range(n)]


def sizes(modules):
    return [m.out_features for m in modules]


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
def test_a_chain_and_a_list_are_indexed_sliced_and_changed_as_in_pytorch(kind):
    def changed(package):
        held = getattr(package, kind)(*layers(package)) if kind == "Sequential" else package.ModuleList(layers(package))
        held.append(package.Linear(2, 10))
        held.insert(1, package.Linear(2, 11))
        held.insert(4, package.Linear(2, 14))
        held.extend([package.Linear(2, 12), package.Linear(2, 13)])
        held[0] = package.Linear(2, 20)
        held[-1] = package.Linear(2, 21)
        del held[2]
        del held[3:5]
        popped = held.pop(1)
        parts = (held[1:], held[-2:], held[::2], held[:-1])
        return (
            sizes(held),
            [name for name, _ in held.named_children()],
            list(held.state_dict()),
            popped.out_features,
            [sizes(part) for part in parts],
            len(held),
            held[-1].out_features,
            sizes(held + held[:1]),
        )

    assert changed(nn) == changed(torch.nn)


def test_a_slice_of_a_chain_shares_its_layers_and_computes_on():
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    x = pellucid.randn(5, 3)
    assert net[:2][0] is net[0]
    np.testing.assert_array_equal(net[2:](net[:2](x)).detach().numpy(), net(x).detach().numpy())


def test_a_named_chain_keeps_its_names():
    net = nn.Sequential(OrderedDict([("hidden", nn.Linear(3, 4)), ("activation", nn.Tanh())]))
    assert list(net.state_dict()) == ["hidden.weight", "hidden.bias"]
    assert net.hidden is net[0]
    net.append(nn.Linear(4, 1))
    assert [name for name, _ in net.named_children()] == ["hidden", "activation", "2"]
    del net[0]
    assert [name for name, _ in net.named_children()] == ["activation", "1"]


def test_an_append_to_a_slice_replaces_nothing():
    # PyTorch names the new module "2" here and overwrites the slice's last.
    tail = nn.Sequential(*layers(nn))[1:3]
    tail.append(nn.Linear(2, 9))
    assert sizes(tail) == [2, 3, 9]


def test_an_insert_counts_from_the_end_too():
    for held in (nn.ModuleList(layers(nn, 3)), nn.Sequential(*layers(nn, 3))):
        assert sizes(held.insert(-1, nn.Linear(2, 9))) == [1, 2, 9, 3]  # PyTorch's ModuleList fails here


def test_an_empty_chain_hands_its_input_through():
    x = pellucid.ones(2)
    assert nn.Sequential()(x) is x


def test_a_module_held_twice_is_one_module():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, layer)
    assert len(net) == 2
    assert len(list(net.parameters())) == 2
    assert layer in net
    assert nn.Linear(2, 2) not in net


def test_a_list_trains_the_layers_it_holds():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    net = Net()
    net(pellucid.ones(1, 2)).sum().backward()
    assert len(list(net.parameters())) == 6
    assert all(p.grad is not None for p in net.parameters())
    assert next(iter(net.state_dict())) == "layers.0.weight"


def test_a_dictionary_of_modules_is_used_as_in_pytorch():
    def used(package):
        held = package.ModuleDict({"a": package.Linear(2, 1), "b": package.Tanh()})
        held["c"] = package.Linear(2, 3)
        held.update({"a": package.Linear(2, 4)})
        held.update(package.ModuleDict({"d": package.ReLU()}))
        popped = held.pop("b")
        del held["d"]
        return (
            list(held),
            list(held.keys()),
            repr(popped),
            "c" in held,
            "b" in held,
            len(held),
            list(held.state_dict()),
            [repr(m) for m in held.values()],
            [name for name, _ in held.items()],
        )

    assert used(nn) == used(torch.nn)
    held = nn.ModuleDict([("a", nn.ReLU())])
    held.clear()
    assert len(held) == 0


def test_a_list_of_parameters_is_used_as_in_pytorch():
    def used(package, zeros):
        held = package.ParameterList([zeros(1), package.Parameter(zeros(2))])
        held.append(zeros(3))
        held.extend([zeros(4), zeros(5)])
        held[-1] = zeros(6)
        return (
            [tuple(p.shape) for p in held],
            [tuple(p.shape) for p in held[1:3]],
            list(held.state_dict()),
            len(held),
            all(isinstance(p, package.Parameter) for p in held),
            tuple(held[-2].shape),
        )

    assert used(nn, pellucid.zeros) == used(torch.nn, torch.zeros)


def test_a_dictionary_of_parameters_is_used_as_in_pytorch():
    def used(package, zeros):
        held = package.ParameterDict({"a": zeros(1)})
        held["b"] = package.Parameter(zeros(2))
        held.update({"c": zeros(3), "d": zeros(4)})
        popped = held.pop("c")
        del held["d"]
        return (
            sorted(held),
            sorted(held.keys()),
            sorted(tuple(p.shape) for p in held.values()),
            sorted(name for name, _ in held.items()),
            tuple(popped.shape),
            "a" in held,
            "c" in held,
            sorted(held.state_dict()),
            len(held),
        )

    assert used(nn, pellucid.zeros) == used(torch.nn, torch.zeros)
    held = nn.ParameterDict([("a", pellucid.zeros(1))])
    held.clear()
    assert len(held) == 0


def test_containers_print_what_they_hold():
    assert repr(nn.ModuleDict({"a": nn.ReLU()})) == repr(torch.nn.ModuleDict({"a": torch.nn.ReLU()}))
    for layers in [("ReLU", "ReLU", "Tanh", "ReLU"), ("ReLU", "ReLU"), ("Tanh",), ()]:
        ours, theirs = ([getattr(library, layer)() for layer in layers] for library in (nn, torch.nn))
        assert repr(nn.ModuleList(ours)) == repr(torch.nn.ModuleList(theirs))
    assert repr(nn.Sequential(nn.ReLU(), nn.Tanh())) == repr(torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Tanh()))
    assert repr(nn.ParameterList([pellucid.zeros(2)])) == "ParameterList(0: (2,) float32)"
    assert repr(nn.ParameterDict({"a": pellucid.zeros(2)})) == "ParameterDict(a: (2,) float32)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Sequential(nn.ReLU), TypeError, r"got the class ReLU; write ReLU\(...\)"),
        (lambda: nn.Sequential([nn.ReLU()]), TypeError, r"got list; write Sequential\(\*layers\)"),
        (lambda: nn.Sequential(abs), TypeError, "got builtin_function_or_method; wrap a function in a Module"),
        (lambda: nn.Sequential(nn.ReLU())[1], IndexError, "index 1 is out of range for a Sequential of 1 modules"),
        (lambda: nn.Sequential().insert(1, nn.ReLU()), IndexError, "cannot insert at 1 into a Sequential of 0"),
        (lambda: nn.Sequential() + [nn.ReLU()], TypeError, "got list"),  # noqa: RUF005 - not a list
        (lambda: nn.ModuleList([1]), TypeError, "ModuleList holds modules, got int"),
        (lambda: nn.ModuleList()(1), NotImplementedError, "computes nothing"),
        (lambda: nn.ModuleDict()(1), NotImplementedError, "computes nothing"),
        (lambda: nn.ParameterList()(1), NotImplementedError, "computes nothing"),
        (lambda: nn.ParameterDict()(1), NotImplementedError, "computes nothing"),
        (lambda: nn.ModuleDict({"a": 1}), TypeError, "ModuleDict holds modules, got int"),
        (lambda: nn.ModuleDict({"keys": nn.ReLU()}), KeyError, "'keys', which it uses itself"),
        (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), KeyError, "no dot"),
        (lambda: nn.ParameterList([1.0]), TypeError, "ParameterList holds parameters, got float"),
        (lambda: nn.ParameterList()[0], IndexError, "out of range for a ParameterList of 0"),
        (lambda: nn.ParameterDict({"a": 1.0}), TypeError, "ParameterDict holds parameters, got float"),
        (lambda: nn.ParameterDict({"training": pellucid.ones(1)}), KeyError, "which it uses itself"),
    ],
)
def test_what_cannot_be_held_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
