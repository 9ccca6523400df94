"""Cases of ops/reduction.py."""

import numpy as np
from tests.ops.registry import Registry, between, booleans, distinct, fixed, integers, normal

CASES = Registry()
add = CASES.add

INF, NAN = np.inf, np.nan
AXES = {"one axis": 1, "last": -1, "two": (0, 2), "negative": (-1, -3), "list": [1]}

for name in ("sum", "mean", "var", "std", "amax", "amin", "logsumexp", "norm"):

    def call(L, x, *args, name=name, **kwargs):
        if name == "norm":
            return L.norm(x, 3, *args, **kwargs)
        return getattr(L, name)(x, *args, **kwargs)

    if name != "logsumexp":
        add(name, "all", lambda L, x, call=call: call(L, x), distinct(2, 3))
    if name not in ("var", "std"):
        add(name, "0-dim", lambda L, x, call=call: call(L, x, dim=0), between(1, 2))
    for label, dim in AXES.items():
        add(name, label, lambda L, x, call=call, dim=dim: call(L, x, dim=dim), distinct(2, 3, 4))
    add(name, "keepdim", lambda L, x, call=call: call(L, x, dim=(0, 1), keepdim=True), distinct(2, 3, 4))
    add(name, "length one", lambda L, x, call=call: call(L, x, dim=0), distinct(2, 1))
    if name not in ("amax", "amin", "var", "std"):
        add(name, "empty axis", lambda L, x, call=call: call(L, x, dim=0), normal(0, 3))
    add(name, "beside an empty axis", lambda L, x, call=call: call(L, x, dim=1), normal(0, 3))
    add(name, "NaN", lambda L, x, call=call: call(L, x.detach(), dim=1), fixed([[NAN, 1.0], [2.0, 3.0]]))

add("sum", "integers", lambda L, x: L.sum(x), integers(0, 9, 5, dtype="int32"))
add("sum", "booleans", lambda L, x: L.sum(x, 0), booleans(5, 2))
add("sum", "to float", lambda L, x: L.sum(x, dtype=L.float64), integers(0, 9, 5))
add("sum", "to narrower", lambda L, x: L.sum(x, 1, dtype=L.float32), normal(2, 3), smooth=False)
add("sum", "no axes", lambda L, x: L.sum(x), normal())
add("mean", "to wider", lambda L, x: L.mean(x, dtype=L.float64), integers(0, 9, 5))
add("mean", "of none", lambda L, x: L.mean(x), normal(0))
for name in ("var", "std"):
    call = lambda L, x, name=name, **kw: getattr(L, name)(x, **kw)  # noqa: E731
    add(name, "population", lambda L, x, call=call: call(L, x, dim=1, correction=0), normal(3, 4))
    add(name, "correction two", lambda L, x, call=call: call(L, x, dim=1, correction=2), normal(3, 4))
    add(name, "biased", lambda L, x, call=call: call(L, x, dim=1, unbiased=False), normal(3, 4))
    add(name, "unbiased as second", lambda L, x, name=name: getattr(L, name)(x, False), normal(3, 4))
add("std", "constant", lambda L, x: L.std(x.detach(), 1), fixed([[2.0, 2.0, 2.0]]))

