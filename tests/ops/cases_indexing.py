"""Cases of ops/indexing.py, ops/linalg.py and ops/inplace.py."""

import numpy as np
from tests.ops.registry import Registry, between, booleans, fixed, integers, normal

CASES = Registry()
add = CASES.add

INDICES = {
    "number": np.s_[1],
    "negative": np.s_[-1, -2],
    "slice": np.s_[1:3],
    "step": np.s_[::2, 1:],
    "ellipsis": np.s_[..., 0],
    "none": np.s_[:, None, 1],
    "list": np.s_[[0, 2, 2]],
    "list beside slice": np.s_[1:, [0, 0, 1]],
    "two lists": np.s_[[0, 1, 1], [2, 0, 0]],
    "separated lists": np.s_[[0, 1], :, [1, 1]],
    "mask": np.s_[np.arange(36).reshape(3, 4, 3) % 2 == 0],
    "row mask": np.s_[np.array([True, False, True])],
    "empty list": np.s_[[]],
    "true": np.s_[True],
}


def tensors(L, index):
    """Make the arrays in an index tensors of the library."""
    if isinstance(index, tuple):
        return tuple(tensors(L, i) for i in index)
    return L.from_numpy(index) if isinstance(index, np.ndarray) else index


for label, index in INDICES.items():
    add("getitem", label, lambda L, x, i=index: x[tensors(L, i)], normal(3, 4, 3))

    def put(L, x, w, i=index):
        y = x.clone()
        y[tensors(L, i)] = w * 2
        return y * y

    if label in ("list", "list beside slice", "two lists", "separated lists"):
        continue  # which of the values given twice for one place stays is not defined
    add("setitem", label, put, normal(3, 4, 3), normal())
add("getitem", "0-dim tensor", lambda L, x, i: x[i], normal(3, 2), fixed(1, "int64"))
add("getitem", "int32 places", lambda L, x, i: x[i], normal(3, 2), fixed([1, 1], "int32"))
add("getitem", "matrix of places", lambda L, x, i: x[i], normal(4, 2), integers(0, 4, 2, 3))


def put_float_into_integers(L, x):
    y = x.clone()
    y[0] = 2.7
    return y


add("setitem", "float into integers", put_float_into_integers, integers(0, 5, 3))
add("placed", "by setitem", lambda L, x: put(L, x, x.sum(), np.s_[0]), normal(2, 3))


def put_with_a_leading_axis(L, x, w):
    y = x.clone()
    y[0, 1] = w[:1]
    y[1] = w[None]
    return y * y


add("put", "leading axes of length one", put_with_a_leading_axis, normal(3, 2), normal(2))
add("plain_index", "nested", lambda L, x, i: x[:, i], normal(2, 3), fixed([0, 2], "int64"))

