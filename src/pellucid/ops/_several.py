"""Operations with several outputs whose gradients are computed together."""

from collections.abc import Callable, Sequence

import numpy as np

from pellucid._tape import Gradient
from pellucid._tensor import Array, Tensor, record, record_joint

__all__ = ["record_several"]


def record_several(
    outputs: Sequence[Array], inputs: tuple[Tensor, ...], backward: Callable[..., Sequence[Array | None]]
) -> tuple[Tensor, ...]:
    """Wrap the values of an operation with several outputs, and write it on the tape.

    A node of the tape has one output, so the outputs hang from a hidden number that hangs from the inputs. On the walk
    back each output leaves its gradient for the hidden number's node, which comes after all of them.

    Args:
        outputs: the values.
        inputs: the tensors that may need a gradient.
        backward: given the gradient by each output, None for one that the loss does not depend on, it returns the
            gradient by each input as `record_joint` wants it.
    """
    zero = np.zeros((), outputs[0].dtype)
    arrived: dict[int, Array] = {}
    writes: list[list[int]] = []

    def gradients(_: Array) -> Sequence[Array | None]:
        if any(count for count, _ in writes):
            raise RuntimeError(
                "an output of this operation was overwritten in place after it was computed, and the gradient by the "
                "others needs it; use the operation without the underscore"
            )
        given = [arrived.pop(i, None) for i in range(len(outputs))]
        return backward(*given)

    gradients.__qualname__ = backward.__qualname__  # which gives the node its name
    hidden = record_joint(zero, inputs, gradients)
    if not hidden.requires_grad:
        return tuple(map(Tensor, outputs))

    def leave(i: int) -> Gradient:
        def dx(dy: Array) -> Array:
            arrived[i] = dy
            return zero

        dx.__qualname__ = backward.__qualname__
        return dx

    tensors = tuple(record(y, (hidden, leave(i))) for i, y in enumerate(outputs))
    writes += [y._version for y in tensors]
    return tensors
