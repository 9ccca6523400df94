"""Cases of ops/arithmetic.py and ops/comparison.py: two operands, broadcast."""

import numpy as np
from tests.ops.registry import Registry, between, booleans, fixed, integers, normal

CASES = Registry()
add = CASES.add

INF, NAN = np.inf, np.nan
SHAPES = {
    "same": ((2, 3), (2, 3)),
    "broadcast": ((4, 1, 3), (2, 1)),
    "0-dim": ((2, 3), ()),
    "both 0-dim": ((), ()),
    "empty": ((0, 3), (3,)),
}
SPECIAL = [0.0, -0.0, 1.0, -2.5, INF, -INF, NAN]

for label, (s, t) in SHAPES.items():
    add("add", label, lambda L, x, w: L.add(x, w), normal(*s), normal(*t))
    add("sub", label, lambda L, x, w: L.sub(x, w), normal(*s), normal(*t))
    add("mul", label, lambda L, x, w: L.mul(x, w), normal(*s), normal(*t))
    add("div", label, lambda L, x, w: L.div(x, w), normal(*s), between(0.5, 2, *t))
    add("pow", label, lambda L, x, w: L.pow(x, w), between(0.5, 2, *s), normal(*t))
    add("maximum", label, lambda L, x, w: L.maximum(x, w), normal(*s), normal(*t))
    add("minimum", label, lambda L, x, w: L.minimum(x, w), normal(*s), normal(*t))
    add("remainder", label, lambda L, x, w: L.remainder(x, w), between(1.1, 1.4, *s), between(0.5, 0.52, *t))
    add("floor_divide", label, lambda L, x, w: L.floor_divide(x.detach(), w.detach()), normal(*s), between(0.5, 2, *t))
    add("atan2", label, lambda L, x, w: L.atan2(x, w), normal(*s), between(0.5, 2, *t))
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        call = lambda L, x, w, name=name: getattr(L, name)(x, w)  # noqa: E731
        add(name, label, call, integers(0, 3, *s), integers(0, 3, *t))

add("add", "alpha", lambda L, x, w: L.add(x, w, alpha=-2.5), normal(2, 3), normal(3))
add("sub", "alpha", lambda L, x, w: L.sub(x, w, alpha=3), normal(2, 3), normal(3))
add("add", "same tensor twice", lambda L, x: x + x, normal(3))
add("mul", "same tensor twice", lambda L, x: x * x * x, normal(3))
add("rsub", "number", lambda L, x: 1.5 - x, normal(2, 3))
add("neg", "any", lambda L, x: L.neg(x), normal(2, 3))
add("neg", "integers", lambda L, x: -x, integers(-3, 3, 4))
add("square", "any", lambda L, x: L.square(x), normal(2, 3))
add("square", "integers", lambda L, x: L.square(x), integers(-3, 3, 4))
add("div", "trunc", lambda L, x, w: L.div(x, w, rounding_mode="trunc"), normal(9), between(0.2, 0.5, 9), smooth=False)
add("div", "floor", lambda L, x, w: L.div(x, w, rounding_mode="floor"), normal(9), between(0.2, 0.5, 9), smooth=False)
for mode in ("trunc", "floor"):
    add(
        "div",
        f"{mode} of integers",
        lambda L, x, w, mode=mode: L.div(x, w, rounding_mode=mode),
        integers(-9, 9, 30),
        fixed([2, -3, 4] * 10, "int64"),
    )
