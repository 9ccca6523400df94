"""Tensors: what differs from PyTorch."""

import copy
import io
import pickle

import numpy as np
import torch
from tests.oracle.differences.registry import refused, row

import pellucid as pl


@row("`x.dtype`, `x.shape`")
def _():
    assert repr(torch.ones(2).dtype) == "torch.float32"
    assert pl.ones(2).dtype == np.dtype("float32")
    assert repr(torch.ones(2).shape) == "torch.Size([2])"
    assert repr(pl.ones(2).shape) == "Size([2])"


@row("element types")
def _():
    assert torch.ones(2, dtype=torch.complex64).is_complex()
    refused(TypeError, pl.tensor, 1j)
    for kind in ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"):
        assert pl.ones(2, dtype=getattr(pl, kind)).dtype == np.dtype(kind)


@row("devices")
def _():
    assert pl.cuda.is_available() is False
    refused(RuntimeError, pl.ones(2).to, "cuda")


@row("`empty(...)`")
def _():
    assert pl.empty(1000).tolist() == [0.0] * 1000


@row("unknown attributes, `x.requries_grad = True`")
def _():
    torch.ones(2).requries_grad = True
    refused(AttributeError, setattr, pl.ones(2), "requries_grad", True)


@row("`x.view(...)`")
def _():
    refused(RuntimeError, torch.ones(2, 3).t().view, -1)
    assert pl.ones(2, 3).t().view(-1).shape == (6,)


@row("`x.view(dtype)`, strides, `storage()`, `names=`")
def _():
    assert torch.ones(2).view(torch.int32).dtype == torch.int32
    refused(NotImplementedError, pl.ones(2).view, pl.int32)
    assert not hasattr(pl.ones(2), "stride")
    assert not hasattr(pl.ones(2), "storage")
    refused(TypeError, pl.ones, 2, names=("n",))


@row("indices with a negative step, `x[::-1]`")
def _():
    refused(ValueError, lambda: torch.arange(3)[::-1])
    assert pl.arange(3)[::-1].tolist() == [2, 1, 0]


@row("`print(x)`")
def _():
    assert repr(torch.ones(1, dtype=torch.float64)) == "tensor([1.], dtype=torch.float64)"
    assert repr(pl.ones(1, dtype=pl.float64)) == "tensor([1.], dtype=float64)"
    assert "e+" in repr(torch.tensor([0.5, 2000.0]))
    assert "e+" not in repr(pl.tensor([0.5, 2000.0]))


@row("`np.exp(x)` and NumPy's other functions")
def _():
    assert isinstance(np.exp(torch.ones(2)), torch.Tensor)
    assert isinstance(np.exp(pl.ones(2)), np.ndarray)
    assert isinstance(np.ones(2) * pl.ones(2), pl.Tensor)


@row("pickles")
def _():
    file = io.BytesIO()
    torch.save([1], file)
    assert b"data.pkl" in file.getvalue()
    assert pickle.loads(pickle.dumps(pl.ones(2))).tolist() == [1, 1]
    assert copy.deepcopy(pl.ones(2)).tolist() == [1, 1]


@row("`Tensor(2, 3)`, `FloatTensor(2, 3)`: sizes")
def _():
    assert torch.Tensor(2, 3).shape == torch.FloatTensor(2, 3).shape == (2, 3)
    refused(TypeError, pl.Tensor, 2, 3)
    refused(TypeError, pl.FloatTensor, 2, 3)
