"""What the tape is made of: nodes that hang from the tensors, and hooks."""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import NDArray

if TYPE_CHECKING:
    from pellucid._tensor import Tensor

__all__ = ["Array", "Edge", "Gradient", "Handle", "JointGradient", "Node", "missed_write"]

Array = NDArray[Any]
Gradient = Callable[[Array], Array]
JointGradient = Callable[[Array], Sequence[Array | None]]
Edge = tuple["Tensor", int, Any]


class Node:
    """One recorded operation: its inputs, and the gradient by each of them.

    `edges` holds for each input the tensor, its write count at recording, and the function that gives its
    gradient (unused where `joint` gives them all together); it is None once freed. An input overwritten before
    the backward walk would make the gradient silently wrong, so the walk compares the counts and refuses.
    `serial` counts the operations: an output always has a higher one than what it was computed from.
    """

    __slots__ = ("edges", "joint", "output_version", "serial")

    _count = itertools.count()

    def __init__(self, edges: list[Edge], joint: JointGradient | None, output_version: int) -> None:
        self.edges: list[Edge] | None = edges
        self.joint = joint
        self.output_version = output_version
        self.serial = next(Node._count)

    @property
    def name(self) -> str:
        """The operation's name: that of the function in which its gradients were written."""
        if self.edges is None:
            return "freed"
        first = self.joint or self.edges[0][2]
        return getattr(first, "__qualname__", type(first).__name__).split(".<locals>")[0].rpartition(".")[2]

    def free(self) -> None:
        """Let go of what the gradients hold."""
        self.edges = self.joint = None


class Handle:
    """Removes a hook; also usable in a `with` block."""

    _count = 0

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        Handle._count += 1
        self._hooks, self._key = hooks, Handle._count
        hooks[self._key] = hook

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        self._hooks.pop(self._key, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def missed_write(x: "Tensor") -> RuntimeError:
    """Return the error of using a tensor whose memory no longer says what it should."""
    return RuntimeError(
        f"this tensor of shape {x.array.shape} shares memory with one that was written in place while operations "
        "were recorded, and has missed that write; index once, as in y[i, j] = v instead of y[i][j] = v, or take "
        "the view, .detach() or .data again after the write"
    )
