"""Cases of ops/elementwise.py: functions of one number."""

import numpy as np
from tests.ops.registry import Registry, between, fixed, integers, normal

CASES = Registry()
add = CASES.add

INF, NAN = np.inf, np.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, -700.0, 800.0, 1e300, INF, -INF, NAN]

DOMAINS = {
    "abs": (0.1, 2), "acos": (-0.9, 0.9), "asin": (-0.9, 0.9), "atan": (-3, 3), "cos": (-9, 9), "cosh": (-2, 2),
    "erf": (-3, 3), "exp": (-3, 3), "expm1": (-1, 1), "log": (0.1, 9), "log10": (0.1, 9), "log1p": (-0.9, 9),
    "log2": (0.1, 9), "reciprocal": (0.2, 3), "rsqrt": (0.2, 3), "sigmoid": (-6, 6), "sin": (-9, 9),
    "sinh": (-2, 2), "sqrt": (0.1, 9), "square": (-3, 3), "tan": (-1, 1), "tanh": (-3, 3),
}  # fmt: skip
STEPS = ("ceil", "floor", "round", "sign", "trunc")
WHOLE_STAYS_WHOLE = ("abs", "ceil", "floor", "round", "sign", "square", "trunc")

for name, (low, high) in DOMAINS.items():
    call = lambda L, x, name=name: getattr(L, name)(x)  # noqa: E731
    method = lambda L, x, name=name: getattr(x, name)()  # noqa: E731
    add(name, "matrix", call, between(low, high, 3, 4))
    add(name, "0-dim", method, between(low, high))
    add(name, "empty", method, between(low, high, 0, 2))
    add(name, "special", lambda L, x, name=name: getattr(L, name)(x.detach()), fixed(SPECIAL))
    add(name, "integers", call, integers(1, 5, 4))
for name in STEPS:
    call = lambda L, x, name=name: getattr(L, name)(x)  # noqa: E731
    add(name, "any", call, normal(3, 4), smooth=False)
    add(name, "halves", call, fixed([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -0.0]), smooth=False)
    add(name, "special", call, fixed(SPECIAL[:-1]), smooth=False)  # sign(NaN) is NaN here, 0 in PyTorch
    add(name, "integers", call, integers(-3, 3, 5))
add("abs", "at zero", lambda L, x: L.abs(x), fixed([0.0, -0.0, -2.0]), smooth=False)
add("abs", "negatives", lambda L, x: abs(x), between(-2, -0.1, 4))
add("sqrt", "at zero", lambda L, x: L.sqrt(x), fixed([0.0, 1.0]), smooth=False)
add("round", "decimals", lambda L, x: L.round(x, decimals=2), normal(5), smooth=False)
add("round", "negative decimals", lambda L, x: L.round(x, decimals=-2), between(-999, 999, 5), smooth=False)
add("sigmoid", "extreme", lambda L, x: L.sigmoid(x), fixed([-1000.0, -709.0, -40.0, 0.0, 40.0, 1000.0]))
add("tanh", "extreme", lambda L, x: L.tanh(x), fixed([-1000.0, -40.0, 0.0, 40.0, 1000.0]))
add("atan2", "quadrants", lambda L, x, w: L.atan2(x, w), fixed([1.0, 1.0, -1.0, -1.0]), fixed([1.0, -1.0, 1.0, -1.0]))
add(
    "atan2",
    "axes",
    lambda L, x, w: L.atan2(x, w),
    fixed([0.0, -0.0, 1.0, 0.0]),
    fixed([-1.0, -1.0, 0.0, 2.0]),
    smooth=False,
)

add("clamp", "both", lambda L, x: L.clamp(x, -0.5, 0.7), normal(9))
add("clamp", "below", lambda L, x: x.clamp(min=0.1), normal(9))
add("clamp", "above", lambda L, x: x.clamp(max=0.1), normal(9))
add("clamp", "at the ends", lambda L, x: L.clamp(x, -1, 1), fixed([-1.0, 1.0, 0.0, 2.0, NAN, INF]), smooth=False)
add("clamp", "crossed bounds", lambda L, x: L.clamp(x, 1.0, -1.0), normal(9), smooth=False)
add("clamp", "integers", lambda L, x: L.clamp(x, 1, 3), integers(0, 5, 9))
add("clamp", "integers by a float", lambda L, x: L.clamp(x, 1.5, 3), integers(0, 5, 9))
add("clamp", "tensors", lambda L, x: L.clamp(x, L.zeros(3, dtype=x.dtype), L.ones(2, 1, dtype=x.dtype)), normal(2, 3))
add("nan_to_num", "default", lambda L, x: L.nan_to_num(x), fixed([NAN, INF, -INF, 1.5]), smooth=False)
add("nan_to_num", "given", lambda L, x: L.nan_to_num(x, 1.0, 2.0, -2.0), fixed([NAN, INF, -INF, 1.5]), smooth=False)
