"""Finite differences: the gradient measured, to check the gradient derived."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.autograd.grad import grad
from pellucid.random import generator_for

__all__ = ["GradcheckError", "gradcheck", "numerical_gradient"]


class GradcheckError(RuntimeError):
    """A derived gradient differs from the measured one."""


def numerical_gradient(
    fn: Callable[..., Tensor], inputs: Sequence[Tensor], dy: Array, eps: float = 1e-6
) -> list[Array]:
    """Measure dL/dx for L = sum(dy * fn(inputs)) by central differences.

    dL/dx_i = (L(x + eps e_i) - L(x - eps e_i)) / (2 eps), whose error is of order eps^2.

    Args:
        fn: a function of tensors that returns a tensor; random choices in it must be the same in every call.
        inputs: its arguments; those of floating type are measured, each in float64.
        dy: the weights of the output's elements.
        eps: the step.

    Returns:
        an array for each floating input, of its shape.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([3.0], dtype=pellucid.float64)
        >>> round(float(numerical_gradient(lambda x: x * x, [x], np.ones(1))[0][0]), 6)
        6.0
    """
    arrays = [np.array(x.array) for x in inputs]
    measured = []
    for x in (a for a in arrays if a.dtype.kind == "f"):
        dx = np.zeros(x.shape, dtype=np.float64)
        for place in np.ndindex(x.shape):
            middle = x[place]
            sums = []
            for step in (eps, -eps):
                x[place] = middle + step
                y = fn(*(Tensor(a.copy()) for a in arrays))
                sums.append(float(np.sum(dy * y.array.astype(np.float64))))
            x[place] = middle
            dx[place] = (sums[0] - sums[1]) / (2 * eps)
        measured.append(dx)
    return measured


def gradcheck(
    fn: Callable[..., Any],
    inputs: Tensor | Sequence[Tensor],
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    *,
    seed: int = 0,
) -> bool:
    """Compare the gradients of `fn` with central differences.

    The output is weighted by random numbers, not summed: a plain sum cannot see a wrong gradient of a
    softmax or a normalisation, whose outputs have a constant sum.

    Args:
        fn: a function of tensors that returns a tensor or a tuple of tensors.
        inputs: its arguments, float64; those with `requires_grad` are checked.
        eps: the step of the differences.
        atol: the absolute difference allowed.
        rtol: the relative difference allowed.
        raise_exception: raise, rather than return False.
        seed: seed of the weights.

    Returns:
        True when all gradients agree; False when not and `raise_exception` is false.

    Raises:
        GradcheckError: naming the input, the place and both values.
        ValueError: when a checked input is not float64, or none is to be checked.

    Example:
        >>> import pellucid
        >>> x = pellucid.randn(3, 2, dtype=pellucid.float64, requires_grad=True)
        >>> gradcheck(lambda x: x.softmax(1), [x])
        True
    """
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    checked = [i for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise ValueError("gradcheck needs at least one input with requires_grad=True")
    for i in checked:
        if given[i].dtype != np.float64:
            raise ValueError(f"input {i} is {given[i].dtype}; differences need float64, make it .double()")
    outputs = _outputs(fn(*given))
    for k, y in enumerate(outputs):
        if not y.requires_grad:
            continue
        dy = generator_for(seed, "gradcheck", k).standard_normal(y.array.shape)
        derived = grad(y, [given[i] for i in checked], Tensor(dy.astype(y.dtype)), retain_graph=True, allow_unused=True)
        for i, dx in zip(checked, derived, strict=True):
            problem = _difference(
                fn, given, i, k, dy, np.zeros_like(given[i].array) if dx is None else dx.array, (eps, atol, rtol)
            )
            if problem and raise_exception:
                raise GradcheckError(problem)
            if problem:
                return False
    return True


def _outputs(y: Any) -> list[Tensor]:
    return [v for v in y if isinstance(v, Tensor)] if isinstance(y, (tuple, list)) else [y]


def _difference(
    fn: Callable[..., Any], given: list[Any], i: int, k: int, dy: Array, dx: Array, limits: tuple[float, float, float]
) -> str:
    """Return what is wrong with the derived gradient `dx` of output k by input i; empty when nothing is."""
    eps, atol, rtol = limits

    def of_one(x: Tensor) -> Tensor:
        return _outputs(fn(*given[:i], x, *given[i + 1 :]))[k]

    (measured,) = numerical_gradient(of_one, [given[i].detach()], dy, eps)
    if not np.isfinite(dx).all() or not np.isfinite(measured).all():
        return f"the gradient of output {k} by input {i} is not finite: derived {dx}, measured {measured}"
    off = np.abs(dx - measured) - (atol + rtol * np.abs(measured))
    if off.size == 0 or off.max() <= 0:
        return ""
    place = tuple(int(n) for n in np.unravel_index(np.argmax(off), off.shape))
    return (
        f"the gradient of output {k} by input {i} at {place} is {dx[place]:.10g}, differences measure "
        f"{measured[place]:.10g}; {int((off > 0).sum())} of {off.size} elements are off"
    )
