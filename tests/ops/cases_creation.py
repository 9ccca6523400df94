"""Cases of ops/creation.py that draw no random numbers."""

import numpy as np
from tests.ops.registry import Registry, fixed, normal

CASES = Registry()
add = CASES.add

for name in ("zeros", "ones"):
    add(name, "sizes", lambda L, name=name: getattr(L, name)(2, 3))
    add(name, "tuple", lambda L, name=name: getattr(L, name)((2, 3)))
    add(name, "0-dim", lambda L, name=name: getattr(L, name)(()))
    add(name, "dtype", lambda L, name=name: getattr(L, name)(2, dtype=L.int64))
    add(f"{name}_like", "same", lambda L, x, name=name: getattr(L, f"{name}_like")(x), normal(2, 3))
    add(
        f"{name}_like",
        "dtype",
        lambda L, x, name=name: getattr(L, f"{name}_like")(x, dtype=L.float64),
        fixed([1], "int32"),
    )
add("empty", "shape", lambda L: L.empty(2, 3).shape == (2, 3))
add("empty_like", "shape", lambda L, x: L.empty_like(x).shape == (2, 3), normal(2, 3))
add("full", "float", lambda L: L.full((2, 3), 1.5))
add("full", "integer", lambda L: L.full((2,), 3))
add("full", "bool", lambda L: L.full((2,), True))
add("full", "dtype", lambda L: L.full((2,), 3, dtype=L.float64))
add("full_like", "same", lambda L, x: L.full_like(x, 2.5), normal(2, 3))
add("eye", "square", lambda L: L.eye(3))
add("eye", "wide", lambda L: L.eye(2, 3, dtype=L.int64))
add("arange", "integers", lambda L: L.arange(5))
add("arange", "from to", lambda L: L.arange(2, 7))
add("arange", "step", lambda L: L.arange(7, 1, -2))
add("arange", "floats", lambda L: L.arange(0, 1, 0.25))
add("arange", "float end", lambda L: L.arange(3.0))
add("arange", "dtype", lambda L: L.arange(3, dtype=L.float64))
add("arange", "none", lambda L: L.arange(0))
add("linspace", "floats", lambda L: L.linspace(0, 1, 5, dtype=L.float64))
add("linspace", "one", lambda L: L.linspace(2, 5, 1))
add("linspace", "down", lambda L: L.linspace(3, -3, steps=7))
add("logspace", "tens", lambda L: L.logspace(-2, 2, 5, dtype=L.float64))
add("logspace", "twos", lambda L: L.logspace(0, 4, 5, base=2.0, dtype=L.float64))
add("meshgrid", "ij", lambda L, x, w: L.meshgrid(x.detach(), w.detach(), indexing="ij"), normal(2), normal(3))
add("meshgrid", "xy", lambda L, x, w: L.meshgrid([x.detach(), w.detach()], indexing="xy"), normal(2), normal(3))
add("from_numpy", "array", lambda L: L.from_numpy(np.arange(3.0)))
add("asarray", "list", lambda L: L.as_tensor([1.0, 2.0]))
add("asarray", "dtype", lambda L: L.as_tensor([1, 2], dtype=L.float64))
add("asarray", "array", lambda L: L.as_tensor(np.arange(3)))
add("tensor", "floats", lambda L: L.tensor([[1.0, 2.0]]))
add("tensor", "integers", lambda L: L.tensor([[1, 2]]))
add("tensor", "mixed", lambda L: L.tensor([1, 2.5]))
add("tensor", "booleans", lambda L: L.tensor([True, False]))
add("tensor", "number", lambda L: L.tensor(3.5))
add("tensor", "float64 array", lambda L: L.tensor(np.array([1.0, 2.0])))
add("tensor", "NumPy numbers", lambda L: L.tensor(np.float64(3)))
add("tensor", "none", lambda L: L.tensor([]))
add("tensor", "uint8", lambda L: L.tensor(np.array([1, 2], dtype=np.uint8)))
for name in ("FloatTensor", "DoubleTensor", "LongTensor", "IntTensor", "ByteTensor", "BoolTensor"):
    add(name, "list", lambda L, name=name: getattr(L, name)([[1, 2], [3, 4]]))

add("new_zeros", "sizes", lambda L, x: x.new_zeros(2, 3), fixed([1], "int32"))
add("new_ones", "tuple", lambda L, x: x.new_ones((2, 3)), normal(1))
add("new_full", "value", lambda L, x: x.new_full((2,), 3), normal(1))
add("new_tensor", "list", lambda L, x: x.new_tensor([1, 2]), normal(1))
