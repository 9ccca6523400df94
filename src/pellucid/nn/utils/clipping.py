"""Clipping: gradients held within bounds, between backward() and step()."""

import math
from collections.abc import Iterable

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor

__all__ = ["clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Return the norm of all tensors together, as if they were one long vector.

    ||x||_p = (sum_i |x_i|^p)^(1/p); the largest |x_i| for p = inf

    The sum is taken in float64 and of numbers scaled by the largest, so that it does not overflow.

    Args:
        tensors: the tensors; their values count, not their gradients.
        norm_type: p, a positive number or infinity.
        error_if_nonfinite: raise when the norm is infinite or NaN.
        foreach: PyTorch's choice of implementation; only the default is supported.

    Raises:
        ValueError: for a norm_type that is not positive.
        RuntimeError: when the norm is not finite and error_if_nonfinite is set.

    Example:
        >>> import pellucid
        >>> get_total_norm([pellucid.tensor([3.0]), pellucid.tensor([4.0])])
        tensor(5.)
    """
    _refuse_foreach(foreach)
    arrays = [x.array for x in _listed(tensors)]
    total = K.total_norm(arrays, _order(norm_type))
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"the total norm of order {norm_type} is {total}, so clipping would spoil every gradient; look for the "
            "first loss that was not finite, or set error_if_nonfinite=False"
        )
    return _shown(total, arrays)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Shrink all gradients by one factor so that their total norm is at most max_norm.

    g <- g min(1, max_norm / (||g|| + 1e-6))

    Source: Pascanu, Mikolov and Bengio, 2013; the 1e-6 is PyTorch's.

    Args:
        parameters: the tensors whose gradients are clipped; those without a gradient are passed over.
        max_norm: the largest norm that is left.
        norm_type: p of the norm, a positive number or infinity.
        error_if_nonfinite: raise when the norm is infinite or NaN, and leave the gradients as they are.
        foreach: PyTorch's choice of implementation; only the default is supported.

    Returns:
        the norm before clipping.

    Raises:
        ValueError: for a max_norm that is negative or NaN or a norm_type that is not positive.
        RuntimeError: when the norm is not finite and error_if_nonfinite is set.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([3.0, 4.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> clip_grad_norm_([w], max_norm=5.0)
        tensor(10.)
        >>> [round(x, 4) for x in w.grad.tolist()]
        [3.0, 4.0]
    """
    given = _listed(parameters)
    _check_bound("max_norm", max_norm)
    if error_if_nonfinite:
        total = get_total_norm([p.grad for p in given if p.grad is not None], norm_type, True, foreach)
        clip_grads_with_norm_(given, max_norm, total, foreach)
        return total
    _refuse_foreach(foreach)
    clipped = [p for p in given if p.grad is not None]
    arrays = [p.grad.array for p in clipped if p.grad is not None]
    norm, scaled = K.clip_all(arrays, float(max_norm), _order(norm_type))
    for p, g in zip(clipped, scaled or (), strict=False):
        p.grad = Tensor(g)  # a new array: whoever kept the old gradient keeps what was computed
    return _shown(norm, arrays)


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Shrink all gradients by the factor min(1, max_norm / (total_norm + 1e-6)).

    Args:
        parameters: the tensors whose gradients are clipped.
        max_norm: the largest norm that is left.
        total_norm: the norm of all gradients, of `get_total_norm`.
        foreach: PyTorch's choice of implementation; only the default is supported.

    Raises:
        ValueError: for a max_norm that is negative or NaN.
    """
    _refuse_foreach(foreach)
    _check_bound("max_norm", max_norm)
    factor = float(max_norm) / (float(total_norm) + 1e-6)
    if not factor >= 1:  # true for NaN as well, which is carried into every gradient
        given = [p for p in _listed(parameters) if p.grad is not None]
        # New arrays: whoever kept the old gradients keeps what was computed.
        scaled = K.scale_all([p.grad.array for p in given if p.grad is not None], factor)
        for p, g in zip(given, scaled, strict=True):
            p.grad = Tensor(g)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Hold every element of every gradient in [-clip_value, clip_value].

    Args:
        parameters: the tensors whose gradients are clipped; those without a gradient are passed over.
        clip_value: the largest size that is left.
        foreach: PyTorch's choice of implementation; only the default is supported.

    Raises:
        ValueError: for a clip_value that is negative or NaN.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([3.0, -0.25], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> clip_grad_value_([w], clip_value=1.0)
        >>> [round(x, 4) for x in w.grad.tolist()]
        [1.0, -0.5]
    """
    _refuse_foreach(foreach)
    _check_bound("clip_value", clip_value)
    for p in _listed(parameters):
        if p.grad is not None:
            bound = p.grad.dtype.type(clip_value)
            p.grad = Tensor(np.clip(p.grad.array, -bound, bound))


def _order(norm_type: float) -> float:
    p = float(norm_type)  # "inf" too, as PyTorch takes it
    if not p > 0:
        raise ValueError(f"norm_type must be a positive number or infinity, got {norm_type}")
    return p


def _shown(norm: float, arrays: list[Array]) -> Tensor:
    """Return a norm in the arrays' type."""
    kind = np.result_type(*(a.dtype for a in arrays)) if arrays else np.dtype("f4")
    with np.errstate(over="ignore"):  # a norm beyond float32 is infinite there, as PyTorch's is
        return Tensor(np.asarray(norm).astype(kind))


def _listed(tensors: Tensor | Iterable[Tensor]) -> list[Tensor]:
    given = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    for x in given:
        if not isinstance(x, Tensor):
            raise TypeError(f"expected tensors, got {type(x).__name__}; write model.parameters()")
    return given


def _check_bound(name: str, value: float) -> None:
    if not float(value) >= 0:
        raise ValueError(f"{name} must be a number of at least 0, got {value}")


def _refuse_foreach(foreach: bool | None) -> None:
    if foreach:
        raise NotImplementedError("clipping has one implementation, so foreach=True is not supported; leave it out")
