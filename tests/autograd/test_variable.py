"""Variable, as programs written before 2018 use it."""

import numpy as np
import pytest

import pellucid as pl
from pellucid.autograd import Variable


def test_a_variable_is_a_tensor_of_the_same_array():
    x = pl.tensor([1.0, 2.0])
    w = Variable(x, requires_grad=True)
    (w * w).sum().backward()
    assert w.array is x.array
    assert w.grad.tolist() == [2, 4]
    assert not x.requires_grad
    assert not Variable(x).requires_grad


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="wraps a tensor, got ndarray"):
        Variable(np.ones(2))