for name in ("amax", "amin"):
    call = lambda L, x, name=name: getattr(L, name)(x, 1)  # noqa: E731
    add(name, "ties", call, fixed([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), smooth=False)
    add(name, "integers", call, integers(0, 4, 3, 4))
for name in ("max", "min"):
    call = lambda L, x, *args, name=name, **kw: getattr(L, name)(x, *args, **kw)  # noqa: E731
    add(name, "all", call, distinct(2, 3))
    add(name, "all with ties", call, fixed([1.0, 3.0, 3.0, 1.0]), smooth=False)
    add(name, "axis", lambda L, x, call=call: call(L, x, 1), distinct(2, 3))
    add(name, "first axis", lambda L, x, call=call: call(L, x, dim=0), distinct(2, 3, 2))
    add(name, "keepdim", lambda L, x, call=call: call(L, x, -1, keepdim=True), distinct(2, 3))
    add(name, "ties", lambda L, x, call=call: call(L, x, 1), fixed([[1.0, 3.0, 3.0, 1.0]]), smooth=False)
    add(name, "NaN", lambda L, x, call=call: call(L, x.detach(), 1), fixed([[1.0, NAN, 3.0, NAN]]))
    add(name, "0-dim", lambda L, x, call=call: call(L, x, 0), normal())
    add(name, "two tensors", call, distinct(2, 3), normal(3))
    add(name, "integers", lambda L, x, call=call: call(L, x, 1), integers(0, 3, 3, 5))
for name in ("argmax", "argmin"):
    call = lambda L, x, *args, name=name, **kw: getattr(L, name)(x, *args, **kw)  # noqa: E731
    add(name, "all", call, distinct(2, 3))
    add(name, "axis", lambda L, x, call=call: call(L, x, -1), distinct(2, 3))
    add(name, "keepdim", lambda L, x, call=call: call(L, x, 0, keepdim=True), distinct(2, 3))
    add(name, "all keepdim", lambda L, x, call=call: call(L, x, keepdim=True), distinct(2, 3))
    add(name, "ties", lambda L, x, call=call: call(L, x, 1), fixed([[1.0, 3.0, 3.0, 1.0]]))
    add(name, "NaN", lambda L, x, call=call: call(L, x, 1), fixed([[1.0, NAN, 3.0, NAN]]))
    add(name, "0-dim", call, normal())

add("prod", "all", lambda L, x: L.prod(x), between(0.5, 2, 2, 3))
add("prod", "axis", lambda L, x: L.prod(x, 1), normal(2, 3, 2))
add("prod", "last keepdim", lambda L, x: L.prod(x, -1, keepdim=True), normal(2, 3))
add("prod", "one zero", lambda L, x: L.prod(x), fixed([2.0, 0.0, 3.0]))
add("prod", "two zeros", lambda L, x: L.prod(x, 1), fixed([[2.0, 0.0, 0.0], [1.0, 2.0, 3.0]]))
add("prod", "0-dim", lambda L, x: L.prod(x), normal())
add("prod", "none", lambda L, x: L.prod(x), normal(0))
add("prod", "integers", lambda L, x: L.prod(x), integers(1, 4, 5))
add("cumsum", "first", lambda L, x: L.cumsum(x, 0), normal(3, 2))
add("cumsum", "last", lambda L, x: L.cumsum(x, dim=-1), normal(3, 2))
add("cumsum", "integers", lambda L, x: L.cumsum(x, 0), integers(0, 5, 4, dtype="int32"))
add("cumsum", "0-dim", lambda L, x: L.cumsum(x, 0), normal())
add("logsumexp", "large", lambda L, x: L.logsumexp(x, 1), fixed([[1000.0, 999.0], [-1000.0, -1000.0]]))
add("logsumexp", "infinities", lambda L, x: L.logsumexp(x.detach(), 1), fixed([[-INF, -INF], [INF, 0.0], [-INF, 1.0]]))

for p in (1, 2, 3, 0.5, INF, -INF, 0):
    smooth = p != 0
    add("norm", f"p={p}", lambda L, x, p=p: L.norm(x, p), distinct(2, 3), smooth=smooth)
    add("norm", f"p={p} axis", lambda L, x, p=p: L.norm(x, p, dim=1), distinct(2, 3), smooth=smooth)
for p in (1, 2, 3, INF):
    add("norm", f"p={p} of zeros", lambda L, x, p=p: L.norm(x, p, dim=1), fixed([[0.0, 0.0], [3.0, 0.0]]), smooth=False)
add("norm", "default", lambda L, x: L.norm(x), normal(2, 3))
add("norm", "fro", lambda L, x: L.norm(x, "fro"), normal(2, 3))
add("norm", "method", lambda L, x: x.norm(2, 1, keepdim=True), normal(2, 3))

add("median", "odd", lambda L, x: L.median(x), distinct(5))
add("median", "even", lambda L, x: L.median(x), distinct(2, 3))
add("median", "axis", lambda L, x: L.median(x, 1), distinct(2, 4))
add("median", "keepdim", lambda L, x: L.median(x, 0, keepdim=True), distinct(3, 4))
add("median", "NaN", lambda L, x: L.median(x.detach()), fixed([1.0, NAN, 2.0]))
add("median", "NaN axis", lambda L, x: L.median(x.detach(), 1)[0], fixed([[1.0, NAN, 2.0], [3.0, 1.0, 2.0]]))
for descending in (False, True):
    word = "down" if descending else "up"
    add("sort", word, lambda L, x, d=descending: L.sort(x, descending=d), distinct(2, 4))
    add("sort", f"{word} first axis", lambda L, x, d=descending: L.sort(x, 0, d), distinct(4, 2))
    add(
        "sort",
        f"{word} ties",
        lambda L, x, d=descending: L.sort(x, stable=True, dim=-1, descending=d),
        integers(0, 3, 9),
    )
    add(
        "sort",
        f"{word} NaN",
        lambda L, x, d=descending: L.sort(x.detach(), descending=d)[0],
        fixed([1.0, NAN, -INF, INF]),
    )
    add("argsort", word, lambda L, x, d=descending: L.argsort(x, 0, d), distinct(4, 2))
    add("topk", word, lambda L, x, d=descending: L.topk(x, 2, largest=d), distinct(2, 4))
add("sort", "0-dim", lambda L, x: L.sort(x), normal())
add("argsort", "stable", lambda L, x: L.argsort(x, stable=True), integers(0, 3, 9))
add("topk", "axis", lambda L, x: x.topk(3, 0), distinct(4, 2))
add("topk", "none", lambda L, x: x.topk(0), distinct(4))
add("unique", "values", lambda L, x: L.unique(x), integers(0, 4, 9))
add("unique", "all answers", lambda L, x: L.unique(x, return_inverse=True, return_counts=True), integers(0, 4, 3, 3))
add("bincount", "counts", lambda L, x: L.bincount(x), integers(0, 4, 9))
add("bincount", "weights", lambda L, x, w: L.bincount(x, w.detach(), 7), integers(0, 4, 9), normal(9))
add("count_nonzero", "all", lambda L, x: L.count_nonzero(x), integers(0, 2, 9))
add("count_nonzero", "axis", lambda L, x: L.count_nonzero(x, 1), integers(0, 2, 3, 4))

for name in ("sum", "mean", "var", "std", "amax", "amin", "logsumexp"):
    call = lambda L, x, name=name: getattr(L, name)(x, axis=1, keepdims=True)  # noqa: E731
    add(name, "by NumPy's names", call, distinct(2, 3))
for name in ("max", "min", "median", "sort", "argsort", "prod", "cumsum", "count_nonzero", "argmax", "argmin"):
    add(name, "by NumPy's name", lambda L, x, name=name: getattr(L, name)(x, axis=0), distinct(2, 3))
add("topk", "by NumPy's name", lambda L, x: L.topk(x, 2, axis=1), distinct(2, 3))
