"""Operations with several outputs whose gradients are computed together."""

from collections.abc import Callable, Sequence

import numpy as np

from pellucid._tape import Gradient, Node
from pellucid._tensor import Array, Tensor, record_joint

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
    arrived: list[Array | None] = [None] * len(outputs)
    tensors = tuple(map(Tensor, outputs))

    def gradients(_: Array) -> Sequence[Array | None]:
        for y in written:
            if y[0]:
                raise RuntimeError(
                    "an output of this operation was overwritten in place after it was computed, and the gradient by "
                    "the others needs it; use the operation without the underscore"
                )
        given = arrived[:]
        arrived[:] = [None] * len(given)  # for another walk over the same tape
        return backward(*given)

    gradients.__qualname__ = name = backward.__qualname__  # which gives the node its name
    hidden = record_joint(zero, inputs, gradients)
    if not hidden._requires_grad:
        return tensors

    def leave(i: int) -> Gradient:
        def dx(dy: Array) -> Array:
            arrived[i] = dy
            return zero

        dx.__qualname__ = name
        return dx

    for i, y in enumerate(tensors):
        y._requires_grad, y._node = True, Node([(hidden, 0, leave(i))], None, 0)
    written = [y._version for y in tensors]
    return tensors
