"""Gradients returned rather than accumulated."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, as_array
from pellucid.backward import backward as _walk
from pellucid.backward import topological

__all__ = ["backward", "grad"]


def backward(tensors: Tensor | Sequence[Tensor], grad_tensors: Any = None, retain_graph: bool = False) -> None:
    """Accumulate the gradients of the sum of `tensors`, each weighted by its entry of `grad_tensors`."""
    roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    _weighted_sum(roots, grad_tensors).backward(retain_graph=retain_graph)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool = False,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `outputs` by `inputs`, and leave every `grad` as it is.

    Args:
        outputs: one tensor or several, whose weighted sum is differentiated.
        inputs: one tensor or several that require gradients, leaves or not.
        grad_outputs: the weights, of the outputs' shapes; 1 for single numbers.
        retain_graph: keep the tape for another walk.
        create_graph: not supported: gradients are not themselves on the tape.
        allow_unused: return None for an input that the outputs do not depend on, instead of raising.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor(3.0, requires_grad=True)
        >>> grad(x * x, x)
        (tensor(6.),)
    """
    if create_graph:
        raise NotImplementedError("create_graph=True (gradients of gradients) is not supported")
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not all(x.requires_grad for x in wanted):
        raise RuntimeError("grad() needs inputs that require gradients")
    root = _weighted_sum(roots, grad_outputs)
    met = {id(x) for x in topological(root)}
    unused = [i for i, x in enumerate(wanted) if id(x) not in met]
    if unused and not allow_unused:
        raise RuntimeError(f"the outputs do not depend on input {unused[0]}; give allow_unused=True to get None for it")
    found: dict[int, Array] = {id(x): np.zeros_like(x.array) for x in wanted}
    _walk(root, retain_graph=retain_graph, into=found)
    return tuple(None if i in unused else Tensor(found[id(x)].copy()) for i, x in enumerate(wanted))


def _weighted_sum(roots: list[Tensor], weights: Any) -> Tensor:
    """Return one number whose gradient by each root is its weight."""
    given = [None] * len(roots) if weights is None else [weights] if isinstance(weights, Tensor) else list(weights)
    if len(given) != len(roots):
        raise RuntimeError(f"{len(roots)} outputs need as many weights, got {len(given)}")
    terms = []
    for root, weight in zip(roots, given, strict=True):
        if weight is None and root.array.size != 1:
            raise RuntimeError(
                f"an output of shape {root.array.shape} needs a weight of that shape; only a single number "
                "has the weight 1"
            )
        if weight is not None and as_array(weight).shape != root.array.shape:
            raise RuntimeError(f"an output of shape {root.array.shape} got a weight of {as_array(weight).shape}")
        terms.append(root.sum() if weight is None else (root * Tensor(as_array(weight, root.dtype))).sum())
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
