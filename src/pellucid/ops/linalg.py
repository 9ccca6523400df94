"""Products of matrices and vectors."""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._quiet import QUIET
from pellucid._tensor import Array, Tensor, as_tensor, record, record_joint
from pellucid.ops.shape import reshape, unsqueeze

__all__ = ["addmm", "bmm", "dot", "einsum", "linear", "matmul", "mm", "mv", "outer"]


def _same_dtype(where: str, *tensors: Tensor) -> None:
    first = tensors[0].array.dtype
    for x in tensors[1:]:
        if x.array.dtype is not first and x.array.dtype != first:
            break
    else:
        return
    names = ", ".join(f"{x.dtype} {x.array.shape}" for x in tensors)
    raise RuntimeError(f"{where} needs operands of one dtype, got {names}; convert one with .float() or .to(dtype)")


def _T(a: Array) -> Array:
    return a.swapaxes(-1, -2)


def matmul(x: Tensor, y: Tensor) -> Tensor:
    """Z = x y, the matrix product over the last two axes; earlier axes broadcast, vectors work too.

    dx = dz y^T, dy = x^T dz.

    Raises:
        RuntimeError: when the inner sizes differ, or the dtypes, or an operand is a single number.

    Example:
        >>> import pellucid
        >>> matmul(pellucid.ones(5, 2, 3), pellucid.ones(3, 4)).shape
        Size([5, 2, 4])
    """
    x = x if isinstance(x, Tensor) else as_tensor(x)
    y = y if isinstance(y, Tensor) else as_tensor(y)
    a, b = x.array, y.array
    if a.ndim == 0 or b.ndim == 0:
        raise RuntimeError("matmul needs vectors or matrices; multiply by a number with *")
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise RuntimeError(
            f"matmul of {a.shape} and {b.shape}: the inner sizes {a.shape[-1]} and {b.shape[max(b.ndim - 2, 0)]} differ"
        )
    _same_dtype("matmul", x, y)
    if a.ndim == 1:
        return _drop(matmul(unsqueeze(x, 0), y), -1 if b.ndim == 1 else -2)
    if b.ndim == 1:
        return _drop(matmul(x, unsqueeze(y, 1)), -1)
    try:
        z = K.matmul(a, b)
    except ValueError:
        raise RuntimeError(f"matmul of {a.shape} and {b.shape}: the batch axes do not broadcast") from None
    return record(z, (x, lambda dz: K.matmul(dz, _T(b))), (y, lambda dz: K.matmul(_T(a), dz)))


def _drop(z: Tensor, axis: int) -> Tensor:
    shape = list(z.array.shape)
    del shape[axis]
    return reshape(z, shape)


def mm(x: Tensor, y: Tensor) -> Tensor:
    """Z = x y for two matrices."""
    if x.ndim != 2 or y.ndim != 2:
        raise RuntimeError(f"mm needs two matrices, got shapes {x.array.shape} and {y.array.shape}; use matmul")
    return matmul(x, y)


def bmm(x: Tensor, y: Tensor) -> Tensor:
    """z_i = x_i y_i for two batches of matrices."""
    if x.ndim != 3 or y.ndim != 3 or x.array.shape[0] != y.array.shape[0]:
        raise RuntimeError(f"bmm needs two equal batches of matrices, got {x.array.shape} and {y.array.shape}")
    return matmul(x, y)


def mv(x: Tensor, y: Tensor) -> Tensor:
    """Z = x y for a matrix and a vector."""
    if x.ndim != 2 or y.ndim != 1:
        raise RuntimeError(f"mv needs a matrix and a vector, got shapes {x.array.shape} and {y.array.shape}")
    return matmul(x, y)


def dot(x: Tensor, y: Tensor) -> Tensor:
    """Z = sum_i x_i y_i for two vectors."""
    if x.ndim != 1 or y.ndim != 1:
        raise RuntimeError(f"dot needs two vectors, got shapes {x.array.shape} and {y.array.shape}; use matmul")
    return matmul(x, y)


def outer(x: Tensor, y: Tensor) -> Tensor:
    """z_ij = x_i y_j for two vectors.

    Example:
        >>> import pellucid
        >>> outer(pellucid.tensor([1, 2]), pellucid.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])
    """
    if x.ndim != 1 or y.ndim != 1:
        raise RuntimeError(f"outer needs two vectors, got shapes {x.array.shape} and {y.array.shape}")
    return unsqueeze(x, 1) * unsqueeze(y, 0)