add("select", "axis", lambda L, x: x.select(1, 2), normal(2, 3))
add("select", "negative", lambda L, x: L.select(x, -2, -1), normal(2, 3))
add("index_select", "rows", lambda L, x, i: L.index_select(x, 0, i), normal(4, 2), integers(0, 4, 6))
add("index_select", "columns", lambda L, x, i: x.index_select(-1, i), normal(2, 4), integers(0, 4, 6))
add("take", "flat", lambda L, x, i: L.take(x, i), normal(2, 3), integers(0, 6, 2, 2))
add("gather", "rows", lambda L, x, i: L.gather(x, 1, i), normal(3, 4), integers(0, 4, 3, 2))
add("gather", "columns", lambda L, x, i: x.gather(0, i), normal(3, 4), integers(0, 3, 5, 3))
add("scatter", "number", lambda L, x, i: x.scatter(1, i, 2.5), normal(3, 4), fixed([[0, 1], [3, 2], [1, 0]], "int64"))
add(
    "scatter",
    "tensor",
    lambda L, x, w, i: L.scatter(x, 1, i, w),
    normal(3, 4),
    normal(3, 2),
    fixed([[0, 1], [3, 2], [1, 0]], "int64"),
)
add(
    "scatter_add",
    "rows",
    lambda L, x, w, i: L.scatter_add(x, 0, i, w),
    normal(3, 4),
    normal(5, 4),
    integers(0, 3, 5, 4),
)
add("index_add", "rows", lambda L, x, w, i: L.index_add(x, 0, i, w), normal(3, 4), normal(5, 4), integers(0, 3, 5))
add("index_add", "columns", lambda L, x, w, i: x.index_add(1, i, w), normal(3, 4), normal(3, 5), integers(0, 4, 5))
add("where", "tensors", lambda L, c, x, w: L.where(c, x, w), booleans(2, 3), normal(3), normal(2, 1))
add("where", "number", lambda L, c, x: L.where(c, x, 0.0), booleans(2, 3), normal(2, 3))
add("where", "method", lambda L, c, x, w: x.where(c, w), booleans(2, 3), normal(2, 3), normal(3))
add("where", "NaN on the other side", lambda L, x: L.where(x > 0, L.log(x.clamp(min=0.1)), x), normal(9))
add("where", "places", lambda L, c: L.where(c), booleans(3, 3))
add("where", "types", lambda L, c, x, w: L.where(c, x, w), booleans(3), normal(3), integers(0, 4, 3))
add("masked_fill", "number", lambda L, x, m: x.masked_fill(m, -10.0), normal(3, 3), booleans(3, 3))
add("masked_fill", "broadcast mask", lambda L, x, m: L.masked_fill(x, m, 2), normal(3, 4), booleans(4))
add("masked_select", "same", lambda L, x, m: L.masked_select(x, m), normal(3, 3), booleans(3, 3))
add("masked_select", "broadcast", lambda L, x, m: x.masked_select(m), normal(3, 4), booleans(4))
add("nonzero", "rows", lambda L, x: L.nonzero(x), integers(0, 2, 3, 3))
add("nonzero", "tuple", lambda L, x: x.nonzero(as_tuple=True), integers(0, 2, 3, 3))
add("nonzero", "0-dim", lambda L, x: L.nonzero(x), fixed(1.0))

PRODUCTS = {
    "vectors": ((3,), (3,)),
    "matrix vector": ((2, 3), (3,)),
    "vector matrix": ((3,), (3, 4)),
    "matrices": ((2, 3), (3, 4)),
    "batch matrix": ((5, 2, 3), (3, 4)),
    "matrix batch": ((2, 3), (5, 3, 4)),
    "batch vector": ((5, 2, 3), (3,)),
    "vector batch": ((3,), (5, 3, 4)),
    "batches": ((5, 2, 3), (5, 3, 4)),
    "broadcast batches": ((2, 1, 2, 3), (5, 3, 4)),
    "inner zero": ((2, 0), (0, 3)),
    "no rows": ((0, 3), (3, 2)),
}
for label, (s, t) in PRODUCTS.items():
    add("matmul", label, lambda L, x, y: x @ y, normal(*s), normal(*t))
add("matmul", "integers", lambda L, x, y: L.matmul(x, y), integers(0, 5, 2, 3), integers(0, 5, 3, 2))
add("__rmatmul__", "arrays", lambda L, x: L.ones(2, 3, dtype=x.dtype).__rmatmul__(x), normal(4, 2))
add("mm", "matrices", lambda L, x, y: L.mm(x, y), normal(2, 3), normal(3, 4))
add("bmm", "batches", lambda L, x, y: L.bmm(x, y), normal(5, 2, 3), normal(5, 3, 4))
add("mv", "matrix", lambda L, x, y: L.mv(x, y), normal(2, 3), normal(3))
add("dot", "vectors", lambda L, x, y: L.dot(x, y), normal(3), normal(3))
add("outer", "vectors", lambda L, x, y: L.outer(x, y), normal(3), normal(2))
add("addmm", "default", lambda L, c, x, y: L.addmm(c, x, y), normal(4), normal(2, 3), normal(3, 4))
add(
    "addmm",
    "weights",
    lambda L, c, x, y: L.addmm(c, x, y, beta=2, alpha=-0.5),
    normal(2, 4),
    normal(2, 3),
    normal(3, 4),
)
add("einsum", "matrices", lambda L, x, y: L.einsum("ij,jk->ik", x, y), normal(2, 3), normal(3, 4))
add("einsum", "implicit", lambda L, x, y: L.einsum("ij,jk", x, y), normal(2, 3), normal(3, 4))
add("einsum", "summed out", lambda L, x, y: L.einsum("ij,k->k", x, y), normal(2, 3), normal(4))
add("einsum", "transpose", lambda L, x: L.einsum("ij->ji", x), normal(2, 3))
add(
    "einsum",
    "three",
    lambda L, x, y, z: L.einsum("bi,oij,bj->bo", x, y, z),
    normal(2, 3),
    normal(4, 3, 2),
    normal(2, 2),
)
add("einsum", "attention", lambda L, x, y: L.einsum("bhqd,bhkd->bhqk", x, y), normal(2, 2, 3, 2), normal(2, 2, 4, 2))
linear = lambda L, *a: L.nn.functional.linear(*a)  # noqa: E731
add("linear", "batch", linear, normal(5, 3), normal(4, 3), normal(4))
add("linear", "no bias", linear, normal(5, 3), normal(4, 3))
add("linear", "one row", linear, normal(3), normal(4, 3), normal(4))
add("linear", "more axes", linear, normal(2, 5, 3), normal(4, 3), normal(4))
add("linear", "vector of weights", linear, normal(5, 3), normal(3))
add("linear", "no rows", linear, normal(0, 3), normal(4, 3), normal(4))

