"""What the tape is made of: nodes that hang from the tensors, and hooks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import NDArray

if TYPE_CHECKING:
    from pellucid._tensor import Tensor

__all__ = ["Array", "Gradient", "Handle", "JointGradient", "Node", "missed_write"]

Array = NDArray[Any]
Gradient = Callable[[Array], Array]
JointGradient = Callable[[Array], Sequence[Array | None]]


class Node:
    """One recorded operation: its inputs, and the gradient by each of them (None once freed).

    `versions` are the inputs' write counts at recording: an input overwritten before the backward walk would
    make the gradient silently wrong, so the walk compares and refuses.
    """

    __slots__ = ("gradients", "inputs", "output_version", "versions")

    def __init__(
        self, inputs: Sequence["Tensor"], gradients: list[Gradient] | JointGradient, versions: list[int]
    ) -> None:
        self.inputs = inputs
        self.gradients: list[Gradient] | JointGradient | None = gradients
        self.versions = versions
        self.output_version = 0

    @property
    def name(self) -> str:
        """The operation's name: that of the function in which its gradients were written."""
        if self.gradients is None:
            return "freed"
        first = self.gradients[0] if isinstance(self.gradients, list) else self.gradients
        return getattr(first, "__qualname__", type(first).__name__).split(".<locals>")[0].rpartition(".")[2]


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