add("div", "by zero", lambda L, x: x / L.zeros(7, dtype=x.dtype), fixed(SPECIAL), smooth=False)
add("div", "integers", lambda L, x, w: x / w, integers(-9, 9, 6), fixed([1, 2, 3, 4, 5, 0], "int64"))
add("floor_divide", "integers", lambda L, x, w: x // w, integers(-9, 9, 6), fixed([1, -2, 3, -4, 5, 7], "int64"))
add("floor_divide", "by zero", lambda L, x: x.detach() // 0.0, fixed(SPECIAL))
add("remainder", "signs", lambda L, x, w: x % w, fixed([5.5, -5.5, 5.5, -5.5]), fixed([3.0, 3.0, -3.0, -3.0]))
add("remainder", "integers", lambda L, x, w: x % w, integers(-9, 9, 6), fixed([1, -2, 3, -4, 5, 7], "int64"))
add("remainder", "number", lambda L, x: x % 2, between(0.1, 1.9, 5))
add("pow", "square", lambda L, x: x**2, normal(5))
add("pow", "cube of negatives", lambda L, x: x**3, normal(5))
add("pow", "zero base", lambda L, x: x**2, fixed([0.0, 1.0, -1.0]))
add("pow", "to zero", lambda L, x: x**0, fixed([0.0, 1.0, -1.0]))
add("pow", "root at zero", lambda L, x: x**0.5, fixed([0.0, 4.0]), smooth=False)
add(
    "pow",
    "zero base with exponent tensor",
    lambda L, x, w: x**w,
    fixed([0.0, 0.0, 2.0]),
    fixed([0.0, 2.0, 0.0]),
    smooth=False,
)
add("pow", "integers", lambda L, x: x**3, integers(-4, 4, 6))
add("pow", "special", lambda L, x: x**2, fixed(SPECIAL), smooth=False)
for name in ("maximum", "minimum"):
    call = lambda L, x, w, name=name: getattr(L, name)(x, w)  # noqa: E731
    add(name, "ties", call, fixed([1.0, 2.0, 2.0, 0.0]), fixed([1.0, 2.0, 3.0, -0.0]), smooth=False)
    add(name, "special", call, fixed(SPECIAL), fixed(SPECIAL[::-1]), smooth=False)
    add(name, "integers", call, integers(-3, 3, 5), integers(-3, 3, 5))

# operators with a number on either side
add("__radd__", "number", lambda L, x: 2 + x, normal(3))
add("__rmul__", "number", lambda L, x: 2.5 * x, normal(3))
add("__rtruediv__", "number", lambda L, x: 2 / x, between(0.5, 2, 3))
add("__rpow__", "number", lambda L, x: 2.0**x, normal(3))
add("__rmod__", "number", lambda L, x: 7.3 % x.detach(), between(2, 2.3, 3))
add("__rfloordiv__", "number", lambda L, x: 7.3 // x.detach(), between(2, 2.3, 3))
add("__pos__", "same", lambda L, x: +x, normal(3))
add("bitwise_not", "booleans", lambda L, x: ~x, booleans(5))
add("bitwise_not", "integers", lambda L, x: ~x, integers(-3, 3, 5))

# logic and tests
for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    operator = {"bitwise_and": "__and__", "bitwise_or": "__or__", "bitwise_xor": "__xor__"}[name]
    call = lambda L, x, w, operator=operator: getattr(x, operator)(w)  # noqa: E731
    add(name, "booleans", call, booleans(9), booleans(9))
    add(name, "integers", call, integers(0, 9, 9), integers(0, 9, 9))
add("bitwise_and", "number on the left", lambda L, x: 6 & x, integers(0, 9, 9))
for name in ("logical_and", "logical_or", "logical_xor"):
    call = lambda L, x, w, name=name: getattr(L, name)(x, w)  # noqa: E731
    add(name, "booleans", call, booleans(2, 9), booleans(9))
    add(name, "numbers", call, integers(0, 2, 9), fixed([0.0, 0.5, NAN] * 3))
add("logical_not", "booleans", lambda L, x: L.logical_not(x), booleans(9))
add("logical_not", "numbers", lambda L, x: L.logical_not(x), integers(-1, 2, 9))
for name in ("isnan", "isinf", "isfinite"):
    call = lambda L, x, name=name: getattr(L, name)(x)  # noqa: E731
    add(name, "special", call, fixed(SPECIAL))
    add(name, "integers", call, integers(0, 5, 4))
for name in ("any", "all"):
    call = lambda L, x, name=name: getattr(L, name)(x)  # noqa: E731
    add(name, "all axes", call, booleans(2, 3))
    add(name, "none there", call, booleans(0))
    add(name, "numbers", call, fixed([0.0, 1.0, NAN]))
    add(name, "one axis", lambda L, x, name=name: getattr(L, name)(x, -1), booleans(2, 3))
    add(name, "keepdim", lambda L, x, name=name: getattr(L, name)(x, 0, keepdim=True), booleans(2, 3))
    add(name, "empty axis", lambda L, x, name=name: getattr(L, name)(x, 1), booleans(2, 0))
add("isclose", "near", lambda L, x: L.isclose(x, x + 1e-9), normal(4))
add("isclose", "special", lambda L, x: L.isclose(x, x), fixed(SPECIAL))
add("isclose", "equal NaN", lambda L, x: L.isclose(x, x, equal_nan=True), fixed(SPECIAL))
add("isclose", "tolerances", lambda L, x: L.isclose(x, x * 1.1, rtol=0.05, atol=0.1), normal(9))
add("allclose", "near", lambda L, x: L.allclose(x, x + 1e-9), normal(4))
add("allclose", "far", lambda L, x: L.allclose(x, x + 1e-3), normal(4))
add("equal", "same", lambda L, x: L.equal(x, x.clone()), normal(4))
add("equal", "another shape", lambda L, x: L.equal(x, x.reshape(2, 2)), normal(4))
add("__eq__", "special", lambda L, x: x == x, fixed(SPECIAL))  # noqa: PLR0124
add("__ne__", "number", lambda L, x: x != 1, integers(0, 3, 9))