def addmm(c: Tensor, x: Tensor, y: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Z = beta c + alpha x y."""
    return c * beta + mm(x, y) * alpha


def einsum(equation: str, *tensors: Any) -> Tensor:
    """Sum products of elements over named axes: "bi,oi->bo" with x and W is x W^T.

    The gradient by an operand is the einsum of dz with the others, its own letters as the output.

    Raises:
        RuntimeError: for an operand that repeats a letter, whose diagonal has no gradient here.

    Example:
        >>> import pellucid
        >>> x, W = pellucid.ones(4, 3), pellucid.ones(2, 3)
        >>> einsum("bi,oi->bo", x, W).shape
        Size([4, 2])
    """
    parts = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if "." in equation:
        raise NotImplementedError("einsum with an ellipsis is not supported; name every axis")
    if not arrow:
        letters = sorted(set(inputs) - {","})
        output = "".join(c for c in letters if inputs.count(c) == 1)
    if any(len(set(term)) != len(term) for term in terms):
        raise RuntimeError(f"einsum {equation!r}: a letter repeated within one operand is not supported")
    if len(terms) != len(parts):
        raise RuntimeError(f"einsum {equation!r} names {len(terms)} operands, got {len(parts)}")
    _same_dtype("einsum", *parts)
    arrays = [x.array for x in parts]
    size = _axis_sizes(equation, terms, arrays)
    z = QUIET.run(np.einsum, f"{','.join(terms)}->{output}", *arrays, optimize=len(arrays) > 2)

    def gradient(i: int) -> Any:
        others = [j for j in range(len(terms)) if j != i]
        given = [output, *(terms[j] for j in others)]
        known = "".join(c for c in terms[i] if any(c in term for term in given))

        def dx(dz: Array) -> Array:
            part = np.einsum(f"{','.join(given)}->{known}", dz, *(arrays[j] for j in others), optimize=True)
            # Letters summed out of this operand alone: every element has the same gradient there.
            shape = tuple(size[c] if c in known else 1 for c in terms[i])
            return np.broadcast_to(part.reshape(shape), arrays[i].shape)

        return dx

    return record(z, *((x, gradient(i)) for i, x in enumerate(parts)))


def _axis_sizes(equation: str, terms: list[str], arrays: list[Array]) -> dict[str, int]:
    size: dict[str, int] = {}
    for term, a in zip(terms, arrays, strict=True):
        if len(term) != a.ndim:
            raise RuntimeError(f"einsum {equation!r}: the operand {term!r} has {len(term)} axes, got shape {a.shape}")
        for c, n in zip(term, a.shape, strict=True):
            if size.setdefault(c, n) != n:
                raise RuntimeError(f"einsum {equation!r}: the axis {c!r} has {size[c]} and {n} elements")
    return size


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Y = x W^T + b.

    dx = dy W, dW = dy^T x summed over the batch, db = the sum of dy over the batch.

    Args:
        x: (..., in).
        weight: W, (out, in).
        bias: b, (out,), or None.

    Raises:
        RuntimeError: when the sizes or dtypes do not fit.

    Example:
        >>> import pellucid
        >>> linear(pellucid.ones(4, 3), pellucid.ones(2, 3), pellucid.zeros(2)).shape
        Size([4, 2])
    """
    x, W, b = x if isinstance(x, Tensor) else as_tensor(x), weight, bias
    a, w = x.array, W.array
    if a.ndim == 0 or a.shape[-1] != w.shape[-1]:
        raise RuntimeError(
            f"a linear layer of {w.shape[-1]} inputs and {w.shape[0]} outputs got an input of shape {a.shape}, "
            f"whose last axis must be {w.shape[-1]}"
        )
    if b is not None and b.array.shape != w.shape[:-1]:
        raise RuntimeError(f"a linear layer with weights {w.shape} needs a bias of {w.shape[:-1]}, got {b.array.shape}")
    if a.dtype is not w.dtype or (b is not None and b.array.dtype is not w.dtype):
        _same_dtype("a linear layer", x, W, *(() if b is None else (b,)))
    y = K.linear(a, w, None if b is None else b.array)
    if w.ndim == 1:
        return matmul(x, W) if b is None else matmul(x, W) + b

    def backward(dy: Array) -> tuple[Array | None, ...]:
        gradients = K.linear_backward(a, w, dy, x._requires_grad, W._requires_grad, b is not None and b._requires_grad)
        return gradients if b is not None else gradients[:2]

    return record_joint(y, (x, W) if b is None else (x, W, b), backward)
