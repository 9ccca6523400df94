"""The tape: what differs from PyTorch."""

import torch
from tests.oracle.differences.registry import leaf, refused, row

import pellucid as pl


@row("gradients of gradients, `create_graph=True`")
def _():
    w = leaf(torch, 2.0)
    (dw,) = torch.autograd.grad((w**3).sum(), w, create_graph=True)
    assert dw.requires_grad
    w = leaf(pl, 2.0)
    refused(NotImplementedError, pl.autograd.grad, (w**3).sum(), w, create_graph=True)


@row("an input overwritten in place before `backward()`")
def _():
    for L in (torch, pl):
        w, x = leaf(L, 2.0), L.tensor([3.0])
        y = (w + x).sum()  # the gradient of a sum reads neither
        x.mul_(2)
        if L is torch:
            y.backward()
        else:
            refused(RuntimeError, y.backward)


@row("writing into a tensor through NumPy (`x.numpy()[0] = 1`) before `backward()`")
def _():
    for L in (torch, pl):
        w, x = leaf(L, 2.0), L.tensor([3.0])
        y = (w * x).sum()
        x.numpy()[0] = 1
        y.backward()
        assert w.grad.tolist() == [1]


@row("writing through `x.data` before `backward()`")
def _():
    for L in (torch, pl):
        w, x = leaf(L, 2.0), L.tensor([3.0])
        y = (w * x).sum()
        x.data.mul_(2)
        if L is torch:
            y.backward()
            assert w.grad.tolist() == [6]
        else:
            refused(RuntimeError, y.backward)


@row("in-place operations on the tape, `y.exp_()`")
def _():
    for L in (torch, pl):
        w = leaf(L, 0.0)
        y = w * 2
        z = y * y  # needs y as it was
        y.exp_()
        if L is torch:
            refused(RuntimeError, (z + y).sum().backward)
        assert y.tolist() == [1]
    w = leaf(pl, 0.0)
    y = w * 2
    y.exp_()
    y.sum().backward()
    assert w.grad.tolist() == [2]


@row("writing into a view on the tape, `y[i][j] = w`, `for row in y: row.mul_(2)`")
def _():
    for L in (torch, pl):
        y = L.ones(2, 2, requires_grad=True) * 1
        y[0].mul_(2)
        if L is torch:
            assert y.sum().item() == 6
        else:
            refused(RuntimeError, lambda y=y: y.sum().backward())


@row("`x += w` on the tape")
def _():
    for L in (torch, pl):
        x = leaf(L, 1.0) * 1
        name = x
        x += 1
        if L is torch:
            assert name is x
        else:
            assert name is not x
            refused(RuntimeError, lambda name=name: name.sum().backward())


@row("a second `backward()` through an operation that saved nothing (`x + 1`)")
def _():
    y = (leaf(torch, 1.0) + 1).sum()
    y.backward()
    y.backward()
    y = (leaf(pl, 1.0) + 1).sum()
    y.backward()
    refused(RuntimeError, y.backward)


@row("`x.grad` after another walk")
def _():
    for L in (torch, pl):
        x = leaf(L, 1.0)
        (x * 2).sum().backward()
        held = x.grad
        (x * 2).sum().backward()
        assert x.grad.tolist() == [4]
        assert held.tolist() == ([4] if L is torch else [2])


@row("gradients by the bounds of `clamp`")
def _():
    bound = leaf(torch, 2.0)
    torch.clamp(torch.ones(1), min=bound).sum().backward()
    assert bound.grad.tolist() == [1]
    refused((RuntimeError, NotImplementedError), pl.clamp, pl.ones(1), min=leaf(pl, 2.0))


@row("gradients through `floor_divide` and by a number `%` a tensor")
def _():
    refused(RuntimeError, lambda: (leaf(torch, 3.0) // 2).sum().backward())
    x = leaf(pl, 3.0)
    (x // 2).sum().backward()
    assert x.grad.tolist() == [0]
    x = leaf(pl, 3.0)
    (7 % x).sum().backward()  # 7 - 3 floor(7 / 3)
    assert x.grad.tolist() == [-2]


@row("`y.grad_fn.name()`, `y.grad_fn.next_functions`")
def _():
    assert torch.ones(1, requires_grad=True).exp().grad_fn.name() == "ExpBackward0"
    node = pl.ones(1, requires_grad=True).exp().grad_fn
    assert isinstance(node.name, str)
    assert not hasattr(node, "next_functions")
