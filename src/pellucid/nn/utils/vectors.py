"""All parameters as one vector, and back."""

from collections.abc import Iterable

from pellucid._tensor import Tensor
from pellucid.ops import shape

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Return all parameters in one vector, in their order; gradients flow through it.

    Raises:
        ValueError: when there are no parameters.

    Example:
        >>> import pellucid
        >>> parameters_to_vector([pellucid.zeros(2, 2), pellucid.ones(3)]).shape
        Size([7])
    """
    given = list(parameters)
    if not given:
        raise ValueError("there are no parameters to put into a vector; model.parameters() can be walked once only")
    return shape.cat([shape.reshape(p, (-1,)) for p in given])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write a vector's elements into the parameters, in their order.

    The values are copied, where PyTorch makes the parameters views of the vector.

    Args:
        vec: (n,), as `parameters_to_vector` returns it.
        parameters: tensors of n elements together.

    Raises:
        TypeError: when vec is no tensor.
        ValueError: when it is no vector or has not exactly as many elements; nothing is written then.

    Example:
        >>> import pellucid
        >>> w = pellucid.zeros(2)
        >>> vector_to_parameters(pellucid.ones(2), [w])
        >>> w.tolist()
        [1.0, 1.0]
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters takes a tensor, got {type(vec).__name__}")
    given = list(parameters)
    total = sum(p.array.size for p in given)
    if vec.array.shape != (total,):
        raise ValueError(
            f"the parameters have {total} elements together, so the vector must have shape ({total},), got "
            f"{vec.array.shape}"
        )
    start = 0
    for p in given:
        p.array[...] = vec.array[start : start + p.array.size].reshape(p.array.shape)
        p._version[0] += 1  # a tape recorded with the old values must not be walked
        start += p.array.size
