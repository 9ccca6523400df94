"""Penalties on large weights, to be added to the loss, and the bound on their norm."""

from collections.abc import Iterable

import numpy as np

from pellucid._tensor import Tensor

__all__ = ["l1_penalty", "l2_penalty", "max_norm_"]


def l1_penalty(parameters: Tensor | Iterable[Tensor]) -> Tensor:
    """R(w) = sum_i |w_i|, to be used as loss + lambda R(w): it drives weights to exactly zero.

    dR/dw = sign(w), and 0 at 0.

    Source: Tibshirani, 1996 (lasso).

    Args:
        parameters: usually the weights without the biases.

    Returns:
        one number, on the tape.

    Raises:
        ValueError: when there are no parameters.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> loss = (w * w).sum() + 0.5 * l1_penalty([w])
        >>> loss.item()
        6.5
    """
    return _summed([p.abs().sum() for p in _listed(parameters)])


def l2_penalty(parameters: Tensor | Iterable[Tensor]) -> Tensor:
    """R(w) = 1/2 sum_i w_i^2, to be used as loss + lambda R(w): it shrinks weights in proportion.

    dR/dw = w. With the half, lambda is the `weight_decay` of SGD: both give the very same steps.

    Source: Hoerl and Kennard, 1970 (ridge); Krogh and Hertz, 1992. Some textbooks leave the half out; their
    lambda is half of this one.

    Args:
        parameters: usually the weights without the biases.

    Returns:
        one number, on the tape.

    Raises:
        ValueError: when there are no parameters.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> l2_penalty([w]).item()
        2.5
    """
    return 0.5 * _summed([(p * p).sum() for p in _listed(parameters)])


def max_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, dim: int | tuple[int, ...] | None = None) -> None:
    """Shrink the weights into every unit to a norm of at most max_norm, after `optimizer.step()`.

    w_j <- w_j min(1, max_norm / ||w_j||)

    Source: Srivastava et al., 2014, section 5.1.

    Args:
        parameters: weights, changed in place.
        max_norm: the largest Euclidean norm that is left, often 3 or 4.
        dim: the axes over which the norm runs; all but the first when None, which are the inputs of one unit in
            the weights of linear and convolutional layers. Of vectors (biases) dim must be given.

    Raises:
        ValueError: when max_norm is not positive, or a parameter has fewer than 2 axes and dim is None.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([[3.0, 4.0], [0.5, 0.0]])
        >>> max_norm_([w], max_norm=1.0)
        >>> [[round(x, 4) for x in row] for row in w.tolist()]
        [[0.6, 0.8], [0.5, 0.0]]
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be a positive number, got {max_norm}")
    given = _listed(parameters)
    for p in given:
        if dim is None and p.ndim < 2:
            raise ValueError(
                f"max_norm_ bounds the weights into each unit, and a parameter of shape {p.array.shape} has no axis "
                "of inputs; leave biases out, or give dim"
            )
    for p in given:
        axes = tuple(range(1, p.ndim)) if dim is None else dim
        with np.errstate(all="ignore"):  # infinities are carried as values, and 0 / 0 is chosen away
            norms = np.sqrt(np.sum(np.square(p.array), axis=axes, keepdims=True))
            factors = np.where(norms > max_norm, max_norm / norms, 1).astype(p.dtype)
            p.array *= factors
        p._version[0] += 1  # a tape recorded with the old values must not be walked


def _listed(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not given:
        raise ValueError("there are no parameters; model.parameters() can be walked once only")
    for p in given:
        if not isinstance(p, Tensor):
            raise TypeError(f"expected tensors, got {type(p).__name__}; write model.parameters()")
    return given


def _summed(terms: list[Tensor]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
