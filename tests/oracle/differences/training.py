"""Optimizers and schedules and Data and files: what differs from PyTorch."""

import io
from pathlib import Path

import numpy as np
import torch
from tests.oracle.differences.registry import leaf, refused, row

import pellucid as pl


@row("a parameter given twice")
def _():
    w = leaf(torch, 1.0)
    torch.optim.SGD([w, w], lr=0.1)
    w = leaf(pl, 1.0)
    refused(ValueError, pl.optim.SGD, [w, w], lr=0.1)


@row('a group with an unknown name, `{"params": p, "wieght_decay": 0.1}`')
def _():
    torch.optim.SGD([{"params": [leaf(torch, 1.0)], "wieght_decay": 0.1}], lr=0.1)
    refused(ValueError, pl.optim.SGD, [{"params": [leaf(pl, 1.0)], "wieght_decay": 0.1}], lr=0.1)


@row("an optimizer's `state_dict()`")
def _():
    for L in (torch, pl):
        w = leaf(L, 1.0)
        optimizer = L.optim.Adam([w], lr=0.1)
        w.grad = L.ones(1)
        optimizer.step()
        state = optimizer.state_dict()["state"][0]
        before = state["exp_avg"].item()
        optimizer.step()
        assert (state["exp_avg"].item() == before) == (L is pl)
        assert isinstance(state["step"], torch.Tensor if L is torch else int)


@row("`lr` as a tensor, `foreach`, `fused`, `capturable`, `differentiable`")
def _():
    torch.optim.Adam([leaf(torch, 1.0)], lr=torch.tensor(0.1))
    refused(TypeError, pl.optim.Adam, [leaf(pl, 1.0)], lr=pl.tensor(0.1))
    for name in ("foreach", "fused", "capturable", "differentiable"):
        refused(NotImplementedError, pl.optim.Adam, [leaf(pl, 1.0)], lr=0.1, **{name: True})


@row("schedules that make no sense, `StepLR(optimizer, 0)`")
def _():
    optimizer = torch.optim.SGD([leaf(torch, 1.0)], lr=0.1)
    refused(ZeroDivisionError, lambda: torch.optim.lr_scheduler.StepLR(optimizer, 0).step())
    refused(ValueError, pl.optim.lr_scheduler.StepLR, pl.optim.SGD([leaf(pl, 1.0)], lr=0.1), 0)


@row("a schedule's `load_state_dict` of another schedule's state")
def _():
    for L in (torch, pl):
        optimizer = L.optim.SGD([leaf(L, 1.0)], lr=0.1)
        step = L.optim.lr_scheduler.StepLR(optimizer, 2)
        state = L.optim.lr_scheduler.ExponentialLR(optimizer, 0.9).state_dict()
        if L is torch:
            step.load_state_dict(state)
        else:
            refused(ValueError, step.load_state_dict, state)


@row("`DataLoader` with workers, `pin_memory`, samplers")
def _():
    for name, value in [("num_workers", 2), ("pin_memory", True), ("sampler", [0]), ("batch_sampler", [[0]])]:
        torch.utils.data.DataLoader([1.0], **{name: value})
        refused(NotImplementedError, pl.utils.data.DataLoader, [1.0], **{name: value})


@row("the order of `DataLoader(shuffle=True)`")
def _():
    loader = pl.utils.data.DataLoader(range(9), shuffle=True, seed=1)
    first, second = ([int(x) for x in loader] for _ in range(2))
    assert first != second
    resumed = pl.utils.data.DataLoader(range(9), shuffle=True)
    resumed.load_state_dict({"seed": 1, "epoch": 1, "batch": 3})
    assert [int(x) for x in resumed] == second[3:]
    assert not hasattr(torch.utils.data.DataLoader(range(9)), "state_dict")


@row("`TensorDataset` of NumPy arrays")
def _():
    refused((TypeError, AssertionError), torch.utils.data.TensorDataset, np.ones(2))
    assert isinstance(pl.utils.data.TensorDataset(np.ones(2))[0][0], pl.Tensor)


@row("`save(model)`, `load(weights_only=False)`")
def _():

    torch.save(torch.nn.Linear(1, 1), io.BytesIO())
    refused(TypeError, pl.save, pl.nn.Linear(1, 1), "unwritten.safetensors")
    assert not Path("unwritten.safetensors").exists()
    refused(NotImplementedError, pl.load, "unwritten.safetensors", weights_only=False)
