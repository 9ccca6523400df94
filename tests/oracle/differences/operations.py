"""Operations and Random numbers: what differs from PyTorch."""

import torch
from tests.oracle.differences.registry import refused, row

import pellucid as pl


@row("`sign(nan)`")
def _():
    assert torch.sign(torch.tensor(torch.nan)) == 0
    assert pl.isnan(pl.sign(pl.tensor(pl.nan)))


@row("integer division by zero, `//` and `%`")
def _():
    refused(RuntimeError, lambda: torch.tensor([1]) // 0)
    refused(ZeroDivisionError, lambda: pl.tensor([1]) // 0)
    refused(ZeroDivisionError, lambda: pl.tensor([1]) % 0)


@row("`any`, `all` of `uint8`")
def _():
    assert torch.tensor([1], dtype=torch.uint8).any().dtype == torch.uint8
    assert pl.tensor([1], dtype=pl.uint8).any().dtype == pl.bool
    assert pl.tensor([1], dtype=pl.uint8).all().dtype == pl.bool


@row("`median`, `max`, `sort` among equal elements")
def _():
    x = pl.tensor([2.0, 1.0, 2.0, 1.0])
    assert x.max(0).indices == 0
    assert x.median(0).indices == 3
    assert x.sort().indices.tolist() == [1, 3, 0, 2]


@row("`where`, `masked_fill` with a condition of `uint8`")
def _():
    ones = torch.ones(1, dtype=torch.uint8)
    assert torch.where(ones, 1.0, 0.0) == 1
    refused((RuntimeError, TypeError), pl.where, pl.ones(1, dtype=pl.uint8), 1.0, 0.0)
    refused((RuntimeError, TypeError), pl.ones(1).masked_fill, pl.ones(1, dtype=pl.uint8), 0.0)


@row("`einsum` with an ellipsis or a letter twice in one operand")
def _():
    assert torch.einsum("ii", torch.eye(2)) == 2
    refused(RuntimeError, pl.einsum, "ii", pl.eye(2))
    refused(NotImplementedError, pl.einsum, "...i->...", pl.eye(2))


@row('`norm(p="nuc")` and matrix norms')
def _():
    assert torch.norm(torch.eye(2), p="nuc") == 2
    refused(NotImplementedError, pl.norm, pl.eye(2), p="nuc")


@row("`manual_seed(0)`")
def _():
    pl.manual_seed(0)
    state = pl.get_rng_state()
    first = pl.rand(3)
    pl.set_rng_state(state)
    assert pl.equal(first, pl.rand(3))


@row("the numbers of a seed")
def _():
    torch.manual_seed(0)
    pl.manual_seed(0)
    assert torch.rand(3).tolist() != pl.rand(3).tolist()


@row("`get_rng_state()`")
def _():
    assert torch.get_rng_state().dtype == torch.uint8
    assert set(pl.get_rng_state()) == {"seed", "step", "counter"}