# in place: on a clone, so that the input stays a leaf
IN_PLACE = {
    "add_": lambda x, w: x.add_(w, alpha=2),
    "sub_": lambda x, w: x.sub_(w, alpha=2),
    "mul_": lambda x, w: x.mul_(w),
    "div_": lambda x, w: x.div_(w),
    "pow_": lambda x, w: x.pow_(w),
    "addcmul_": lambda x, w: x.addcmul_(w, w, value=0.5),
    "addcdiv_": lambda x, w: x.addcdiv_(w, w + 1, value=0.5),
    "neg_": lambda x, w: x.neg_(),
    "abs_": lambda x, w: x.abs_(),
    "exp_": lambda x, w: x.exp_(),
    "sqrt_": lambda x, w: x.sqrt_(),
    "log_": lambda x, w: x.log_(),
    "sigmoid_": lambda x, w: x.sigmoid_(),
    "tanh_": lambda x, w: x.tanh_(),
    "relu_": lambda x, w: x.relu_(),
    "clamp_": lambda x, w: x.clamp_(0.7, 1.5),
    "copy_": lambda x, w: x.copy_(w),
    "fill_": lambda x, w: x.fill_(1.5),
    "zero_": lambda x, w: x.zero_(),
    "masked_fill_": lambda x, w: x.masked_fill_(x > 1, 0.0),
}
for name, change in IN_PLACE.items():
    add(
        name,
        "clone",
        lambda L, x, w, change=change: change(x.clone(), w) * 3,
        between(0.5, 2, 2, 3),
        between(0.5, 2, 3),
    )
    if name in ("pow_", "exp_", "sqrt_", "log_", "sigmoid_", "tanh_", "relu_"):
        continue  # PyTorch, which overwrites the first result, refuses the second
    add(
        name,
        "twice",
        lambda L, x, w, change=change: change(change(x * 1.5, w), w),
        between(0.5, 0.9, 2, 3),
        between(0.5, 2, 3),
    )
add("scatter_", "clone", lambda L, x, i: x.clone().scatter_(1, i, 0.0), normal(2, 3), fixed([[0], [2]], "int64"))


def augment(L, x, w):
    y = x * 1
    y += w
    y *= 2
    y -= w
    y /= 4
    y **= 2
    return y


add("overwrite", "augmented", augment, normal(2, 3), normal(3))
add("augmented", "by a number", lambda L, x: augment(L, x, 1.5), normal(2, 3))

add(
    "scatter_add_",
    "clone",
    lambda L, x, w, i: x.clone().scatter_add_(0, i, w),
    normal(3, 4),
    normal(5, 4),
    integers(0, 3, 5, 4),
)
add(
    "index_add_",
    "clone",
    lambda L, x, w, i: x.clone().index_add_(0, i, w),
    normal(3, 4),
    normal(5, 4),
    integers(0, 3, 5),
)
