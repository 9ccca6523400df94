"""The methods of Tensor: each is a function of this room, under PyTorch's name."""

from typing import Any, TypeGuard

from pellucid._tensor import Tensor
from pellucid.ops import activation as act
from pellucid.ops import (
    arithmetic,
    comparison,
    conversion,
    creation,
    derived,
    elementwise,
    indexing,
    inplace,
    linalg,
    ordering,
    reduction,
    shape,
)
from pellucid.ops._operands import Operand

__all__ = ["TensorMethods", "attach"]


class TensorMethods:
    """Names the methods for people, editors and the type checker; `attach` gives them to Tensor."""

    # arithmetic
    add = __add__ = __radd__ = arithmetic.add
    sub = subtract = __sub__ = arithmetic.sub
    mul = multiply = __mul__ = __rmul__ = arithmetic.mul
    div = divide = true_divide = __truediv__ = arithmetic.div
    pow = __pow__ = arithmetic.pow
    neg = negative = __neg__ = arithmetic.neg
    square = arithmetic.square
    remainder = __mod__ = arithmetic.remainder
    floor_divide = __floordiv__ = arithmetic.floor_divide
    maximum, minimum = arithmetic.maximum, arithmetic.minimum
    __rsub__ = arithmetic.rsub

    def __rtruediv__(self: Any, w: Operand) -> Tensor:
        return arithmetic.div(w, self)

    def __rpow__(self: Any, w: Operand) -> Tensor:
        return arithmetic.pow(w, self)

    def __rmod__(self: Any, w: Operand) -> Tensor:
        return arithmetic.remainder(w, self)

    def __rfloordiv__(self: Any, w: Operand) -> Tensor:
        return arithmetic.floor_divide(w, self)

    def __pos__(self: Any) -> Tensor:
        return self

    # comparison and logic
    eq, ne, lt, le, gt, ge = (
        comparison.eq,
        comparison.ne,
        comparison.lt,
        comparison.le,
        comparison.gt,
        comparison.ge,
    )

    def __eq__(self: Any, w: object) -> Any:
        return comparison.eq(self, w) if _comparable(w) else NotImplemented

    def __ne__(self: Any, w: object) -> Any:
        return comparison.ne(self, w) if _comparable(w) else NotImplemented

    __lt__, __le__, __gt__, __ge__ = comparison.lt, comparison.le, comparison.gt, comparison.ge
    __and__ = __rand__ = comparison.bitwise_and
    __or__ = __ror__ = comparison.bitwise_or
    __xor__ = __rxor__ = comparison.bitwise_xor

    __invert__ = comparison.bitwise_not
    __hash__ = object.__hash__
    any, all = comparison.any, comparison.all
    equal, allclose, isclose = comparison.equal, comparison.allclose, comparison.isclose
    isnan, isinf, isfinite = comparison.isnan, comparison.isinf, comparison.isfinite
    logical_not, logical_and = comparison.logical_not, comparison.logical_and
    logical_or, logical_xor = comparison.logical_or, comparison.logical_xor

    # functions of one number
    abs = absolute = __abs__ = elementwise.abs
    exp, expm1, log, log2, log10, log1p = (
        elementwise.exp,
        elementwise.expm1,
        elementwise.log,
        elementwise.log2,
        elementwise.log10,
        elementwise.log1p,
    )
    sqrt, rsqrt, reciprocal, sign = (
        elementwise.sqrt,
        elementwise.rsqrt,
        elementwise.reciprocal,
        elementwise.sign,
    )
    floor, ceil, trunc, round = elementwise.floor, elementwise.ceil, elementwise.trunc, elementwise.round
    sin, cos, tan = elementwise.sin, elementwise.cos, elementwise.tan
    asin, acos, atan, atan2 = elementwise.asin, elementwise.acos, elementwise.atan, elementwise.atan2
    sinh, cosh, tanh = elementwise.sinh, elementwise.cosh, elementwise.tanh
    sigmoid, erf = elementwise.sigmoid, elementwise.erf
    clamp = clip = elementwise.clamp
    nan_to_num = elementwise.nan_to_num
    relu, softmax, log_softmax = act.relu, act.softmax, act.log_softmax

    # reductions
    sum, mean, var, std, prod, norm = (
        reduction.sum,
        reduction.mean,
        reduction.var,
        reduction.std,
        reduction.prod,
        reduction.norm,
    )
    max, min, amax, amin, median = (
        ordering.max,
        ordering.min,
        reduction.amax,
        reduction.amin,
        ordering.median,
    )
    argmax, argmin, argsort, sort, topk = (
        ordering.argmax,
        ordering.argmin,
        ordering.argsort,
        ordering.sort,
        ordering.topk,
    )
    cumsum, logsumexp, unique = reduction.cumsum, reduction.logsumexp, ordering.unique
    bincount, count_nonzero = reduction.bincount, reduction.count_nonzero

    # shape
    reshape, view, view_as, flatten, ravel, unflatten = (
        shape.reshape,
        shape.view,
        shape.view_as,
        shape.flatten,
        shape.ravel,
        shape.unflatten,
    )
    permute, transpose, swapaxes, movedim, t = (
        shape.permute,
        shape.transpose,
        shape.swapaxes,
        shape.movedim,
        shape.t,
    )
    squeeze, unsqueeze, expand, expand_as = shape.squeeze, shape.unsqueeze, shape.expand, shape.expand_as
    reshape_as = shape.view_as
    broadcast_to, repeat, tile = shape.broadcast_to, shape.repeat, shape.tile
    repeat_interleave, split, chunk, unbind = shape.repeat_interleave, shape.split, shape.chunk, shape.unbind
    flip, roll, tril, triu, diag, contiguous = (
        shape.flip,
        shape.roll,
        shape.tril,
        shape.triu,
        shape.diag,
        shape.contiguous,
    )

    @property
    def T(self: Any) -> Tensor:
        """The tensor with its axes in reverse order."""
        return shape.permute(self, *range(self.ndim - 1, -1, -1))

    @property
    def mT(self: Any) -> Tensor:
        """The tensor with its last two axes exchanged."""
        return shape.transpose(self, -1, -2)

    # elements
    __getitem__ = indexing.getitem
    __setitem__ = inplace.setitem
    gather, scatter, scatter_add = indexing.gather, indexing.scatter, indexing.scatter_add
    index_select, index_add, select, take = (
        indexing.index_select,
        indexing.index_add,
        indexing.select,
        indexing.take,
    )
    masked_fill, masked_select, nonzero = indexing.masked_fill, indexing.masked_select, indexing.nonzero

    def where(self: Any, condition: Tensor, w: Operand) -> Tensor:
        """Y = self where the condition holds, else w."""
        return indexing.where(condition, self, w)

    clamp_min, clamp_max = derived.clamp_min, derived.clamp_max
    multinomial, bernoulli = creation.multinomial, creation.bernoulli
    diff, trace, lerp, logaddexp, dist = derived.diff, derived.trace, derived.lerp, derived.logaddexp, derived.dist
    addcmul, addcdiv, inner, logit, narrow = (
        derived.addcmul,
        derived.addcdiv,
        derived.inner,
        derived.logit,
        derived.narrow,
    )
    aminmax, quantile = derived.aminmax, derived.quantile

    # products
    matmul = __matmul__ = linalg.matmul

    def __rmatmul__(self: Any, y: Tensor) -> Tensor:
        return linalg.matmul(y, self)

    addmm = linalg.addmm
    mm, bmm, mv, dot, outer = linalg.mm, linalg.bmm, linalg.mv, linalg.dot, linalg.outer

    # types and sizes
    to, type, type_as, clone, cpu = (
        conversion.to,
        conversion.type_,
        conversion.type_as,
        conversion.clone,
        conversion.cpu,
    )
    short, byte = conversion.short, conversion.byte
    float, double, half, long, int, bool = (
        conversion.float_,
        conversion.double,
        conversion.half,
        conversion.long,
        conversion.int_,
        conversion.bool_,
    )
    ndimension = conversion.dim
    size, dim, numel, nelement = conversion.size, conversion.dim, conversion.numel, conversion.numel
    element_size, is_floating_point = conversion.element_size, conversion.is_floating_point

    new_zeros, new_ones, new_full, new_tensor = (
        creation.new_zeros,
        creation.new_ones,
        creation.new_full,
        creation.new_tensor,
    )

    # in place
    add_, sub_, mul_, div_, pow_, neg_ = (
        inplace.add_,
        inplace.sub_,
        inplace.mul_,
        inplace.div_,
        inplace.pow_,
        inplace.neg_,
    )
    addcmul_, addcdiv_, abs_, exp_, sqrt_ = (
        inplace.addcmul_,
        inplace.addcdiv_,
        inplace.abs_,
        inplace.exp_,
        inplace.sqrt_,
    )
    clip_ = inplace.clamp_
    clamp_, masked_fill_, scatter_, copy_ = (
        inplace.clamp_,
        inplace.masked_fill_,
        inplace.scatter_,
        inplace.copy_,
    )
    log_, sigmoid_, tanh_, relu_ = inplace.log_, inplace.sigmoid_, inplace.tanh_, inplace.relu_
    scatter_add_, index_add_ = inplace.scatter_add_, inplace.index_add_
    fill_, zero_, uniform_, normal_, bernoulli_ = (
        inplace.fill_,
        inplace.zero_,
        inplace.uniform_,
        inplace.normal_,
        inplace.bernoulli_,
    )
    __iadd__ = inplace.augmented(arithmetic.add)
    __isub__ = inplace.augmented(arithmetic.sub)
    __imul__ = inplace.augmented(arithmetic.mul)
    __itruediv__ = inplace.augmented(arithmetic.div)
    __ipow__ = inplace.augmented(arithmetic.pow)


def _comparable(w: object) -> TypeGuard[Operand]:
    """Say whether == compares elements; beside None or text Python compares identity, as in `x == None`."""
    return w is not None and not isinstance(w, (str, bytes))


def attach() -> None:
    """Give Tensor its methods."""
    own = {
        "__module__",
        "__qualname__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__hash__",
        "__firstlineno__",
        "__static_attributes__",
    }
    for name, method in vars(TensorMethods).items():
        if name not in own:
            setattr(Tensor, name, method)
