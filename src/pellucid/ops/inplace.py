"""Writing into a tensor: the methods whose names end in an underscore, `x[i] = v`, `x += y`.

Outside the tape the array itself is overwritten, and everything that shares it sees the change. On the tape
nothing is overwritten: the tensor takes the result's place in the graph. A leaf that requires gradients is
refused, as in PyTorch; the version count lets the backward walk refuse a tape whose inputs were overwritten.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import random
from pellucid._quiet import QUIET
from pellucid._tensor import Tensor
from pellucid.grad_mode import MODE
from pellucid.ops import activation, arithmetic, conversion, derived, elementwise, indexing
from pellucid.ops._operands import Operand

__all__ = [
    "abs_",
    "add_",
    "addcdiv_",
    "addcmul_",
    "augmented",
    "bernoulli_",
    "clamp_",
    "copy_",
    "div_",
    "exp_",
    "fill_",
    "index_add_",
    "log_",
    "masked_fill_",
    "mul_",
    "neg_",
    "normal_",
    "overwrite",
    "pow_",
    "relu_",
    "scatter_",
    "scatter_add_",
    "setitem",
    "sigmoid_",
    "sqrt_",
    "sub_",
    "tanh_",
    "uniform_",
    "zero_",
]


def overwrite(x: Tensor, compute: Callable[[Tensor], Tensor]) -> Tensor:
    """Put `compute(x)` into x and return x.

    Raises:
        RuntimeError: when x is a leaf that requires gradients and operations are being recorded, or the
            result has another shape.
    """
    _refuse_leaf(x)
    before = _alias(x)
    result = compute(before)
    if result.array.shape != x.array.shape:
        raise _other_shape(result, x)
    if result._node is None:
        if result.array.dtype.kind == "f" and x.array.dtype.kind != "f":
            raise RuntimeError(f"floating-point numbers cannot be written into a tensor of {x.array.dtype}")
        x._version[0] += 1
        QUIET.run(np.copyto, x.array, result.array, "unsafe")
        return x
    x._version[1] = 1  # views and other sharers of the old memory do not see the new values
    x._version = [x._version[0] + 1, 0]
    x.array = QUIET.run(result.array.astype, x.array.dtype)
    x._node, x._requires_grad = result._node, True
    x._node.output_version = x._version[0]
    return x


def _refuse_leaf(x: Tensor) -> None:
    if MODE.enabled and x._requires_grad and x._node is None:
        raise RuntimeError(
            "a leaf tensor that requires gradients cannot be overwritten while operations are recorded; do it "
            "inside `with no_grad():`"
        )


def _other_shape(result: Tensor, x: Tensor) -> RuntimeError:
    return RuntimeError(f"the result has shape {result.array.shape} and cannot be written into {x.array.shape}")


def _alias(x: Tensor) -> Tensor:
    """Return a tensor that stands for what x is now, in the graph of what x becomes."""
    before = Tensor(x.array)
    before._node, before._requires_grad, before._version = x._node, x._requires_grad, x._version
    return before


def augmented(operation: Callable[[Tensor, Any], Tensor]) -> Callable[[Tensor, Any], Tensor]:
    """Return the method for `x op= w`: on the tape a new tensor, which Python binds to x; else in place.

    Other names for the old tensor, and its views, have missed the write: using them later is an error.
    """

    def method(x: Tensor, w: Any) -> Tensor:
        if not MODE.enabled or not (x._requires_grad or (isinstance(w, Tensor) and w._requires_grad)):
            return overwrite(x, lambda before: operation(before, w))
        _refuse_leaf(x)
        y = operation(x, w)
        if y.array.shape != x.array.shape:
            raise _other_shape(y, x)
        x._version[1] = 1
        return conversion.to(y, x.dtype)

    return method


def setitem(x: Tensor, index: Any, value: Operand) -> None:
    """x[index] = value."""
    on_tape = MODE.enabled and (x._requires_grad or (isinstance(value, Tensor) and value._requires_grad))
    if on_tape:
        overwrite(x, lambda before: indexing.placed(before, index, value))
        return
    indexing.put(x.array, indexing.plain_index(index), value)
    x._version[0] += 1


def add_(x: Tensor, w: Operand, *, alpha: float = 1) -> Tensor:
    """X = x + alpha w."""
    return overwrite(x, lambda before: arithmetic.add(before, w, alpha=alpha))


def sub_(x: Tensor, w: Operand, *, alpha: float = 1) -> Tensor:
    """X = x - alpha w."""
    return overwrite(x, lambda before: arithmetic.sub(before, w, alpha=alpha))


def mul_(x: Tensor, w: Operand) -> Tensor:
    """X = x w."""
    return overwrite(x, lambda before: arithmetic.mul(before, w))


def div_(x: Tensor, w: Operand) -> Tensor:
    """X = x / w."""
    return overwrite(x, lambda before: arithmetic.div(before, w))


def pow_(x: Tensor, w: Operand) -> Tensor:
    """X = x^w."""
    return overwrite(x, lambda before: arithmetic.pow(before, w))


def addcmul_(x: Tensor, a: Tensor, b: Tensor, *, value: float = 1) -> Tensor:
    """X = x + value a b."""
    return overwrite(x, lambda before: derived.addcmul(before, a, b, value=value))


def addcdiv_(x: Tensor, a: Tensor, b: Tensor, *, value: float = 1) -> Tensor:
    """X = x + value a / b."""
    return overwrite(x, lambda before: derived.addcdiv(before, a, b, value=value))


def neg_(x: Tensor) -> Tensor:
    """X = -x."""
    return overwrite(x, arithmetic.neg)


def abs_(x: Tensor) -> Tensor:
    """X = |x|."""
    return overwrite(x, elementwise.abs)


def exp_(x: Tensor) -> Tensor:
    """X = e^x."""
    return overwrite(x, elementwise.exp)


def sqrt_(x: Tensor) -> Tensor:
    """X = sqrt(x)."""
    return overwrite(x, elementwise.sqrt)


def log_(x: Tensor) -> Tensor:
    """X = log x, natural."""
    return overwrite(x, elementwise.log)


def sigmoid_(x: Tensor) -> Tensor:
    """X = 1 / (1 + e^-x)."""
    return overwrite(x, elementwise.sigmoid)


def tanh_(x: Tensor) -> Tensor:
    """X = tanh x."""
    return overwrite(x, elementwise.tanh)


def relu_(x: Tensor) -> Tensor:
    """X = max(x, 0)."""
    return overwrite(x, activation.relu)


def clamp_(x: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """X = x held between min and max."""
    return overwrite(x, lambda before: elementwise.clamp(before, min, max))


def masked_fill_(x: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """X = value where the mask is true."""
    return overwrite(x, lambda before: indexing.masked_fill(before, mask, value))


def scatter_(x: Tensor, dim: int, index: Tensor, src: Operand) -> Tensor:
    """X = x with src at the places of `index` along an axis."""
    return overwrite(x, lambda before: indexing.scatter(before, dim, index, src))


def scatter_add_(x: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """X = x with src added at the places of `index` along an axis."""
    return overwrite(x, lambda before: indexing.scatter_add(before, dim, index, src))


def index_add_(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """X = x with the slices of `source` added at the places `index` along an axis."""
    return overwrite(x, lambda before: indexing.index_add(before, dim, index, source))


def copy_(x: Tensor, source: Tensor) -> Tensor:
    """X = source, broadcast to the shape of x and converted to its type."""
    return overwrite(x, lambda before: source.to(before.dtype).broadcast_to(before.array.shape))


def fill_(x: Tensor, value: float) -> Tensor:
    """X = value everywhere."""
    return _fill(x, np.full(x.array.shape, value, dtype=x.dtype))


def zero_(x: Tensor) -> Tensor:
    """X = 0 everywhere."""
    return fill_(x, 0)


def uniform_(x: Tensor, a: float = 0.0, b: float = 1.0, *, generator: random.Generator | None = None) -> Tensor:
    """X = numbers drawn evenly from [a, b)."""
    drawn = (generator or random.default_generator).numpy("init").uniform(a, b, x.array.shape)
    return _fill(x, drawn)


def normal_(x: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: random.Generator | None = None) -> Tensor:
    """X = numbers of the normal distribution of given mean and standard deviation."""
    drawn = (generator or random.default_generator).numpy("init").normal(mean, std, x.array.shape)
    return _fill(x, drawn)


def bernoulli_(x: Tensor, p: float = 0.5, *, generator: random.Generator | None = None) -> Tensor:
    """X = 1 with probability p, else 0."""
    drawn = (generator or random.default_generator).numpy("init").random(x.array.shape) < p
    return _fill(x, drawn)


def _fill(x: Tensor, values: Any) -> Tensor:
    """Write values that depend on no tensor: what x was no longer matters to any gradient."""
    return overwrite(x, lambda before: indexing.placed(before, ..., Tensor(values.astype(before.dtype))))
