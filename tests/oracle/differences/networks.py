"""Layers and losses: what differs from PyTorch."""

import pytest
import torch
from tests.oracle.differences.registry import refused, row

import pellucid as pl


@row("the first argument by name, `F.relu(input=x)`")
def _():
    assert torch.nn.functional.relu(input=torch.ones(1)) == 1
    refused(TypeError, pl.nn.functional.relu, input=pl.ones(1))
    assert pl.nn.functional.mse_loss(input=pl.ones(1), target=pl.ones(1)) == 0


@row("`Softmax()`, `softmax(x)` and their kin without `dim`")
def _():
    assert torch.nn.Softmax()(torch.ones(1, 2)).tolist() == [[0.5, 0.5]]
    for layer in (pl.nn.Softmax(), pl.nn.LogSoftmax(), pl.nn.Softmin()):
        refused(ValueError, layer, pl.ones(1, 2))


@row("`BatchNorm1d` of an empty batch, in training")
def _():
    layer = torch.nn.BatchNorm1d(2)
    assert layer(torch.ones(0, 2)).shape == (0, 2)
    refused(ValueError, pl.nn.BatchNorm1d(2), pl.ones(0, 2))


@row("a `state_dict()` taken before batch norm trains on")
def _():
    for L in (torch, pl):
        layer = L.nn.BatchNorm1d(1)
        state = layer.state_dict()
        layer(L.tensor([[1.0], [5.0]]))
        assert state["running_mean"].item() == pytest.approx(0.3 if L is torch else 0.0)
        assert layer.running_mean.item() == pytest.approx(0.3)


@row("`load_state_dict` of a state that does not fit")
def _():
    for L in (torch, pl):
        layer = L.nn.Linear(1, 1)
        with L.no_grad():
            layer.weight.fill_(1.0)
        state = {"weight": L.zeros(1, 1), "bias": L.zeros(3)}
        refused(RuntimeError, layer.load_state_dict, state)
        assert layer.weight.item() == (0 if L is torch else 1)


@row("`hardtanh`, `threshold` of integers with fractional bounds")
def _():
    for L in (torch, pl):
        y = L.nn.functional.hardtanh(L.tensor([-3, 0, 3]), -0.5, 1.5)
        assert y.tolist() == ([0, 0, 1] if L is torch else [-0.5, 0.0, 1.5])
        y = L.nn.functional.threshold(L.tensor([-3, 3]), 0, 0.5)
        assert y.tolist() == ([0, 3] if L is torch else [0.5, 3.0])


@row("`hardshrink` with `lambd < 0`, `celu` with `alpha < 0`")
def _():
    assert torch.nn.functional.hardshrink(torch.ones(1), -1.0) == 1
    assert torch.nn.functional.celu(torch.ones(1), -1.0) == 1
    refused(ValueError, pl.nn.functional.hardshrink, pl.ones(1), -1.0)
    refused(ValueError, pl.nn.functional.celu, pl.ones(1), -1.0)


@row("`ParameterList`, `ParameterDict` of other things than tensors")
def _():
    assert torch.nn.ParameterList([1, "a"])[1] == "a"
    assert torch.nn.ParameterDict({"a": 1})["a"] == 1
    refused(TypeError, pl.nn.ParameterList, [1, "a"])
    refused(TypeError, pl.nn.ParameterDict, {"a": 1})


@row("`MSELoss` and its kin of `(n, 1)` and `(n,)`")
def _():
    for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"):
        assert getattr(torch.nn, name)()(torch.ones(3, 1), torch.ones(3)) == 0
        refused(ValueError, getattr(pl.nn, name)(), pl.ones(3, 1), pl.ones(3))


@row("`size_average=`, `reduce=` of losses")
def _():
    assert torch.nn.MSELoss(size_average=False).reduction == "sum"
    refused(NotImplementedError, pl.nn.MSELoss, size_average=False)
    refused(NotImplementedError, pl.nn.MSELoss, reduce=False)


@row("attention with `need_weights=True` and a query that may see no key")
def _():
    for L in (torch, pl):
        x = L.ones(1, 1, 2)
        y, weights = L.nn.MultiheadAttention(2, 1)(x, x, x, key_padding_mask=L.tensor([[True]]))
        assert L.isnan(weights).all() if L is torch else (weights == 0).all()
        assert bool(L.isnan(y).any()) == (L is torch)


@row("`is_causal=True` beside another `attn_mask`")
def _():
    x = torch.ones(2, 1, 2)
    torch.nn.MultiheadAttention(2, 1)(x, x, x, attn_mask=torch.zeros(2, 2), is_causal=True, need_weights=False)
    x = pl.ones(2, 1, 2)
    refused(ValueError, pl.nn.MultiheadAttention(2, 1), x, x, x, attn_mask=pl.zeros(2, 2), is_causal=True)


@row("`is_causal=True` without `attn_mask`")
def _():
    x = torch.ones(2, 1, 2)
    refused(RuntimeError, torch.nn.MultiheadAttention(2, 1), x, x, x, is_causal=True)
    x = pl.ones(2, 1, 2)
    assert pl.nn.MultiheadAttention(2, 1)(x, x, x, is_causal=True)[1].tolist() == [[[1.0, 0.0], [0.5, 0.5]]]


@row("`EmbeddingBag` with `scale_grad_by_freq=True`")
def _():
    for L in (torch, pl):
        W = L.ones(3, 1, requires_grad=True)
        bags = L.tensor([[0, 2, 2], [1, 2, 0]])
        L.nn.functional.embedding_bag(bags, W, scale_grad_by_freq=True, mode="sum").sum().backward()
        assert (W.grad.tolist() == [[1.0], [1.0], [1.0]]) == (L is pl)


@row("`Embedding`, `EmbeddingBag` with `max_norm`, `sparse=True`")
def _():
    i = torch.tensor([0])
    assert torch.nn.Embedding(2, 2, max_norm=1.0)(i).shape == (1, 2)
    refused(NotImplementedError, lambda: pl.nn.Embedding(2, 2, max_norm=1.0)(pl.tensor([0])))
    refused(NotImplementedError, lambda: pl.nn.Embedding(2, 2, sparse=True)(pl.tensor([0])))
