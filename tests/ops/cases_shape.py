"""Cases of ops/shape.py and ops/conversion.py."""

from tests.ops.registry import Registry, booleans, fixed, integers, normal

CASES = Registry()
add = CASES.add

add("reshape", "sizes", lambda L, x: x.reshape(3, 4), normal(2, 6))
add("reshape", "tuple with rest", lambda L, x: L.reshape(x, (4, -1)), normal(2, 6))
add("reshape", "to 0-dim", lambda L, x: x.reshape(()), normal(1))
add("reshape", "empty", lambda L, x: x.reshape(0, 5), normal(5, 0))
add("reshape", "of a transposed", lambda L, x: x.T.reshape(-1), normal(2, 3))
add("view", "sizes", lambda L, x: x.view(3, -1), normal(2, 6))
add("view_as", "other", lambda L, x, w: x.view_as(w), normal(2, 6), integers(0, 2, 4, 3))
add("flatten", "all", lambda L, x: x.flatten(), normal(2, 3, 2))
add("flatten", "from one", lambda L, x: L.flatten(x, 1), normal(2, 3, 2))
add("flatten", "middle", lambda L, x: x.flatten(1, 2), normal(2, 3, 2, 2))
add("flatten", "0-dim", lambda L, x: x.flatten(), normal())
add("flatten", "empty", lambda L, x: x.flatten(1), normal(0, 3, 2))
add("ravel", "all", lambda L, x: L.ravel(x), normal(2, 3))
add("unflatten", "axis", lambda L, x: x.unflatten(1, (2, 3)), normal(2, 6))
add("unflatten", "last with rest", lambda L, x: x.unflatten(-1, (2, -1)), normal(2, 6))
add("permute", "three", lambda L, x: x.permute(2, 0, 1), normal(2, 3, 4))
add("permute", "negative tuple", lambda L, x: L.permute(x, (-1, 0, 1)), normal(2, 3, 4))
add("transpose", "two", lambda L, x: x.transpose(0, -1), normal(2, 3, 4))
add("transpose", "0-dim", lambda L, x: x.transpose(0, 0), normal())
add("swapaxes", "two", lambda L, x: L.swapaxes(x, 0, 1), normal(2, 3, 4))
add("movedim", "one", lambda L, x: L.movedim(x, 0, -1), normal(2, 3, 4))
add("movedim", "several", lambda L, x: L.movedim(x, (0, 1), (2, 0)), normal(2, 3, 4))
add("t", "matrix", lambda L, x: x.t(), normal(2, 3))
add("t", "vector", lambda L, x: L.t(x), normal(3))
add("T", "matrix", lambda L, x: x.T, normal(2, 3))
add("mT", "batch", lambda L, x: x.mT, normal(2, 3, 4))
add("squeeze", "all", lambda L, x: x.squeeze(), normal(1, 3, 1))
add("squeeze", "one", lambda L, x: x.squeeze(-1), normal(1, 3, 1))
add("squeeze", "long axis stays", lambda L, x: x.squeeze(1), normal(1, 3, 1))
add("squeeze", "tuple", lambda L, x: L.squeeze(x, (0, 2)), normal(1, 3, 1))
add("squeeze", "0-dim", lambda L, x: x.squeeze(0), normal())
for dim in (0, 1, 2, -1, -3):
    add("unsqueeze", f"{dim}", lambda L, x, dim=dim: x.unsqueeze(dim), normal(2, 3))
