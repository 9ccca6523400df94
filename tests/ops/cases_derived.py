"""Cases of ops/derived.py."""

import numpy as np
from tests.ops.registry import Registry, between, distinct, fixed, integers, normal

CASES = Registry()
add = CASES.add


add("cdist", "rows", lambda L, x, w: L.cdist(x, w), normal(4, 3), normal(2, 3))
add("cdist", "batches, p = 1", lambda L, x, w: L.cdist(x, w, p=1.0), normal(2, 4, 3), normal(2, 2, 3))
add("cdist", "distance zero", lambda L, x: L.cdist(x, x.detach()), normal(3, 2), smooth=False)
add("clamp_min", "number", lambda L, x: x.clamp_min(0.5), distinct(7))
add("clamp_max", "number", lambda L, x: L.clamp_max(x, 0.5), distinct(7))
add("broadcast_tensors", "two", lambda L, x, w: L.broadcast_tensors(x, w), normal(3, 1), normal(2))
add("isin", "integers", lambda L, x, w: L.isin(x, w), integers(0, 9, 5), integers(0, 9, 3))
add("isin", "inverted", lambda L, x, w: L.isin(x, w, invert=True), integers(0, 9, 5), integers(0, 9, 3))
add("is_tensor", "yes", lambda L, x: L.is_tensor(x), normal(2))
add("is_tensor", "no", lambda L: L.is_tensor([1.0]))
add("lerp", "number", lambda L, x, w: L.lerp(x, w, 0.3), normal(2, 3), normal(2, 3))
add("lerp", "tensor", lambda L, x, w, v: L.lerp(x, w, v), normal(2, 3), normal(3), normal(2, 1))
add("logaddexp", "numbers", lambda L, x, w: L.logaddexp(x, w), normal(2, 3), normal(3))
add("logaddexp", "large", lambda L, x, w: L.logaddexp(x, w), fixed([1000.0, -1000.0]), fixed([999.0, -1001.0]))
INFINITE = fixed([-np.inf, np.inf, -np.inf])
add("logaddexp", "infinities", lambda L, x: L.logaddexp(x.detach(), x.detach()), INFINITE)
add("logaddexp", "ties", lambda L, x, w: L.logaddexp(x, w), fixed([1.0, 0.0]), fixed([1.0, 0.0]))
add("dist", "default", lambda L, x, w: L.dist(x, w), normal(2, 3), normal(2, 3))
add("dist", "one", lambda L, x, w: L.dist(x, w, 1), normal(4), normal(4))
add("diff", "last", lambda L, x: L.diff(x), normal(2, 4))
add("diff", "twice first", lambda L, x: L.diff(x, 2, 0), normal(4, 2))
add("diff", "integers", lambda L, x: L.diff(x), integers(0, 9, 5))
add("trace", "square", lambda L, x: L.trace(x), normal(3, 3))
add("trace", "wide", lambda L, x: L.trace(x), normal(2, 3))
for name in ("var_mean", "std_mean"):
    call = lambda L, x, *a, name=name, **kw: getattr(L, name)(x, *a, **kw)  # noqa: E731
    add(name, "axis", lambda L, x, call=call: call(L, x, 1), distinct(2, 3))
    add(name, "population", lambda L, x, call=call: call(L, x, 0, keepdim=True, correction=0), between(0, 2, 3, 2))
for name in ("hstack", "vstack"):
    call = lambda L, *a, name=name: getattr(L, name)(a)  # noqa: E731
    add(name, "vectors", call, normal(3), normal(3))
    add(name, "matrices", call, normal(2, 2), normal(2, 2))
    add(name, "numbers", call, normal(), normal())

add("addcmul", "value", lambda L, x, a, b: x.addcmul(a, b, value=-0.5), normal(2, 3), normal(3), normal(2, 1))
add("addcdiv", "value", lambda L, x, a, b: x.addcdiv(a, b, value=2), normal(2, 3), normal(3), between(0.5, 2, 2, 1))
add("logit", "numbers", lambda L, x: L.logit(x), between(0.1, 0.9, 5))
add("logit", "eps", lambda L, x: x.logit(0.2), between(0.01, 0.99, 9))
add("inner", "vectors", lambda L, x, w: x.inner(w), normal(3), normal(3))
add("inner", "tensors", lambda L, x, w: x.inner(w), normal(2, 4, 3), normal(5, 3))
add("inner", "number", lambda L, x, w: x.inner(w), normal(2), normal())
add("narrow", "axis", lambda L, x: x.narrow(1, 1, 2), normal(2, 4))
add("narrow", "from the end", lambda L, x: x.narrow(-1, -2, 2), normal(2, 4))
add("aminmax", "all", lambda L, x: x.aminmax(), distinct(2, 3))
add("aminmax", "axis", lambda L, x: x.aminmax(dim=1, keepdim=True), distinct(2, 3))
for q in (0.0, 0.3, 0.5, 1.0):
    add("quantile", f"all {q}", lambda L, x, q=q: x.quantile(q), distinct(2, 4))
    add("quantile", f"axis {q}", lambda L, x, q=q: x.quantile(q, dim=0), distinct(4, 2))
add("quantile", "keepdim", lambda L, x: x.quantile(0.4, dim=1, keepdim=True), distinct(2, 4))
add("quantile", "all keepdim", lambda L, x: x.quantile(0.4, keepdim=True), distinct(2, 4))
add("quantile", "several", lambda L, x: x.quantile(L.tensor([0.25, 0.5], dtype=x.dtype), dim=1), distinct(2, 4))
add("quantile", "NaN", lambda L, x: x.detach().quantile(0.5, dim=1), fixed([[1.0, np.nan, 2.0], [1.0, 2.0, 3.0]]))
