"""PyTorch's own database of modules: every case of every module that Pellucid has, forward and gradients.

The database (`torch.testing._internal.common_modules.module_db`) lists for each module with which arguments it can be
built and what it may be given. Both libraries build the same, from the same weights, in float64 and float32, training
and not, and are compared in all that comes out and in the gradients of all that goes in and of every parameter.
"""

import copy
import warnings

import numpy as np
import pytest
import torch

import pellucid
from pellucid import nn

with pytest.MonkeyPatch.context() as patch:  # its import freezes PyTorch's settings, which other tests set
    patch.setattr(torch.backends, "disable_global_flags", lambda: None)
    from torch.testing._internal.common_modules import module_db

WANTED = 80
"""Of PyTorch's entries, how many must be here."""

ABSENT = {"LinearCrossEntropyLoss": "a Linear and a CrossEntropyLoss do the same"}
"""Entries that are not here, with the reason."""

REFUSED = {
    "BatchNorm1d": "at least 2 values for each channel, got 0",
    "BatchNorm2d": "at least 2 values for each channel, got 0",
    "BatchNorm3d": "at least 2 values for each channel, got 0",
    "KLDivLoss": "reduction='batchmean' needs an axis of samples",
    "MarginRankingLoss": "needs targets of 1 and -1, got 0",
}
"""Where Pellucid refuses on purpose what PyTorch takes: its words. All other cases are run."""

ENTRIES = {info.module_cls.__name__: info for info in module_db}
HERE = sorted(name for name in ENTRIES if hasattr(nn, name))


def test_most_of_the_database_is_here():
    assert len(HERE) >= WANTED
    assert set(ENTRIES) - set(HERE) == set(ABSENT)


def ours(value):
    """Turn what PyTorch's modules are built with, or given, into what Pellucid's are."""
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return nn.utils.rnn.PackedSequence(*map(ours, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(ours, value))
    if isinstance(value, dict):
        return {key: ours(v) for key, v in value.items()}
    if isinstance(value, torch.Tensor):
        return pellucid.tensor(value.detach().numpy(), requires_grad=value.requires_grad)
    if isinstance(value, torch.dtype):
        return getattr(pellucid, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        return nn.TransformerEncoderLayer(
            value.self_attn.embed_dim,
            value.self_attn.num_heads,
            value.linear1.out_features,
            value.dropout.p,
            activation="relu" if value.activation is torch.nn.functional.relu else ours(value.activation),
            layer_norm_eps=value.norm1.eps,
            batch_first=value.self_attn.batch_first,
            norm_first=value.norm_first,
            bias=value.linear1.bias is not None,
        )
    return getattr(nn.functional, value.__name__) if callable(value) else value


def leaf(value):
    """Make tensors leaves, some of the database being results of PyTorch's, whose gradients it does not keep."""
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return type(value)(*map(leaf, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(leaf, value))
    if isinstance(value, dict):
        return {key: leaf(v) for key, v in value.items()}
    return value.detach().clone().requires_grad_(value.requires_grad) if isinstance(value, torch.Tensor) else value


def tensors(value):
    """All tensors in a nest of tuples, lists and dictionaries, in order."""
    if isinstance(value, (torch.Tensor, pellucid.Tensor)):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) or hasattr(value, "batch_sizes"):
        return [t for part in value for t in tensors(part)]
    return []


def array(t):
    return t.detach().numpy()


def assert_close(mine, theirs, single, what):
    """Compare; float32 leaves both libraries errors of their own, which grow with the largest numbers added up.

    Transformers of four features divide by the deviation of four numbers, which may be small, in each of their norms.
    """
    size = max(1.0, np.abs(theirs, where=np.isfinite(theirs), out=np.zeros(theirs.shape)).max(initial=0))
    rtol, atol = (1e-4, (1e-4 if what.startswith("Transformer") else 1e-5) * size) if single else (1e-10, 1e-12 * size)
    assert mine.dtype == theirs.dtype, what
    np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=atol, err_msg=what)


def build(info, case, single):
    """Both modules in the same state, lazy ones after a first forward."""
    expected = info.module_cls(*case.constructor_input.args, **case.constructor_input.kwargs)
    module = getattr(nn, info.module_cls.__name__)(
        *map(ours, case.constructor_input.args), **ours(case.constructor_input.kwargs)
    )
    module = module.float() if single else module.double()
    expected = expected.float() if single else expected.double()
    if info.is_lazy:
        forward = copy.deepcopy((case.forward_input.args, case.forward_input.kwargs))
        expected(*forward[0], **forward[1])
        module(*map(ours, forward[0]), **ours(forward[1]))
    module.load_state_dict({name: value.numpy() for name, value in expected.state_dict().items()})
    return module, expected


def compare(info, case, training, single):
    module, expected = build(info, case, single)
    kind = info.module_cls.__name__
    assert [n for n, _ in module.named_parameters()] == [n for n, _ in expected.named_parameters()]
    module.train(training)
    expected.train(training)
    args, kwargs = leaf(case.forward_input.args), leaf(case.forward_input.kwargs)
    if "input" in kwargs:  # Pellucid's layers take what they work on by its place
        args = (kwargs.pop("input"), *args)
    given, given_by_name = ours(args), ours(kwargs)
    mine, theirs = module(*given, **given_by_name), expected(*args, **kwargs)
    outputs = list(zip(tensors(mine), tensors(theirs), strict=True))
    assert outputs
    rng = np.random.default_rng(7)
    loss, expected_loss = None, None
    for i, (y, z) in enumerate(outputs):
        assert_close(array(y), array(z), single, f"{kind}: output {i}")
        assert y.requires_grad == z.requires_grad, f"output {i}"
        if z.requires_grad:
            dy = np.asarray(rng.standard_normal(tuple(z.shape)), dtype=array(z).dtype)
            part, expected_part = (y * pellucid.tensor(dy)).sum(), (z * torch.tensor(dy)).sum()
            loss = part if loss is None else loss + part
            expected_loss = expected_part if expected_loss is None else expected_loss + expected_part
    if loss is None:
        return
    loss.backward()
    expected_loss.backward()
    leaves = list(zip(tensors((given, given_by_name)), tensors((args, kwargs)), strict=True))
    leaves += zip(module.parameters(), expected.parameters(), strict=True)
    for i, (x, z) in enumerate(leaves):
        if z.grad is not None:
            assert_close(array(x.grad), array(z.grad), single, f"{kind}: gradient {i}")
        else:
            assert x.grad is None or not array(x.grad).any(), f"gradient {i}"
    for name, value in expected.state_dict().items():
        assert_close(array(module.state_dict()[name]), array(value), single, f"{kind}: {name} after forward")


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
@pytest.mark.parametrize("name", HERE)
def test_every_case_of_pytorchs_database_is_computed_as_pytorch_does(name, single, training):
    info = ENTRIES[name]
    if not training and not info.train_and_eval_differ:
        return
    torch.manual_seed(0)
    dtype = torch.float32 if single else torch.float64
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, about its database's arguments
        cases = info.module_inputs_func(info, device="cpu", dtype=dtype, requires_grad=True, training=training)
        for i, case in enumerate(cases):
            try:
                compare(info, case, training, single)
            except Exception as error:
                if name in REFUSED and REFUSED[name] in str(error):
                    continue
                error.add_note(f"case {i} of {name}: {case.constructor_input.args} {case.constructor_input.kwargs}")
                raise