add("unsqueeze", "0-dim", lambda L, x: L.unsqueeze(x, -1), normal())
add("expand", "sizes", lambda L, x: x.expand(4, 2, 3), normal(2, 1))
add("expand", "keep", lambda L, x: x.expand(2, -1, 5), normal(3, 1))
add("expand", "0-dim", lambda L, x: x.expand((2, 3)), normal())
add("expand", "to none", lambda L, x: x.expand(0, 3), normal(1, 3))
add("expand_as", "other", lambda L, x, w: x.expand_as(w), normal(2, 1), integers(0, 2, 4, 2, 3))
add("broadcast_to", "shape", lambda L, x: L.broadcast_to(x, (4, 2, 3)), normal(2, 1))
add("repeat", "sizes", lambda L, x: x.repeat(2, 3), normal(2, 2))
add("repeat", "more axes", lambda L, x: x.repeat((2, 1, 3)), normal(2))
add("repeat", "zero times", lambda L, x: x.repeat(0, 2), normal(2, 2))
add("tile", "fewer axes", lambda L, x: L.tile(x, (2,)), normal(2, 3))
add("tile", "more axes", lambda L, x: L.tile(x, (2, 1, 2)), normal(2, 3))
add("tile", "method", lambda L, x: x.tile(2, 3), normal(2))
add("repeat_interleave", "flat", lambda L, x: L.repeat_interleave(x, 2), normal(2, 2))
add("repeat_interleave", "axis", lambda L, x: x.repeat_interleave(3, 1), normal(2, 2))
add(
    "repeat_interleave",
    "counts",
    lambda L, x, n: L.repeat_interleave(x, n, dim=0),
    normal(3, 2),
    fixed([2, 0, 1], "int64"),
)
add("cat", "first", lambda L, x, w: L.cat((x, w)), normal(2, 3), normal(1, 3))
add("cat", "last", lambda L, x, w: L.cat([x, w, x], -1), normal(2, 3), normal(2, 1))
add("cat", "with an empty one", lambda L, x, w: L.cat([x, w], dim=0), normal(2, 3), normal(0, 3))
add("cat", "with a bare empty one", lambda L, x: L.cat([L.zeros(0, dtype=x.dtype), x]), normal(2, 3))
add("cat", "types", lambda L, x, w: L.cat([x, w]), normal(3), integers(0, 4, 2))
add("stack", "first", lambda L, x, w: L.stack([x, w]), normal(2, 3), normal(2, 3))
add("stack", "last", lambda L, x, w: L.stack((x, w), dim=-1), normal(2, 3), normal(2, 3))
add("stack", "0-dim", lambda L, x, w: L.stack((x, w)), normal(), normal())
add("split", "size", lambda L, x: x.split(2), normal(5, 2))
add("split", "sizes", lambda L, x: L.split(x, [1, 3], dim=1), normal(2, 4))
add("split", "negative axis", lambda L, x: x.split(2, -1), normal(2, 4))
add("chunk", "even", lambda L, x: x.chunk(2), normal(4, 2))
add("chunk", "uneven", lambda L, x: L.chunk(x, 4, -1), normal(2, 5))
add("unbind", "first", lambda L, x: x.unbind(), normal(3, 2))
add("unbind", "last", lambda L, x: L.unbind(x, -1), normal(3, 2))
add("flip", "one", lambda L, x: L.flip(x, (0,)), normal(3, 2))
add("flip", "two", lambda L, x: x.flip(0, 1), normal(3, 2))
add("flip", "list", lambda L, x: x.flip([-1]), normal(3, 2))
add("roll", "flat", lambda L, x: L.roll(x, 2), normal(3, 2))
add("roll", "axis", lambda L, x: x.roll(-1, 1), normal(3, 4))
add("roll", "axes", lambda L, x: x.roll((1, 2), (0, 1)), normal(3, 4))
for name in ("tril", "triu"):
    for k in (-1, 0, 2):
        add(name, f"diagonal {k}", lambda L, x, name=name, k=k: getattr(L, name)(x, k), normal(3, 4))
    add(name, "batch", lambda L, x, name=name: getattr(x, name)(), normal(2, 3, 3))
for k in (-1, 0, 1):
    add("diag", f"of matrix {k}", lambda L, x, k=k: L.diag(x, k), normal(3, 4))
    add("diag", f"of vector {k}", lambda L, x, k=k: x.diag(k), normal(3))
add("contiguous", "transposed", lambda L, x: x.T.contiguous(), normal(2, 3))

add("to", "float32 and back", lambda L, x: x.to(L.float32).to(L.float64), normal(3), smooth=False)
add("to", "by name", lambda L, x: x.to(dtype=L.float64), integers(0, 3, 3))
add("to", "device", lambda L, x: x.to("cpu"), normal(3))
add("to", "device and type", lambda L, x: x.to("cpu", L.float64), integers(0, 3, 3))
add("to", "other", lambda L, x, w: x.to(w), integers(0, 3, 3), normal(1))
add("to", "copy", lambda L, x: x.to(L.float64, copy=True), normal(3))
add("type_as", "other", lambda L, x, w: x.type_as(w), integers(0, 3, 3), normal(1))
add("type_", "convert", lambda L, x: x.type(L.int64), normal(5))
for name in ("float", "double", "half", "long", "int", "short", "byte", "bool"):
    add(
        f"{name}_" if name in ("float", "int", "bool") else name,
        "numbers",
        lambda L, x, name=name: getattr(x, name)(),
        fixed([0.0, 1.7, -1.7, 3.0]),
        smooth=False,
    )
    add(
        f"{name}_" if name in ("float", "int", "bool") else name,
        "booleans",
        lambda L, x, name=name: getattr(x, name)(),
        booleans(5),
    )
add("cpu", "same", lambda L, x: x.cpu(), normal(3))
add("clone", "copy", lambda L, x: x.clone() * 2, normal(3))
add("size", "all", lambda L, x: tuple(x.size()), normal(2, 3))
add("size", "one", lambda L, x: x.size(-1), normal(2, 3))
add("dim", "two", lambda L, x: x.dim(), normal(2, 3))
add("numel", "six", lambda L, x: x.numel(), normal(2, 3))
add("element_size", "eight", lambda L, x: x.element_size(), fixed([1], "int64"))
add("is_floating_point", "yes", lambda L, x: x.is_floating_point(), normal(2))
add("is_floating_point", "no", lambda L, x: x.is_floating_point(), booleans(2))
